//! Each token and each group has a policy of its own, never wider than the server's.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{has, names};
use crate::served::{Served, message, until};

fn hash(token: &str) -> String {
    Sha256::digest(token)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

/// A file of tokens: each is its name, and has these further lines.
fn tokens(folder: &Path, entries: &[(&str, &str)]) -> PathBuf {
    let path = folder.join("tokens.toml");
    let mut text = String::new();
    for (name, more) in entries {
        let hash = hash(name);
        writeln!(
            text,
            "[[tokens]]\nname = '{name}'\nsha256 = '{hash}'\n{more}"
        )
        .unwrap();
    }
    fs::write(&path, text).unwrap();
    path
}

/// A server with this file of tokens and this configuration.
fn served(tokens: &Path, configuration: &Path) -> Served {
    Served::on_sandbox(&[
        "--tokens",
        tokens.to_str().unwrap(),
        "--config",
        configuration.to_str().unwrap(),
    ])
}

async fn tools(server: &Served, token: &str) -> Vec<String> {
    let request = server.modern("tools/list", json!({})).bearer_auth(token);
    names(&message(request.send().await.unwrap()).await)
}

async fn told(server: &Served, token: &str, tool: &str) -> String {
    let call = json!({ "name": tool, "arguments": {} });
    let request = server.modern("tools/call", call).bearer_auth(token);
    let answer = message(request.send().await.unwrap()).await;
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

#[tokio::test]
async fn a_token_narrows_what_the_server_allows_and_never_widens_it() {
    let folder = TempDir::new().unwrap();
    let path = tokens(
        folder.path(),
        &[
            ("reader", "read-only = true"),
            (
                "wide",
                "allow = 'all'\neffects = 'read,create,update,delete,execute'",
            ),
            ("narrow", "deny = 'configs'\nquotas = { deletes = '1/h' }"),
        ],
    );
    let server = Served::on_sandbox(&["--tokens", path.to_str().unwrap(), "--deny", "users"]);
    let reader = tools(&server, "reader").await;
    assert!(
        has(&reader, "get_config") && !has(&reader, "create_config") && !has(&reader, "get_user")
    );
    let wide = tools(&server, "wide").await;
    assert!(has(&wide, "create_config") && !has(&wide, "get_user"));
    let narrow = tools(&server, "narrow").await;
    assert!(
        has(&narrow, "create_prompt") && !has(&narrow, "get_config") && !has(&narrow, "get_user")
    );
    for (token, tool, rule) in [
        (
            "reader",
            "delete_config",
            "`read-only` of the token `reader`",
        ),
        ("wide", "list_all_users", "`--deny` names it"),
        (
            "narrow",
            "list_configs",
            "`deny` of the token `narrow` names it",
        ),
    ] {
        let told = told(&server, token, tool).await;
        assert!(told.contains(rule), "{told}");
    }
    let discovered = server
        .modern("server/discover", json!({}))
        .bearer_auth("reader");
    let discovered = message(discovered.send().await.unwrap()).await;
    let said = discovered["result"]["instructions"].as_str().unwrap();
    assert!(said.contains("read-only"), "{said}");
}

#[tokio::test]
async fn a_group_has_a_policy_and_it_changes_with_the_file() {
    let folder = TempDir::new().unwrap();
    let tokens = tokens(
        folder.path(),
        &[("ops", "groups = ['ops']"), ("dev", "groups = ['dev']")],
    );
    let path = folder.path().join("portkey.toml");
    let write = |text: &str| fs::write(&path, text).unwrap();
    let rules = "[[grants]]\ngroup = 'ops'\ndeny = 'delete_user'\n[[grants]]\nread-only = true\n";
    write(rules);
    let server = served(&tokens, &path);
    assert!(has(&tools(&server, "ops").await, "create_config"));
    assert!(!has(&tools(&server, "dev").await, "create_config"));
    let said = told(&server, "dev", "create_config").await;
    assert!(
        said.contains("`read-only` of [[grants]] number 2"),
        "{said}"
    );
    let said = told(&server, "ops", "delete_user").await;
    assert!(
        said.contains("`deny` of [[grants]] number 1 names it"),
        "{said}"
    );

    write(&format!("effects = 'read'\n{rules}"));
    until("the file narrows".to_owned(), async || {
        (!has(&tools(&server, "ops").await, "create_config")).then_some(())
    })
    .await;
    let said = told(&server, "ops", "create_config").await;
    assert!(said.contains("`--effects` leaves out `create`"), "{said}");
    let less = "[[grants]]\ngroup = 'ops'\n[[grants]]\nread-only = true\n";
    write(&format!("allow-loosening = true\n{less}"));
    until("the file widens".to_owned(), async || {
        has(&tools(&server, "ops").await, "delete_user").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_group_sees_the_tools_as_its_grant_says() {
    let folder = TempDir::new().unwrap();
    let tokens = tokens(folder.path(), &[("ann", "groups = ['few']"), ("bob", "")]);
    let path = folder.path().join("portkey.toml");
    fs::write(
        &path,
        "[[grants]]\ngroup = 'few'\nsurface = 'compact'\n[[grants]]\n",
    )
    .unwrap();
    let server = served(&tokens, &path);
    for (token, is_compact) in [("ann", true), ("bob", false)] {
        let listed = tools(&server, token).await;
        assert_eq!(has(&listed, "call_read"), is_compact, "{token}");
        assert_eq!(has(&listed, "create_config"), !is_compact, "{token}");
    }
}

#[tokio::test]
async fn a_token_with_tool_sets_of_its_own_keeps_to_the_grant_of_its_group() {
    let folder = TempDir::new().unwrap();
    let own = "toolsets = 'configs'";
    let grouped = "toolsets = 'configs'\ngroups = ['guests']";
    let tokens = tokens(folder.path(), &[("free", own), ("guest", grouped)]);
    let path = folder.path().join("portkey.toml");
    fs::write(&path, "[[grants]]\ngroup = 'guests'\nread-only = true\n").unwrap();
    let server = served(&tokens, &path);
    assert!(has(&tools(&server, "free").await, "create_config"));
    let guest = tools(&server, "guest").await;
    assert!(has(&guest, "get_config") && !has(&guest, "create_config"));
    let said = told(&server, "guest", "create_config").await;
    assert!(
        said.contains("`read-only` of [[grants]] number 1"),
        "{said}"
    );
}

#[tokio::test]
async fn callers_with_keys_of_their_own_are_held_to_the_policy_too() {
    let folder = TempDir::new().unwrap();
    let path = tokens(folder.path(), &[("one", "read-only = true")]);
    let server = Served::on_sandbox(&["--tokens", path.to_str().unwrap(), "--caller-keys"]);
    let call = json!({ "name": "delete_config", "arguments": { "slug": "x" } });
    let request = server.modern("tools/call", call).bearer_auth("one");
    let request = request.header("x-portkey-api-key", "own-key");
    let answer = message(request.send().await.unwrap()).await;
    let said = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(said.contains("`read-only` of the token `one`"), "{said}");
}

#[tokio::test]
async fn quotas_are_counted_for_each_principal_alone() {
    let folder = TempDir::new().unwrap();
    let path = tokens(
        folder.path(),
        &[
            ("one", "quotas = { deletes = '1/h' }"),
            ("two", "quotas = { deletes = '1/h' }"),
        ],
    );
    let flags = ["--tokens", path.to_str().unwrap(), "--confirm", "never"];
    let server = Served::on_sandbox(&flags);
    let delete = async |token: &str| {
        let call =
            json!({ "name": "delete_collection", "arguments": { "collection_id": "nowhere" } });
        let request = server.modern("tools/call", call).bearer_auth(token);
        let answer = message(request.send().await.unwrap()).await;
        answer["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(!delete("one").await.contains("used up"));
    let said = delete("one").await;
    assert!(
        said.contains("`quotas.deletes` of the token `one` (1/h) is used up"),
        "{said}"
    );
    assert!(!delete("two").await.contains("used up"));
}

#[tokio::test]
async fn a_token_may_refer_to_fewer_secrets_than_the_server_reads() {
    let folder = TempDir::new().unwrap();
    let entries = [
        ("all", ""),
        ("some", "secret-sources = 'env:TEAM_A_*,env:HOME'"),
        ("none", "secret-sources = ''"),
    ];
    let path = tokens(folder.path(), &entries);
    let arguments = [
        "--tokens",
        path.to_str().unwrap(),
        "--secret-sources",
        "env:TEAM_*",
    ];
    let variables = [
        ("TEAM_A_KEY", "sk-canary-a-0123456789"),
        ("TEAM_B_KEY", "sk-canary-b-0123456789"),
    ];
    let settings = [&super::SANDBOX[..], &variables].concat();
    let server = Served::start(&arguments, &settings);
    let call = async |token: &str, reference: &str| {
        let arguments = json!({ "name": format!("{token} {reference}"), "provider": "openai", "key": reference,
                                "workspace_id": "ws-product-8c41d2" });
        let call = json!({ "name": "create_virtual_key", "arguments": arguments });
        let request = server.modern("tools/call", call).bearer_auth(token);
        message(request.send().await.unwrap()).await["result"].clone()
    };
    for (token, reference, is_stored) in [
        ("all", "env:TEAM_A_KEY", true),
        ("all", "env:TEAM_B_KEY", true),
        ("some", "env:TEAM_A_KEY", true),
        ("some", "env:TEAM_B_KEY", false),
        ("some", "env:HOME", false),
        ("none", "env:TEAM_A_KEY", false),
    ] {
        let stored = call(token, reference).await;
        assert_eq!(
            stored["isError"], !is_stored,
            "{token} {reference}: {stored}"
        );
        let told = stored.to_string();
        assert!(
            is_stored || told.contains("allowed here: env:TEAM_*"),
            "{told}"
        );
        assert!(!told.contains("sk-canary"), "{told}");
    }
}
