//! An administrator's day through a real client, in both eras of the protocol. After every step the sandbox is
//! asked directly, past the server under test, what became of it.

use std::process::Stdio;

use portkey_api::{
    Endpoint,
    api_keys::GetApiKey,
    collections::GetCollection,
    configs::GetConfig,
    prompts::{GetPrompt, Prompt},
    users::GetUserInvite,
    workspaces::{GetWorkspace, GetWorkspaceMember},
};
use portkey_client::{Client, ErrorKind, Settings};
use rmcp::{
    RoleClient,
    model::{CallToolRequestParams, ProtocolVersion},
    service::{ClientLifecycleMode, RunningService, serve_client_with_lifecycle},
    transport::TokioChildProcess,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, portkey_mcp};

/// An MCP client and the server it started.
struct Assistant {
    session: RunningService<RoleClient, ()>,
    _home: TempDir,
}

impl Assistant {
    async fn start(url: &str, key: &str, lifecycle: ClientLifecycleMode) -> Self {
        let home = TempDir::new().unwrap();
        let mut command = tokio::process::Command::from(portkey_mcp(&home));
        command
            .args(["--secrets", "inline", "--toolsets", "all"])
            .env("PORTKEY_BASE_URL", url)
            .env("PORTKEY_API_KEY", key)
            .stderr(Stdio::null());
        let transport = TokioChildProcess::new(command).unwrap();
        Self {
            session: serve_client_with_lifecycle((), transport, lifecycle)
                .await
                .unwrap(),
            _home: home,
        }
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> Value {
        let arguments = arguments.as_object().cloned().unwrap();
        let params = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = self.session.call_tool(params).await.unwrap();
        let text = result.content[0].as_text().unwrap().text.clone();
        assert_ne!(result.is_error, Some(true), "{tool}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// The sandbox, asked directly.
struct Witness(Client);

impl Witness {
    fn of(sandbox: &SandboxProcess) -> Self {
        Self(Client::new(Settings {
            base_url: sandbox.url.parse().unwrap(),
            api_key: Some(sandbox.admin_key.clone().into()),
            ..Settings::default()
        }))
    }

    async fn sees<E: Endpoint>(&self, endpoint: E) -> E::Response {
        self.0.send(&endpoint).await.unwrap()
    }

    async fn misses<E: Endpoint>(&self, endpoint: E) {
        let Err(error) = self.0.send(&endpoint).await else {
            panic!("{} still finds it", E::NAME);
        };
        assert!(
            matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden),
            "{error}"
        );
    }

    async fn prompt(&self, id: &str) -> Prompt {
        self.sees(GetPrompt {
            prompt_id: id.into(),
            version: None,
        })
        .await
    }
}

fn text(value: &Value, field: &str) -> String {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_built_and_taken_down_by_handshake() {
    story(ClientLifecycleMode::Initialize).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_built_and_taken_down_without_handshake() {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    story(ClientLifecycleMode::Discover { preferred_versions }).await;
}

async fn story(lifecycle: ClientLifecycleMode) {
    let sandbox = SandboxProcess::start();
    let witness = Witness::of(&sandbox);
    let admin = Assistant::start(&sandbox.url, &sandbox.admin_key, lifecycle.clone()).await;

    let workspace = workspace_and_people(&admin, &witness).await;
    let (collection, virtual_key, prompt) = prompts(&admin, &witness, &workspace).await;
    let config = config(&admin, &witness, &workspace).await;
    let key = key(&admin, &witness, &workspace).await;

    let member = Assistant::start(&sandbox.url, &text(&key, "key"), lifecycle).await;
    render_and_roll_back(&admin, &member, &witness, &prompt).await;

    let rotated = admin
        .call("rotate_api_key", json!({ "id": key["id"] }))
        .await;
    assert_ne!(rotated["key"], key["key"]);

    admin
        .call("delete_api_key", json!({ "id": key["id"] }))
        .await;
    witness
        .misses(GetApiKey {
            id: text(&key, "id").into(),
        })
        .await;
    admin.call("delete_config", json!({ "slug": config })).await;
    witness
        .misses(GetConfig {
            slug: config.into(),
        })
        .await;
    admin
        .call("delete_prompt", json!({ "prompt_id": prompt }))
        .await;
    witness
        .misses(GetPrompt {
            prompt_id: prompt.into(),
            version: None,
        })
        .await;
    admin
        .call("delete_collection", json!({ "collection_id": collection }))
        .await;
    witness
        .misses(GetCollection {
            collection_id: collection.into(),
        })
        .await;
    admin
        .call("delete_virtual_key", json!({ "slug": virtual_key }))
        .await;
    admin
        .call("delete_workspace", json!({ "workspace_id": workspace }))
        .await;
    witness
        .misses(GetWorkspace {
            workspace_id: workspace.into(),
            name_format: None,
        })
        .await;
}

async fn workspace_and_people(admin: &Assistant, witness: &Witness) -> String {
    let workspace = admin
        .call("create_workspace", json!({ "name": "🚀 Launch" }))
        .await;
    let id = text(&workspace, "id");
    let seen = witness
        .sees(GetWorkspace {
            workspace_id: id.as_str().into(),
            name_format: None,
        })
        .await;
    assert_eq!(seen.icon.as_deref(), Some("🚀"));

    let invite = json!({
        "email": "grace@example.com",
        "role": "member",
        "workspaces": [{ "id": workspace["slug"], "role": "member" }],
    });
    let invite = admin.call("invite_user", invite).await;
    let invite_id = text(&invite, "id");
    let seen = witness
        .sees(GetUserInvite {
            invite_id: invite_id.as_str().into(),
        })
        .await;
    assert_eq!(seen.status.as_deref(), Some("pending"));

    let users = admin
        .call("list_all_users", json!({ "role": "member" }))
        .await;
    let user = text(&users["data"][0], "id");
    let member = json!({ "workspace_id": id, "user_id": user, "role": "member" });
    let member = admin.call("add_workspace_member", member).await;
    assert_eq!(member["role"], "member");
    let manager = json!({ "workspace_id": id, "user_id": user, "role": "manager" });
    let changed = admin.call("update_workspace_member", manager).await;
    assert_eq!(
        changed["role"], "manager",
        "an update answers the object as it now is"
    );
    let member = || GetWorkspaceMember {
        workspace_id: id.as_str().into(),
        user_id: user.as_str().into(),
    };
    assert_eq!(
        witness.sees(member()).await.role.as_deref(),
        Some("manager")
    );

    admin
        .call(
            "remove_workspace_member",
            json!({ "workspace_id": id, "user_id": user }),
        )
        .await;
    witness.misses(member()).await;
    admin
        .call("delete_user_invite", json!({ "invite_id": invite_id }))
        .await;
    witness
        .misses(GetUserInvite {
            invite_id: invite_id.into(),
        })
        .await;
    id
}

async fn prompts(
    admin: &Assistant,
    witness: &Witness,
    workspace: &str,
) -> (String, String, String) {
    let collection = admin
        .call(
            "create_collection",
            json!({ "name": "Launch", "workspace_id": workspace }),
        )
        .await;
    let collection = text(&collection, "id");
    let seen = witness
        .sees(GetCollection {
            collection_id: collection.as_str().into(),
        })
        .await;
    assert_eq!(seen.name.as_deref(), Some("Launch"));

    let key = json!({ "name": "OpenAI", "provider": "openai", "key": "sk-0123456789abcdef", "workspace_id": workspace });
    let key = text(&admin.call("create_virtual_key", key).await, "slug");

    let prompt = json!({
        "name": "greeting",
        "collection_id": collection,
        "messages": [{ "role": "user", "content": "Hello {{name}}" }],
        "parameters": { "temperature": 0.1 },
        "virtual_key": key,
        "model": "gpt-4o",
    });
    let prompt = text(&admin.call("create_prompt", prompt).await, "id");
    assert_eq!(witness.prompt(&prompt).await.prompt_version, Some(1));

    let change = json!({
        "prompt_id": prompt,
        "messages": [{ "role": "user", "content": "Good day {{name}}" }],
    });
    admin.call("update_prompt", change).await;
    let seen = witness.prompt(&prompt).await;
    assert_eq!(
        seen.prompt_version,
        Some(1),
        "a new version is not the published one"
    );
    let published = admin
        .call(
            "publish_prompt",
            json!({ "prompt_id": prompt, "version": 2 }),
        )
        .await;
    assert_eq!(published["prompt_version"], 2);
    assert_eq!(witness.prompt(&prompt).await.prompt_version, Some(2));
    (collection, key, prompt)
}

async fn config(admin: &Assistant, witness: &Witness, workspace: &str) -> String {
    let config = json!({
        "name": "Careful",
        "workspace_id": workspace,
        "config": { "retry": { "attempts": 3, "on_status_codes": [429, 503] }, "cache": { "mode": "simple" } },
    });
    let config = admin.call("create_config", config).await;
    let slug = text(&config, "slug");
    let seen = witness
        .sees(GetConfig {
            slug: slug.as_str().into(),
        })
        .await;
    assert_eq!(seen.name.as_deref(), Some("Careful"));
    slug
}

async fn key(admin: &Assistant, witness: &Witness, workspace: &str) -> Value {
    let key = json!({
        "type": "workspace",
        "sub_type": "service",
        "name": "launch",
        "workspace_id": workspace,
        "scopes": ["prompts.render", "prompts.read", "completions.write"],
        "rate_limit_rpm": 600,
    });
    let key = admin.call("create_api_key", key).await;
    let seen = witness
        .sees(GetApiKey {
            id: text(&key, "id").into(),
        })
        .await;
    assert_eq!(seen.name.as_deref(), Some("launch"));
    key
}

async fn render_and_roll_back(
    admin: &Assistant,
    member: &Assistant,
    witness: &Witness,
    prompt: &str,
) {
    let ask = json!({ "prompt_id": prompt, "variables": { "name": "Ada" } });
    let rendered = member.call("render_prompt", ask.clone()).await;
    assert_eq!(
        rendered["messages"][0]["content"], "Good day Ada",
        "{rendered}"
    );
    let old = json!({ "prompt_id": format!("{prompt}@1"), "variables": { "name": "Ada" } });
    let rendered = member.call("render_prompt", old).await;
    assert_eq!(
        rendered["messages"][0]["content"], "Hello Ada",
        "{rendered}"
    );

    admin
        .call(
            "publish_prompt",
            json!({ "prompt_id": prompt, "version": 1 }),
        )
        .await;
    assert_eq!(witness.prompt(prompt).await.prompt_version, Some(1));
    let rendered = member.call("render_prompt", ask.clone()).await;
    assert_eq!(
        rendered["messages"][0]["content"], "Hello Ada",
        "{rendered}"
    );
    let completion = member.call("run_prompt_completion", ask).await;
    assert!(
        completion["usage"]["total_tokens"].as_u64().unwrap() > 0,
        "{completion}"
    );
}
