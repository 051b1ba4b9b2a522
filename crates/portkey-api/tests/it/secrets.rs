//! Secrets are masked wherever a schema says so.

use portkey_api::{
    Edition, JsonObject, Minted, Request, Sealed, Secret, operation, operations, parse_arguments,
};
use serde_json::{Value, json};

fn concealed(tool: &str, answer: Value) -> Value {
    let declaration = &operation(tool).unwrap().declaration;
    let mut answer = declaration.normalise(answer);
    declaration.redact(&mut answer, &mut |path, secret| {
        format!("{path}: {} letters", secret.len()).into()
    });
    answer
}

#[test]
fn minted_secrets_go_to_the_sink() {
    assert_eq!(
        concealed(
            "create_api_key",
            json!({ "id": "k", "key": "pk-0123456789" })
        ),
        json!({ "id": "k", "key": "key: 13 letters" })
    );
    assert_eq!(
        concealed("rotate_api_key", json!({ "id": "k", "key": "pk*****789" })),
        json!({ "id": "k", "key": "pk*****789" })
    );
}

#[test]
fn other_secrets_are_masked() {
    let answer = json!({
        "key": "sk-0123456789", "masked_api_key": "sk*****789", "slug": "v",
        "model_config": { "awsSecretAccessKey": "abc", "region": ["eu-west-1-and-more"] },
    });
    assert_eq!(
        concealed("get_virtual_key", answer),
        json!({
            "key": "sk*****789", "masked_api_key": "sk*****789", "slug": "v",
            "model_config": { "awsSecretAccessKey": "*****", "region": ["eu*****ore"] },
        })
    );
}

#[test]
fn sign_ins_keep_what_is_not_secret() {
    let answer = json!({
        "id": "s", "auth_config": { "aws_region": "eu-west-1", "masked_aws_role_arn": "arn:aws:iam::123" },
    });
    assert_eq!(
        concealed("get_secret_reference", answer),
        json!({ "id": "s", "auth_config": { "aws_region": "eu-west-1", "masked_aws_role_arn": "ar*****123" } })
    );
    let answer = json!({ "url": "https://m", "configurations": { "custom_headers": { "A": "Bearer 0123456" } } });
    assert_eq!(
        concealed("get_mcp_integration", answer),
        json!({ "url": "https://m", "configurations": { "custom_headers": { "A": "Be*****456" } } })
    );
}

#[test]
fn new_credentials_of_deployments_go_to_the_sink() {
    let answer = json!({ "id": "d", "client_auth": "auth-1", "credentials": { "username": "u", "password": "p-1" } });
    let kept = json!({
        "id": "d",
        "client_auth": "client_auth: 6 letters",
        "credentials": { "username": "u", "password": "credentials.password: 3 letters" },
    });
    for tool in ["register_deployment", "update_deployment"] {
        assert_eq!(concealed(tool, answer.clone()), kept);
    }
}

#[test]
fn configs_hide_secrets_at_any_depth() {
    let config = json!({
        "targets": [{ "api_key": "sk-0123456789", "targets": [{ "vertex_service_account_json": { "k": "v" } }] }],
        "input_guardrails": [{ "default.webhook": { "headers": { "X": "y" } } }],
        "override_params": { "extra": { "Authorization": "Bearer abc" } },
        "provider": "openai",
    });
    let masked = json!({
        "targets": [{ "api_key": "sk*****789", "targets": [{ "vertex_service_account_json": { "k": "*****" } }] }],
        "input_guardrails": [{ "default.webhook": { "headers": { "X": "*****" } } }],
        "override_params": { "extra": { "Authorization": "*****" } },
        "provider": "openai",
    });
    let answer = json!({ "config": config.to_string() });
    assert_eq!(concealed("get_config", answer), json!({ "config": masked }));
    let list = json!({ "data": [{ "config": config }] });
    assert_eq!(
        concealed("list_config_versions", list)["data"][0]["config"],
        masked
    );
    let broken = json!({ "config": "{\"api_key\": \"sk-0123456789\"" });
    assert!(!concealed("get_config", broken).to_string().contains("0123"));
}

#[test]
fn recorded_traffic_stays_readable_but_for_credentials() {
    let log = json!({
        "request": { "headers": { "x": "y" }, "body": { "messages": ["hello"], "api_key": "sk-0123456789" } },
    });
    assert_eq!(
        concealed("get_log", log),
        json!({
            "request": { "headers": { "x": "*****" }, "body": { "messages": ["hello"], "api_key": "sk*****789" } },
        })
    );
    let record =
        json!({ "request_body": "{\"name\":\"n\",\"key\":\"sk-1\"}", "client_ip": "10.0.0.1" });
    assert_eq!(
        concealed("list_audit_logs", json!({ "records": [record] })),
        json!({ "data": [{ "request_body": { "name": "n", "key": "*****" }, "client_ip": "*****" }] })
    );
}

/// What an audit log of Portkey's tells of a request.
fn record(request: &Request, as_text: bool) -> Value {
    let body = request.body.clone().unwrap_or_default();
    let body = if as_text {
        body.to_string().into()
    } else {
        body
    };
    let record = json!({ "method": request.method.as_str(), "uri": format!("/v1{}", request.target),
                         "request_body": body });
    json!({ "records": [record] })
}

#[test]
fn no_secret_of_any_operation_comes_back_by_way_of_its_record() {
    let mut carried = Vec::new();
    for operation in operations() {
        let declaration = &operation.declaration;
        for arguments in portkey_examples::every(operation) {
            let mut arguments = Value::Object(arguments);
            declaration.each_secret(&mut arguments, &mut |_, _, value| {
                *value = "sk-c4n4ry-0123456789".into();
            });
            let Value::Object(arguments) = arguments else {
                unreachable!()
            };
            let Ok(request) = operation.request(arguments) else {
                continue;
            };
            if !request
                .body
                .clone()
                .unwrap_or_default()
                .to_string()
                .contains("c4n4ry")
            {
                continue;
            }
            carried.push(declaration.name);
            for as_text in [true, false] {
                let shown = concealed("list_audit_logs", record(&request, as_text)).to_string();
                assert!(!shown.contains("c4n4ry"), "{}: {shown}", declaration.name);
            }
        }
    }
    carried.dedup();
    assert!(carried.len() > 8, "{carried:?}");
}

#[test]
fn previews_are_fit_to_be_shown() {
    let operation = operation("create_virtual_key").unwrap();
    let arguments = json!({ "name": "v", "provider": "openai", "key": "sk-0123456789" });
    let arguments: JsonObject = serde_json::from_value(arguments).unwrap();
    let preview = operation
        .preview(Edition::Classic, arguments.clone())
        .unwrap()
        .to_string();
    assert!(
        preview.contains("sk*****789") && !preview.contains("0123"),
        "{preview}"
    );
    let request: Request = operation.request(arguments).unwrap();
    assert!(request.to_string().contains("sk-0123456789"));
    assert_eq!(format!("{request:?}"), r#"Request(Post, "/virtual-keys")"#);
}

#[test]
fn debugging_shows_nothing() {
    let shown = format!(
        "{:?} {:?} {:?}",
        Secret::from("sk-1"),
        Minted::from("sk-2"),
        Sealed(json!("sk-3"))
    );
    assert_eq!(shown, "Secret(***) Minted(***) Sealed(***)");
    let config =
        portkey_api::ConfigObject(serde_json::from_value(json!({ "api_key": "sk-4" })).unwrap());
    assert_eq!(format!("{config:?}"), r#"ConfigObject["api_key"]"#);
}

#[test]
fn masks_keep_their_length_to_themselves() {
    for (secret, masked) in [
        ("", ""),
        ("short", "*****"),
        ("äöüäöüäöüäöü", "äö*****äöü"),
        ("ab***c", "ab***c"),
    ] {
        assert_eq!(portkey_api::masked(secret), masked);
    }
    let mut answer = json!({ "key": "pk-0123456789" });
    operation("create_api_key")
        .unwrap()
        .declaration
        .mask(&mut answer);
    assert_eq!(answer, json!({ "key": "pk*****789" }));
}

#[test]
fn secrets_in_a_config_are_masked_however_they_are_spelt() {
    let config = json!({ "apiKey": "sk-0123456789", "targets": [{ "AWS-Secret-Access-Key": "0123456789abc" }] });
    let arguments = json!({ "name": "n", "config": config });
    let declaration = &operation("create_config").unwrap().declaration;
    let masked = declaration.masked(arguments.as_object().unwrap().clone());
    let expected =
        json!({ "apiKey": "sk*****789", "targets": [{ "AWS-Secret-Access-Key": "01*****abc" }] });
    assert_eq!(masked["config"], expected);
}

#[test]
fn secrets_in_the_wrong_form_are_not_quoted() {
    const CANARY: &str = "sk-c4n4ry-0123456789";
    let check = json!({ "id": "default.contains", "parameters": { "credentials": CANARY } });
    let integration = json!({ "name": "n", "url": "https://m", "custom_headers": CANARY });
    let config = json!({ "api_key": [CANARY], "custom_headers": CANARY, "apiKey": CANARY });
    for (tool, arguments) in [
        (
            "create_guardrail",
            json!({ "name": "n", "checks": [check] }),
        ),
        ("create_mcp_integration", integration),
        ("create_config", json!({ "name": "n", "config": config })),
        (
            "update_secret_reference",
            json!({ "id": "s", "auth_config": { "vault_token": [CANARY] } }),
        ),
        (
            "create_virtual_key",
            json!({ "name": "n", "provider": "openai", "key": [CANARY, CANARY] }),
        ),
    ] {
        let Value::Object(arguments) = arguments else {
            unreachable!()
        };
        let declaration = &operation(tool).unwrap().declaration;
        let told = match parse_arguments(declaration, arguments) {
            Ok(understood) => understood.notes.iter().map(ToString::to_string).collect(),
            Err(refused) => refused.to_string(),
        };
        assert!(!told.contains("c4n4ry"), "{told}");
    }
}
