//! What host and script tell each other, a line of JSON each.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::position::Position;

/// What a script may use.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ScriptLimits {
    /// Calls of functions of the host.
    pub calls: u32,
    /// Calls that run at once; further ones wait.
    pub at_once: usize,
    /// Time, with the calls.
    pub time: Duration,
    /// Time that the script computes.
    pub computing: Duration,
    /// Memory of the engine, in bytes.
    pub memory: usize,
    /// Characters of `console` that are kept.
    pub logged: usize,
    /// Bytes of one line between host and script: of an argument, an answer or the value that is returned.
    pub message: usize,
}

/// The first line to a script.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) script: String,
    pub(crate) limits: ScriptLimits,
}

/// A line from a script.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FromScript {
    /// It calls a function of the host; `arguments` is JSON text.
    Call {
        id: u32,
        name: String,
        arguments: String,
    },
    /// It has ended.
    Ended(Ended),
}

/// A line to a script: what a call came to, as JSON text. That of a failure has the members of the error.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) id: u32,
    pub(crate) ok: bool,
    pub(crate) text: String,
}

/// How a script ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The value that it returned as JSON text, `None` for nothing, or what it threw.
    pub outcome: Result<Option<String>, Thrown>,
    /// What it wrote to `console`, line by line.
    pub log: Vec<String>,
}

/// What a script threw and did not catch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thrown {
    /// The name and the message of the error.
    pub message: String,
    /// Where in the script, if that is known.
    pub at: Option<Position>,
}
