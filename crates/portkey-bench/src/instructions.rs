//! How many instructions a call takes, counted by callgrind: the same on a busy machine.

use std::{
    ffi::OsString,
    fs, io,
    path::Path,
    process::{Command, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{
    stdio::Session,
    stub,
    subject::{CALLGRIND_OUT, VGDB, stdio_server, under_callgrind},
};

/// A count may be this much larger than the baseline's.
const MOST: f64 = 1.1;
/// Entries of the long list.
const ENTRIES: usize = 1_000;
/// Calls before all others, so that the audit log has the length from which on its length no longer matters.
const FILL: usize = 300;

/// An odd number, so that one of them is in the middle.
const ROUNDS: usize = 3;
/// How long callgrind may take to hear something.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request whose instructions are counted.
struct Counted {
    name: &'static str,
    /// So often it is made before it counts, so that what is made once is made; and then so often a round.
    times: (usize, usize),
    ask: fn(&mut Session) -> io::Result<()>,
}

const COUNTED: [Counted; 6] = [
    Counted {
        name: "list_configs, 1,000 entries",
        times: (4, 2),
        ask: |session| call(session, "list_configs", &json!({}), true),
    },
    Counted {
        name: "tools/list, every page",
        times: (2, 3),
        ask: |session| session.tools().map(drop),
    },
    Counted {
        name: "list_workspaces, 3.4 kB",
        times: (10, 20),
        ask: |session| call(session, "list_workspaces", &json!({}), true),
    },
    Counted {
        name: "get_config",
        times: (10, 20),
        ask: |session| call(session, "get_config", &json!({"slug": SLUG}), true),
    },
    Counted {
        name: "create_config",
        times: (10, 10),
        ask: |session| call(session, "create_config", &new_config(), true),
    },
    Counted {
        name: "get_config, misspelt argument",
        times: (10, 20),
        ask: |session| {
            call(session, "get_config", &json!({"slugg": SLUG}), false)?;
            // What is refused is answered before it is in the audit log, and entries that wait share a write.
            thread::sleep(Duration::from_millis(20));
            Ok(())
        },
    },
];

const SLUG: &str = "pc-primary-fallback-2d71c4";

fn new_config() -> Value {
    json!({
        "name": "Primary with fallback", "workspace_id": "72b0169f-7fdb-5192-89e8-8c25d688c35a",
        "config": {
            "strategy": {"mode": "fallback", "on_status_codes": [429, 500]},
            "targets": [{"provider": "@openai-prod"}, {"provider": "@anthropic-prod"}],
        },
    })
}

/// A call that must succeed, or must not: otherwise something else is counted than what the name says.
fn call(session: &mut Session, tool: &str, arguments: &Value, succeeds: bool) -> io::Result<()> {
    let answer = session.call(tool, arguments)?;
    if answer.contains("\"isError\":true") != succeeds {
        return Ok(());
    }
    let answer: String = answer.chars().take(400).collect();
    Err(io::Error::other(format!(
        "`{tool}` answered otherwise than expected: {answer}"
    )))
}

/// What was counted of a call.
pub struct Count {
    /// Which call.
    pub name: &'static str,
    /// Instructions of one.
    pub instructions: u64,
}

impl Count {
    /// How many there may be, by what a baseline says.
    pub fn is_more_than(&self, baseline: u64) -> bool {
        self.instructions as f64 > baseline as f64 * MOST
    }
}

/// Whether callgrind is there.
pub fn can_count() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// Counts every call of a program that serves on standard input and output; two at a time.
pub fn count(product: &Path) -> io::Result<Vec<Count>> {
    let runtime = Runtime::new()?;
    let upstream = runtime.block_on(stub::start())?;
    let upstream = format!("http://{upstream}/entries/{ENTRIES}/v1");
    let (waiting, found) = (Mutex::new(COUNTED.iter()), Mutex::new(Vec::new()));
    let work = || -> io::Result<()> {
        loop {
            let next = waiting.lock().map_err(poisoned)?.next();
            let Some(counted) = next else {
                return Ok(());
            };
            let count = count_one(counted, product, &upstream)?;
            found.lock().map_err(poisoned)?.push(count);
        }
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .map_err(|_| io::Error::other("counting broke off"))?
        })
    })?;
    found.into_inner().map_err(poisoned)
}

fn poisoned<T>(_: std::sync::PoisonError<T>) -> io::Error {
    io::Error::other("counting broke off")
}

/// The middle of several rounds in one process, after calls that do not count.
fn count_one(counted: &Counted, product: &Path, upstream: &str) -> io::Result<Count> {
    let home = tempfile::tempdir()?;
    let mut filling = Session::open(&mut stdio_server(product, home.path(), upstream))?;
    (0..FILL).try_for_each(|_| call(&mut filling, "get_config", &json!({"slug": SLUG}), true))?;
    filling.end()?;
    let mut session = Session::open(&mut under_callgrind(product, home.path(), upstream))?;
    let (warm, times) = counted.times;
    let process = session.process();
    let mut ask = |times| (0..times).try_for_each(|_| (counted.ask)(&mut session));
    ask(warm)?;
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 1..=ROUNDS {
        tell(process, home.path(), "zero")?;
        ask(times)?;
        tell(process, home.path(), "dump")?;
        let dumped = home.path().join(format!("{CALLGRIND_OUT}.{round}"));
        rounds.push(total(&fs::read_to_string(dumped)?)? / times as u64);
    }
    rounds.sort_unstable();
    Ok(Count {
        name: counted.name,
        instructions: rounds[ROUNDS / 2],
    })
}

/// Says something to the callgrind that a process runs under. It is told by interrupting it, which some containers forbid.
fn tell(process: u32, folder: &Path, word: &str) -> io::Result<()> {
    let mut prefix = OsString::from("--vgdb-prefix=");
    prefix.push(folder.join(VGDB));
    let mut vgdb = Command::new("vgdb");
    vgdb.arg(prefix).arg(format!("--pid={process}")).arg(word);
    let mut vgdb = vgdb
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        match vgdb.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => {
                return Err(io::Error::other(format!("`vgdb {word}` failed: {status}")));
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
    vgdb.kill()?;
    Err(io::Error::other(format!(
        "`vgdb {word}` takes too long; is ptrace forbidden here?"
    )))
}

/// What callgrind counted, by one of its files.
fn total(file: &str) -> io::Result<u64> {
    let total = file.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| io::Error::other("callgrind wrote no `totals`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_more_is_too_much() {
        let count = |instructions| Count {
            name: "a call",
            instructions,
        };
        assert!(!count(1_099).is_more_than(1_000));
        assert!(!count(500).is_more_than(1_000));
        assert!(count(1_101).is_more_than(1_000));
    }

    #[test]
    fn the_total_of_a_file_is_read() {
        let file = "events: Ir\nfn=(1)\n0 12\ntotals: 68072685\n";
        assert_eq!(total(file).unwrap(), 68_072_685);
        assert!(total("events: Ir\n").is_err());
    }
}
