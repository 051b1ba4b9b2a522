//! The page at `/`, in a real browser where `TEST_CHROMIUM` names one.

use std::process::Command;

use portkey_testing::outside;
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::{process::text, served::Served};

#[tokio::test]
async fn it_is_html_that_loads_nothing_and_runs_nothing() {
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
    let page = answer.text().await.unwrap();
    assert!(
        page.contains(&server.url("/mcp")),
        "it says its own address"
    );
    assert!(page.contains("Sandbox."), "it says that data is made up");
    assert!(!page.contains("<script"), "{page}");
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
    let Some(chromium) = outside("TEST_CHROMIUM", "the program of a Chromium") else {
        return;
    };
    let server = Served::on_sandbox(&[]);
    let profile = TempDir::new().unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(server.url("/"))
        .output()
        .unwrap();
    let (page, complaints) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{complaints}");
    assert!(page.contains(&server.url("/mcp")), "{page}");
    // Scripts, styles or pictures that the policy forbids are told on the console.
    assert!(!complaints.contains("CONSOLE"), "{complaints}");
}
