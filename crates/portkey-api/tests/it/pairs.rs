//! What creates something and what changes it keep one rule for the arguments that both take.

use portkey_api::{Declaration, Place, operation, operations};
use serde_json::Value;

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

#[test]
fn creating_and_changing_refuse_the_same_values() {
    let mut different = Vec::new();
    for update in operations().map(|operation| &operation.declaration) {
        let Some(thing) = update.name.strip_prefix("update_") else {
            continue;
        };
        let creating = ["create", "register", "add"].map(|verb| format!("{verb}_{thing}"));
        let Some(create) = creating.iter().find_map(|name| operation(name)) else {
            continue;
        };
        different.extend(differences(&create.declaration, update));
    }
    assert!(different.is_empty(), "{different:#?}");
}

fn differences(create: &Declaration, update: &Declaration) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    // In the path of a change an argument says what is changed.
    let in_path = |name| {
        update
            .argument(name)
            .is_some_and(|argument| argument.place == Place::Path)
    };
    for argument in create
        .arguments
        .iter()
        .filter(|argument| !in_path(argument.name))
    {
        if let (Some(created), Some(changed)) = (
            create.input_of(argument.name),
            update.input_of(argument.name),
        ) {
            compare(update.name, argument.name, created, changed, &mut found);
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
