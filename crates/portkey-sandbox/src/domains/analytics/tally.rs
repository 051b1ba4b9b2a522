//! Adding requests up.

use super::request::{Cache, Request, RequestKind};

/// Sums over a set of requests. Those of columns that were not read stay zero.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) errors: u64,
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
    pub(super) cost: f64,
    /// The latency of each request, in milliseconds.
    pub(super) latencies: Vec<u32>,
    pub(super) retried: u64,
    pub(super) fallbacks: u64,
    pub(super) feedback: f64,
    pub(super) with_feedback: u64,
    pub(super) simple_hits: Hits,
    pub(super) semantic_hits: Hits,
    /// How many requests have an end user.
    pub(super) with_user: u64,
    pub(super) users: Users,
    /// Moments of the first and the last, in milliseconds since 1970.
    pub(super) period: Option<(i64, i64)>,
}

/// The set of end users, by number.
#[derive(Debug, Default)]
pub(super) struct Users {
    known: Vec<bool>,
}

/// Requests that the cache answered.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hits {
    pub(super) requests: u64,
    pub(super) latency: u64,
    /// What the models would have charged, in cents.
    pub(super) savings: f64,
}

impl Tally {
    /// Counts one more request.
    pub(super) fn add(&mut self, kind: &RequestKind, request: &Request) {
        self.requests += 1;
        self.errors += u64::from(request.status_code >= 400);
        self.prompt_tokens += u64::from(request.prompt_tokens);
        self.completion_tokens += u64::from(request.completion_tokens);
        self.cost += request.cost;
        self.latencies.extend(request.latency);
        self.retried += u64::from(request.retries > 0);
        self.fallbacks += u64::from(request.is_fallback);
        if let Some(feedback) = request.weighted_feedback {
            self.feedback += feedback;
            self.with_feedback += 1;
        }
        match kind.cache {
            Cache::SimpleHit => self.simple_hits.add(kind, request),
            Cache::SemanticHit => self.semantic_hits.add(kind, request),
            Cache::Other => {}
        }
        if let Some(user) = kind.user {
            self.with_user += 1;
            self.users.add(user);
        }
        if let Some(moment) = request.created_at {
            self.extend((moment, moment));
        }
    }

    /// Adds another set.
    pub(super) fn plus(mut self, other: &Self) -> Self {
        self.requests += other.requests;
        self.errors += other.errors;
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.cost += other.cost;
        self.latencies.extend_from_slice(&other.latencies);
        self.retried += other.retried;
        self.fallbacks += other.fallbacks;
        self.feedback += other.feedback;
        self.with_feedback += other.with_feedback;
        self.simple_hits = self.simple_hits.plus(other.simple_hits);
        self.semantic_hits = self.semantic_hits.plus(other.semantic_hits);
        self.with_user += other.with_user;
        self.users.add_all(&other.users);
        if let Some(period) = other.period {
            self.extend(period);
        }
        self
    }

    pub(super) fn tokens(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }

    /// The sum of all latencies, in milliseconds.
    pub(super) fn latency(&self) -> u64 {
        self.latencies.iter().copied().map(u64::from).sum()
    }

    /// All requests that the cache answered.
    pub(super) fn hits(&self) -> Hits {
        self.simple_hits.plus(self.semantic_hits)
    }

    /// The percentile of the latencies, in milliseconds; `share` is in per cent.
    pub(super) fn percentile(&self, share: usize) -> u32 {
        let mut latencies = self.latencies.clone();
        let rank = (share * latencies.len()).div_ceil(100);
        match rank.checked_sub(1) {
            Some(index) => *latencies.select_nth_unstable(index).1,
            None => 0,
        }
    }

    fn extend(&mut self, (first, last): (i64, i64)) {
        let (known_first, known_last) = self.period.unwrap_or((first, last));
        self.period = Some((first.min(known_first), last.max(known_last)));
    }
}

impl Users {
    /// The number of users.
    pub(super) fn count(&self) -> u64 {
        self.known.iter().map(|known| u64::from(*known)).sum()
    }

    fn add(&mut self, user: u32) {
        let user = user as usize;
        if self.known.len() <= user {
            self.known.resize(user + 1, false);
        }
        if let Some(known) = self.known.get_mut(user) {
            *known = true;
        }
    }

    fn add_all(&mut self, others: &Self) {
        let length = self.known.len().max(others.known.len());
        self.known.resize(length, false);
        for (known, other) in self.known.iter_mut().zip(&others.known) {
            *known |= *other;
        }
    }
}

impl Hits {
    fn add(&mut self, kind: &RequestKind, request: &Request) {
        self.requests += 1;
        self.latency += u64::from(request.latency.unwrap_or_default());
        self.savings += kind.price.map_or(0.0, |price| {
            price.of(request.prompt_tokens, request.completion_tokens)
        });
    }

    fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            latency: self.latency + other.latency,
            savings: self.savings + other.savings,
        }
    }
}
