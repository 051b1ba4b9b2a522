//! What the tool lists cost a model to read.

use portkey_engine::catalog::Tool;
use portkey_workflows::catalog;
use serde_json::Value;
use tiktoken_rs::CoreBPE;

use crate::Broken;

/// Some of all tools.
struct List {
    name: &'static str,
    holds: fn(&Tool) -> bool,
    /// The most tokens it may cost.
    budget: usize,
}

const LISTS: &[List] = &[
    List {
        name: "default",
        holds: Tool::is_default,
        budget: 22_500,
    },
    List {
        name: "all",
        holds: |_| true,
        budget: 33_000,
    },
];

/// Prints the cost of each list with its costliest tools; fails above the budget.
pub fn run() -> Result<(), Broken> {
    let encoding = tiktoken_rs::o200k_base_singleton();
    let mut broken = Ok(());
    for List {
        name,
        holds,
        budget,
    } in LISTS
    {
        let mut costs: Vec<_> = catalog()
            .tools()
            .filter(holds)
            .map(|tool| (cost(encoding, tool), tool.name()))
            .collect();
        costs.sort_unstable_by(|a, b| b.cmp(a));
        let cost = costs.iter().map(|(cost, _)| cost).sum();
        println!("{name}: {} tools, {cost} of {budget} tokens", costs.len());
        for (cost, tool) in costs.iter().take(5) {
            println!("  {cost:>5} {tool}");
        }
        if cost > *budget {
            broken = Err(Broken::Costly {
                list: name,
                cost,
                budget: *budget,
            });
        }
    }
    broken
}

/// Tokens of what a model is shown of a tool: name, description and input schema.
fn cost(encoding: &CoreBPE, tool: Tool) -> usize {
    let schema = Value::Object(tool.input_schema()).to_string();
    let parts = [tool.name(), &tool.description(), &schema];
    parts
        .iter()
        .map(|text| encoding.encode_ordinary(text).len())
        .sum()
}
