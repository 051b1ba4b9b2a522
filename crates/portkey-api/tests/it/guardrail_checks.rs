//! Guardrail checks are checked before the API sees them.

use portkey_api::{JsonObject, Operation, conceal, operation, understand};
use serde_json::{Value, json};

#[test]
fn valid_checks_pass() {
    let checks = json!([
        { "id": "default.regexMatch", "parameters": { "rule": "\\d+", "not": true }, "name": "digits" },
        { "id": "default.wordCount", "parameters": { "minWords": 1, "maxWords": 10 }, "is_enabled": false },
        { "id": "default.alluppercase" },
        { "id": "default.modelwhitelist", "parameters": { "models": ["gpt-4o"] } },
        { "id": "portkey.pii", "parameters": { "categories": ["NAME"], "forwardHeaders": ["x-user"] } },
        { "id": "qualifire.pii", "parameters": { "anything": "goes" } },
        { "id": "newpartner.scan", "parameters": { "level": 3 } },
        { "id": "bedrock.guard", "parameters": {
            "guardrailId": "g", "guardrailVersion": "1", "credentials": { "region": "eu-west-1" } } },
    ]);
    assert_eq!(problems(&checks), [""; 0]);
}

#[test]
fn mistakes_are_found_where_they_are() {
    let cases = [
        (
            json!({ "id": "default.regexMatch", "parameters": {} }),
            "`checks[1].parameters.rule`: required but missing",
        ),
        (
            json!({ "id": "default.regexMatch" }),
            "`checks[1].parameters.rule`: required but missing",
        ),
        (
            json!({ "id": "default.regexMatch", "parameters": { "rules": "a", "rule": "b" } }),
            "`checks[1].parameters.rules`: unknown argument; did you mean `rule`?",
        ),
        (
            json!({ "id": "default.contains", "parameters": { "words": "a", "operator": "any" } }),
            "`checks[1].parameters.words`: expected a list, got `a`",
        ),
        (
            json!({ "id": "default.contains", "parameters": { "words": [], "operator": "every" } }),
            "`checks[1].parameters.operator`: `every` is not one of any, all, none",
        ),
        (
            json!({ "id": "portkey.pii", "parameters": { "categories": ["EMAIL"] } }),
            "`checks[1].parameters.categories[0]`: `EMAIL` is not one of",
        ),
        (
            json!({ "id": "sydelabs.sydeguard", "parameters": { "toxicity_threshold": 2 } }),
            "`checks[1].parameters.toxicity_threshold`: must be at most 1",
        ),
        (
            json!({ "id": "default.notNull", "enabled": true }),
            "`checks[1].enabled`: unknown argument; did you mean `is_enabled`?",
        ),
        (
            json!({ "parameters": {} }),
            "`checks[1].id`: required but missing",
        ),
    ];
    for (check, expected) in cases {
        let found = problems(&json!([{ "id": "default.notNull" }, check]));
        assert!(
            found.iter().any(|problem| problem.contains(expected)),
            "{found:#?}\nlack: {expected}"
        );
    }
}

#[test]
fn near_misses_are_told_from_new_checks() {
    for (id, meant) in [
        ("default.regexmatch", Some("default.regexMatch")),
        ("regex_match", Some("default.regexMatch")),
        ("default.regexMatc", Some("default.regexMatch")),
        ("portkey.PII", Some("portkey.pii")),
        ("default.notContains", None),
        ("zscaler.guard", None),
        ("", None),
    ] {
        let expected = meant.map(|meant| {
            format!("`checks[0].id`: there is no check `{id}`; did you mean `{meant}`?")
        });
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(problems(&json!([{ "id": id }])), expected);
    }
}

#[test]
fn parameters_are_read_as_they_were_meant() {
    let checks =
        r#"[{"id": "default.wordCount", "parameters": {"minWords": "5", "not": "false"}}]"#;
    let arguments = json!({ "guardrail_id": "g", "checks": checks });
    let understood = understood("update_guardrail", arguments).unwrap();
    assert_eq!(
        understood["checks"][0]["parameters"],
        json!({ "minWords": 5, "not": false })
    );
}

#[test]
fn actions_are_completed_and_checked() {
    let arguments = json!({ "guardrail_id": "g", "actions": { "deny": true } });
    let arguments = understood("update_guardrail", arguments).unwrap();
    let body = tool("update_guardrail").request(arguments).unwrap().body;
    let feedback =
        |value: i64| json!({ "feedback": { "value": value, "weight": 1, "metadata": "" } });
    assert_eq!(
        body.unwrap()["actions"],
        json!({ "deny": true, "async": false, "on_success": feedback(5), "on_fail": feedback(-5) })
    );
    for (actions, expected) in [
        (
            json!({ "on_fail": "deny" }),
            "`actions.on_fail`: expected an object, got `deny`",
        ),
        (
            json!({ "on_fail": { "feedback": { "weight": 1 } } }),
            "`actions.on_fail.feedback.value`: required but missing",
        ),
        (
            json!({ "denny": true }),
            "`actions.denny`: unknown argument; did you mean `deny`?",
        ),
    ] {
        let arguments = json!({ "guardrail_id": "g", "actions": actions });
        let refusal = understood("update_guardrail", arguments).unwrap_err();
        assert!(refusal.contains(expected), "{refusal}\nlacks: {expected}");
    }
}

#[test]
fn headers_and_credentials_are_masked() {
    let mut answer = json!({ "checks": [{ "id": "default.webhook", "parameters": {
        "webhookURL": "https://example.org", "headers": { "Authorization": "Bearer 0123456789" } } }] });
    let declaration = &tool("get_guardrail").declaration;
    conceal(declaration.output(), &mut answer, &mut |_, _| Value::Null);
    assert_eq!(
        answer["checks"][0]["parameters"],
        json!({ "webhookURL": "https://example.org", "headers": { "Authorization": "Be*****789" } })
    );
}

fn problems(checks: &Value) -> Vec<String> {
    let arguments = json!({ "name": "g", "actions": {}, "checks": checks });
    let arguments = serde_json::from_value(arguments).unwrap();
    match understand(&tool("create_guardrail").declaration, arguments) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusal.problems.iter().map(ToString::to_string).collect(),
    }
}

fn understood(name: &str, arguments: Value) -> Result<JsonObject, String> {
    let arguments = serde_json::from_value(arguments).unwrap();
    match understand(&tool(name).declaration, arguments) {
        Ok(understood) => Ok(understood.arguments),
        Err(refusal) => Err(refusal.to_string()),
    }
}

fn tool(name: &str) -> &'static Operation {
    operation(name).unwrap()
}
