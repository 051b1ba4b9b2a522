//! What the tool lists cost a model to read.

use portkey_engine::catalog::Tool;
use portkey_workflows::{JOBS, catalog};
use serde_json::Value;
use tiktoken_rs::CoreBPE;

use crate::Broken;

/// A selection of tools that is offered under a name.
pub(crate) struct List {
    /// What `--toolsets` takes.
    pub(crate) name: &'static str,
    /// What its tools are for.
    pub(crate) purpose: &'static str,
    /// The most tokens it may cost.
    budget: usize,
    /// Its tools with what each costs.
    pub(crate) costs: Vec<(usize, &'static str)>,
}

/// The most that the tools of a set by job may cost.
const JOB: usize = 6_400;

impl List {
    /// Every list.
    pub(crate) fn all() -> Vec<Self> {
        let general = [
            (
                "default",
                "What the Admin API is used for, without rarer operations",
                19_600,
            ),
            ("essentials", "What an administrator does in a week", 7_000),
            // Thirteen operations of a newer API took it beyond 30,000.
            ("all", "Everything", 31_700),
        ];
        let jobs = JOBS.iter().map(|job| (job.name, job.purpose, JOB));
        let lists = general.into_iter().chain(jobs);
        lists
            .map(|(name, purpose, budget)| Self {
                name,
                purpose,
                budget,
                costs: costs(name),
            })
            .collect()
    }

    /// What its tools cost together.
    pub(crate) fn cost(&self) -> usize {
        self.costs.iter().map(|(cost, _)| cost).sum()
    }
}

/// What each tool of a set costs, the costliest first.
fn costs(set: &str) -> Vec<(usize, &'static str)> {
    // A set that is not there has no tools, which tests of the catalog refuse.
    let Ok(selection) = catalog().selection(set) else {
        return Vec::new();
    };
    let encoding = tiktoken_rs::o200k_base_singleton();
    let tools = catalog().tools().filter(|tool| selection.contains(*tool));
    let mut costs: Vec<_> = tools
        .map(|tool| (cost(encoding, tool), tool.name()))
        .collect();
    costs.sort_unstable_by(|a, b| b.cmp(a));
    costs
}

/// Prints the cost of each list with its costliest tools; fails above the budget.
pub fn run() -> Result<(), Broken> {
    let mut broken = surfaces();
    for list in List::all() {
        let (cost, budget) = (list.cost(), list.budget);
        let tools = list.costs.len();
        println!("{}: {tools} tools, {cost} of {budget} tokens", list.name);
        for (cost, tool) in list.costs.iter().take(5) {
            println!("  {cost:>5} {tool}");
        }
        if cost > budget {
            broken = Err(Broken::Costly {
                list: list.name,
                cost,
                budget,
            });
        }
    }
    broken
}

/// The surfaces that are short, and the most tokens that each may cost where every tool is offered.
const SURFACES: [(&str, usize); 3] = [("names", 8_000), ("compact", 3_000), ("code", 1_500)];

/// Prints the cost of each short surface; fails above the budget.
fn surfaces() -> Result<(), Broken> {
    let mut broken = Ok(());
    for (list, budget) in SURFACES {
        let (tools, cost) = surface(list)?;
        println!("surface {list}: {tools} tools, {cost} of {budget} tokens");
        if cost > budget {
            broken = Err(Broken::Costly { list, cost, budget });
        }
    }
    broken
}

/// How many tools a surface lists where every tool is offered, and what they cost.
fn surface(name: &str) -> Result<(usize, usize), Broken> {
    let Some(tools) = portkey_mcp::reference::surface_texts(name) else {
        let why = format!("there is no surface `{name}` to count");
        return Err(Broken::Faults(vec![why]));
    };
    let encoding = tiktoken_rs::o200k_base_singleton();
    let texts = tools.iter().flatten();
    let cost = texts.map(|text| encoding.encode_ordinary(text).len()).sum();
    Ok((tools.len(), cost))
}

/// The cost of every tool and of each short surface, a line each.
pub(crate) fn costs_of_all() -> Result<String, Broken> {
    let encoding = tiktoken_rs::o200k_base_singleton();
    let mut costs: Vec<(String, usize)> = catalog()
        .tools()
        .map(|tool| (tool.name().to_owned(), cost(encoding, tool)))
        .collect();
    for (name, _) in SURFACES {
        costs.push((format!("surface {name}"), surface(name)?.1));
    }
    costs.sort_unstable();
    let lines = costs.iter().map(|(name, cost)| format!("{name}\t{cost}\n"));
    Ok(lines.collect())
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
