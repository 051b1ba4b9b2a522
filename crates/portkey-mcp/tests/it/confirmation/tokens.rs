//! What a token is good for, and what it is not.

use std::process::Output;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{
    client::{Client, Era, Reply},
    upstream::Upstream,
};
use crate::{
    principals::{TokenFile, token},
    process::{Wire, run, text},
    served::{Served, message, modern_meta},
};

/// What a call by one of several people came to.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) is_error: bool,
    pub(super) text: String,
}

impl Told {
    pub(super) fn token(&self) -> String {
        let told: Value = serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{self:?}"));
        assert_eq!(told["done"], false, "{told}");
        told["confirmation"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(super) fn assert_refused(&self, part: &str) {
        assert!(self.is_error && self.text.contains(part), "{self:?}");
    }
}

pub(super) fn delete(slug: &str, confirmation: Option<&str>) -> Value {
    let mut arguments = json!({ "slug": slug });
    if let Some(confirmation) = confirmation {
        arguments["confirmation"] = confirmation.into();
    }
    json!({ "name": "delete_config", "arguments": arguments })
}

pub(super) async fn send(request: RequestBuilder) -> Told {
    let message = message(request.send().await.unwrap()).await;
    let result = &message["result"];
    Told {
        is_error: result["isError"]
            .as_bool()
            .unwrap_or_else(|| panic!("{message}")),
        text: result["content"][0]["text"].as_str().unwrap().to_owned(),
    }
}

pub(super) async fn calls(server: &Served, who: &str, params: Value) -> Told {
    send(server.modern("tools/call", params).bearer_auth(token(who))).await
}

const FOREIGN: &str = "does not fit the call";

#[tokio::test]
async fn a_token_is_good_for_one_call_of_one_principal() {
    let upstream = Upstream::start().await;
    let tokens = TokenFile::of(&["ada", "bob"]);
    let server = Served::start(
        &["--tokens", &tokens.path(), "--caller-keys"],
        &upstream.settings(),
    );
    let preview = calls(&server, "ada", delete("a", None)).await;
    assert!(!preview.is_error, "{preview:?}");
    let token = preview.token();
    let bring = |who: &'static str, slug: &str, token: &str| {
        let params = delete(slug, Some(token));
        let server = &server;
        async move { calls(server, who, params).await }
    };
    bring("bob", "a", &token).await.assert_refused(FOREIGN);
    bring("ada", "b", &token).await.assert_refused(FOREIGN);
    bring("ada", "a", &format!("{token}x"))
        .await
        .assert_refused(FOREIGN);
    bring("ada", "a", "yes").await.assert_refused(FOREIGN);
    let other_tool = json!({
        "name": "delete_provider", "arguments": { "slug": "a", "confirmation": token },
    });
    calls(&server, "ada", other_tool)
        .await
        .assert_refused(FOREIGN);
    let other_key = server.modern("tools/call", delete("a", Some(&token)));
    let other_key = other_key.header("x-portkey-api-key", "another");
    let other_key = other_key.bearer_auth(crate::principals::token("ada"));
    send(other_key).await.assert_refused(FOREIGN);
    assert_eq!(upstream.touched(), 0);
    // None of that used it up.
    let made = bring("ada", "a", &token).await;
    assert!(!made.is_error, "{made:?}");
    bring("ada", "a", &token)
        .await
        .assert_refused("was used before");
    assert_eq!(upstream.touched(), 1);
}

#[tokio::test]
async fn what_was_put_to_a_user_is_worth_nothing_in_other_hands() {
    let upstream = Upstream::start().await;
    let server = Served::start(&[], &upstream.settings());
    let mut asked = Client::on_http(&server, Era::Modern, Some(Reply::Accept)).await;
    let mut params = delete("a", None);
    params["_meta"] = modern_meta(&json!({ "elicitation": {} }));
    let question = asked.modern(params.clone()).await;
    let state = question["requestState"].as_str().unwrap();
    // The user was asked, and did not answer yet.
    let brought = server.modern("tools/call", delete("a", Some(state)));
    send(brought).await.assert_refused(FOREIGN);
    params["arguments"]["confirmation"] = state.into();
    let again = asked.modern(params.clone()).await;
    assert_eq!(again["resultType"], "input_required", "{again}");
    // Nor does a token of the caller's stand for the user.
    let token = send(server.modern("tools/call", delete("a", None)))
        .await
        .token();
    params["requestState"] = token.into();
    let agreed = json!({ "action": "accept", "content": { "agreed": true } });
    params["inputResponses"] = json!({ "confirm": agreed });
    let refused = asked.modern(params).await;
    assert_eq!(refused["isError"], true, "{refused}");
    assert_eq!(upstream.touched(), 0);
}

#[tokio::test]
async fn an_answer_counts_once() {
    let upstream = Upstream::start().await;
    let server = Served::start(&[], &upstream.settings());
    let mut client = Client::on_http(&server, Era::Modern, Some(Reply::Accept)).await;
    let mut params = delete("a", None);
    params["_meta"] = modern_meta(&json!({ "elicitation": {} }));
    let question = client.modern(params.clone()).await;
    let agreed = json!({ "action": "accept", "content": { "agreed": true } });
    params["inputResponses"] = json!({ "confirm": agreed });
    params["requestState"] = question["requestState"].clone();
    for is_error in [false, true] {
        let result = client.modern(params.clone()).await;
        assert_eq!(result["isError"], is_error, "{result}");
    }
    assert_eq!(upstream.touched(), 1);
}

#[tokio::test]
async fn a_dry_run_asks_nobody() {
    let upstream = Upstream::start().await;
    let server = Served::start(&["--confirm", "always"], &upstream.settings());
    let mut params = delete("a", None);
    params["arguments"]["dry_run"] = true.into();
    let told = send(server.modern("tools/call", params)).await;
    assert!(told.text.contains("dry_run"), "{told:?}");
    assert_eq!(upstream.touched(), 0);
}

/// Adds to the entry of one name in a file of tokens.
fn add(tokens: &TokenFile, name: &str, line: &str) {
    let content = std::fs::read_to_string(tokens.path()).unwrap();
    let entry = format!("name = \"{name}\"\n");
    let content = content.replace(&entry, &format!("{entry}{line}\n"));
    std::fs::write(tokens.path(), content).unwrap();
}

#[tokio::test]
async fn a_token_of_access_makes_the_server_stricter_and_never_laxer() {
    for (server, own, is_asked) in [
        ("never", "always", true),
        ("never", "never", false),
        ("always", "never", true),
        ("auto", "never", true),
    ] {
        let upstream = Upstream::start().await;
        let tokens = TokenFile::of(&["ada"]);
        add(&tokens, "ada", &format!("confirm = \"{own}\""));
        let flags = ["--tokens", &tokens.path(), "--confirm", server];
        let served = Served::start(&flags, &upstream.settings());
        let told = calls(&served, "ada", delete("a", None)).await;
        assert!(!told.is_error, "{told:?}");
        let touched = usize::from(!is_asked);
        assert_eq!(upstream.touched(), touched, "{server} {own}: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_command_line_always_wants_a_yes() {
    let upstream = Upstream::start().await;
    let call = |more: &[&str]| -> Output {
        let line = ["call", "delete_config", "--slug", "a"];
        run(&[&line, more].concat(), &upstream.settings())
    };
    let refused = call(&["--confirm", "always"]);
    assert_eq!(refused.status.code(), Some(7));
    let told = text(&refused.stderr);
    assert!(
        told.contains(r#"Delete a config: "Some \"name\"""#),
        "{told}"
    );
    assert!(told.contains("`--yes`"), "{told}");
    assert_eq!(upstream.touched(), 0);
    for more in [
        &["--confirm", "always", "--confirmation", "yes"][..],
        &["--confirm", "always", "--yes"],
        &["--confirm", "auto"],
        &[],
    ] {
        let made = call(more);
        assert!(made.status.success(), "{}", text(&made.stderr));
        assert_eq!(upstream.touched(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_about_what_cannot_be_sent() {
    let upstream = Upstream::start().await;
    let wire = Wire::start(&["--confirm", "always"], &upstream.settings());
    let mut client = Client::on_stdio(wire, Era::Handshake, Some(Reply::Accept));
    let ended = client.calls("delete_config", &json!({})).await;
    assert_eq!(ended.question, None);
    assert_eq!(ended.result.unwrap()["isError"], true);
}
