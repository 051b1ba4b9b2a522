//! What an answer says beyond what Portkey does, and to whom.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire, run, text};

fn sandbox() -> Wire {
    Wire::initialised(&["--sandbox", "--toolsets", "all"], &[])
}

fn first(wire: &mut Wire, list: &str) -> Value {
    wire.answer(list, json!({ "verbose": true }))["data"][0].clone()
}

#[test]
fn a_new_version_is_told_by_the_number_that_publishes_it() {
    let mut wire = sandbox();
    let prompt = first(&mut wire, "list_prompts")["id"].clone();
    let change = json!({ "prompt_id": prompt, "string": "Hello {{name}}" });
    let updated = wire.answer("update_prompt", change);
    let number = updated["prompt_version"].as_u64().unwrap();
    let publish = json!({ "prompt_id": prompt, "version": number });
    wire.answer("publish_prompt", publish);
    let prompt = wire.answer("get_prompt", json!({ "prompt_id": prompt }));
    assert_eq!(prompt["string"], "Hello {{name}}");

    let partial = first(&mut wire, "list_prompt_partials")["id"].clone();
    let change = json!({ "prompt_partial_id": partial, "string": "Be brief" });
    let updated = wire.answer("update_prompt_partial", change);
    let publish = json!({ "prompt_partial_id": partial, "version": updated["version"] });
    wire.answer("publish_partial", publish);
}

#[test]
fn an_update_answers_what_it_left() {
    let mut wire = sandbox();
    let config = first(&mut wire, "list_configs")["slug"].clone();
    let content = json!({ "retry": { "attempts": 2 } });
    let change = json!({ "slug": config, "config": content });
    let updated = wire.answer("update_config", change.clone());
    assert_eq!(updated["config"], content, "{updated}");
    assert_eq!(updated["slug"], config, "{updated}");
    let mut brief = change;
    brief["return_object"] = false.into();
    let updated = wire.answer("update_config", brief);
    assert!(
        updated["config"].is_null() && updated["version_id"].is_string(),
        "{updated}"
    );

    let guardrail = first(&mut wire, "list_guardrails")["id"].clone();
    let change = json!({ "guardrail_id": guardrail, "name": "renamed" });
    assert_eq!(wire.answer("update_guardrail", change)["name"], "renamed");
    let provider = first(&mut wire, "list_providers")["slug"].clone();
    let change = json!({ "slug": provider, "note": "for tests" });
    assert_eq!(wire.answer("update_provider", change)["note"], "for tests");
}

#[test]
fn what_portkey_does_not_store_is_named() {
    let mut wire = sandbox();
    let users = wire.answer("list_all_users", json!({}));
    let users = users["data"].as_array().unwrap().iter();
    let role = |role: &str| users.clone().find(|user| user["role"] == role).unwrap()["id"].clone();
    let workspace = wire.answer("create_workspace", json!({ "name": "Fresh" }));
    assert!(workspace.get("not_stored").is_none(), "{workspace}");
    let mut join = |user: Value| {
        let member = json!({ "workspace_id": workspace["id"], "user_id": user, "role": "member" });
        wire.answer("add_workspace_member", member)
    };
    let joined = join(role("owner"));
    let wanted = json!([{ "field": "role", "sent": "member", "stored": "admin" }]);
    assert_eq!(joined["not_stored"], wanted, "{joined}");
    let joined = join(role("member"));
    assert!(joined.get("not_stored").is_none(), "{joined}");
}

#[test]
fn what_an_answer_does_not_show_is_read_after_a_create() {
    let mut wire = sandbox();
    let key = json!({
        "type": "organisation", "sub_type": "service", "name": "for tests", "scopes": ["logs.view"],
        "credit_limit": 5, "expires_at": "2090-01-01", "default_metadata": { "env": "test" },
    });
    let made = wire.answer("create_api_key", key);
    assert!(
        made["id"].is_string() && made.get("not_stored").is_none(),
        "{made}"
    );
}

#[test]
fn a_hint_names_the_list_of_what_was_not_found() {
    let mut wire = sandbox();
    let prompt = first(&mut wire, "list_prompts")["id"].clone();
    let workspace = first(&mut wire, "list_workspaces")["id"].clone();
    let user = first(&mut wire, "list_all_users")["id"].clone();
    for (tool, arguments, argument, listing) in [
        (
            "publish_prompt",
            json!({ "prompt_id": prompt, "version": 99 }),
            "version",
            "list_prompt_versions",
        ),
        (
            "publish_prompt",
            json!({ "prompt_id": "pp-nope", "version": 1 }),
            "prompt_id",
            "list_prompts",
        ),
        (
            "get_prompt",
            json!({ "prompt_id": prompt, "version": "99" }),
            "version",
            "list_prompt_versions",
        ),
        (
            "get_prompt_version",
            json!({ "prompt_id": prompt, "version_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7" }),
            "version_id",
            "list_prompt_versions",
        ),
        (
            "get_workspace_member",
            json!({ "workspace_id": "ws-nope", "user_id": user }),
            "workspace_id",
            "list_workspaces",
        ),
        (
            "get_workspace_member",
            json!({ "workspace_id": workspace, "user_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7" }),
            "user_id",
            "list_workspace_members",
        ),
    ] {
        let said = wire.failure(tool, arguments.clone());
        let hint = format!("`{argument}` names nothing that is there: `{listing}` lists what is.");
        assert!(said.contains(&hint), "{tool} {arguments}: {said}");
    }
}

/// What only its operator can change is told by the name of the setting, commands only to those who typed one.
#[test]
fn an_assistant_hears_of_no_command_and_a_person_does() {
    let sandbox = SandboxProcess::start();
    let settings = sandbox.settings();
    let mut wire = Wire::initialised(&["--journal", "off"], &settings);
    let collection = first(&mut wire, "list_prompts")["collection_id"].clone();
    let refused = json!({
        "name": "x", "collection_id": collection, "string": "Hi", "parameters": {}, "virtual_key": "nope",
    });
    let invalid = wire.failure("create_prompt", refused);
    assert!(!invalid.contains("portkey-mcp describe"), "{invalid}");
    assert!(
        invalid.contains("input schema of `create_prompt`"),
        "{invalid}"
    );
    let mut typed = vec!["call", "create_prompt", "--name", "x", "--string", "Hi"];
    typed.extend(["--collection-id", collection.as_str().unwrap()]);
    typed.extend(["--parameters", "{}", "--virtual-key", "nope"]);
    let typed = text(&run(&typed, &settings).stderr);
    assert!(
        typed.contains("portkey-mcp describe create_prompt"),
        "{typed}"
    );
    assert!(!typed.contains("operator"), "{typed}");
}

#[test]
fn who_can_change_a_setting_depends_on_who_asks() {
    let arguments = ["--sandbox", "--journal", "off", "--toolsets", "all"];
    let mut wire = Wire::initialised(&arguments, &[]);
    let said = wire.failure("list_changes", json!({}));
    assert!(
        said.contains("The operator of this server can set --journal"),
        "{said}"
    );
    let typed = run(
        &["--sandbox", "--journal", "off", "call", "list_changes"],
        &[],
    );
    let typed = text(&typed.stderr);
    assert!(
        typed.contains("Set --journal") && !typed.contains("operator"),
        "{typed}"
    );
    let no_key = text(&run(&["call", "list_configs"], &[]).stderr);
    assert!(
        no_key.contains("Set PORTKEY_API_KEY") && !no_key.contains("operator"),
        "{no_key}"
    );
}
