//! The requests of each session that are being answered. The SDK tells them apart by their ids alone, so that of several
//! with one id in flight only one would be answered.

use std::{collections::HashSet, sync::Arc};

use parking_lot::Mutex;
use rmcp::model::RequestId;

/// A session, and the id of a request in it.
type Key = (Arc<str>, RequestId);

/// Requests in flight, by session and id. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestIds(Arc<Mutex<HashSet<Key>>>);

/// A request that is being answered, until the last clone of this is dropped. The handler holds it, and lets go before
/// its answer is sent: a client that waits for each answer may use an id again.
#[derive(Debug, Clone)]
pub(super) struct RequestIdGuard {
    _entry: Arc<Entry>,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    requests: RequestIds,
}

impl RequestIds {
    /// Takes a request in, unless another of its session has its id.
    pub(super) fn reserve(&self, session: &str, id: RequestId) -> Option<RequestIdGuard> {
        let key: Key = (session.into(), id);
        let is_new = self.0.lock().insert(key.clone());
        is_new.then(|| RequestIdGuard {
            _entry: Arc::new(Entry {
                key,
                requests: self.clone(),
            }),
        })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.requests.0.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_until_its_request_is_answered_and_in_its_session_alone() {
        let requests = RequestIds::default();
        let id = || RequestId::Number(1);
        let first = requests.reserve("a", id()).unwrap();
        let shared = first.clone();
        assert!(requests.reserve("a", id()).is_none());
        assert!(requests.reserve("b", id()).is_some());
        drop(first);
        assert!(requests.reserve("a", id()).is_none());
        drop(shared);
        assert!(requests.reserve("a", id()).is_some());
    }
}
