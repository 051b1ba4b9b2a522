//! What `api-diff` finds in a file that differs.

#![allow(
    clippy::needless_pass_by_value,
    reason = "`json!` reads best where it is used"
)]

use serde_json::{Value, json};
use xtask::{drift, openapi};

fn found(paths: Value) -> Vec<[String; 3]> {
    let file = openapi::operations(&json!({
        "paths": paths,
        "components": { "schemas": { "Name": { "type": "string", "nullable": true } } },
    }));
    let found = drift::differences(&file).into_iter();
    found.map(|d| [d.tool, d.part, d.what]).collect()
}

fn says(found: &[[String; 3]], row: [&str; 3]) -> bool {
    found.iter().any(|found| *found == row)
}

fn body(schema: Value) -> Value {
    json!({ "content": { "application/json": { "schema": schema } } })
}

#[test]
fn operations_without_a_counterpart_are_found() {
    let found = found(json!({
        "/moons": { "get": {} },
        "/chat/completions": { "post": {} },
        "/admin/workspaces/{any_name}": { "get": {} },
    }));
    assert!(says(&found, ["GET /moons", "", "no tool"]));
    assert!(says(&found, ["create_workspace", "", "not in the file"]));
    assert!(
        !found.iter().any(|[tool, ..]| tool.contains("/chat")),
        "the gateway is out of scope"
    );
    assert!(
        !says(&found, ["get_workspace", "", "not in the file"]),
        "placeholders have any name"
    );
}

#[test]
fn queries_are_compared() {
    let found = found(json!({ "/admin/users": { "get": { "parameters": [
        { "in": "query", "name": "pageSize", "required": true, "schema": { "type": "integer", "maximum": 1 } },
        { "in": "query", "name": "moon", "schema": { "type": "string" } },
        { "in": "query", "name": "role", "schema": { "type": "string", "enum": ["admin", "sailor"] } },
    ] } } }));
    let tool = "list_all_users";
    assert!(says(
        &found,
        [tool, "query.pageSize", "required by the file alone"]
    ));
    assert!(says(&found, [tool, "query.moon", "only in the file"]));
    assert!(says(&found, [tool, "query.email", "only in the catalog"]));
    assert!(says(
        &found,
        [tool, "query.role", "value sailor only in the file"]
    ));
}

#[test]
fn bodies_are_compared_and_requests_checked() {
    let schema = json!({
        "type": "object",
        "required": ["name", "moon"],
        "properties": {
            "name": { "$ref": "#/components/schemas/Name" },
            "moon": { "type": "string" },
            "description": { "type": "boolean" },
        },
    });
    let found = found(json!({ "/admin/workspaces": { "post": { "requestBody": body(schema) } } }));
    let tool = "create_workspace";
    assert!(says(&found, [tool, "body.moon", "only in the file"]));
    assert!(says(
        &found,
        [tool, "body.description", "string here, boolean in the file"]
    ));
    let refusals = found
        .iter()
        .filter(|[at, _, what]| at == tool && what.starts_with("refused"));
    let parts: Vec<_> = refusals.map(|[_, part, _]| part.as_str()).collect();
    assert!(
        parts.contains(&"body") && parts.contains(&"body.description"),
        "{parts:?}"
    );
}

/// Rows of the report for a file with these paths, by tool and part.
fn reported(paths: Value) -> Vec<[String; 4]> {
    let file = openapi::operations(&json!({ "paths": paths }));
    drift::report(&drift::differences(&file))
}

#[test]
fn every_row_says_which_declaration_to_change() {
    let checks = json!({ "type": "array", "items": { "type": "object", "properties": {
        "id": { "type": "string", "enum": ["default.jwt", "moon.phase"] },
        "priority": { "type": "integer" },
    } } });
    let guardrail = json!({ "type": "object", "properties": { "checks": checks, "moon": { "type": "string" } } });
    let key = json!({ "type": "object", "properties": { "provider": { "type": "string", "enum": ["moonbase"] } } });
    let limit = json!({ "type": "object", "properties": { "unit": { "type": "string", "enum": ["rpm", "rpy"] } } });
    let rows = reported(json!({
        "/guardrails": { "post": { "requestBody": body(guardrail) } },
        "/guardrails/{guardrailId}/moons": { "get": {} },
        "/virtual-keys": { "post": { "requestBody": body(key) } },
        "/policies/rate-limits": { "post": { "requestBody": body(limit) } },
    }));
    let guardrails = "crates/portkey-api/src/guardrails";
    for (tool, part, what, declaration) in [
        (
            "create_guardrail",
            "body.moon",
            "only in the file",
            format!("`CreateGuardrail` in {guardrails}.rs"),
        ),
        (
            "create_guardrail",
            "body.checks[].priority",
            "only in the file",
            format!("`CreateGuardrail` in {guardrails}.rs"),
        ),
        (
            "create_guardrail",
            "body.checks[].id",
            "value moon.phase only in the file",
            format!("`CHECKS` in {guardrails}/built_in.rs or partners.rs"),
        ),
        (
            "create_virtual_key",
            "body.provider",
            "value moonbase only in the file",
            "`AI_PROVIDERS` in crates/portkey-api/src/known_names.rs".to_owned(),
        ),
        (
            "create_rate_limit",
            "body.unit",
            "value rpy only in the file",
            "`CreateRateLimit` in crates/portkey-api/src/policies/rate_limits.rs".to_owned(),
        ),
    ] {
        let row = [
            tool.to_owned(),
            part.to_owned(),
            what.to_owned(),
            declaration,
        ];
        assert!(rows.contains(&row), "{row:?}\n{}", drift::table(&rows));
    }
    let new = rows
        .iter()
        .find(|[tool, ..]| tool == "GET /guardrails/{guardrailId}/moons");
    let said = new
        .map(|[.., declaration]| declaration.as_str())
        .unwrap_or_default();
    assert!(
        said.starts_with("a new struct beside `") && said.contains("guardrails"),
        "{said}"
    );
}
