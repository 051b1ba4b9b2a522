//! Runs short JavaScript programs that can do nothing but call tools.
//!
//! A program is the body of an async function. It sees the language itself and one object, whose every function is a
//! call that the host answers: `await portkey.list_configs({})`. There is no network, no file, no environment, no module,
//! no timer, no clock and no chance. Time, memory, depth, calls and the size of the result are limited.
//!
//! `QuickJS` runs on a thread of its own for as long as the program does, and waits there for answers. The calls
//! themselves run where [`run`] is awaited, several at a time.

mod engine;
mod error;
mod limits;
mod realm;

pub use engine::{Finished, Program, run};
pub use error::{ScriptError, SourcePlace, Why};
pub use limits::ScriptLimits;
