//! Dry runs: what they show, and the proof that they change nothing.

use portkey_api::{Effect, JsonObject, Operation};
use portkey_workflows::WORKFLOWS;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::{
    every_tool::{calls, oblige, on, with_a_change},
    process::{Wire, run, text},
};

const CANARY: &str = "sk-canary-0123456789abcdefghij";

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_any_tool_sends_nothing_but_reads_and_shows_no_secret() {
    let portkey = MockServer::start().await;
    oblige(&portkey).await;
    let mut wire = on(&portkey);
    let mut faults = Vec::new();
    let (mut tools, mut with_secrets) = (0, 0);
    for operation in portkey_api::operations() {
        if operation.declaration.effect == Effect::Read {
            continue;
        }
        tools += 1;
        for mut arguments in portkey_examples::every(operation) {
            with_secrets += usize::from(put_canaries(operation, &mut arguments));
            let name = operation.declaration.name;
            faults.extend(unclean(&portkey, &mut wire, name, arguments).await);
        }
    }
    for composed in WORKFLOWS {
        let declaration = &composed.workflow.declaration;
        if declaration.argument("dry_run").is_none() {
            assert_eq!(declaration.effect, Effect::Read, "{}", declaration.name);
            continue;
        }
        tools += 1;
        for arguments in calls(declaration.name) {
            let arguments = with_a_change(&mut wire, arguments);
            let arguments = arguments.as_object().unwrap().clone();
            faults.extend(unclean(&portkey, &mut wire, declaration.name, arguments).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        tools > 90 && with_secrets > 10,
        "{tools} tools, {with_secrets} calls with secrets"
    );
}

/// Makes the dry run, and says what is wrong with it.
async fn unclean(
    portkey: &MockServer,
    wire: &mut Wire,
    tool: &str,
    mut arguments: JsonObject,
) -> Option<String> {
    portkey.reset().await;
    oblige(portkey).await;
    arguments.insert("dry_run".to_owned(), true.into());
    let result = wire.call(tool, Value::Object(arguments));
    let told = result.to_string();
    let sent = portkey.received_requests().await.unwrap();
    let changing: Vec<_> = sent
        .iter()
        .filter(|request| request.method.as_str() != "GET")
        .map(|request| format!("{} {}", request.method, request.url.path()))
        .collect();
    if !changing.is_empty() {
        return Some(format!("{tool} sent {changing:?}"));
    }
    if told.contains(CANARY) {
        return Some(format!("{tool} shows a secret: {told}"));
    }
    (result["isError"] == true).then(|| format!("{tool} failed: {told}"))
}

/// Puts a canary in the place of everything that the declaration calls secret.
fn put_canaries(operation: &Operation, arguments: &mut JsonObject) -> bool {
    fn replace(value: &mut Value, masked: &Value) -> bool {
        match (value, masked) {
            (Value::String(text), Value::String(masked)) if text != masked => {
                CANARY.clone_into(text);
                true
            }
            (Value::Object(members), Value::Object(masked)) => {
                let mut replaced = false;
                for (name, member) in members {
                    replaced |= replace(member, &masked[name.as_str()]);
                }
                replaced
            }
            (Value::Array(items), Value::Array(masked)) => {
                let mut replaced = false;
                for (item, masked) in items.iter_mut().zip(masked) {
                    replaced |= replace(item, masked);
                }
                replaced
            }
            _ => false,
        }
    }
    let masked = operation.declaration.masked(arguments.clone());
    let mut value = Value::Object(arguments.clone());
    let replaced = replace(&mut value, &Value::Object(masked));
    arguments.clone_from(value.as_object().unwrap());
    replaced
}

/// What a dry run says would change is what changes, and nothing has before it is called in earnest.
#[test]
fn what_a_dry_run_foretells_is_what_happens() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let first = |wire: &mut Wire, list: &str| wire.answer(list, json!({}))["data"][0].clone();
    let workspace = first(&mut wire, "list_workspaces")["id"].clone();
    let key = first(&mut wire, "list_api_keys")["id"].clone();
    let config = first(&mut wire, "list_configs")["slug"].clone();
    let prompt = first(&mut wire, "list_prompts")["slug"].clone();
    let told = [
        (
            "update_workspace",
            json!({ "workspace_id": workspace, "description": "new", "metadata": { "team": "x" } }),
            ("get_workspace", json!({ "workspace_id": workspace })),
            vec!["description", "defaults.metadata.team"],
        ),
        (
            "update_api_key",
            json!({ "id": key, "description": "new", "default_metadata": { "team": "x" } }),
            ("get_api_key", json!({ "id": key })),
            vec!["description", "defaults.metadata.team"],
        ),
        (
            "update_config",
            json!({ "slug": config, "config": { "retry": { "attempts": 2 } } }),
            ("get_config", json!({ "slug": config })),
            vec!["config.retry.attempts"],
        ),
        (
            "update_prompt",
            json!({ "prompt_id": prompt, "string": "new {{text}}" }),
            (
                "get_prompt",
                json!({ "prompt_id": prompt, "version": "latest" }),
            ),
            vec!["string"],
        ),
    ];
    for (tool, arguments, (reader, finding), fields) in told {
        let now = wire.answer(reader, finding.clone());
        let mut dry = arguments.clone();
        dry["dry_run"] = "full".into();
        let preview = wire.answer(tool, dry);
        assert_eq!(preview["now"], now, "{tool}");
        assert_eq!(
            wire.answer(reader, finding.clone()),
            now,
            "{tool} changed something"
        );
        wire.answer(tool, arguments);
        let after = wire.answer(reader, finding);
        for field in fields {
            let at = |value: &Value| {
                let steps = field
                    .split('.')
                    .try_fold(value, |value, step| value.get(step));
                steps.cloned().unwrap_or_default()
            };
            assert_ne!(at(&now), at(&after), "{tool} {field}");
            assert_eq!(at(&preview["would_be"]), at(&after), "{tool} {field}");
        }
        let changes = preview["changes"].as_array().unwrap();
        assert!(!changes.is_empty(), "{tool}");
    }
}

#[test]
fn a_dry_run_of_a_delete_shows_what_would_be_lost() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let config = wire.answer("list_configs", json!({}))["data"][0]["slug"].clone();
    let now = wire.answer("get_config", json!({ "slug": config }));
    let preview = wire.answer("delete_config", json!({ "slug": config, "dry_run": true }));
    assert_eq!(preview["object"]["name"], now["name"]);
    let asked = json!({ "slug": config, "dry_run": "full" });
    let preview = wire.answer("delete_config", asked);
    assert_eq!(preview["method"], "DELETE");
    assert_eq!(preview["now"], now);
    assert_eq!(preview["would_be"], Value::Null);
    assert_eq!(wire.answer("get_config", json!({ "slug": config })), now);
}

#[test]
fn the_command_line_shows_the_same() {
    let made = ["call", "list_workspaces", "--sandbox"];
    let list: Value = serde_json::from_str(&text(&run(&made, &[]).stdout)).unwrap();
    let workspace = list["data"][0]["slug"].as_str().unwrap();
    let output = run(
        &[
            "call",
            "update_workspace",
            "--workspace-id",
            workspace,
            "--description",
            "new",
            "--sandbox",
            "--dry-run",
        ],
        &[],
    );
    let shown = text(&output.stdout);
    let (changes, request) = shown.split_once("PUT /admin/workspaces/").unwrap();
    assert!(
        changes.contains("Changes:\n  description: ") && changes.contains("-> \"new\""),
        "{shown}"
    );
    assert!(
        request.starts_with(workspace) && !shown.contains("Now: "),
        "{shown}"
    );
    let mut arguments = vec!["call", "update_workspace", "--workspace-id", workspace];
    arguments.extend(["--description", "new", "--sandbox", "--dry-run=full"]);
    let whole = text(&run(&arguments, &[]).stdout);
    assert!(
        whole.contains("Now: {") && whole.contains("Would be: {"),
        "{whole}"
    );
}

/// The whole object is long, and what changes of it is what is asked about.
#[test]
fn what_changes_comes_first_and_the_whole_object_on_request() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let workspace = wire.answer("list_workspaces", json!({}))["data"][0]["id"].clone();
    let mut asked =
        json!({ "workspace_id": workspace, "description": "What we try", "dry_run": true });
    let brief = wire.answer("update_workspace", asked.clone());
    assert!(
        brief["now"].is_null() && brief["would_be"].is_null(),
        "{brief}"
    );
    assert_eq!(brief["object"]["id"], workspace);
    let members: Vec<_> = brief.as_object().unwrap().keys().collect();
    let place = |name: &str| members.iter().position(|member| *member == name).unwrap();
    assert!(place("changes") < place("method"), "{members:?}");
    assert_eq!(brief["changes"][0]["field"], "description");
    asked["dry_run"] = "full".into();
    let whole = wire.answer("update_workspace", asked);
    assert_eq!(whole["would_be"]["description"], "What we try");
    assert_eq!(whole["changes"], brief["changes"]);
    let (brief, whole) = (brief.to_string().len(), whole.to_string().len());
    assert!(brief * 3 < whole, "{brief} of {whole} bytes");
}

#[test]
fn a_dry_run_about_what_is_not_there_says_so_first() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let prompt = wire.answer("list_prompts", json!({}))["data"][0]["slug"].clone();
    for (tool, arguments, listing) in [
        (
            "update_workspace",
            json!({ "workspace_id": "ws-nope", "description": "x" }),
            "list_workspaces",
        ),
        (
            "delete_config",
            json!({ "slug": "pc-nope" }),
            "list_configs",
        ),
        (
            "publish_prompt",
            json!({ "prompt_id": prompt, "version": 99 }),
            "list_prompt_versions",
        ),
    ] {
        let mut dry = arguments;
        dry["dry_run"] = true.into();
        let preview = wire.answer(tool, dry);
        let why = preview["would_fail"].as_str().unwrap_or_default();
        assert!(
            why.contains("was not found") && why.contains(listing),
            "{tool}: {preview}"
        );
    }
    let mut arguments = vec!["call", "update_workspace", "--workspace-id", "ws-nope"];
    arguments.extend(["--description", "x", "--sandbox", "--dry-run"]);
    let shown = text(&run(&arguments, &[]).stdout);
    assert!(
        shown.starts_with("Would fail: ") && shown.contains("list_workspaces"),
        "{shown}"
    );
}
