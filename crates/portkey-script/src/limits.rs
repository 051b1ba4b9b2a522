//! What a program may use.

use std::time::Duration;

/// What a program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptLimits {
    /// How long it may take, waiting for answers included.
    pub time: Duration,
    /// How long it may compute between two answers.
    pub computing: Duration,
    /// Bytes of memory.
    pub memory: usize,
    /// Bytes of stack, which limit recursion.
    pub stack: usize,
    /// Bytes of its source.
    pub source: usize,
    /// How many calls it may make.
    pub calls: usize,
    /// How many calls run at the same time; others wait.
    pub at_once: usize,
    /// Bytes of the result as JSON.
    pub result: usize,
    /// Bytes that it may write to the console; more is left out.
    pub console: usize,
}

impl Default for ScriptLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_mins(2),
            computing: Duration::from_secs(5),
            memory: 64 << 20,
            stack: 512 << 10,
            source: 64 << 10,
            calls: 200,
            at_once: 8,
            result: 4 << 20,
            console: 4 << 10,
        }
    }
}
