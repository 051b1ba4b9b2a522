//! What Portkey knows and this program does not is sent as it was given, and said beside the answer.

mod words;

use std::borrow::Cow;

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::process::Wire;

/// A call, the place of the unknown part in what is sent, and what the note says of it.
struct Unknown {
    tool: &'static str,
    arguments: Value,
    /// A pointer into the body; in a query, the name and value as they stand in the address; or [`PATH`].
    sent: (Cow<'static, str>, Value),
    note: Cow<'static, str>,
}

/// The place of a value that is a part of the path.
const PATH: &str = "path";

fn unknown(
    tool: &'static str,
    arguments: Value,
    (place, value): (impl Into<Cow<'static, str>>, Value),
    note: impl Into<Cow<'static, str>>,
) -> Unknown {
    Unknown {
        tool,
        arguments,
        sent: (place.into(), value),
        note: note.into(),
    }
}

fn guardrail(check: Value, actions: Value) -> Value {
    json!({ "name": "g", "workspace_id": "w", "checks": [check], "actions": actions })
}

fn guardrails() -> Vec<Unknown> {
    let known = json!({ "id": "default.contains", "parameters": { "words": ["a"], "operator": "any", "fold": 1 } });
    vec![
        unknown(
            "create_guardrail",
            guardrail(known, json!({})),
            ("/checks/0/parameters/fold", json!(1)),
            "`checks[0].parameters.fold`: not known here",
        ),
        unknown(
            "create_guardrail",
            guardrail(
                json!({ "id": "moon.phase", "parameters": { "full": true } }),
                json!({}),
            ),
            ("/checks/0/parameters/full", json!(true)),
            "`checks[0].id`: `moon.phase` is no check known here",
        ),
        unknown(
            "create_guardrail",
            guardrail(
                json!({ "id": "default.notNull" }),
                json!({ "escalate": "page" }),
            ),
            ("/actions/escalate", json!("page")),
            "`actions.escalate`: not known here",
        ),
    ]
}

fn providers() -> Vec<Unknown> {
    let grant =
        json!({ "slug": "i", "workspaces": [{ "id": "w", "enabled": true, "quota_group": "q" }] });
    vec![
        unknown(
            "create_integration",
            json!({ "name": "i", "ai_provider_id": "moonbase-ai", "key": "k" }),
            ("/ai_provider_id", json!("moonbase-ai")),
            "`ai_provider_id`: `moonbase-ai` is no AI provider known here",
        ),
        unknown(
            "create_integration",
            json!({ "name": "i", "ai_provider_id": "openai", "configurations": { "lunar_base": "x" } }),
            ("/configurations/lunar_base", json!("x")),
            "`configurations.lunar_base`: not known here",
        ),
        unknown(
            "update_integration_models",
            json!({ "slug": "i", "models": [{ "slug": "m", "enabled": true, "tier": "gold" }] }),
            ("/models/0/tier", json!("gold")),
            "`models[0].tier`: not known here",
        ),
        unknown(
            "update_integration_workspaces",
            grant,
            ("/workspaces/0/quota_group", json!("q")),
            "`workspaces[0].quota_group`: not known here",
        ),
        unknown(
            "create_provider",
            json!({ "name": "p", "integration_id": "i", "credit_limit": 5, "usage_limit_type": "moons" }),
            ("/usage_limits/type", json!("moons")),
            "`usage_limit_type`: `moons` is not known here",
        ),
        unknown(
            "create_provider",
            json!({ "name": "p", "integration_id": "i", "usage_limits": { "credit_limit": 5, "soft": true } }),
            ("/usage_limits/soft", json!(true)),
            "`usage_limits.soft`: not known here",
        ),
        unknown(
            "create_provider",
            json!({ "name": "p", "integration_id": "i", "rate_limits": [{ "type": "images", "unit": "rpm", "value": 1 }] }),
            ("/rate_limits/0/type", json!("images")),
            "`rate_limits[0].type`: `images` is not known here",
        ),
    ]
}

fn policies() -> Vec<Unknown> {
    let rate = |name: &str, value: Value| {
        let mut arguments = json!({ "type": "requests", "unit": "rpm", "value": 1, "group_by": ["api_key"],
            "conditions": [{ "key": "model", "value": "*" }], "workspace_id": "w" });
        arguments[name] = value;
        arguments
    };
    vec![
        unknown(
            "create_rate_limit",
            rate("conditions", json!([{ "key": "moon", "value": "full" }])),
            ("/conditions/0/key", json!("moon")),
            "`conditions[0].key`: `moon` is not known here",
        ),
        unknown(
            "create_rate_limit",
            rate("group_by", json!(["moon"])),
            ("/group_by/0/key", json!("moon")),
            "`group_by[0]`: `moon` is not known here",
        ),
        unknown(
            "create_rate_limit",
            rate("unit", json!("rpy")),
            ("/unit", json!("rpy")),
            "`unit`: `rpy` is not known here",
        ),
        unknown(
            "create_rate_limit",
            rate("type", json!("images")),
            ("/type", json!("images")),
            "`type`: `images` is not known here",
        ),
        unknown(
            "create_usage_limit",
            json!({ "type": "moons", "credit_limit": 5, "periodic_reset": "lunar", "group_by": ["api_key"],
                "conditions": [{ "key": "model", "value": "*" }], "workspace_id": "w" }),
            ("/periodic_reset", json!("lunar")),
            "`type`: `moons` is not known here",
        ),
        unknown(
            "list_rate_limits",
            json!({ "type": "images" }),
            ("type", json!("images")),
            "`type`: `images` is not known here",
        ),
    ]
}

fn others() -> Vec<Unknown> {
    let server = |name: &str, value: Value| {
        let mut arguments = json!({ "name": "m", "url": "https://m.example/mcp", "auth_type": "none",
            "transport": "http", "workspace_id": "w" });
        arguments[name] = value;
        arguments
    };
    vec![
        unknown(
            "create_mcp_integration",
            server("auth_type", json!("moonlight")),
            ("/auth_type", json!("moonlight")),
            "`auth_type`: `moonlight` is not known here",
        ),
        unknown(
            "create_mcp_integration",
            server("transport", json!("carrier-pigeon")),
            ("/transport", json!("carrier-pigeon")),
            "`transport`: `carrier-pigeon` is not known here",
        ),
        unknown(
            "create_mcp_integration",
            server("configurations", json!({ "lunar": { "a": 1 } })),
            ("/configurations/lunar", json!({ "a": 1 })),
            "`configurations.lunar`: not known here",
        ),
        unknown(
            "update_mcp_server_capabilities",
            json!({ "id": "s", "capabilities": [{ "name": "t", "type": "moon", "enabled": true, "why": "w" }] }),
            ("/capabilities/0/why", json!("w")),
            "`capabilities[0].type`: `moon` is not known here",
        ),
        unknown(
            "create_config",
            json!({ "name": "c", "config": { "provider": "@a", "lunar": true } }),
            ("/config/lunar", json!(true)),
            "`config.lunar`: not known here",
        ),
        unknown(
            "create_secret_reference",
            json!({ "name": "s", "manager_type": "moon_vault", "secret_path": "p", "auth_config": { "moon_phase": "full" } }),
            ("/manager_type", json!("moon_vault")),
            "`manager_type`: `moon_vault` is not known here",
        ),
    ]
}

impl Unknown {
    /// What is wrong with what becomes of the call, if anything is.
    async fn fault(&self, wire: &mut Wire, portkey: &MockServer) -> Option<String> {
        let before = portkey.received_requests().await.unwrap().len();
        let mut arguments = self.arguments.clone();
        if self.tool.starts_with("create_") {
            // Nothing of it is stored, which reading it would take time to find out.
            arguments["return_object"] = json!(false);
        }
        let result = wire.call(self.tool, arguments);
        let told = result["content"].to_string();
        let says = |what: &str| {
            Some(format!(
                "{} {}: {what}\n  {told}",
                self.tool, self.arguments
            ))
        };
        if result["isError"] == true {
            return says("refused");
        }
        let requests = portkey.received_requests().await.unwrap();
        let (place, value) = &self.sent;
        let arrives = requests.iter().skip(before).any(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let mut query = request.url.query_pairs();
            let mut path = request.url.path_segments().into_iter().flatten();
            body.pointer(place) == Some(value)
                || place == PATH && path.any(|part| *value == json!(part))
                || query.any(|(name, text)| name == **place && *value == json!(text))
        });
        if !arrives {
            return says("not sent as it was given");
        }
        let note = result["content"].as_array().unwrap().iter().skip(1);
        let mut note = note.filter_map(|block| block["text"].as_str());
        (!note.any(|text| text.contains(&*self.note))).then(|| says(&self.note).unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_portkey_knows_is_sent_with_a_note_that_names_it() {
    let portkey = MockServer::start().await;
    let answer =
        json!({ "id": "0b3a", "slug": "s", "data": [], "total": 0, "config": { "retry": {} } });
    let answer = ResponseTemplate::new(200).set_body_json(answer);
    Mock::given(any())
        .respond_with(answer)
        .mount(&portkey)
        .await;
    let settings = [
        ("PORTKEY_BASE_URL", portkey.uri()),
        ("PORTKEY_API_KEY", "test-key".to_owned()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let mut wire = Wire::initialised(&["--toolsets", "all", "--confirm", "never"], &settings);
    let mut faults = Vec::new();
    let calls = [guardrails(), providers(), policies(), others()];
    let words = [words::roles(), words::states(), words::watches()];
    let read = [words::members(), words::reads(), words::paths()];
    let calls = calls.into_iter().chain(words).chain(read);
    for call in calls.flatten() {
        faults.extend(call.fault(&mut wire, &portkey).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The choices whose words are defined here. The words of all others are Portkey's, which may add to them.
const OURS: [&str; 6] = [
    "find_references.kind",
    "get_analytics_summary.sections[]",
    "query_analytics.metrics[]",
    "query_analytics.group_by[]",
    "query_analytics.compare",
    // Graphs are put together here, whatever Portkey's points are.
    "*.granularity",
];

/// Adds the place of every choice with a list of words.
fn closed_choices(schema: &Value, place: &str, found: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else {
        return;
    };
    if schema.contains_key("enum") || schema.contains_key("const") {
        found.push(place.to_owned());
    }
    for (keyword, inner) in schema {
        match (keyword.as_str(), inner) {
            ("properties", Value::Object(members)) => {
                for (name, member) in members {
                    closed_choices(member, &format!("{place}.{name}"), found);
                }
            }
            ("items", item) => closed_choices(item, &format!("{place}[]"), found),
            (_, Value::Array(several)) => {
                for one in several {
                    closed_choices(one, place, found);
                }
            }
            (_, other) => closed_choices(other, place, found),
        }
    }
}

#[test]
fn only_choices_of_our_own_words_are_closed() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let mut found = Vec::new();
    let listed = wire.request("tools/list", json!({}));
    for tool in listed["result"]["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        closed_choices(&tool["inputSchema"], name, &mut found);
    }
    assert!(found.len() > 5, "{found:?}");
    let is_ours = |place: &String| {
        let argument = place
            .split_once('.')
            .map(|(_, argument)| format!("*.{argument}"));
        OURS.contains(&place.as_str()) || argument.is_some_and(|any| OURS.contains(&any.as_str()))
    };
    found.retain(|place| !is_ours(place));
    assert!(found.is_empty(), "{found:#?}");
}
