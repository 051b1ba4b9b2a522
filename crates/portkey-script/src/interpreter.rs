//! The process of a script: the engine, and the loop that runs it between answers of the host.

use std::{
    cell::{Cell, RefCell},
    io::{self, BufRead, Write},
    rc::Rc,
    time::{Duration, Instant},
};

use rquickjs::{
    CatchResultExt as _, CaughtError, Context, Ctx, Exception, FromJs, Function, Object, Runtime,
    context::{EvalOptions, intrinsic},
};
use serde::de::DeserializeOwned;

use crate::{
    message::{Answer, Ended, FromScript, Start, Thrown},
    position::{BEFORE, BEHIND, Position, SCRIPT, in_stack},
};

const PRELUDE: &str = include_str!("prelude.js");

/// How deep calls of functions may go, in bytes of stack.
const STACK: usize = 512 << 10;

/// What the language has of what it could have: no typed arrays and what shares memory by them, no clock, no weak
/// references, which tell when memory is cleaned. The prelude needs `Proxy` and takes it away.
type Language = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::Promise,
);

/// Reads a script from its first line, runs it, and writes the calls that it makes and how it ended. Fails if the host is
/// gone.
pub fn serve(mut input: impl BufRead, output: impl Write + 'static) -> io::Result<()> {
    let start: Start = read(&mut input)?;
    #[cfg(unix)]
    crate::confine::confine(start.limits.computing);
    interpret(&start, &mut input, output)
}

fn read<T: DeserializeOwned>(input: &mut impl BufRead) -> io::Result<T> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_str(&line)?)
}

fn write(output: &mut impl Write, message: &FromScript) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    output.write_all(&line)?;
    output.flush()
}

fn interpret(
    start: &Start,
    input: &mut impl BufRead,
    output: impl Write + 'static,
) -> io::Result<()> {
    let limits = start.limits;
    let clock = Rc::new(Stopwatch::new(limits.computing));
    let output = Rc::new(RefCell::new(output));
    let runtime = Runtime::new().map_err(io::Error::other)?;
    runtime.set_memory_limit(limits.memory);
    runtime.set_max_stack_size(STACK);
    let over = Rc::clone(&clock);
    runtime.set_interrupt_handler(Some(Box::new(move || over.is_over())));
    let context = Context::custom::<Language>(&runtime).map_err(io::Error::other)?;
    let ended = context.with(|ctx| {
        let send = sender(&ctx, Rc::clone(&output), limits.message).map_err(io::Error::other)?;
        let engine = Engine::new(ctx, send, start, &clock).map_err(io::Error::other)?;
        engine.run(input)
    })?;
    write(&mut *output.borrow_mut(), &FromScript::Ended(ended))
}

/// The function by which the prelude sends calls to the host.
fn sender<'js, W: Write + 'static>(
    ctx: &Ctx<'js>,
    output: Rc<RefCell<W>>,
    most: usize,
) -> rquickjs::Result<Function<'js>> {
    let send = move |ctx: Ctx<'js>, id: u32, name: String, arguments: String| {
        if arguments.len() > most {
            let why = format!("the arguments have more than {most} bytes");
            return Err(Exception::throw_range(&ctx, &why));
        }
        let call = FromScript::Call {
            id,
            name,
            arguments,
        };
        write(&mut *output.borrow_mut(), &call)
            .map_err(|_| Exception::throw_message(&ctx, "the host is gone"))
    };
    Function::new(ctx.clone(), send)
}

/// A script in the engine, and what the prelude gives to run it.
struct Engine<'a, 'js> {
    ctx: Ctx<'js>,
    prelude: Object<'js>,
    start: &'a Start,
    clock: &'a Stopwatch,
    /// The number of lines of the script.
    lines: u32,
}

impl<'a, 'js> Engine<'a, 'js> {
    fn new(
        ctx: Ctx<'js>,
        send: Function<'js>,
        start: &'a Start,
        clock: &'a Stopwatch,
    ) -> rquickjs::Result<Self> {
        let prelude: Function = ctx.eval_with_options(PRELUDE, named("prelude"))?;
        let limits = start.limits;
        Ok(Self {
            prelude: prelude.call((send, limits.calls, limits.logged))?,
            ctx,
            start,
            clock,
            lines: u32::try_from(start.script.lines().count().max(1)).unwrap_or(u32::MAX),
        })
    }

    /// Runs the script until it has ended and no call of it is under way.
    fn run(&self, input: &mut impl BufRead) -> io::Result<Ended> {
        if let Err(thrown) = self.begin() {
            return Ok(self.ended(Err(thrown)));
        }
        loop {
            while !self.clock.is_over() && self.ctx.execute_pending_job() {}
            if self.clock.is_over() {
                return Ok(self.ended(Err(self.out_of_time(None))));
            }
            if !self.ask("isWaiting").unwrap_or(false) {
                let outcome = self.outcome();
                return Ok(self.ended(outcome));
            }
            self.clock.pause();
            let answer: Answer = read(input)?;
            self.clock.go_on();
            if let Err(thrown) = self.settle(answer) {
                return Ok(self.ended(Err(thrown)));
            }
        }
    }

    /// Compiles the script and runs it to its first `await`.
    fn begin(&self) -> Result<(), Thrown> {
        let source = format!("{BEFORE}{}{BEHIND}", self.start.script);
        let body = self.ctx.eval_with_options(source, named(SCRIPT));
        let body: Function = body.catch(&self.ctx).map_err(|error| self.thrown(&error))?;
        let begun = self
            .function("start")
            .and_then(|start| start.call::<_, ()>((body,)));
        begun.catch(&self.ctx).map_err(|error| self.thrown(&error))
    }

    fn settle(&self, answer: Answer) -> Result<(), Thrown> {
        let Answer { id, ok, text } = answer;
        let settled = self
            .function("settle")
            .and_then(|settle| settle.call::<_, ()>((id, ok, text)));
        settled
            .catch(&self.ctx)
            .map_err(|error| self.thrown(&error))
    }

    fn outcome(&self) -> Result<Option<String>, Thrown> {
        let ended: Option<(bool, String, String)> = self
            .ask::<Option<String>>("ended")
            .flatten()
            .and_then(|text| serde_json::from_str(&text).ok());
        match ended {
            Some((true, text, _)) if text.len() > self.start.limits.message => Err(Thrown {
                message: format!(
                    "the script returned {} bytes; at most {} can be read",
                    text.len(),
                    self.start.limits.message
                ),
                at: None,
            }),
            Some((true, text, _)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some((false, message, stack)) => Err(Thrown {
                at: in_stack(&stack, self.lines),
                message,
            }),
            None => Err(Thrown {
                message: "the script waits for a promise that nothing resolves".to_owned(),
                at: None,
            }),
        }
    }

    fn ended(&self, outcome: Result<Option<String>, Thrown>) -> Ended {
        let log: Option<String> = self.ask("log");
        Ended {
            outcome,
            log: log
                .and_then(|log| serde_json::from_str(&log).ok())
                .unwrap_or_default(),
        }
    }

    fn function(&self, name: &str) -> rquickjs::Result<Function<'js>> {
        self.prelude.get(name)
    }

    /// What a function of the prelude without parameters says.
    fn ask<T: FromJs<'js>>(&self, name: &str) -> Option<T> {
        let asked = self.function(name).and_then(|function| function.call(()));
        asked.catch(&self.ctx).ok()
    }

    fn thrown(&self, error: &CaughtError<'js>) -> Thrown {
        let CaughtError::Exception(exception) = error else {
            return Thrown {
                message: error.to_string(),
                at: None,
            };
        };
        let at = in_stack(&exception.stack().unwrap_or_default(), self.lines);
        if self.clock.is_over() {
            return self.out_of_time(at);
        }
        let name: Option<String> = exception.as_object().get("name").ok();
        let message = exception.message().unwrap_or_default();
        Thrown {
            message: format!("{}: {message}", name.as_deref().unwrap_or("Error")),
            at,
        }
    }

    fn out_of_time(&self, at: Option<Position>) -> Thrown {
        let most = self.start.limits.computing.as_secs_f32();
        Thrown {
            message: format!("the script computed for more than {most} seconds, without its calls"),
            at,
        }
    }
}

fn named(file: &str) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.filename = Some(file.to_owned());
    options
}

/// Counts the time in which a script computes.
struct Stopwatch {
    most: Duration,
    spent: Cell<Duration>,
    /// `None` while the script waits.
    since: Cell<Option<Instant>>,
}

impl Stopwatch {
    fn new(most: Duration) -> Self {
        Self {
            most,
            spent: Cell::default(),
            since: Cell::new(Some(Instant::now())),
        }
    }

    fn total(&self) -> Duration {
        let running = self.since.get().map(|since| since.elapsed());
        self.spent.get() + running.unwrap_or_default()
    }

    fn is_over(&self) -> bool {
        self.total() > self.most
    }

    fn pause(&self) {
        self.spent.set(self.total());
        self.since.set(None);
    }

    fn go_on(&self) {
        self.since.set(Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests;
