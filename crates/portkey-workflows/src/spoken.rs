//! How people ask for tools when they do not use the words of their declarations.

use std::{collections::HashMap, sync::LazyLock};

/// What people say when they want a tool, a saying each; only for searches, no model reads it.
pub fn sayings(tool: &str) -> &'static [&'static str] {
    static SAYINGS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
        let lines = include_str!("spoken.txt").lines();
        let tools = lines.filter_map(|line| line.split_once(": "));
        tools
            .map(|(tool, sayings)| (tool, sayings.split("; ").collect()))
            .collect()
    });
    SAYINGS.get(tool).map_or(&[], Vec::as_slice)
}
