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

#[cfg(test)]
mod tests {
    use portkey_engine::tokens;

    /// Texts as answers hold them, from few bytes per token to many.
    const SAMPLES: [&str; 7] = [
        r#"["007ab0e2-baed-5b91-8062-b91da9211bb4","01ab574e-571a-5b50-9301-e52b52e48201"]"#,
        r#"{"id":"5c497e61-ee0b-5823-801f-a50fefd66ea8","name":"Route by customer plan","slug":"pc-by-plan-7f0e38","is_default":false,"status":"active","last_updated_at":"2026-11-17T14:32:57.553Z"}"#,
        r#"{"id":"d4292445-b4af-5c3e-840a-0b6a6954989d","first_name":"Alma","last_name":"Borg","role":"admin","email":"alma.borg.2800@northwind.example"}"#,
        r#"{"string":"[{\"role\":\"system\",\"content\":\"You answer customers of {{company}} by email, in {{language}}.\\nNever promise a refund; offer to check with a colleague.\"}]"}"#,
        r#"{"name":"analytics.view","tools":["get_request_analytics","get_cost_analytics","get_error_status_codes_analytics","get_feedback_score_distribution"]}"#,
        r#"{"data_points":[{"timestamp":"2026-11-22","total_usd":16.178015,"avg_usd":0.003269},{"timestamp":"2026-11-23","total_usd":45.596832,"avg_usd":0.003282}]}"#,
        "slug,name,status\npc-by-plan-7f0e38,Route by customer plan,active\npc-split-traffic-b3a650,Split traffic 90/10,active\n",
    ];

    /// The budget of an answer counts by an estimate, which must neither be too low nor waste much.
    #[test]
    fn the_estimate_is_close_to_what_a_model_counts() {
        let encoding = tiktoken_rs::o200k_base_singleton();
        for sample in SAMPLES {
            let counted = encoding.encode_ordinary(sample).len();
            let estimated = tokens::of_text(sample);
            let is_close = estimated >= counted && estimated * 4 <= counted * 5;
            assert!(is_close, "{estimated} for {counted}: {sample}");
        }
    }
}
