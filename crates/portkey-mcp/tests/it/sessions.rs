//! Sessions of older clients: whose they are, how many there are, when they end.

use std::time::Duration;

use reqwest::{Response, StatusCode};

use crate::{
    principals::{Somebody, TokenFile},
    served::{Served, message},
    slow::SlowPortkey,
};

fn with_tokens(arguments: &[&str], settings: &[(&str, &str)]) -> (Served, TokenFile) {
    let tokens = TokenFile::of(&["ada", "bob", "carl"]);
    let path = tokens.path();
    let arguments = [&["--tokens", &path], arguments].concat();
    (Served::start(&arguments, settings), tokens)
}

const SANDBOX: &[(&str, &str)] = &[("PORTKEY_SANDBOX", "true")];

async fn not_found(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{answer:?}");
    answer.text().await.unwrap()
}

async fn answered(answer: Response) {
    let answer = message(answer).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
}

#[tokio::test]
async fn a_session_is_whose_who_opened_it() {
    let (server, _tokens) = with_tokens(&[], SANDBOX);
    let [ada, bob] = ["ada", "bob"].map(|name| Somebody {
        server: &server,
        name,
    });
    let session = ada.opens().await;
    let tool = "list_workspaces";
    answered(ada.calls_in(&session, tool).send().await.unwrap()).await;

    // What is somebody else's cannot be told from what never was.
    let foreign = not_found(bob.calls_in(&session, tool).send().await.unwrap()).await;
    let unknown = bob.calls_in("7d8c0e63-5bd1-4e1b-a1c9-0a2f1c3a2b4d", tool);
    let unknown = not_found(unknown.send().await.unwrap()).await;
    assert_eq!(foreign, unknown);
    assert!(foreign.contains("\"jsonrpc\":\"2.0\""), "{foreign}");
    not_found(bob.listens(&session).send().await.unwrap()).await;
    not_found(bob.ends(&session).send().await.unwrap()).await;
    // A revision without sessions opens no way around that.
    let disguised = bob
        .calls_in(&session, tool)
        .header("mcp-protocol-version", "2026-07-28");
    assert!(!disguised.send().await.unwrap().status().is_success());

    answered(ada.calls_in(&session, tool).send().await.unwrap()).await;
    let ended = ada.ends(&session).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    not_found(ada.calls_in(&session, tool).send().await.unwrap()).await;
}

#[tokio::test]
async fn the_idlest_session_makes_room() {
    let (server, _tokens) = with_tokens(&["--max-sessions", "2"], SANDBOX);
    let ada = Somebody {
        server: &server,
        name: "ada",
    };
    let tool = "list_workspaces";
    let first = ada.opens().await;
    let second = ada.opens().await;
    answered(ada.calls_in(&first, tool).send().await.unwrap()).await;
    let third = ada.opens().await;
    not_found(ada.calls_in(&second, tool).send().await.unwrap()).await;
    for session in [first, third] {
        answered(ada.calls_in(&session, tool).send().await.unwrap()).await;
    }
}

#[tokio::test]
async fn a_session_with_a_running_call_stays() {
    let portkey = SlowPortkey::start(Duration::from_secs(4)).await;
    let (server, _tokens) = with_tokens(&["--max-sessions", "1"], &portkey.settings());
    let ada = Somebody {
        server: &server,
        name: "ada",
    };
    let session = ada.opens().await;
    let running = tokio::spawn(ada.calls_in(&session, "list_workspaces").send());
    portkey.asked(1).await;
    let refused = ada.tries_to_open().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(message(refused).await["error"]["message"].is_string());
    answered(running.await.unwrap().unwrap()).await;

    let next = ada.opens().await;
    not_found(ada.ends(&session).send().await.unwrap()).await;
    let ended = ada.ends(&next).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_but_not_while_it_is_used() {
    let portkey = SlowPortkey::start(Duration::from_secs(4)).await;
    let (server, _tokens) = with_tokens(&["--session-idle", "1s"], &portkey.settings());
    let ada = Somebody {
        server: &server,
        name: "ada",
    };
    let [session, heard] = [ada.opens().await, ada.opens().await];
    let stream = ada.listens(&heard).send().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    let called = ada.calls_in(&session, "list_workspaces").send();
    answered(called.await.unwrap()).await;
    let ended = ada.ends(&heard).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);

    // To ask whether it is still there would be to use it.
    tokio::time::sleep(Duration::from_secs(4)).await;
    not_found(ada.ends(&session).send().await.unwrap()).await;
}

#[tokio::test]
async fn nobody_makes_room_with_the_sessions_of_another() {
    let (server, _tokens) = with_tokens(&["--max-sessions", "4"], SANDBOX);
    let [ada, bob, carl] = ["ada", "bob", "carl"].map(|name| Somebody {
        server: &server,
        name,
    });
    let tool = "list_workspaces";
    let session = ada.opens().await;
    let mut stream = ada.listens(&session).send().await.unwrap();
    let mut bobs = Vec::new();
    for _ in 0..10 {
        bobs.push(bob.opens().await);
    }
    answered(ada.calls_in(&session, tool).send().await.unwrap()).await;
    not_found(bob.calls_in(&bobs[0], tool).send().await.unwrap()).await;
    answered(bob.calls_in(&bobs[9], tool).send().await.unwrap()).await;
    // A newcomer takes the place of whoever has the most.
    let carls = carl.opens().await;
    answered(carl.calls_in(&carls, tool).send().await.unwrap()).await;
    not_found(bob.calls_in(&bobs[7], tool).send().await.unwrap()).await;
    answered(ada.calls_in(&session, tool).send().await.unwrap()).await;
    // The stream has heard nothing, but it goes on.
    let heard = async { while stream.chunk().await.unwrap().is_some() {} };
    let ended = tokio::time::timeout(Duration::from_millis(300), heard).await;
    assert!(ended.is_err(), "the stream ended");
}

#[tokio::test]
async fn a_principal_has_a_share_of_the_sessions() {
    let arguments = ["--max-sessions", "100", "--max-sessions-per-principal", "2"];
    let (server, _tokens) = with_tokens(&arguments, SANDBOX);
    let [ada, bob] = ["ada", "bob"].map(|name| Somebody {
        server: &server,
        name,
    });
    let tool = "list_workspaces";
    let bobs = bob.opens().await;
    let first = ada.opens().await;
    let second = ada.opens().await;
    answered(ada.calls_in(&first, tool).send().await.unwrap()).await;
    let third = ada.opens().await;
    not_found(ada.calls_in(&second, tool).send().await.unwrap()).await;
    for session in [first, third] {
        answered(ada.calls_in(&session, tool).send().await.unwrap()).await;
    }
    answered(bob.calls_in(&bobs, tool).send().await.unwrap()).await;
}

#[tokio::test]
async fn of_requests_with_one_id_the_first_is_answered_and_the_others_are_told() {
    let portkey = SlowPortkey::start(Duration::from_secs(2)).await;
    let (server, _tokens) = with_tokens(&[], &portkey.settings());
    let ada = Somebody {
        server: &server,
        name: "ada",
    };
    let session = ada.opens().await;
    let first = tokio::spawn(ada.calls_in(&session, "list_workspaces").send());
    portkey.asked(1).await;
    for _ in 0..2 {
        let told = ada.calls_in(&session, "list_workspaces").send().await;
        let told = told.unwrap();
        assert_eq!(told.status(), StatusCode::BAD_REQUEST);
        let told = message(told).await;
        assert_eq!(told["error"]["code"], -32600, "{told}");
        assert_eq!(told["id"], 7, "{told}");
    }
    answered(first.await.unwrap().unwrap()).await;
    // One after the other, an id may come again, as quickly as the answers come.
    for _ in 0..20 {
        let answer = ada.calls_in(&session, "no_such_tool").send().await;
        let answer = message(answer.unwrap()).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}
