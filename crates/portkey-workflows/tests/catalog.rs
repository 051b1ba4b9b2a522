//! The catalog of operations and workflows together: names, tool sets, arguments of many tools.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::collections::BTreeSet;

use portkey_engine::catalog::{Catalog, Tool};
use portkey_workflows::{JOBS, catalog};
use serde_json::Value;

fn arguments(name: &str) -> Vec<String> {
    let tool = catalog().find(name).unwrap();
    let schema = tool.input_schema();
    let properties = schema["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

fn names(catalog: &Catalog) -> impl Iterator<Item = &'static str> + '_ {
    catalog.tools().map(|tool| tool.name())
}

/// Clients that hold few tools hold 40 or more.
#[test]
fn the_essentials_are_few_and_all_there() {
    let essentials = catalog().selection("essentials").unwrap();
    let held: Vec<Tool> = catalog()
        .tools()
        .filter(|tool| essentials.contains(*tool))
        .collect();
    assert_eq!(held.len(), 40);
    let changed = catalog().selection("essentials,-delete_api_key,get_user");
    let changed = changed.unwrap();
    assert!(changed.contains(catalog().find("get_user").unwrap()));
    assert!(!changed.contains(catalog().find("delete_api_key").unwrap()));
}

/// The strictest client takes 40 tools.
#[test]
fn sets_by_job_are_few_and_all_there() {
    for job in JOBS {
        let selection = catalog().selection(job.name).unwrap();
        let held = catalog().tools().filter(|tool| selection.contains(*tool));
        let held = held.count();
        assert!((10..=40).contains(&held), "{}: {held}", job.name);
    }
}

/// Whoever was given a domain alone would get more by a set of its name.
#[test]
fn no_set_takes_the_name_of_a_domain_or_a_tool() {
    for job in JOBS {
        let others = Catalog::new(portkey_api::DOMAINS, []);
        assert!(others.selection(job.name).is_err(), "{}", job.name);
        assert!(catalog().find(job.name).is_err(), "{}", job.name);
    }
    let selection = catalog().selection("default,-cost").unwrap();
    assert!(!selection.contains(catalog().find("get_cost_analytics").unwrap()));
    assert!(catalog().selection("onbording").is_err());
}

/// Only the schemas know, and making those of all answers takes too long for a list of tools.
#[test]
fn tools_declare_whether_they_answer_recorded_bodies() {
    for tool in catalog().tools() {
        let declaration = tool.declaration();
        let by_schema = declaration.output().to_string().contains("\"x-bodies\"");
        let name = tool.name();
        assert_eq!(
            declaration.answers_bodies, by_schema,
            "add or remove `bodies`: {name}"
        );
    }
}

#[test]
fn no_two_tools_are_spelt_alike() {
    let spelt: BTreeSet<String> = names(catalog()).map(|name| name.replace('_', "")).collect();
    assert_eq!(spelt.len(), names(catalog()).count());
    for name in names(catalog()) {
        let camel = name.replace('_', "-").to_uppercase();
        assert_eq!(catalog().find(&camel).unwrap().name(), name);
    }
}

#[test]
fn a_workflow_that_declares_a_dry_run_of_its_own_lists_it_once() {
    let of_promotion = arguments("promote_prompt");
    let dry_runs = of_promotion.iter().filter(|name| *name == "dry_run");
    assert_eq!(dry_runs.count(), 1, "{of_promotion:?}");
}

#[test]
fn sayings_are_of_tools_that_there_are() {
    let lines = include_str!("../src/spoken.txt").lines();
    let written = lines.filter_map(|line| line.split_once(": "));
    let unknown: Vec<&str> = written
        .map(|(name, _)| name)
        .filter(|name| catalog().find(name).map(|tool| tool.name()) != Ok(name))
        .collect();
    assert_eq!(unknown, [""; 0]);
}

/// The choices whose words are defined here, by tool and argument.
const OURS: [(&str, &str); 7] = [
    ("find_references", "kind"),
    ("get_analytics_summary", "sections"),
    ("query_analytics", "metrics"),
    ("query_analytics", "group_by"),
    ("query_analytics", "compare"),
    // Graphs are put together here, whatever Portkey's points are.
    ("*", "granularity"),
    // Nothing here could read a stream.
    ("run_prompt_completion", "stream"),
];

/// Whether there is a choice in a schema to which the vendor cannot add.
fn has_closed_choice(schema: &Value) -> bool {
    let is_open = |schema: &Value| {
        let mark = schema.get("x-open");
        mark.is_some_and(|mark| mark == "words" || mark == "inside")
    };
    let is_choice = schema.get("enum").is_some() || schema.get("const").is_some();
    is_choice && !is_open(schema)
        || match schema {
            Value::Object(members) => members.values().any(has_closed_choice),
            Value::Array(items) => items.iter().any(has_closed_choice),
            _ => false,
        }
}

/// Portkey may add words to its choices. Arguments that are not advertised count as well.
#[test]
fn only_choices_of_our_own_words_are_closed() {
    let mut closed = Vec::new();
    for tool in catalog().tools() {
        let declaration = tool.declaration();
        for argument in declaration.arguments {
            let schema = declaration.input_of(argument.name).unwrap();
            let is_ours = |tool: &str| OURS.contains(&(tool, argument.name));
            if has_closed_choice(schema) && !is_ours(tool.name()) && !is_ours("*") {
                closed.push(format!("{}.{}", tool.name(), argument.name));
            }
        }
    }
    assert!(closed.is_empty(), "{closed:#?}");
}
