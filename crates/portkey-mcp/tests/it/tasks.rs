//! Forty tasks of administration (`tasks/tasks.json`), solved through each surface by a scripted client, which is a model
//! that never errs. What passes through its context is counted.

use std::collections::BTreeSet;

use portkey_engine::tokens;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::process::Wire;

#[derive(Debug, Deserialize)]
struct Task {
    /// What a user asks for.
    goal: String,
    steps: Vec<Step>,
    /// What the user wants to know, in JavaScript over the answers of the steps.
    returns: Option<String>,
    /// What holds afterwards.
    check: Vec<Check>,
}

#[derive(Debug, Deserialize)]
struct Step {
    tool: String,
    /// Its arguments. `$name.path` is a part of the answer of an earlier step.
    with: Value,
    #[serde(rename = "as")]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Check {
    tool: String,
    with: Value,
    /// Where the answer says it.
    at: Option<String>,
    #[serde(default)]
    is: Value,
    /// What the call must fail with instead.
    fails: Option<String>,
}

/// A conversation of a model with the server.
struct Conversation {
    wire: Wire,
    /// The tools that are listed.
    listed: BTreeSet<String>,
    /// What the list costs.
    list: usize,
    /// What was said since.
    said: usize,
}

fn tasks() -> Vec<Task> {
    let tasks: Vec<Task> = serde_json::from_str(include_str!("tasks/tasks.json")).unwrap();
    assert_eq!(tasks.len(), 40);
    tasks
}

impl Conversation {
    fn on(surface: &str) -> Self {
        let flags = ["--sandbox", "--toolsets", "all", "--surface", surface];
        let mut wire = Wire::initialised(&flags, &[]);
        let list = wire.request("tools/list", json!({}));
        let tools = list["result"]["tools"].as_array().unwrap();
        let read = tools.iter().map(|tool| {
            let parts = [&tool["name"], &tool["description"], &tool["inputSchema"]];
            parts.map(tokens::of_json).iter().sum::<usize>()
        });
        let list = read.sum();
        let names = tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned());
        Self {
            listed: names.collect(),
            wire,
            list,
            said: 0,
        }
    }

    /// Calls a tool, as a model does it.
    fn say(&mut self, tool: &str, arguments: Value) -> Value {
        self.said += tokens::of_text(tool) + tokens::of_json(&arguments);
        let result = self.wire.call(tool, arguments.clone());
        let content = result["content"].as_array();
        let texts = content
            .into_iter()
            .flatten()
            .filter_map(|part| part["text"].as_str());
        let texts: Vec<&str> = texts.collect();
        assert!(result["isError"] != true, "{tool} {arguments}: {result}");
        self.said += texts
            .iter()
            .map(|text| tokens::of_text(text))
            .sum::<usize>();
        serde_json::from_str(texts[0]).unwrap_or_else(|_| texts[0].into())
    }

    /// Reads what a tool takes, where the list does not say so.
    fn learn(&mut self, goal: &str, task: &Task) {
        let tools: BTreeSet<&str> = task.steps.iter().map(|step| step.tool.as_str()).collect();
        let mut unknown: Vec<&str> = tools.into_iter().filter(|tool| !self.knows(tool)).collect();
        if unknown.is_empty() {
            return;
        }
        let searches = self.listed.contains("call_read") || self.listed.contains("run_script");
        if !searches {
            self.say("describe_tools", json!({ "names": unknown }));
            return;
        }
        let found = self.say("search_tools", json!({ "query": goal }));
        let found: Vec<&str> = found["tools"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tool| tool["tool"].as_str().unwrap())
            .collect();
        let missed: Vec<&str> = unknown
            .iter()
            .copied()
            .filter(|tool| !found.contains(tool))
            .collect();
        for tool in missed {
            let found = self.say(
                "search_tools",
                json!({ "query": tool.replace('_', " "), "limit": 3 }),
            );
            assert!(
                found.to_string().contains(&format!("\"{tool}\"")),
                "{tool}: {found}"
            );
        }
        // The search tells what functions take, and that what reads takes ids.
        unknown.retain(|tool| self.listed.contains("call_read") && is_described(tool));
        if !unknown.is_empty() {
            self.say("describe_tools", json!({ "names": unknown }));
        }
    }

    /// Whether the list says what a tool takes.
    fn knows(&self, tool: &str) -> bool {
        self.listed.contains(tool) && !self.listed.contains("describe_tools")
            || self.is_pinned(tool)
    }

    fn is_pinned(&self, tool: &str) -> bool {
        self.listed.contains("call_read") && self.listed.contains(tool)
    }

    /// Makes a step of a task.
    fn step(&mut self, step: &Step, answers: &Value) -> Value {
        let arguments = filled(&step.with, answers);
        if self.listed.contains(&step.tool) {
            return self.say(&step.tool, arguments);
        }
        let executors = [("call_read", &READ[..]), ("call_delete", &DELETE[..])];
        let mut executors = executors.into_iter();
        let executor =
            executors.find(|(_, starts)| starts.iter().any(|start| step.tool.starts_with(start)));
        let executor = executor.map_or("call_write", |(executor, _)| executor);
        self.say(
            executor,
            json!({ "tool": step.tool, "arguments": arguments }),
        )
    }

    fn solve(&mut self, task: &Task) {
        self.learn(&task.goal, task);
        if self.listed.contains("run_script") {
            self.say("run_script", json!({ "script": program(task) }));
            return;
        }
        let mut answers = json!({});
        for step in &task.steps {
            answers[&step.name] = self.step(step, &answers);
        }
    }
}

/// How the names of tools begin that read, and of those that destroy.
const READ: [&str; 4] = ["list_", "get_", "find_", "query_"];
const DELETE: [&str; 5] = ["delete_", "remove_", "rotate_", "undo_", "revoke_"];

fn is_described(tool: &str) -> bool {
    let starts = READ[..3].iter().chain(&DELETE);
    !starts.copied().any(|start| tool.starts_with(start))
}

/// The steps of a task as a program, which returns what the user wants to know.
fn program(task: &Task) -> String {
    let steps = task.steps.iter().map(|step| {
        let arguments = written(&step.with);
        format!(
            "const {} = await portkey.{}({arguments});\n",
            step.name, step.tool
        )
    });
    let returned = task.returns.as_deref().unwrap_or("'done'");
    format!("{}return {returned};", steps.collect::<String>())
}

/// Arguments in JavaScript.
fn written(arguments: &Value) -> String {
    match arguments {
        Value::String(text) if text.starts_with('$') => {
            let parts = steps(&text[1..]).into_iter().enumerate();
            let parts = parts.map(|(place, part)| match part {
                Part::Member(name) if place == 0 => name.to_owned(),
                Part::Member(name) => format!(".{name}"),
                Part::Entry(index) => format!("[{index}]"),
                Part::With(name, text) => format!(".find((one) => one.{name} === {})", json!(text)),
            });
            parts.collect()
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| format!("{name}: {}", written(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(written).collect();
            format!("[{}]", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Puts answers where arguments refer to them.
fn filled(arguments: &Value, answers: &Value) -> Value {
    match arguments {
        Value::String(text) => match text.strip_prefix('$') {
            Some(path) => at(answers, path),
            None => arguments.clone(),
        },
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), filled(value, answers)))
                .collect()
        }
        Value::Array(entries) => entries.iter().map(|entry| filled(entry, answers)).collect(),
        other => other.clone(),
    }
}

/// A part of an answer: members with dots between them, entries as `[0]` or `[name=Ann]`.
fn at(value: &Value, path: &str) -> Value {
    let mut found = value.clone();
    for step in steps(path) {
        found = match step {
            Part::Member(name) => found[name].clone(),
            Part::Entry(index) => found[index].clone(),
            Part::With(name, text) => {
                let entries = found.as_array().cloned().unwrap_or_default();
                let mut entries = entries.into_iter();
                let number: Option<f64> = text.parse().ok();
                let is_it = |entry: &Value| {
                    let is_number = number.is_some() && entry[name].as_f64() == number;
                    entry[name] == text || is_number
                };
                entries.find(is_it).unwrap_or_default()
            }
        };
    }
    found
}

enum Part<'a> {
    Member(&'a str),
    Entry(usize),
    With(&'a str, &'a str),
}

fn steps(path: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inside, after) = inner.split_once(']').unwrap();
            parts.push(match inside.split_once('=') {
                Some((name, text)) => Part::With(name, text),
                None => Part::Entry(inside.parse().unwrap()),
            });
            rest = after;
        } else {
            let begin = rest.trim_start_matches('.');
            let end = begin.find(['.', '[']).unwrap_or(begin.len());
            let (name, after) = begin.split_at(end);
            parts.push(Part::Member(name));
            rest = after;
        }
    }
    parts
}

/// Solves every task through a surface, each in a conversation of its own, and returns the tokens of all.
#[expect(
    clippy::print_stdout,
    reason = "whoever reviews a surface reads what it costs"
)]
fn solved(surface: &str) -> usize {
    let mut conversation = Conversation::on(surface);
    let mut tokens = 0;
    for task in tasks() {
        conversation.said = 0;
        conversation.solve(&task);
        tokens += conversation.list + conversation.said;
        verify(&mut conversation.wire, surface, &task);
    }
    println!(
        "{surface}: {tokens} tokens for 40 tasks, the list of tools {} of each",
        conversation.list
    );
    tokens
}

#[test]
fn forty_tasks_are_solved_through_each_surface() {
    let flat = solved("flat");
    assert!(solved("names") * 2 < flat);
    assert!(solved("compact") * 3 <= flat);
    assert!(solved("code") * 3 <= flat);
}

/// Fails unless the sandbox holds what the task wanted.
fn verify(wire: &mut Wire, surface: &str, task: &Task) {
    for check in &task.check {
        let goal = &task.goal;
        let called = wire.call(&check.tool, check.with.clone());
        let text = called["content"][0]["text"].as_str().unwrap_or_default();
        if let Some(why) = &check.fails {
            assert!(
                called["isError"] == true && text.contains(why),
                "{surface}: {goal}: {called}"
            );
            continue;
        }
        let answer: Value =
            serde_json::from_str(text).unwrap_or_else(|_| panic!("{goal}: {called}"));
        let found = at(&answer, check.at.as_deref().unwrap_or_default());
        let is_it = match (found.as_f64(), check.is.as_f64()) {
            (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-9,
            _ => found == check.is,
        };
        assert!(
            is_it,
            "{surface}: {goal}: {found} instead of {} in {answer}",
            check.is
        );
    }
}
