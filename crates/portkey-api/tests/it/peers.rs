//! The catalog against what other clients of the API call beyond its documentation.

use portkey_api::{Base, Operation, Plan, required};
use serde_json::Value;

use crate::facts::shape;

/// How an operation differs from what is known of the tool of its name.
pub(crate) fn deviations(operation: &Operation, known: &[&Value]) -> Vec<String> {
    let tool = operation.declaration.name;
    let mut all = known.iter();
    let Some(known) = all.find(|known| known["name"] == tool) else {
        return vec!["there is no such route".to_owned()];
    };
    let mut found = Vec::new();
    let is_same_route = known["method"] == operation.method.as_str()
        && shape(known["path"].as_str().unwrap()) == shape(operation.path);
    if !is_same_route {
        found.push(format!("is {} {}", known["method"], known["path"]));
    }
    if (known["base"] == "/v2") != (operation.base == Base::V2) {
        found.push(format!("base is {}", known["base"]));
    }
    if (known["plan"] == "enterprise") != (operation.declaration.plan == Plan::Enterprise) {
        found.push(format!("plan is {}", known["plan"]));
    }
    found.extend(arguments(operation, &known["inputs"]));
    found
}

fn arguments(operation: &Operation, known: &Value) -> Vec<String> {
    let declaration = &operation.declaration;
    let names = known["properties"].as_object().unwrap().keys();
    let missing = names.filter(|name| declaration.argument(name).is_none());
    let mut found: Vec<_> = missing.map(|n| format!("has no `{n}`")).collect();
    let needed = known["required"].as_array();
    let is_needed = |name| needed.is_some_and(|needed| needed.contains(&Value::from(name)));
    let schema = declaration.input();
    let strict = required(schema).filter(|name| !is_needed(*name));
    found.extend(strict.map(|n| format!("need not have `{n}`")));
    found
}
