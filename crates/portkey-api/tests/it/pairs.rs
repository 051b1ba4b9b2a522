//! What creates something and what changes it keep one rule for the arguments that both take.

use portkey_api::{Declaration, Location, Operation, operation, operations, parse_arguments};
use serde_json::{Value, json};

/// Arguments that are fixed once something is there, or judged by others that creation alone has at hand.
const DIFFERENT: &[&str] = &["type", "alert_threshold", "messages"];

/// Keywords that refuse something.
const STRICT: [&str; 8] = [
    "type",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
];

/// What creates something and what changes it.
fn pairs() -> impl Iterator<Item = (&'static Operation, &'static Operation)> {
    operations().filter_map(|update| {
        let thing = update.declaration.name.strip_prefix("update_")?;
        let creating = ["create", "register"].map(|verb| format!("{verb}_{thing}"));
        let create = creating.iter().find_map(|name| operation(name))?;
        Some((create, update))
    })
}

#[test]
fn creating_and_changing_ask_the_same_of_each_value() {
    assert!(pairs().count() > 10);
    let different: Vec<_> = pairs()
        .flat_map(|(create, update)| differences(&create.declaration, &update.declaration))
        .collect();
    assert!(different.is_empty(), "{different:#?}");
}

/// Values that one check or another refuses. What is empty counts as left out by rules of its own.
fn probes() -> [Value; 8] {
    [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1_000_000),
        json!(true),
        json!("x"),
        json!(["x"]),
        json!([{ "a": 1 }]),
    ]
}

#[test]
fn creating_and_changing_refuse_the_same_values() {
    let mut different = Vec::new();
    for (create, update) in pairs() {
        let shared = shared(&create.declaration, &update.declaration);
        for name in shared.iter().filter(|name| !DIFFERENT.contains(*name)) {
            for probe in probes() {
                let [created, changed] = [create, update].map(|one| takes(one, name, &probe));
                if created != changed {
                    let tool = update.declaration.name;
                    different.push(format!("{tool} {name}={probe}: {created} and {changed}"));
                }
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Whether a call passes that gives this argument besides what the tool asks for.
fn takes(operation: &Operation, name: &str, value: &Value) -> bool {
    let mut arguments = portkey_examples::least(operation);
    arguments.insert(name.to_owned(), value.clone());
    parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request(understood.arguments))
        .is_ok()
}

/// Arguments of both that are no part of the path: there they say what is changed.
fn shared(create: &Declaration, update: &Declaration) -> Vec<&'static str> {
    let names = create.arguments.iter().map(|argument| argument.name);
    let is_shared = |name: &&str| {
        let argument = update.argument(name);
        argument
            .is_some_and(|argument| argument.name == *name && argument.location != Location::Path)
    };
    names.filter(is_shared).collect()
}

fn differences(create: &Declaration, update: &Declaration) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    for name in shared(create, update) {
        if let (Some(created), Some(changed)) = (create.input_of(name), update.input_of(name)) {
            compare(update.name, name, created, changed, &mut found);
        }
    }
    found
}

fn compare(
    tool: &'static str,
    path: &str,
    created: &Value,
    changed: &Value,
    found: &mut Vec<(&'static str, String, String)>,
) {
    for keyword in STRICT {
        let [created, changed] = [created, changed].map(|schema| without_null(schema.get(keyword)));
        if created != changed {
            found.push((
                tool,
                path.to_owned(),
                format!("{keyword}: {created} and {changed}"),
            ));
        }
    }
    let properties = created["properties"].as_object().into_iter().flatten();
    for (name, created) in properties {
        if let Some(changed) = changed["properties"].get(name) {
            compare(tool, &format!("{path}.{name}"), created, changed, found);
        }
    }
    if let (Some(created), Some(changed)) = (created.get("items"), changed.get("items")) {
        compare(tool, &format!("{path}[]"), created, changed, found);
    }
}

/// A change may clear what creation leaves out.
fn without_null(keyword: Option<&Value>) -> Value {
    match keyword {
        Some(Value::Array(items)) => {
            let others: Vec<_> = items
                .iter()
                .filter(|item| !item.is_null() && *item != "null")
                .collect();
            match others.as_slice() {
                [only] => (*only).clone(),
                others => others.iter().copied().cloned().collect(),
            }
        }
        Some(other) => other.clone(),
        None => Value::Null,
    }
}
