//! The entry in Docker's catalogue of MCP servers, for a change to its repository: `server.yaml` and `tools.json`.

use std::fmt::Write as _;

use portkey_api::Effect;
use serde_json::{Map, Value, json};

use super::product::{NAME, Product, REPOSITORY, TITLE, tools};

/// `server.yaml`. Docker builds the image from the repository, at the commit that its maintainers pin.
pub(super) fn entry(product: &Product) -> String {
    let mut text = format!(
        "name: {NAME}\n\
         image: mcp/{NAME}\n\
         type: server\n\
         meta:\n  category: ai\n  tags:\n    - ai\n    - gateway\n    - administration\n\
         about:\n  title: {TITLE}\n  description: {description}\n  icon: {REPOSITORY}/raw/main/crates/portkey-mcp/src/server/icon.svg\n\
         source:\n  project: {REPOSITORY}\n\
         # The image serves HTTP unless it is told otherwise.\n\
         run:\n  command:\n    - serve\n\
         config:\n  description: Which Portkey organisation the server administers\n  secrets:\n",
        description = product.description,
    );
    for variable in product.variables.iter().filter(|variable| variable.secret) {
        let (name, description) = (&variable.name, &variable.description);
        let key = name.trim_start_matches("PORTKEY_").to_lowercase();
        _ = write!(
            text,
            "    - name: {NAME}.{key}\n      env: {name}\n      description: {}\n      required: {}\n",
            json!(description),
            variable.required,
        );
    }
    text
}

/// `tools.json`, a tool a line, so that the catalogue need not start the image to list them.
pub(super) fn tools_file() -> String {
    let lines: Vec<String> = tools()
        .map(|tool| {
            let declaration = tool.declaration();
            json!({
                "name": declaration.name,
                "description": declaration.description,
                "arguments": arguments(&tool.input_schema()),
                "annotations": {
                    "title": declaration.title,
                    "readOnlyHint": declaration.effect == Effect::Read,
                    "destructiveHint": declaration.destructive,
                },
            })
            .to_string()
        })
        .collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

fn arguments(schema: &Map<String, Value>) -> Vec<Value> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|n| n == name));
    let properties = schema.get("properties").and_then(Value::as_object);
    let arguments = properties.into_iter().flatten().map(|(name, property)| {
        let mut argument = json!({
            "name": name,
            "type": property.get("type").cloned().unwrap_or_else(|| json!("object")),
        });
        if let Some(description) = property.get("description") {
            argument["desc"] = description.clone();
        }
        if !is_required(name) {
            argument["optional"] = json!(true);
        }
        argument
    });
    arguments.collect()
}
