//! What is odd about guardrail checks is noted before the API sees them.

use portkey_api::{JsonObject, Operation, operation, parse_arguments};
use serde_json::{Value, json};

#[test]
fn usual_checks_need_no_notes() {
    let checks = json!([
        { "id": "default.regexMatch", "parameters": { "rule": "\\d+", "not": true }, "name": "digits" },
        { "id": "default.wordCount", "parameters": { "minWords": 1, "maxWords": 10 }, "is_enabled": false },
        { "id": "default.alluppercase" },
        { "id": "default.modelwhitelist", "parameters": { "models": ["gpt-4o"] } },
        { "id": "portkey.pii", "parameters": { "categories": ["NAME"], "forwardHeaders": ["x-user"] } },
        { "id": "qualifire.pii", "parameters": { "anything": "goes" } },
        { "id": "bedrock.guard", "parameters": {
            "guardrailId": "g", "guardrailVersion": "1", "credentials": { "region": "eu-west-1" } } },
    ]);
    assert_eq!(notes(&checks), [""; 0]);
}

#[test]
fn slips_are_noted_where_they_are() {
    let cases = [
        (
            json!({ "id": "default.regexMatch", "parameters": {} }),
            "`checks[1].parameters.rule`: left out, though it is usually needed",
        ),
        (
            json!({ "id": "default.regexMatch" }),
            "`checks[1].parameters.rule`: left out, though it is usually needed",
        ),
        (
            json!({ "id": "default.regexMatch", "parameters": { "rules": "a", "rule": "b" } }),
            "`checks[1].parameters.rules`: not known here and passed on as it is; did you mean `rule`?",
        ),
        (
            json!({ "id": "default.contains", "parameters": { "words": "a", "operator": "any" } }),
            "`checks[1].parameters.words`: expected a list, got `a`; passed on as it is",
        ),
        (
            json!({ "id": "default.contains", "parameters": { "words": [], "operator": "every" } }),
            "`checks[1].parameters.operator`: `every` is not known here and passed on as it is; known: any, all, none",
        ),
        (
            json!({ "id": "portkey.pii", "parameters": { "categories": ["EMAIL"] } }),
            "`checks[1].parameters.categories[0]`: `EMAIL` is not known here and passed on as it is; did you mean \
             `EMAIL_ADDRESS`?",
        ),
        (
            json!({ "id": "sydelabs.sydeguard", "parameters": { "toxicity_threshold": 2 } }),
            "`checks[1].parameters.toxicity_threshold`: usually at most 1; passed on as it is",
        ),
        (
            json!({ "id": "default.notNull", "enabled": true }),
            "`checks[1].enabled`: not known here and passed on as it is; did you mean `is_enabled`?",
        ),
        (
            json!({ "parameters": {} }),
            "`checks[1].id`: left out, though it is usually needed",
        ),
    ];
    for (check, expected) in cases {
        let found = notes(&json!([{ "id": "default.notNull" }, check]));
        assert!(
            found.iter().any(|note| note.contains(expected)),
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
        let advice = meant.map_or_else(
            || "`list_guardrail_checks` lists those that are".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        );
        let expected = format!(
            "`checks[0].id`: `{id}` is no check known here and passed on as it is; {advice}"
        );
        assert_eq!(notes(&json!([{ "id": id }])), [expected]);
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
fn actions_are_completed_and_looked_at() {
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
            json!({ "on_fail": 5 }),
            "`actions.on_fail`: expected an object such as `{\"feedback\": …}` or text, got 5; passed on as it is",
        ),
        (
            json!({ "on_fail": { "feedback": { "weight": 1 } } }),
            "`actions.on_fail.feedback.value`: left out, though it is usually needed",
        ),
        (
            json!({ "denny": true }),
            "`actions.denny`: not known here and passed on as it is; did you mean `deny`?",
        ),
    ] {
        let arguments = json!({ "guardrail_id": "g", "actions": actions });
        let notes = told("update_guardrail", arguments);
        assert!(
            notes.iter().any(|note| note == expected),
            "{notes:#?}\nlack: {expected}"
        );
    }
}

#[test]
fn headers_and_credentials_are_masked() {
    let mut answer = json!({ "checks": [{ "id": "default.webhook", "parameters": {
        "webhookURL": "https://example.org", "headers": { "Authorization": "Bearer 0123456789" } } }] });
    let declaration = &tool("get_guardrail").declaration;
    declaration.redact(&mut answer, &mut |_, _| Value::Null);
    assert_eq!(
        answer["checks"][0]["parameters"],
        json!({ "webhookURL": "https://example.org", "headers": { "Authorization": "Be*****789" } })
    );
}

fn notes(checks: &Value) -> Vec<String> {
    told(
        "create_guardrail",
        json!({ "name": "g", "actions": {}, "checks": checks }),
    )
}

fn told(name: &str, arguments: Value) -> Vec<String> {
    let arguments = serde_json::from_value(arguments).unwrap();
    let notes = parse_arguments(&tool(name).declaration, arguments)
        .unwrap()
        .notes;
    notes.iter().map(ToString::to_string).collect()
}

fn understood(name: &str, arguments: Value) -> Result<JsonObject, String> {
    let arguments = serde_json::from_value(arguments).unwrap();
    match parse_arguments(&tool(name).declaration, arguments) {
        Ok(understood) => Ok(understood.arguments),
        Err(refusal) => Err(refusal.to_string()),
    }
}

fn tool(name: &str) -> &'static Operation {
    operation(name).unwrap()
}
