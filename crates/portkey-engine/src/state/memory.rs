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
