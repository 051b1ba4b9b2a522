//! The requests of each session that are being answered. The SDK tells them apart by their ids alone, so that of several
//! with one id in flight only one would be answered.

use std::{collections::HashSet, sync::Arc};

use parking_lot::Mutex;
use rmcp::model::RequestId;

/// A session, and the id of a request in it.
type Key = (Arc<str>, RequestId);

/// Requests in flight, by session and id. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests(Arc<Mutex<HashSet<Key>>>);

/// A request that is being answered, until the last clone of this is dropped. The handler holds it, and lets go before
/// its answer is sent: a client that waits for each answer may use an id again.
#[derive(Debug, Clone)]
pub(super) struct Answering {
    _held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    key: Key,
    requests: Requests,
}

impl Requests {
    /// Takes a request in, unless another of its session has its id.
    pub(super) fn begin(&self, session: &str, id: RequestId) -> Option<Answering> {
        let key: Key = (session.into(), id);
        let is_new = self.0.lock().insert(key.clone());
        is_new.then(|| Answering {
            _held: Arc::new(Held {
                key,
                requests: self.clone(),
            }),
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.requests.0.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_until_its_request_is_answered_and_in_its_session_alone() {
        let requests = Requests::default();
        let id = || RequestId::Number(1);
        let first = requests.begin("a", id()).unwrap();
        let shared = first.clone();
        assert!(requests.begin("a", id()).is_none());
        assert!(requests.begin("b", id()).is_some());
        drop(first);
        assert!(requests.begin("a", id()).is_none());
        drop(shared);
        assert!(requests.begin("a", id()).is_some());
    }
}
