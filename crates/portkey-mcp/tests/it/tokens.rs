//! Tokens of a file, the token of a server that nobody configured, and start-ups that would let everybody in.

use std::{
    fmt::Write as _,
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use reqwest::{Response, StatusCode, header::WWW_AUTHENTICATE};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{
    process::{SandboxProcess, portkey_mcp, run, text},
    served::{Served, message},
};

async fn list(server: &Served, token: &str) -> Response {
    let request = server.modern("tools/list", json!({}));
    request.bearer_auth(token).send().await.unwrap()
}

async fn tools(server: &Served, token: &str) -> usize {
    let listed = list(server, token).await;
    assert_eq!(listed.status(), StatusCode::OK);
    let listed = message(listed).await;
    listed["result"]["tools"].as_array().unwrap().len()
}

/// Waits until a token is answered this way.
async fn becomes(server: &Served, token: &str, status: StatusCode) {
    let mut found = None;
    for _ in 0..100 {
        found = Some(list(server, token).await.status());
        if found == Some(status) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("still {found:?}");
}

/// Makes a token by the command line: what its holder sends, and its entry.
fn new_token(name: &str) -> (String, String) {
    let output = run(&["token", "new", name], &[]);
    let (entry, told) = (text(&output.stdout), text(&output.stderr));
    let token = told.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(!entry.contains(&token), "{entry}");
    (token, entry)
}

#[tokio::test]
async fn tokens_of_a_file_have_their_own_tools_and_change_without_a_restart() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("tokens.toml");
    let (first, first_entry) = new_token("first");
    let (second, second_entry) = new_token("second");
    let (old, old_entry) = new_token("old");
    let entries = format!(
        "{first_entry}toolsets = 'list_workspaces'\n{old_entry}expires = 2001-01-01\n{second_entry}"
    );
    fs::write(
        &file,
        format!("{first_entry}toolsets = 'list_workspaces'\n"),
    )
    .unwrap();
    let server = Served::on_sandbox(&["--tokens", file.to_str().unwrap()]);
    assert_eq!(tools(&server, &first).await, 1);
    let refused = list(&server, &second).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let challenge = refused.headers()[WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");

    fs::write(&file, &entries).unwrap();
    becomes(&server, &second, StatusCode::OK).await;
    assert_eq!(tools(&server, &second).await, 126);
    let expired: Value = list(&server, &old).await.json().await.unwrap();
    assert!(
        expired["error_description"]
            .as_str()
            .unwrap()
            .contains("expired"),
        "{expired}"
    );

    // A slip keeps nobody out and lets nobody in; that it is passed over shows when the next content counts.
    fs::write(&file, format!("{second_entry}tools = 'all'\n")).unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(list(&server, &first).await.status(), StatusCode::OK);
    fs::write(&file, &second_entry).unwrap();
    becomes(&server, &first, StatusCode::UNAUTHORIZED).await;
    assert_eq!(list(&server, &second).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn groups_of_the_file_are_heeded_by_the_rules() {
    let folder = TempDir::new().unwrap();
    let [tokens, configuration] =
        ["tokens.toml", "portkey-mcp.toml"].map(|name| folder.path().join(name));
    let (member, member_entry) = new_token("member");
    let (other, other_entry) = new_token("other");
    fs::write(
        &tokens,
        format!("{member_entry}groups = ['ops']\n{other_entry}"),
    )
    .unwrap();
    fs::write(
        &configuration,
        "[[grants]]\ngroup = 'ops'\ntoolsets = 'list_workspaces'\n",
    )
    .unwrap();
    let server = Served::start(
        &["--tokens", tokens.to_str().unwrap()],
        &[
            ("PORTKEY_SANDBOX", "true"),
            ("PORTKEY_MCP_CONFIG", configuration.to_str().unwrap()),
        ],
    );
    assert_eq!(tools(&server, &member).await, 1);
    assert_eq!(list(&server, &other).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_server_that_nobody_configured_makes_up_a_token_and_tells_it_once() {
    let mut server = Served::on_sandbox(&["--bind", "0.0.0.0"]);
    server.origin = server.origin.replace("0.0.0.0", "127.0.0.1");
    let told: Vec<&String> = server
        .told
        .iter()
        .filter(|line| line.contains("pkmcp_"))
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let line = told[0].trim();
    assert!(
        line.starts_with("claude mcp add --transport http portkey http://localhost:"),
        "{line}"
    );
    let (_, token) = line
        .split_once("--header \"Authorization: Bearer ")
        .unwrap();
    let token = token.trim_end_matches('"');
    assert_eq!(tools(&server, token).await, 126);
    let bare = server.modern("tools/list", json!({})).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        list(&server, &format!("{token}0")).await.status(),
        StatusCode::UNAUTHORIZED
    );
    // Orchestrators need none.
    let health = server
        .client
        .get(server.url("/health"))
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    let metadata = server.url("/.well-known/oauth-protected-resource");
    let metadata = server.client.get(metadata).send().await.unwrap();
    assert_eq!(metadata.status(), StatusCode::NOT_FOUND);
}

#[test]
fn who_may_call_is_never_left_open_by_mistake() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let tokens = file("tokens.toml", "");
    let broken = file("broken.toml", "[[tokens]]\nname = 'a'\n");
    let issuer = file("issuer.toml", ISSUER);
    let clear = file(
        "clear.toml",
        &format!("{}[[grants]]\n", ISSUER.replace("https", "http")),
    );
    let twice = file("twice.toml", &format!("{ISSUER}{ISSUER}[[grants]]\n"));
    let anybody = file(
        "anybody.toml",
        &format!("{ISSUER}any-audience = true\n[[grants]]\n"),
    );
    let two = format!(
        "{ISSUER}{}[[grants]]\ngroup = 'a'\n",
        ISSUER.replace("id.", "two.")
    );
    let ambiguous = file("ambiguous.toml", &two);
    let profile = file(
        "profile.toml",
        &format!("{ISSUER}[[grants]]\nprofile = 'none'\n"),
    );
    for (arguments, said) in [
        (
            vec!["--bind", "0.0.0.0", "--auth", "none"],
            "--allow-unauthenticated",
        ),
        (
            vec!["--auth", "none", "--tokens", &tokens],
            "--tokens is of no use",
        ),
        (vec!["--tokens", &broken], "missing field `sha256`"),
        (
            vec!["--tokens", "/nowhere/tokens"],
            "cannot read /nowhere/tokens",
        ),
        (vec!["--auth", "oidc"], "[[issuers]]"),
        (vec!["--config", &issuer], "[[grants]]"),
        (
            vec!["--config", &issuer, "--tokens", &tokens],
            "--auth bearer or --auth oidc",
        ),
        (
            vec!["--config", &issuer, "--bind", "0.0.0.0"],
            "--public-url",
        ),
        (vec!["--config", &clear], "no https address"),
        (vec!["--config", &twice], "appears twice"),
        (vec!["--config", &anybody], "required-claims"),
        (vec!["--config", &ambiguous], "several issuers"),
        (vec!["--config", &profile], "profile `none`"),
        (
            vec!["--public-url", "http://mcp.example.com"],
            "must be https",
        ),
    ] {
        let said_at_start = refusal(&arguments);
        assert!(
            said_at_start.contains(said),
            "{arguments:?}: {said_at_start}"
        );
    }
}

/// An issuer that no test reaches.
const ISSUER: &str = "[[issuers]]\nissuer = 'https://id.example.com'\n";

/// What a server that must not start says; it is ended if it does start.
fn refusal(arguments: &[&str]) -> String {
    let home = TempDir::new().unwrap();
    let mut child = portkey_mcp(&home)
        .args(["http", "--port", "3999", "--sandbox"])
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            _ = child.kill();
            panic!("it started with {arguments:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    text(&output.stderr)
}

#[tokio::test]
async fn callers_bring_their_own_key_only_where_that_is_wanted() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "a key that is not used"),
    ];
    let call = |server: &Served, key: &str| {
        let call = json!({ "name": "list_workspaces", "arguments": {} });
        server
            .modern("tools/call", call)
            .header("x-portkey-api-key", key)
    };

    let closed = Served::start(&[], &settings);
    let refused = call(&closed, &sandbox.admin_key).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let why: Value = refused.json().await.unwrap();
    assert!(
        why["error_description"]
            .as_str()
            .unwrap()
            .contains("--caller-keys"),
        "{why}"
    );

    let open = Served::start(&["--caller-keys"], &settings);
    let called = message(call(&open, &sandbox.admin_key).send().await.unwrap()).await;
    assert_eq!(called["result"]["isError"], false, "{called}");
    let hash = Sha256::digest(&sandbox.admin_key);
    let start = hash.iter().take(6).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    let origin = &called["result"]["_meta"]["portkey-mcp/origin"];
    assert_eq!(origin["key"], format!("sha256:{start}"), "{called}");
    let wrong = message(call(&open, "another").send().await.unwrap()).await;
    assert_eq!(wrong["result"]["isError"], true, "{wrong}");
    // A key never comes by the way of tokens.
    let request = json!({ "name": "list_workspaces", "arguments": {} });
    let request = open
        .modern("tools/call", request)
        .bearer_auth(&sandbox.admin_key);
    let own = message(request.send().await.unwrap()).await;
    assert_eq!(own["result"]["isError"], true, "{own}");
}

#[tokio::test]
async fn secrets_of_callers_are_never_logged() {
    let home = TempDir::new().unwrap();
    let (token, entry) = new_token("someone");
    let tokens = home.path().join("tokens.toml");
    fs::write(&tokens, entry).unwrap();
    let log = home.path().join("log");
    let mut child = portkey_mcp(&home)
        .args([
            "http",
            "--port",
            "0",
            "--sandbox",
            "--caller-keys",
            "--log",
            "trace",
            "--tokens",
        ])
        .arg(&tokens)
        .stdin(Stdio::null())
        .stderr(fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let origin = loop {
        let told = fs::read_to_string(&log).unwrap();
        if let Some((_, after)) = told.split_once("serving MCP on ")
            && let Some((url, _)) = after.split_once("/mcp\n")
        {
            break url.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let client = crate::served::client();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    for bearer in [token.as_str(), "wrong-token"] {
        let request = client.post(format!("{origin}/mcp")).json(&body);
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request
            .bearer_auth(bearer)
            .header("x-portkey-api-key", "callers-own-key");
        request.send().await.unwrap().text().await.unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let told = fs::read_to_string(&log).unwrap();
    assert!(told.contains("refused"), "{told}");
    for secret in [token.as_str(), "wrong-token", "callers-own-key"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}
