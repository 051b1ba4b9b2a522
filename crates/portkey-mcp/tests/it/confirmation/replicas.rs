//! What was agreed to at one replica can be done at any, and is done once by all together.

use std::time::Duration;

use super::{
    tokens::{Told, delete, send},
    upstream::Upstream,
};
use crate::{redis_server::RedisServer, served::Served};

/// Two replicas that share a Redis.
struct Pair {
    replicas: [Served; 2],
    redis: RedisServer,
}

impl Pair {
    fn on(upstream: &Upstream, settings: &[(&'static str, &str)]) -> Option<Self> {
        let redis = RedisServer::start()?;
        let [url, key] = upstream.settings();
        let shared = ("MCP_SHARED_STATE", redis.url.as_str());
        let settings = [&[url, key, shared], settings].concat();
        Some(Self {
            replicas: [(); 2].map(|()| Served::start(&[], &settings)),
            redis,
        })
    }
}

async fn calls(server: &Served, token: Option<&str>) -> Told {
    send(server.modern("tools/call", delete("a", token))).await
}

#[tokio::test]
async fn a_token_of_one_is_good_at_the_other() {
    let secret = [
        ("MCP_CONFIRM_KEY", "env:SECRET_OF_CONFIRMATIONS"),
        ("SECRET_OF_CONFIRMATIONS", "sesame"),
    ];
    for settings in [&[][..], &secret] {
        let upstream = Upstream::start().await;
        let Some(Pair {
            replicas,
            redis: _redis,
        }) = Pair::on(&upstream, settings)
        else {
            return;
        };
        let token = calls(&replicas[0], None).await.token();
        assert_eq!(upstream.touched(), 0);
        let made = calls(&replicas[1], Some(&token)).await;
        assert!(!made.is_error, "{made:?}");
        for replica in &replicas {
            let again = calls(replica, Some(&token)).await;
            again.assert_refused("was used before");
        }
        assert_eq!(upstream.touched(), 1);
    }
}

#[tokio::test]
async fn of_many_that_bring_a_token_at_once_one_is_served() {
    let upstream = Upstream::start().await;
    let Some(Pair {
        replicas,
        redis: _redis,
    }) = Pair::on(&upstream, &[])
    else {
        return;
    };
    let token = calls(&replicas[0], None).await.token();
    let tries = (0..20).map(|number| calls(&replicas[number % 2], Some(&token)));
    let told = futures_util::future::join_all(tries).await;
    let made = told.iter().filter(|told| !told.is_error).count();
    assert_eq!((made, upstream.touched()), (1, 1), "{told:?}");
}

#[tokio::test]
async fn what_a_replica_was_killed_over_is_not_done_again() {
    let upstream = Upstream::slow(Duration::from_mins(10)).await;
    let Some(Pair { replicas, redis }) = Pair::on(&upstream, &[]) else {
        return;
    };
    let [victim, survivor] = replicas;
    let token = calls(&victim, None).await.token();
    let doomed = victim.modern("tools/call", delete("a", Some(&token)));
    let doomed = tokio::spawn(doomed.send());
    upstream.is_touched().await;
    drop(victim);
    assert!(doomed.await.unwrap().is_err());
    let again = calls(&survivor, Some(&token)).await;
    again.assert_refused("Look whether the object is still there");
    assert_eq!(upstream.touched(), 1);
    drop(redis);
}

#[tokio::test]
async fn without_the_shared_state_nothing_is_confirmed() {
    let upstream = Upstream::start().await;
    let Some(Pair { replicas, redis }) = Pair::on(&upstream, &[]) else {
        return;
    };
    let token = calls(&replicas[0], None).await.token();
    drop(redis);
    for token in [Some(token.as_str()), None] {
        let told = calls(&replicas[0], token).await;
        told.assert_refused("Nothing was done");
    }
    assert_eq!(upstream.touched(), 0);
}

#[test]
fn a_secret_that_is_not_there_stops_the_server() {
    let settings = [("MCP_CONFIRM_KEY", "env:NOT_THERE")];
    let output = crate::process::run(&["http", "--port", "0"], &settings);
    assert_eq!(output.status.code(), Some(2));
    let told = crate::process::text(&output.stderr);
    assert!(told.contains("--confirm-key"), "{told}");
}
