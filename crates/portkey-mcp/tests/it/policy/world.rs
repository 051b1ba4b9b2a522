//! Every tool of the catalog, called by somebody who is limited to one workspace, on a Portkey where everything is in
//! another.

use portkey_api::{JsonObject, Method, operations};
use portkey_workflows::WORKFLOWS;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::{every_tool::calls, process::Wire};

const OWN: &str = "ws-own";
const FOREIGN: &str = "ws-foreign";
/// Stands in everything that is in the other workspace.
const MARK: &str = "not-to-be-seen";

/// Says of everything that it is in the other workspace, but of the workspaces themselves.
struct Elsewhere {
    address: String,
}

impl Respond for Elsewhere {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path();
        let answer = if let Some(slug) = path.strip_prefix("/v1/admin/workspaces/") {
            json!({ "id": format!("{slug}-id"), "slug": slug, "name": slug })
        } else {
            let thing = json!({ "id": "some-id", "slug": "some-slug", "name": MARK, "workspace_id": FOREIGN,
                                "status": "success", "signed_url": format!("{}/file", self.address) });
            let mut answer = thing.clone();
            answer["data"] = json!([thing]);
            answer["total"] = json!(1);
            answer
        };
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

async fn elsewhere() -> (MockServer, Wire) {
    let portkey = MockServer::start().await;
    let address = portkey.uri();
    let rule = Mock::given(any()).respond_with(Elsewhere { address });
    rule.mount(&portkey).await;
    let url = format!("{}/v1", portkey.uri());
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "test-key"),
    ];
    let arguments = [
        "--toolsets",
        "all",
        "--only-workspaces",
        OWN,
        "--quota-deletes",
        "9999/s",
        "--quota-keys",
        "9999/s",
    ];
    let wire = Wire::initialised(&arguments, &settings);
    (portkey, wire)
}

/// The arguments as they are, with the foreign workspace named, with the own one, and with none.
fn variants(arguments: &JsonObject) -> Vec<JsonObject> {
    let with = |workspace: Option<&str>| {
        let mut arguments = arguments.clone();
        arguments.remove("dry_run");
        for name in ["workspace_id", "workspace_slug"] {
            match (arguments.contains_key(name), workspace) {
                (true, Some(workspace)) => _ = arguments.insert(name.to_owned(), workspace.into()),
                (true, None) => _ = arguments.remove(name),
                _ => {}
            }
        }
        arguments
    };
    vec![
        arguments.clone(),
        with(Some(FOREIGN)),
        with(Some(OWN)),
        with(None),
    ]
}

fn names_own(request: &Request) -> bool {
    let body = String::from_utf8_lossy(&request.body);
    request.url.as_str().contains(OWN) || body.contains(OWN)
}

/// What is wrong with what was sent and seen.
fn faults(tool: &str, arguments: &JsonObject, sent: &[Request], result: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let told = result.to_string();
    for request in sent
        .iter()
        .filter(|request| request.method.as_str() != "GET")
    {
        let foreign = String::from_utf8_lossy(&request.body).contains(FOREIGN)
            || request.url.as_str().contains(FOREIGN);
        if foreign || !names_own(request) {
            faults.push(format!("wrote: {} {}", request.method, request.url));
        }
    }
    // An answer to a question about the own workspace is about that, whatever this Portkey makes of it.
    let asked = sent
        .iter()
        .any(|request| names_own(request) && !request.url.path().contains("/workspaces/ws-own"));
    if told.contains(MARK) && !asked {
        faults.push(format!("saw: {told}"));
    }
    let call = Value::Object(arguments.clone());
    faults
        .iter()
        .map(|fault| format!("{tool} {call}\n  {fault}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_reaches_what_is_in_another_workspace() {
    let (portkey, mut wire) = elsewhere().await;
    let mut found = Vec::new();
    let (mut refused, mut made) = (0, 0);
    for operation in operations() {
        for arguments in portkey_examples::every(operation).iter().flat_map(variants) {
            portkey.reset().await;
            let address = portkey.uri();
            Mock::given(any())
                .respond_with(Elsewhere { address })
                .mount(&portkey)
                .await;
            let name = operation.declaration.name;
            let result = wire.call(name, Value::Object(arguments.clone()));
            let sent = portkey.received_requests().await.unwrap();
            if operation.declaration.keys != portkey_api::Keys::None {
                found.extend(faults(name, &arguments, &sent, &result));
            }
            if result["isError"] == true {
                refused += 1;
            } else {
                made += 1;
            }
            if operation.method == Method::Delete
                && operation.declaration.name != "delete_workspace"
                && operation.declaration.name != "remove_workspace_member"
            {
                assert_eq!(result["isError"], true, "{name}: {result}");
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} of {}:\n{}",
        found.len(),
        refused + made,
        found.join("\n")
    );
    assert!(refused > 100 && made > 50, "{refused} refused, {made} made");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_composed_tool_does_either() {
    let (portkey, mut wire) = elsewhere().await;
    let mut found = Vec::new();
    for composed in WORKFLOWS {
        let name = composed.workflow.declaration.name;
        for arguments in calls(name) {
            for arguments in variants(arguments.as_object().unwrap()) {
                portkey.reset().await;
                let address = portkey.uri();
                Mock::given(any())
                    .respond_with(Elsewhere { address })
                    .mount(&portkey)
                    .await;
                let result = wire.call(name, Value::Object(arguments.clone()));
                let sent = portkey.received_requests().await.unwrap();
                found.extend(faults(name, &arguments, &sent, &result));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
