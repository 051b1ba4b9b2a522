//! Every place where a secret is known to travel is one that a schema marks: `request_secrets` and `response_secrets`
//! of `operations.json` in the folder that `PORTKEY_FACTS` names.

use std::collections::BTreeSet;

use portkey_api::{JsonObject, Location, Operation, operations};
use portkey_testing::outside;
use serde_json::{Value, json};

use crate::facts::{is_same_route, read};

const CANARY: &str = "sk-c4n4ry-0123456789";

/// Where the catalog knows better: tool, path, reason. An entry that no longer deviates fails.
const DEVIATIONS: &[(&str, &str, &str)] = &[
    (
        "create_virtual_key",
        "azureEntraClientSecret",
        "no argument takes it",
    ),
    (
        "list_config_versions",
        "data[].config",
        "a config is shown but for what its members keep secret, as by `get_config`",
    ),
    (
        "get_log",
        "request.body",
        "what was said stays readable, but for what is named like a credential",
    ),
    ("get_log", "response.body", "the same"),
    ("get_log", "finalUntransformedRequest", "the same"),
    ("get_log", "transformedRequest", "the same"),
    ("get_log", "originalResponse", "the same"),
];

#[test]
fn every_known_secret_is_marked() {
    let Some(folder) = outside("PORTKEY_FACTS", "a folder that has `operations.json`") else {
        return;
    };
    let facts = read(&folder.join("operations.json"));
    let mut bare = BTreeSet::new();
    let mut judged = 0;
    for fact in facts.as_array().unwrap() {
        let operation = operations()
            .find(|operation| is_same_route(operation, fact))
            .unwrap();
        let tool = operation.declaration.name;
        for path in paths(&fact["request_secrets"]) {
            judged += 1;
            if !arguments_are_masked(operation, &path) {
                bare.insert((tool, path));
            }
        }
        for path in paths(&fact["response_secrets"]) {
            judged += 1;
            if !answers_are_masked(operation, &path) {
                bare.insert((tool, path));
            }
        }
    }
    assert!(judged > 60, "only {judged} secrets are known");
    let known: BTreeSet<_> = DEVIATIONS
        .iter()
        .map(|(tool, path, _)| (*tool, (*path).to_owned()))
        .collect();
    let unexplained: Vec<_> = bare.difference(&known).collect();
    let stale: Vec<_> = known.difference(&bare).collect();
    assert!(
        unexplained.is_empty() && stale.is_empty(),
        "shown in clear: {unexplained:#?}\nno longer so: {stale:#?}"
    );
}

/// The paths; `config (may embed a, b)` means the members of that name at any depth.
fn paths(list: &Value) -> Vec<String> {
    let listed = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    listed.flat_map(expanded).collect()
}

fn expanded(path: &str) -> Vec<String> {
    let Some((outer, names)) = path.split_once(" (may embed ") else {
        return vec![path.to_owned()];
    };
    let names = names.trim_end_matches(')').split(", ");
    names.map(|name| format!("{outer}.**.{name}")).collect()
}

/// A value with `leaf` at the path.
fn planted(path: &str, leaf: &Value) -> Value {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let inner = if rest.is_empty() {
        leaf.clone()
    } else {
        planted(rest, leaf)
    };
    match first {
        "" => leaf.clone(),
        "**" => json!({ "targets": [{ "override_params": inner }] }),
        _ => {
            let name = first.replace('*', "some");
            match name.strip_suffix("[]") {
                Some(name) => json!({ name: [inner] }),
                None => json!({ name: inner }),
            }
        }
    }
}

/// Secrets come as text, and as members of objects.
fn leaves() -> [Value; 2] {
    [json!(CANARY), json!({ "some": { "thing": [CANARY] } })]
}

fn answers_are_masked(operation: &Operation, path: &str) -> bool {
    let declaration = &operation.declaration;
    leaves().iter().all(|leaf| {
        let mut answer = declaration.normalise(planted(path, leaf));
        declaration.redact(&mut answer, &mut |_, _| "kept".into());
        !answer.to_string().contains(CANARY)
    })
}

/// Whether each argument that travels at the path, or holds it, is masked there.
fn arguments_are_masked(operation: &Operation, path: &str) -> bool {
    let declaration = &operation.declaration;
    let mut taken = false;
    for argument in declaration.arguments {
        let inside = match argument.location {
            Location::Body(place) => match path.strip_prefix(place) {
                Some("") => "",
                Some(rest) if rest.starts_with('.') => &rest[1..],
                // A list is entered at its items.
                Some(rest) if rest.starts_with("[].") => rest,
                _ => continue,
            },
            _ => continue,
        };
        // Some arguments are one text that becomes several settings.
        let kind = &declaration.input()["properties"][argument.name]["type"];
        if !inside.is_empty() && kind == "string" {
            continue;
        }
        taken = true;
        for leaf in leaves() {
            let value = match inside.strip_prefix("[].") {
                Some(inside) => json!([planted(inside, &leaf)]),
                None => planted(inside, &leaf),
            };
            let arguments: JsonObject = [(argument.name.to_owned(), value)].into_iter().collect();
            let masked = Value::Object(declaration.masked(arguments));
            if masked.to_string().contains(CANARY) {
                return false;
            }
        }
    }
    taken
}
