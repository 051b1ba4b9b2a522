//! What typical calls cost a model, on the large sandbox.

use std::io;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::{
    direct::Direct,
    figures::{Section, Subject, Unit},
    measures::{Bench, attempt},
    stdio::Session,
    subject::{KEY, Server},
};

/// The row of all calls together.
pub const ALL: &str = "all";

/// Measures everybody who has tools of these names.
pub fn measure(bench: &Bench) -> io::Result<Section> {
    let note = "The text of an answer in o200k tokens, with the arguments that a call must have and no others, on \
        `portkey-mcp sandbox --seed large`: 250 workspaces, 5,000 users, 2,000 prompts and a million logs. Time spans \
        are a week.";
    let mut section = Section::new("tokens", "Tokens of typical answers", note);
    let (upstream, _) = bench.programs.sandbox("large")?;
    let calls = calls(&upstream)?;
    for subject in [Subject::Product, Subject::Peer] {
        if bench.programs.subjects().any(|one| one == subject) {
            attempt(&mut section, subject, |section| {
                one(bench, subject, &upstream, &calls, section)
            });
        }
    }
    Ok(section)
}

fn one(
    bench: &Bench,
    subject: Subject,
    upstream: &Server,
    calls: &[(&str, Value)],
    section: &mut Section,
) -> io::Result<()> {
    let encoding = tiktoken_rs::o200k_base_singleton();
    let Some(mut command) = bench.programs.stdio(subject, &upstream.api("")) else {
        return Ok(());
    };
    let mut session = Session::open(&mut command)?;
    let tools = session.tools()?;
    let mut all = 0;
    for (tool, arguments) in calls {
        if !tools.iter().any(|one| one["name"] == *tool) {
            continue;
        }
        let text = session.text(tool, arguments)?;
        let tokens = encoding.encode_ordinary(&text).len();
        all += tokens;
        section.put(&format!("`{tool}`"), Unit::Tokens, subject, tokens as f64);
    }
    section.put(ALL, Unit::Tokens, subject, all as f64);
    Ok(())
}

/// Twenty calls, about things that there are.
fn calls(upstream: &Server) -> io::Result<Vec<(&'static str, Value)>> {
    let mut direct = Direct::connect(upstream.address, KEY)?;
    let mut first = |path: &str, member: &str| {
        let list = direct.get(path)?;
        let value = list["data"][0][member].as_str().map(str::to_owned);
        value.ok_or_else(|| io::Error::other(format!("{path} has no `data[0].{member}`")))
    };
    let user = first("/v1/admin/users", "id")?;
    let workspace = first("/v1/admin/workspaces", "slug")?;
    let config = first("/v1/configs", "slug")?;
    let prompt = first("/v1/prompts", "slug")?;
    let now = Timestamp::now();
    let ago = now
        .checked_sub((7 * 24).hours())
        .map_err(io::Error::other)?;
    let week = json!({
        "time_of_generation_min": format!("{ago:.0}"), "time_of_generation_max": format!("{now:.0}"),
    });
    let lists = [
        "list_workspaces",
        "list_all_users",
        "list_api_keys",
        "list_configs",
        "list_prompts",
        "list_collections",
        "list_providers",
        "list_virtual_keys",
        "list_integrations",
        "list_guardrails",
        "list_audit_logs",
    ];
    let times = [
        "get_cost_analytics",
        "get_request_analytics",
        "get_latency_analytics",
        "get_status_code_analytics",
    ];
    let lists = lists.into_iter().map(|tool| (tool, json!({})));
    let times = times.into_iter().map(|tool| (tool, week.clone()));
    let single = [
        ("get_user", json!({"user_id": user})),
        ("get_workspace", json!({"workspace_id": workspace})),
        ("list_workspace_members", json!({"workspace_id": workspace})),
        ("get_config", json!({"slug": config})),
        ("get_prompt", json!({"prompt_id": prompt})),
    ];
    Ok(lists.chain(times).chain(single).collect())
}
