//! The ids of requests that are being answered, by session. The SDK would answer only one of several requests in flight
//! with the same id.

use std::{collections::HashSet, sync::Arc};

use parking_lot::Mutex;
use rmcp::model::RequestId;

/// A session, and the id of a request in it.
type Key = (Arc<str>, RequestId);

/// The ids in use. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestIds(Arc<Mutex<HashSet<Key>>>);

/// Keeps an id reserved until the last clone is dropped. The handler drops it before the answer is sent, since a client
/// may reuse the id as soon as it has the answer.
#[derive(Debug, Clone)]
pub(super) struct RequestIdGuard {
    _reservation: Arc<Reservation>,
}

#[derive(Debug)]
struct Reservation {
    key: Key,
    requests: RequestIds,
}

impl RequestIds {
    /// Reserves an id, unless a request of the session has it.
    pub(super) fn reserve(&self, session: &str, id: RequestId) -> Option<RequestIdGuard> {
        let key: Key = (session.into(), id);
        let is_new = self.0.lock().insert(key.clone());
        is_new.then(|| RequestIdGuard {
            _reservation: Arc::new(Reservation {
                key,
                requests: self.clone(),
            }),
        })
    }
}

impl Drop for Reservation {
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
