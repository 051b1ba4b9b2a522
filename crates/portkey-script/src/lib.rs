//! Runs short JavaScript programs that call functions of their host, and reach nothing else.
//!
//! A script runs in a process of its own, which the program starts from itself: [`serve`] is what that process does,
//! [`run`] what the host does. The process holds no secrets, opens no files and no sockets, and is killed when the host
//! stops waiting, so that neither a loop inside of the engine nor a fault of it reaches the host. The two speak in lines
//! of JSON.

#[cfg(unix)]
mod confine;
mod interpreter;
mod message;
mod position;
mod runner;

pub use interpreter::serve;
pub use message::{Ended, ScriptLimits, Thrown};
pub use position::Position;
pub use runner::{FunctionCall, RunFailure, run};
