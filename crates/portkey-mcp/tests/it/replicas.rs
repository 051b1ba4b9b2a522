//! Several replicas behind a balancer do as one server does.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};

use crate::{
    balancer::{self, Turn},
    principals::{Somebody, TokenFile},
    process::SandboxProcess,
    redis_server::RedisServer,
    served::{Served, message},
};

/// Replicas that share a Portkey and a Redis, and the balancer before them.
struct Cluster {
    /// Has the balancer's address in place of its own.
    front: Served,
    others: Vec<Served>,
    redis: Option<RedisServer>,
    _sandbox: SandboxProcess,
    _tokens: TokenFile,
}

impl Cluster {
    /// One server, without anything to share.
    fn single(arguments: &[&str]) -> Self {
        let sandbox = SandboxProcess::start();
        let tokens = TokenFile::of(&["ada", "bob", "carl"]);
        let path = tokens.path();
        let arguments = [&["--tokens", &path], arguments].concat();
        Self {
            front: Served::start(&arguments, &sandbox.settings()),
            others: Vec::new(),
            redis: None,
            _sandbox: sandbox,
            _tokens: tokens,
        }
    }

    async fn of_three(turn: Turn, arguments: &[&str]) -> Option<Self> {
        let redis = RedisServer::start()?;
        let sandbox = SandboxProcess::start();
        let tokens = TokenFile::of(&["ada", "bob", "carl"]);
        let path = tokens.path();
        let arguments = [&["--tokens", &path], arguments].concat();
        let [url, key] = sandbox.settings();
        let settings = [url, key, ("MCP_SHARED_STATE", redis.url.as_str())];
        let start = || Served::start(&arguments, &settings);
        let (mut front, others) = (start(), vec![start(), start()]);
        let mut origins = vec![front.origin.clone()];
        origins.extend(others.iter().map(|replica| replica.origin.clone()));
        front.origin = balancer::start(turn, origins, front.client.clone()).await;
        // Each request on a connection of its own, or there would be nothing to balance.
        front.client = Client::builder()
            .tls_certs_only([])
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Some(Self {
            front,
            others,
            redis: Some(redis),
            _sandbox: sandbox,
            _tokens: tokens,
        })
    }

    fn somebody<'a>(&'a self, name: &'a str) -> Somebody<'a> {
        Somebody {
            server: &self.front,
            name,
        }
    }
}

const TOOL: &str = "list_workspaces";
/// More than there are replicas, so that each is asked.
const ROUNDS: usize = 4;
const RATE: usize = 40;

async fn modern_calls_are_answered(cluster: &Cluster) {
    let ada = cluster.somebody("ada");
    for _ in 0..ROUNDS {
        let answer = ada.calls(TOOL).send().await.unwrap();
        let answer = message(answer).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
}

async fn a_session_lives_everywhere_until_it_is_ended_anywhere(cluster: &Cluster) {
    let [ada, bob] = ["ada", "bob"].map(|name| cluster.somebody(name));
    let session = ada.opens().await;
    for _ in 0..ROUNDS {
        let answer = ada.calls_in(&session, TOOL).send().await.unwrap();
        let answer = message(answer).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        let foreign = bob.calls_in(&session, TOOL).send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
        let foreign = bob.ends(&session).send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    }
    let ended = ada.ends(&session).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    for _ in 0..ROUNDS {
        let answer = ada.calls_in(&session, TOOL).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}

async fn without_sessions_older_clients_are_served_too(cluster: &Cluster) {
    let ada = cluster.somebody("ada");
    let opened = ada.tries_to_open().await;
    assert!(opened.status().is_success());
    assert!(!opened.headers().contains_key("mcp-session-id"));
    for _ in 0..ROUNDS {
        // An id from before means nothing.
        let answer = ada.calls_in("any", TOOL).send().await.unwrap();
        let answer = message(answer).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
}

async fn a_rate_holds_for_all_together(cluster: &Cluster) {
    let carl = cluster.somebody("carl");
    let mut answered = 0;
    loop {
        let answer = carl.calls("whoami").send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers().contains_key("retry-after"));
            break;
        }
        assert_eq!(answer.status(), StatusCode::OK);
        answered += 1;
    }
    // One more may have come in while the others were made.
    assert!((RATE..=RATE + 1).contains(&answered), "{answered}");
}

/// What one server does and several must do alike.
async fn does_as_it_should(cluster: &Cluster) {
    modern_calls_are_answered(cluster).await;
    a_session_lives_everywhere_until_it_is_ended_anywhere(cluster).await;
    a_rate_holds_for_all_together(cluster).await;
}

const LIMITED: &[&str] = &["--rate", "40/h"];

#[tokio::test]
async fn one_server() {
    does_as_it_should(&Cluster::single(LIMITED)).await;
}

#[tokio::test]
async fn three_replicas_by_requests() {
    if let Some(cluster) = Cluster::of_three(Turn::Request, LIMITED).await {
        does_as_it_should(&cluster).await;
    }
}

#[tokio::test]
async fn three_replicas_by_connections() {
    if let Some(cluster) = Cluster::of_three(Turn::Connection, LIMITED).await {
        does_as_it_should(&cluster).await;
    }
}

#[tokio::test]
async fn without_sessions() {
    let arguments = ["--sessions", "off", "--rate", "40/h"];
    let mut clusters = vec![Cluster::single(&arguments)];
    clusters.extend(Cluster::of_three(Turn::Request, &arguments).await);
    for cluster in clusters {
        modern_calls_are_answered(&cluster).await;
        without_sessions_older_clients_are_served_too(&cluster).await;
        a_rate_holds_for_all_together(&cluster).await;
    }
}

/// Repeats a call until it is answered, as clients do; an answer that it cannot be is a failure.
async fn insists(somebody: Somebody<'_>, session: Option<&str>) {
    for _ in 0..50 {
        let request = match session {
            Some(session) => somebody.calls_in(session, TOOL),
            None => somebody.calls(TOOL),
        };
        match request.send().await {
            Ok(answer) if answer.status() == StatusCode::OK => {
                // The connection may break within the answer.
                let Ok(text) = answer.text().await else {
                    continue;
                };
                if text.contains("\"isError\":false") {
                    return;
                }
            }
            Ok(answer) => assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{answer:?}"),
            Err(_) => {}
        }
    }
    panic!("never answered");
}

#[tokio::test]
async fn a_replica_that_dies_under_load_loses_no_answer() {
    for turn in [Turn::Request, Turn::Connection] {
        let Some(mut cluster) = Cluster::of_three(turn, &[]).await else {
            return;
        };
        let victim = cluster.others.pop().unwrap();
        let somebody = cluster.somebody("ada");
        let mut sessions = vec![None];
        for _ in 0..3 {
            sessions.push(Some(somebody.opens().await));
        }
        let answered = AtomicUsize::default();
        let is_dead = AtomicBool::default();
        let clients = sessions.iter().map(async |session| {
            let mut since_then = 0;
            while since_then < 10 {
                since_then += usize::from(is_dead.load(Ordering::Relaxed));
                insists(somebody, session.as_deref()).await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
        let dies = async {
            while answered.load(Ordering::Relaxed) < 20 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            drop(victim);
            is_dead.store(true, Ordering::Relaxed);
        };
        futures_util::join!(join_all(clients), dies);
    }
}

#[tokio::test]
async fn without_the_shared_state_calls_go_on_and_sessions_wait() {
    let Some(mut cluster) = Cluster::of_three(Turn::Request, &[]).await else {
        return;
    };
    let session = cluster.somebody("ada").opens().await;
    drop(cluster.redis.take());
    modern_calls_are_answered(&cluster).await;
    let ada = cluster.somebody("ada");
    for answer in [
        ada.calls_in(&session, TOOL).send().await.unwrap(),
        ada.ends(&session).send().await.unwrap(),
        ada.tries_to_open().await,
    ] {
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
    }
}
