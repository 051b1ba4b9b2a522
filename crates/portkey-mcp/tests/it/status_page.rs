//! The page at `/`, in a real browser where `TEST_CHROMIUM` names one.

use reqwest::StatusCode;

use crate::{browser, served::Served};

#[tokio::test]
async fn it_is_html_that_loads_nothing_and_runs_only_its_own_script() {
    let server = Served::on_sandbox(&[]);
    let answer = server.client.get(server.url("/")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'nonce-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(
        page.contains(&server.url("/mcp")),
        "it says its own address"
    );
    assert!(page.contains("Sandbox."), "it says that data is made up");
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert!(page.contains("<script nonce="), "{page}");
    for part in [
        "cursor://anysphere.cursor-deeplink/mcp/install?name=portkey&amp;config=",
        "vscode:mcp/install?%7B",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for client in [
        "Codex",
        "Gemini CLI",
        "Claude Desktop",
        "Copilot CLI",
        "opencode",
    ] {
        assert!(page.contains(&format!("<summary>{client}")), "{client}");
    }
    assert!(
        page.contains("<code>query_analytics</code>"),
        "it says which tools there are"
    );
    assert!(page.contains(r#"href="metrics""#), "{page}");
}

#[tokio::test]
async fn the_public_address_wins_and_what_a_request_says_is_escaped() {
    let server = Served::on_sandbox(&["--public-url", "https://mcp.example.com/portkey/"]);
    let page = server.client.get(server.url("/")).send().await.unwrap();
    let page = page.text().await.unwrap();
    let command = "claude mcp add --transport http portkey https://mcp.example.com/portkey/mcp";
    assert!(page.contains(command), "{page}");
    let open = Served::on_sandbox(&["--allowed-hosts", "*"]);
    let request = open.client.get(open.url("/")).header("host", "a&b'c");
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("http://a&amp;b'c/mcp"), "{page}");
    assert!(!page.contains("http://a&b"), "{page}");
}

#[test]
fn a_browser_shows_it_and_complains_of_nothing() {
    let server = Served::on_sandbox(&[]);
    let Some((page, complaints)) = browser::show(&server.url("/"), &["--dump-dom"]) else {
        return;
    };
    assert!(page.contains(&server.url("/mcp")), "{page}");
    // Scripts, styles or pictures that the policy forbids are told on the console.
    assert!(!complaints.contains("CONSOLE"), "{complaints}");
}
