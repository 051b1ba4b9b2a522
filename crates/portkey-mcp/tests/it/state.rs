//! What replicas agree on, in one process and in Redis alike.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    time::Duration,
};

use portkey_engine::state::{Exhausted, SharedState, SharedStateAddress, open};

use crate::redis_server::RedisServer;

/// Both kinds, each under the names that it was told.
async fn each(check: impl AsyncFn(Arc<dyn SharedState>)) {
    check(open(None).unwrap()).await;
    let Some(redis) = RedisServer::start() else {
        return;
    };
    check(open(Some(&address(&redis.url))).unwrap()).await;
}

fn address(url: &str) -> SharedStateAddress {
    url.parse().unwrap()
}

const LONG: Duration = Duration::from_mins(10);

#[tokio::test]
async fn records_are_kept_until_they_are_forgotten() {
    each(async |state| {
        assert_eq!(state.recall("a", LONG).await.unwrap(), None);
        state.keep("a", "one", LONG).await.unwrap();
        state.keep("a", "two", LONG).await.unwrap();
        let recalled = state.recall("a", LONG).await.unwrap();
        assert_eq!(recalled.as_deref(), Some("two"));
        state.forget("a").await.unwrap();
        assert_eq!(state.recall("a", LONG).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn records_expire_unless_they_are_recalled() {
    each(async |state| {
        let short = Duration::from_millis(20);
        state.keep("fleeting", "x", short).await.unwrap();
        state.keep("lasting", "x", short).await.unwrap();
        // If this comes too late already, there is nothing to compare.
        let renewed = state.recall("lasting", LONG).await.unwrap();
        while state
            .recall("fleeting", Duration::from_millis(1))
            .await
            .unwrap()
            .is_some()
        {
            tokio::time::sleep(short).await;
        }
        assert_eq!(state.recall("lasting", LONG).await.unwrap(), renewed);
    })
    .await;
}

#[tokio::test]
async fn of_all_who_claim_a_token_one_succeeds() {
    each(async |state| {
        let claims = (0..20).map(|_| state.claim("token", LONG));
        let claims = futures_util::future::join_all(claims).await;
        let successes = claims.into_iter().filter(|claim| *claim.as_ref().unwrap());
        assert_eq!(successes.count(), 1);
        assert!(state.claim("other", LONG).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn all_agree_on_what_was_said_first() {
    each(async |state| {
        let words: Vec<String> = (0..20).map(|number| number.to_string()).collect();
        let agreed = words.iter().map(|word| state.agree("key", word, LONG));
        let agreed = futures_util::future::join_all(agreed).await;
        let first = agreed[0].as_ref().unwrap();
        assert!(words.contains(first));
        assert!(agreed.iter().all(|word| word.as_ref().unwrap() == first));
        assert_eq!(
            state.recall("key", LONG).await.unwrap().as_ref(),
            Some(first)
        );
        state.forget("key").await.unwrap();
        assert_eq!(state.agree("key", "anew", LONG).await.unwrap(), "anew");
    })
    .await;
}

#[tokio::test]
async fn counters_count_within_their_window() {
    each(async |state| {
        for expected in 1..=5 {
            assert_eq!(state.count("calls", LONG).await.unwrap(), expected);
        }
        assert_eq!(state.count("other", LONG).await.unwrap(), 1);
        let short = Duration::from_millis(1);
        state.count("short", short).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(state.count("short", short).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_bucket_gives_what_it_holds_and_says_when_there_is_more() {
    each(async |state| {
        let rate = "5/h".parse().unwrap();
        for _ in 0..5 {
            assert_eq!(state.take("ada", rate).await, Ok(()));
        }
        let Err(Exhausted { wait }) = state.take("ada", rate).await else {
            panic!("there was a sixth");
        };
        assert!(wait <= Duration::from_mins(12), "{wait:?}");
        assert!(wait > Duration::from_mins(10), "{wait:?}");
        assert_eq!(state.take("bob", rate).await, Ok(()));

        let fast = "1000/s".parse().unwrap();
        while state.take("eve", fast).await.is_ok() {}
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(state.take("eve", fast).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn many_are_taken_from_a_bucket_or_none() {
    each(async |state| {
        let rate = "5/h".parse().unwrap();
        let take = |count| state.take_many("ada", rate, NonZeroU32::new(count).unwrap());
        assert_eq!(take(3).await, Ok(()));
        assert!(take(3).await.is_err());
        assert_eq!(take(2).await, Ok(()));
        assert!(take(1).await.is_err());
        let never = state.take_many("bob", rate, NonZeroU32::new(6).unwrap());
        assert!(never.await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_list_loses_what_was_put_there_first() {
    each(async |state| {
        let most = NonZeroUsize::new(2).unwrap();
        let put = async |item: &str| {
            // The clock must tell them apart.
            tokio::time::sleep(Duration::from_millis(2)).await;
            state.put_last("list", item, most, LONG).await.unwrap()
        };
        assert!(put("a").await.is_empty());
        assert!(put("b").await.is_empty());
        assert!(put("a").await.is_empty());
        assert_eq!(put("c").await, ["b"]);
        assert_eq!(put("d").await, ["a"]);
        // What is too old makes room for nothing.
        let (one, short) = (NonZeroUsize::MIN, Duration::from_millis(1));
        for item in ["a", "b"] {
            let gone = state.put_last("other", item, one, short).await.unwrap();
            assert!(gone.is_empty(), "{gone:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn without_the_server_limits_hold_alone_and_records_are_unavailable() {
    let state = open(Some(&address("redis://127.0.0.1:9"))).unwrap();
    let rate = "2/h".parse().unwrap();
    assert_eq!(state.take("ada", rate).await, Ok(()));
    assert_eq!(state.take("ada", rate).await, Ok(()));
    assert!(state.take("ada", rate).await.is_err());
    assert!(state.recall("a", LONG).await.is_err());
    assert!(state.keep("a", "x", LONG).await.is_err());
    assert!(state.claim("a", LONG).await.is_err());
    assert!(state.agree("a", "x", LONG).await.is_err());
}

#[test]
fn an_address_may_stand_in_a_file_and_is_never_shown() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("url");
    std::fs::write(&path, "redis://:sesame@127.0.0.1:9/3\n").unwrap();
    let in_file = address(&format!("file:{}", path.display()));
    assert_eq!(in_file.read().unwrap(), "redis://:sesame@127.0.0.1:9/3");
    let plain = address("redis://:sesame@127.0.0.1:9");
    assert!(!format!("{plain:?} {in_file:?}").contains("sesame"));
    assert!(open(Some(&address("file:/nowhere"))).is_err());
    let wrong = open(Some(&address("redis://:sesame@[::"))).unwrap_err();
    assert!(!wrong.to_string().contains("sesame"), "{wrong}");
}
