//! Whoever may only refer to a secret learns nothing of it by what they write beside the reference.

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::process::{SandboxProcess, Wire};

const SECRET: &str = "sk-proj-a7Q9zX2LmN4pR6tV8wY0bC1d";
const SOURCES: [&str; 2] = ["--toolsets=all", "--secret-sources=env:OPENAI_*"];

/// Guesses at the next letter, of which one is right, and a beginning that is longer still.
fn guesses() -> String {
    let guesses: Vec<String> = ('a'..='h').map(|next| format!("sk-proj-{next}")).collect();
    format!("{} | {}", guesses.join("| "), &SECRET[..SECRET.len() - 1])
}

fn on(url: &str, key: &str) -> Wire {
    let settings = [
        ("PORTKEY_BASE_URL", url),
        ("PORTKEY_API_KEY", key),
        ("PORTKEY_MAX_RETRIES", "0"),
        ("OPENAI_KEY", SECRET),
    ];
    Wire::initialised(&SOURCES, &settings)
}

fn update(note: &str) -> Value {
    json!({ "slug": "openai-prod-4f2a91", "key": "env:OPENAI_KEY", "note": note })
}

/// A Portkey that refuses every request, or answers it, with the body of the request in a sentence of so many characters.
async fn echo(status: u16, length: usize) -> MockServer {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        let body = String::from_utf8_lossy(&request.body);
        let told = format!("{}{body}", "x".repeat(length));
        let answer = json!({ "success": false, "message": told, "note": told, "name": body });
        ResponseTemplate::new(status).set_body_json(answer)
    };
    Mock::given(any())
        .respond_with(respond)
        .mount(&server)
        .await;
    server
}

#[test]
fn what_begins_like_a_secret_is_answered_as_it_was_written() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox.url, &sandbox.admin_key);
    let note = guesses();
    let answer = wire.answer("update_virtual_key", update(&note));
    assert_eq!(answer["note"], note);
    let whole = wire.answer("update_virtual_key", update(&format!("is it {SECRET}?")));
    assert_eq!(whole["note"], "is it sk*****C1d?");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_treats_every_beginning_alike() {
    let portkey = echo(400, 0).await;
    let told = on(&portkey.uri(), "key").failure("update_virtual_key", update(&guesses()));
    assert!(told.contains(&guesses()), "{told}");
    assert!(
        !told.contains(SECRET) && told.contains("sk*****C1d"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cut_of_ours_leaves_the_beginning_of_a_secret() {
    // As much of the message as an error quotes ends after so many characters of the secret.
    for shown in [12, 20, SECRET.len() - 1] {
        let length = 1000 - shown - "{\"key\":\"".len();
        let portkey = echo(400, length).await;
        let told = on(&portkey.uri(), "key").failure("update_virtual_key", update("n"));
        assert!(!told.contains("sk-proj-"), "{shown}: {told}");
        assert!(told.contains("sk*****C1d"), "{shown}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_secret_are_no_secrets_of_their_own() {
    let portkey = echo(200, 0).await;
    let settings = [
        ("PORTKEY_BASE_URL", portkey.uri()),
        ("PORTKEY_API_KEY", "key".to_owned()),
        ("OPENAI_KEY", "correcthorse battery-staple".to_owned()),
    ];
    let settings: Vec<_> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut wire = Wire::initialised(&SOURCES, &settings);
    let guesses = "correcthorse, incorrecthorse, battery-staple";
    let answer = wire.answer("update_virtual_key", update(guesses));
    let text = answer.to_string();
    assert!(text.contains(guesses), "{text}");
    assert!(!text.contains("correcthorse battery-staple"), "{text}");
}
