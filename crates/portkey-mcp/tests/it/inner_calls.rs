//! What a composed tool does on somebody's behalf, and what they are told before a delete, is held to what they may do
//! themselves: the workspaces, the tools and the scopes of their token.

mod markers;

use std::{fmt::Write as _, fs};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{
    process::{SandboxProcess, Wire},
    served::{Served, message},
};

const STAGING: &str = "ws-staging-51f0ae";
const PRODUCTION: &str = "ws-product-8c41d2";

fn wire(sandbox: &SandboxProcess, more: &[&str]) -> Wire {
    let arguments: Vec<&str> = ["--toolsets", "all"].iter().chain(more).copied().collect();
    Wire::initialised(&arguments, &sandbox.settings())
}

/// A server over HTTP with this configuration file, where each token is the name of its principal.
struct Tokens {
    server: Served,
    _folder: TempDir,
}

impl Tokens {
    /// `entries` are the names with further lines of the token file.
    fn on(sandbox: &SandboxProcess, entries: &[(&str, &str)], configuration: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let mut tokens = String::new();
        for (name, more) in entries {
            let hash = Sha256::digest(name);
            let hash = hash.iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            });
            writeln!(
                tokens,
                "[[tokens]]\nname = '{name}'\nsha256 = '{hash}'\n{more}"
            )
            .unwrap();
        }
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let journal = folder.path().join("journal.sqlite");
        let journal = format!("sqlite:{}", journal.display());
        let arguments = [
            "--auth",
            "bearer",
            "--tokens",
            &file("tokens.toml", &tokens),
            "--config",
            &file("portkey.toml", configuration),
            "--toolsets",
            "all",
            "--confirm",
            "never",
            "--journal",
            &journal,
        ];
        Self {
            server: Served::start(&arguments, &sandbox.settings()),
            _folder: folder,
        }
    }

    /// The whole result of a call as this principal.
    async fn call(&self, who: &str, tool: &str, arguments: Value) -> Value {
        let call = json!({ "name": tool, "arguments": arguments });
        let request = self.server.modern("tools/call", call).bearer_auth(who);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        if status == 403 {
            return json!({ "refused": text });
        }
        let last = text
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("data: "));
        serde_json::from_str(last.unwrap_or(&text)).unwrap()
    }

    /// What a call that succeeds answers.
    async fn answer(&self, who: &str, tool: &str, arguments: Value) -> Value {
        let result = self.call(who, tool, arguments).await["result"].clone();
        assert_eq!(result["isError"], false, "{tool}: {result}");
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
    }

    /// What a call that fails says.
    async fn failure(&self, who: &str, tool: &str, arguments: Value) -> String {
        let result = self.call(who, tool, arguments).await["result"].clone();
        assert_eq!(result["isError"], true, "{tool}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

/// A config in production that uses a provider of staging.
fn secret_project(free: &mut Wire) {
    let config = json!({ "provider": "@openai-stagi-9d10e5" });
    let config =
        json!({ "name": "SECRET PROJECT X", "workspace_id": PRODUCTION, "config": config });
    free.answer("create_config", config);
}

#[test]
fn references_are_looked_for_in_the_own_workspaces_alone() {
    let sandbox = SandboxProcess::start();
    let mut free = wire(&sandbox, &[]);
    secret_project(&mut free);
    let mut bound = wire(&sandbox, &["--only-workspaces", STAGING]);
    let production = json!({ "kind": "workspace", "id": PRODUCTION });
    let all = free.answer("find_references", production.clone());
    assert!(all["total"].as_u64().unwrap() > 10, "{all}");
    assert_eq!(
        bound.answer("find_references", production)["data"],
        json!([])
    );
    let provider = json!({ "kind": "provider", "id": "openai-stagi-9d10e5" });
    let all = free.answer("find_references", provider.clone());
    assert!(all.to_string().contains("SECRET PROJECT X"), "{all}");
    let own = bound.answer("find_references", provider);
    assert!(!own.to_string().contains("SECRET PROJECT X"), "{own}");
}

#[test]
fn the_question_before_a_delete_names_nothing_of_other_workspaces() {
    let sandbox = SandboxProcess::start();
    secret_project(&mut wire(&sandbox, &[]));
    let mut bound = wire(
        &sandbox,
        &["--only-workspaces", STAGING, "--confirm", "always"],
    );
    let call = bound.call("delete_provider", json!({ "slug": "openai-stagi-9d10e5" }));
    let told = call.to_string();
    assert!(told.contains("OpenAI staging"), "nobody was asked: {told}");
    assert!(!told.contains("SECRET PROJECT X"), "{told}");
}

#[test]
fn an_own_workspace_takes_no_guardrails_and_configs_of_another() {
    let sandbox = SandboxProcess::start();
    let mut free = wire(&sandbox, &[]);
    let foreign = |free: &mut Wire, list: &str, member: &str| {
        let listed = free.answer(list, json!({ "workspace_id": PRODUCTION }));
        listed["data"][0][member].clone()
    };
    let guardrail = foreign(&mut free, "list_guardrails", "id");
    let config = foreign(&mut free, "list_configs", "slug");
    let mut bound = wire(&sandbox, &["--only-workspaces", STAGING]);
    for (name, value) in [
        ("input_guardrails", json!([guardrail])),
        ("output_guardrails", json!([guardrail])),
        ("user_api_key_config", config),
    ] {
        let told = bound.failure(
            "update_workspace",
            json!({ "workspace_id": STAGING, name: value }),
        );
        assert!(
            told.contains("`--only-workspaces` limits calls to"),
            "{name}: {told}"
        );
    }
}

#[tokio::test]
async fn a_scope_that_a_tool_needs_is_needed_for_it_inside_of_others_too() {
    let sandbox = SandboxProcess::start();
    let grants = "[[grants]]\nprincipal = 'weak'\n\
                  step-up = { 'portkey:admin' = 'publish_prompt,delete_api_key,list_api_keys,get_api_key' }\n\
                  [[grants]]\nprincipal = 'ops'\n";
    let tokens = Tokens::on(
        &sandbox,
        &[("weak", "groups = ['a']"), ("ops", "groups = ['b']")],
        grants,
    );
    let direct = tokens.call("weak", "list_api_keys", json!({})).await;
    assert!(direct["refused"].is_string(), "{direct}");

    let workspace = json!({ "kind": "workspace", "id": PRODUCTION });
    let found = tokens
        .answer("weak", "find_references", workspace.clone())
        .await;
    assert_eq!(found["by_kind"]["api_key"], Value::Null, "{found}");
    assert!(
        found["unread"].to_string().contains("list_api_keys"),
        "{found}"
    );
    // What somebody with a better token has read is not theirs.
    let found = tokens
        .answer("ops", "find_references", workspace.clone())
        .await;
    assert!(found["by_kind"]["api_key"].is_u64(), "{found}");

    let (key, change) = made_key(&tokens).await;
    for dry_run in [true, false] {
        let mut change = change.clone();
        change["dry_run"] = dry_run.into();
        let told = tokens.failure("weak", "undo_change", change).await;
        assert!(told.contains("portkey:admin"), "{told}");
    }
    tokens
        .answer("ops", "get_api_key", json!({ "id": key }))
        .await;

    let promoted = promotion(&tokens, "ops").await;
    let told = tokens
        .failure("weak", "promote_prompt", promoted.clone())
        .await;
    assert!(
        told.contains("`publish_prompt`") && told.contains("portkey:admin"),
        "{told}"
    );
    tokens.answer("ops", "promote_prompt", promoted).await;
}

/// A key that somebody else has made: its id, and the arguments that undo it.
async fn made_key(tokens: &Tokens) -> (Value, Value) {
    let made = tokens.answer("ops", "create_api_key", prod_key()).await;
    let wanted = json!({ "tool": "create_api_key" });
    let changes = tokens.answer("ops", "list_changes", wanted).await;
    let change = json!({ "change_id": changes["data"][0]["id"] });
    (made["id"].clone(), change)
}

fn prod_key() -> Value {
    json!({
        "type": "workspace", "sub_type": "service", "name": "PROD KEY", "scopes": ["logs.view"],
        "workspace_id": PRODUCTION,
    })
}

/// The arguments of a promotion that publishes a version of a prompt that is there.
async fn promotion(tokens: &Tokens, who: &str) -> Value {
    let listed = tokens
        .answer(
            who,
            "list_prompts",
            json!({ "workspace_id": PRODUCTION, "verbose": true }),
        )
        .await;
    let prompt = &listed["data"][0];
    let read = tokens
        .answer(who, "get_prompt", json!({ "prompt_id": prompt["id"] }))
        .await;
    json!({
        "source_prompt_id": prompt["id"], "target_collection_id": read["collection_id"],
        "target_name": read["name"], "target_env": "prod", "publish": true,
    })
}

#[tokio::test]
async fn the_tool_sets_of_a_token_hold_inside_of_composed_tools_too() {
    let sandbox = SandboxProcess::start();
    let few =
        "toolsets = 'prompts,collections,list_changes,undo_change,find_references,-publish_prompt'";
    let tokens = Tokens::on(&sandbox, &[("few", few), ("ops", "toolsets = 'all'")], "");
    let (key, change) = made_key(&tokens).await;
    let told = tokens.failure("few", "undo_change", change).await;
    assert!(
        told.contains("`delete_api_key`") && told.contains("tool sets"),
        "{told}"
    );
    tokens
        .answer("ops", "get_api_key", json!({ "id": key }))
        .await;

    let promoted = promotion(&tokens, "ops").await;
    let told = tokens.failure("few", "promote_prompt", promoted).await;
    assert!(
        told.contains("`publish_prompt`") && told.contains("tool sets"),
        "{told}"
    );

    let provider = json!({ "kind": "provider", "id": "openai-prod-4f2a91" });
    let found = tokens.answer("few", "find_references", provider).await;
    assert_eq!(found["by_kind"]["config"], Value::Null, "{found}");
    assert!(found["by_kind"]["prompt"].is_u64(), "{found}");
}

#[test]
fn tool_sets_of_the_server_keep_composed_tools_from_changing_by_others() {
    let sandbox = SandboxProcess::start();
    let sets = [
        "--toolsets",
        "default,list_changes,undo_change,-delete_config",
    ];
    let mut wire = Wire::initialised(&sets, &sandbox.settings());
    let config = json!({ "name": "mine", "workspace_id": STAGING, "config": { "retry": { "attempts": 2 } } });
    wire.answer("create_config", config);
    let changes = wire.answer("list_changes", json!({}));
    let told = wire.failure(
        "undo_change",
        json!({ "change_id": changes["data"][0]["id"] }),
    );
    assert!(
        told.contains("`delete_config`") && told.contains("tool sets"),
        "{told}"
    );
}

/// The question before an undo, and what is asked.
#[tokio::test]
async fn who_must_agree_to_an_undo_is_told_what_it_destroys() {
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let journal = format!("sqlite:{}", folder.path().join("journal.sqlite").display());
    let server = Served::start(
        &[
            "--toolsets",
            "all",
            "--journal",
            &journal,
            "--confirm",
            "always",
        ],
        &sandbox.settings(),
    );
    let call = async |tool: &str, arguments: Value| {
        let call = json!({ "name": tool, "arguments": arguments });
        message(server.modern("tools/call", call).send().await.unwrap()).await["result"].clone()
    };
    let read = |result: &Value| -> Value {
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
    };
    let made = read(&call("create_api_key", prod_key()).await);
    let changes = read(&call("list_changes", json!({})).await);
    let asked = call(
        "undo_change",
        json!({ "change_id": changes["data"][0]["id"] }),
    )
    .await;
    let told = asked["content"][0]["text"].as_str().unwrap();
    let id = made["id"].as_str().unwrap();
    for part in [
        "Undo a change",
        "Delete an API key",
        "PROD KEY",
        id,
        "Production",
    ] {
        assert!(told.contains(part), "no {part}: {told}");
    }
}

#[test]
fn a_change_is_undone_once_however_many_ask_at_the_same_time() {
    let sandbox = SandboxProcess::start();
    let mut wire = wire(&sandbox, &[]);
    let configs = |wire: &mut Wire| {
        let listed = wire.answer("list_configs", json!({ "workspace_id": STAGING }));
        listed["data"].as_array().unwrap().len()
    };
    let config = json!({ "retry": { "attempts": 2 } });
    let mine = json!({ "name": "mine", "workspace_id": STAGING, "config": config });
    let made = wire.answer("create_config", mine);
    let before = configs(&mut wire);
    wire.answer("delete_config", json!({ "slug": made["slug"] }));
    let changes = wire.answer("list_changes", json!({}));
    let params =
        json!({ "name": "undo_change", "arguments": { "change_id": changes["data"][0]["id"] } });
    for id in 1..=8 {
        let id = format!("undo-{id}");
        wire.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }));
    }
    let mut undone = 0;
    for _ in 0..8 {
        let answer = wire.next();
        let result = &answer["result"];
        undone += usize::from(result["isError"] == false);
        let told = result["content"][0]["text"].as_str().unwrap();
        assert!(
            result["isError"] == false || told.contains("undone"),
            "{told}"
        );
    }
    assert_eq!((undone, configs(&mut wire)), (1, before));
}
