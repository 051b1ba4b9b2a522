//! The world of one program: an engine with limits, and the globals that a program finds.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use rquickjs::{
    CatchResultExt as _, CaughtError, Context, Ctx, Exception, Function, Object, Persistent,
    Runtime,
    context::{EvalOptions, intrinsic},
    prelude::Opt,
};
use tokio::sync::mpsc::UnboundedSender;

use crate::{
    error::{FILE, ScriptError, SourcePlace, Why},
    limits::ScriptLimits,
};

const PRELUDE: &str = include_str!("prelude.js");

/// What surrounds a program, on its first line, so that the numbers of lines are those of its author.
const BEFORE: &str = "(async () => {";
const AFTER: &str = "\n})";

/// The parts of the language that there are. Nothing in them reaches out of the engine but the clock, which the prelude
/// takes away.
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

/// A call that a program makes.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) id: u32,
    pub(crate) function: String,
    /// The arguments as JSON.
    pub(crate) arguments: String,
}

/// The answer to a call, as JSON, or why there is none.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) id: u32,
    pub(crate) outcome: Result<String, String>,
}

/// When a program must stop.
#[derive(Debug)]
pub(crate) struct Clock {
    limits: ScriptLimits,
    begun: Instant,
    /// Since when it computes.
    computes_since: Cell<Instant>,
    cancelled: Arc<AtomicBool>,
}

impl Clock {
    pub(crate) fn new(limits: ScriptLimits, cancelled: Arc<AtomicBool>) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Self {
            limits,
            begun: now,
            computes_since: Cell::new(now),
            cancelled,
        })
    }

    /// Begins to count what it computes anew.
    pub(crate) fn resume(&self) {
        self.computes_since.set(Instant::now());
    }

    /// How long it may still wait.
    pub(crate) fn left(&self) -> std::time::Duration {
        self.limits.time.saturating_sub(self.begun.elapsed())
    }

    fn is_over(&self) -> bool {
        self.is_cancelled()
            || self.is_late()
            || self.computes_since.get().elapsed() >= self.limits.computing
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn is_late(&self) -> bool {
        self.begun.elapsed() >= self.limits.time
    }

    /// Why it must stop, if it must.
    pub(crate) fn why(&self) -> Option<Why> {
        let limits = &self.limits;
        self.is_over()
            .then(|| limits.exceeded(self.is_cancelled(), self.is_late()))
    }
}

/// An engine with one program in it. Its fields are dropped in their order, the engine last.
pub(crate) struct Realm {
    /// What the prelude returned.
    host: Persistent<Object<'static>>,
    context: Context,
    runtime: Runtime,
    clock: Rc<Clock>,
    console: Rc<RefCell<String>>,
}

impl Realm {
    /// An engine in which nothing runs yet. `object` is what the program calls functions of.
    pub(crate) fn new(
        object: &str,
        clock: &Rc<Clock>,
        requests: UnboundedSender<Request>,
    ) -> Result<Self, ScriptError> {
        let runtime = Runtime::new().map_err(broken)?;
        let limits = clock.limits;
        runtime.set_memory_limit(limits.memory);
        runtime.set_max_stack_size(limits.stack);
        let interrupts = Rc::clone(clock);
        runtime.set_interrupt_handler(Some(Box::new(move || interrupts.is_over())));
        let context = Context::custom::<Language>(&runtime).map_err(broken)?;
        let console = Rc::<RefCell<String>>::default();
        let written = Rc::clone(&console);
        let host = context.with(|ctx| {
            let send = Function::new(ctx.clone(), sender(limits.calls, requests))?;
            let write = Function::new(ctx.clone(), move |line: String| {
                write(&mut written.borrow_mut(), &line, limits.console);
            })?;
            let prelude: Function<'_> = ctx.eval_with_options(PRELUDE, options("host.js"))?;
            let host: Object<'_> = prelude.call((object, send, write))?;
            rquickjs::Result::Ok(Persistent::save(&ctx, host))
        });
        Ok(Self {
            host: host.map_err(broken)?,
            context,
            runtime,
            clock: Rc::clone(clock),
            console,
        })
    }

    /// What the program wrote to the console.
    pub(crate) fn console(&self) -> String {
        self.console.borrow().clone()
    }

    /// Begins the program.
    pub(crate) fn start(&self, source: &str) -> Result<(), ScriptError> {
        self.with_host(|ctx, host| {
            let text = format!("{BEFORE}{source}{AFTER}");
            let main: Function<'_> = ctx.eval_with_options(text, options(FILE))?;
            host.get::<_, Function<'_>>("start")?.call((main,))
        })
    }

    /// Gives the program the answer to a call.
    pub(crate) fn settle(&self, answer: Answer) -> Result<(), ScriptError> {
        let (told, failure) = match answer.outcome {
            Ok(told) => (told, None),
            Err(failure) => (String::new(), Some(failure)),
        };
        self.with_host(|_, host| {
            let settle: Function<'_> = host.get("settle")?;
            settle.call((answer.id, told, Opt(failure)))
        })
    }

    /// Runs the program until it waits.
    pub(crate) fn advance(&self) -> Result<(), ScriptError> {
        loop {
            match self.runtime.execute_pending_job() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(_) => return Err(self.interrupted("a job failed")),
            }
            if let Some(why) = self.clock.why() {
                return Err(why.into());
            }
        }
    }

    /// How many calls it waits for.
    pub(crate) fn waits(&self) -> Result<u32, ScriptError> {
        self.with_host(|_, host| host.get::<_, Function<'_>>("waits")?.call(()))
    }

    /// What it returned, as JSON, once it ended.
    pub(crate) fn returned(&self) -> Result<Option<String>, ScriptError> {
        let outcome = self.with_host(|_, host| {
            let outcome: Option<Object<'_>> = host.get::<_, Function<'_>>("outcome")?.call(())?;
            let Some(outcome) = outcome else {
                return Ok(None);
            };
            let value: Option<String> = outcome.get("value")?;
            let message: Option<String> = outcome.get("message")?;
            let stack: Option<String> = outcome.get("stack")?;
            Ok(Some((value, message, stack)))
        })?;
        match outcome {
            None => Ok(None),
            Some((Some(value), ..)) => Ok(Some(value)),
            Some((None, message, stack)) => Err(ScriptError {
                why: Why::Thrown(message.unwrap_or_default()),
                place: SourcePlace::in_stack(&stack.unwrap_or_default(), BEFORE),
            }),
        }
    }

    fn with_host<T>(
        &self,
        act: impl for<'js> FnOnce(&Ctx<'js>, Object<'js>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        self.context.with(|ctx| {
            let host = self.host.clone().restore(&ctx).map_err(broken)?;
            act(&ctx, host)
                .catch(&ctx)
                .map_err(|caught| self.caught(&caught))
        })
    }

    fn caught(&self, caught: &CaughtError<'_>) -> ScriptError {
        if let Some(why) = self.clock.why() {
            return why.into();
        }
        match caught {
            CaughtError::Exception(exception) => {
                let stack = exception.stack().unwrap_or_default();
                let name: String = exception.get("name").unwrap_or_else(|_| "Error".to_owned());
                let message = exception.message().unwrap_or_default();
                ScriptError {
                    why: Why::Thrown(format!("{name}: {message}")),
                    place: SourcePlace::in_stack(&stack, BEFORE),
                }
            }
            other => Why::Broken(other.to_string()).into(),
        }
    }

    fn interrupted(&self, otherwise: &str) -> ScriptError {
        let why = self.clock.why();
        why.unwrap_or_else(|| Why::Broken(otherwise.to_owned()))
            .into()
    }
}

/// The function by which a program calls: it numbers the calls, and refuses them once there are too many.
fn sender(
    most: usize,
    requests: UnboundedSender<Request>,
) -> impl for<'js> Fn(Ctx<'js>, String, String) -> rquickjs::Result<u32> {
    let made = Cell::new(0_u32);
    move |ctx, function, arguments| {
        let id = made.get();
        if id as usize >= most {
            let text = format!("a script makes at most {most} calls");
            return Err(Exception::throw_range(&ctx, &text));
        }
        made.set(id + 1);
        // If nobody listens any more, the program is about to be interrupted.
        _ = requests.send(Request {
            id,
            function,
            arguments,
        });
        Ok(id)
    }
}

/// Adds a line to what was written to the console, as far as there is room.
fn write(console: &mut String, line: &str, most: usize) {
    let room = most.saturating_sub(console.len() + 1);
    let end = line.floor_char_boundary(room);
    if let Some(part) = line.get(..end).filter(|part| !part.is_empty()) {
        console.push_str(part);
        console.push('\n');
    }
}

fn options(file: &str) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.filename = Some(file.to_owned());
    options
}

fn broken(error: impl std::fmt::Display) -> ScriptError {
    Why::Broken(error.to_string()).into()
}
