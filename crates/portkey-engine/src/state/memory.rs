//! The state of a process without replicas, in memory.

use std::{
    collections::HashMap,
    fmt,
    hash::RandomState,
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use parking_lot::Mutex;
use portkey_client::Rate;

use super::{Exhausted, SharedState, Unavailable};

/// A state that only this process uses.
#[derive(Default)]
pub struct Memory {
    /// The buckets for each rate. Settings contain only a few different rates.
    buckets: Mutex<HashMap<Rate, Arc<Buckets>>>,
    records: Mutex<Records>,
    lists: Mutex<HashMap<String, Vec<(String, Instant)>>>,
}

type Buckets = DefaultKeyedRateLimiter<String>;

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl Memory {
    /// Takes tokens like [`SharedState::take_many`], without being asynchronous.
    pub(crate) fn take_now(
        &self,
        bucket: &str,
        rate: Rate,
        count: NonZeroU32,
    ) -> Result<(), Exhausted> {
        let Some(buckets) = self.buckets(rate) else {
            return Ok(());
        };
        if buckets.len() > MANY {
            // A full bucket is the same as a new one, so it can be dropped.
            buckets.retain_recent();
        }
        match buckets.check_key_n(&bucket.to_owned(), count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(early)) => Err(Exhausted {
                wait: early.wait_time_from(buckets.clock().now()),
            }),
            // The bucket can never hold that many tokens.
            Err(_) => Err(Exhausted {
                wait: rate.interval().saturating_mul(count.get()),
            }),
        }
    }

    fn buckets(&self, rate: Rate) -> Option<Arc<Buckets>> {
        // The interval of a rate is never zero, so there is always a quota.
        let quota = Quota::with_period(rate.interval())?.allow_burst(rate.count());
        let mut buckets = self.buckets.lock();
        let one = buckets.entry(rate).or_insert_with(|| {
            Arc::new(RateLimiter::hashmap_with_hasher(quota, RandomState::new()))
        });
        Some(Arc::clone(one))
    }
}

/// The number of buckets or counters above which unused ones are removed.
const MANY: usize = 10_000;

#[async_trait]
impl SharedState for Memory {
    async fn take_many(
        &self,
        bucket: &str,
        rate: Rate,
        count: NonZeroU32,
    ) -> Result<(), Exhausted> {
        self.take_now(bucket, rate, count)
    }

    async fn keep(&self, key: &str, value: &str, ttl: Duration) -> Result<(), Unavailable> {
        self.records.lock().put(key, value.to_owned(), ttl);
        Ok(())
    }

    async fn recall(&self, key: &str, ttl: Duration) -> Result<Option<String>, Unavailable> {
        let mut records = self.records.lock();
        let record = records.get(key);
        Ok(record.map(|record| {
            record.until = Instant::now() + ttl;
            record.value.clone()
        }))
    }

    async fn agree(&self, key: &str, value: &str, ttl: Duration) -> Result<String, Unavailable> {
        let mut records = self.records.lock();
        let held = records.get(key).map(|record| record.value.clone());
        let agreed = held.unwrap_or_else(|| value.to_owned());
        records.put(key, agreed.clone(), ttl);
        Ok(agreed)
    }

    async fn forget(&self, key: &str) -> Result<(), Unavailable> {
        self.records.lock().all.remove(key);
        Ok(())
    }

    async fn claim(&self, token: &str, ttl: Duration) -> Result<bool, Unavailable> {
        let mut records = self.records.lock();
        let is_new = records.get(token).is_none();
        if is_new {
            records.put(token, String::new(), ttl);
        }
        Ok(is_new)
    }

    async fn count(&self, counter: &str, window: Duration) -> Result<u64, Unavailable> {
        let mut records = self.records.lock();
        if let Some(record) = records.get(counter) {
            let count = record.value.parse().unwrap_or(0_u64) + 1;
            record.value = count.to_string();
            return Ok(count);
        }
        records.put(counter, "1".to_owned(), window);
        Ok(1)
    }

    async fn put_last(
        &self,
        list: &str,
        item: &str,
        most: NonZeroUsize,
        ttl: Duration,
    ) -> Result<Vec<String>, Unavailable> {
        let mut lists = self.lists.lock();
        let now = Instant::now();
        lists.retain(|_, items| {
            items.retain(|(_, put)| now.duration_since(*put) < ttl);
            !items.is_empty()
        });
        let items = lists.entry(list.to_owned()).or_default();
        items.retain(|(held, _)| held != item);
        items.push((item.to_owned(), now));
        let too_many = items.len().saturating_sub(most.get());
        Ok(items.drain(..too_many).map(|(item, _)| item).collect())
    }

    fn is_shared(&self) -> bool {
        false
    }
}

/// Records by key, each with the time until which it is kept.
#[derive(Debug, Default)]
struct Records {
    all: HashMap<String, Record>,
    /// The number of further insertions before expired records are removed.
    until_clearing: usize,
}

#[derive(Debug)]
struct Record {
    value: String,
    until: Instant,
}

impl Records {
    fn get(&mut self, key: &str) -> Option<&mut Record> {
        let record = self.all.get_mut(key)?;
        (record.until > Instant::now()).then_some(record)
    }

    fn put(&mut self, key: &str, value: String, ttl: Duration) {
        let now = Instant::now();
        if self.until_clearing == 0 {
            self.all.retain(|_, record| record.until > now);
            self.until_clearing = self.all.len().max(100);
        }
        self.until_clearing -= 1;
        let until = now + ttl;
        self.all.insert(key.to_owned(), Record { value, until });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);
    const OVER: Duration = Duration::ZERO;
    const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

    #[tokio::test]
    async fn a_bucket_gives_what_it_holds_and_then_says_how_long_to_wait() {
        let memory = Memory::default();
        let rate: Rate = "2/h".parse().unwrap();
        memory.take("ada", rate).await.unwrap();
        memory.take("ada", rate).await.unwrap();
        let wait = memory.take("ada", rate).await.unwrap_err().wait;
        assert!(wait > Duration::ZERO && wait <= LONG / 2, "{wait:?}");
        // Others, and other rates, have buckets of their own.
        memory.take("bob", rate).await.unwrap();
        memory.take("ada", "1/h".parse().unwrap()).await.unwrap();
    }

    #[tokio::test]
    async fn more_than_a_bucket_ever_holds_is_refused_and_takes_nothing() {
        let memory = Memory::default();
        let rate: Rate = "2/h".parse().unwrap();
        let three = NonZeroU32::new(3).unwrap();
        let wait = memory.take_many("ada", rate, three).await.unwrap_err().wait;
        assert_eq!(wait, LONG / 2 * 3);
        let two = NonZeroU32::new(2).unwrap();
        memory.take_many("ada", rate, two).await.unwrap();
    }

    #[tokio::test]
    async fn a_record_is_there_until_its_time_is_over_or_it_is_let_go() {
        let memory = Memory::default();
        memory.keep("session", "ada", LONG).await.unwrap();
        let recalled = memory.recall("session", LONG).await.unwrap();
        assert_eq!(recalled.as_deref(), Some("ada"));
        memory.forget("session").await.unwrap();
        assert_eq!(memory.recall("session", LONG).await.unwrap(), None);
        memory.keep("session", "ada", OVER).await.unwrap();
        assert_eq!(memory.recall("session", LONG).await.unwrap(), None);
    }

    #[tokio::test]
    async fn all_agree_on_what_was_said_first() {
        let memory = Memory::default();
        for said in ["first", "second"] {
            let agreed = memory.agree("key", said, LONG).await.unwrap();
            assert_eq!(agreed, "first");
        }
        memory.keep("key", "first", OVER).await.unwrap();
        let agreed = memory.agree("key", "second", LONG).await.unwrap();
        assert_eq!(agreed, "second");
    }

    #[tokio::test]
    async fn of_all_who_claim_a_token_one_succeeds() {
        let memory = Memory::default();
        assert!(memory.claim("token", LONG).await.unwrap());
        assert!(!memory.claim("token", LONG).await.unwrap());
        assert!(memory.claim("other", LONG).await.unwrap());
    }

    #[tokio::test]
    async fn a_counter_counts_since_its_window_began() {
        let memory = Memory::default();
        for count in 1..=3 {
            assert_eq!(memory.count("tries", LONG).await.unwrap(), count);
        }
        for _ in 0..2 {
            assert_eq!(memory.count("others", OVER).await.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn a_list_gives_up_what_was_put_first_and_says_so() {
        let memory = Memory::default();
        let put = async |item, most, ttl| memory.put_last("list", item, most, ttl).await.unwrap();
        assert!(put("a", TWO, LONG).await.is_empty());
        assert!(put("b", TWO, LONG).await.is_empty());
        // What is put again goes to the end.
        assert!(put("a", TWO, LONG).await.is_empty());
        assert_eq!(put("c", TWO, LONG).await, ["b"]);
        // What is too old is gone without a word.
        assert!(put("d", NonZeroUsize::MIN, OVER).await.is_empty());
    }

    #[test]
    fn records_whose_time_is_over_do_not_pile_up() {
        let mut records = Records::default();
        for number in 0..1000 {
            records.put(&number.to_string(), String::new(), OVER);
        }
        assert!(records.all.len() <= 101, "{}", records.all.len());
    }
}
