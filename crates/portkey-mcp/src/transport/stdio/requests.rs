//! The requests of a client that are not answered yet.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use parking_lot::Mutex;
use rmcp::model::RequestId;
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

/// The most cancelled requests that are remembered. The SDK may still be busy with them, and would take their answers
/// for those of later requests with the same ids.
const WITHDRAWN: usize = 1000;

/// The requests that are not answered yet. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    tracker: TaskTracker,
    ids: Arc<Mutex<Ids>>,
}

#[derive(Debug, Default)]
struct Ids {
    open: HashMap<RequestId, TaskTrackerToken>,
    /// Their hashes, since an id may be as long as a message.
    withdrawn: VecDeque<u64>,
    hasher: RandomState,
}

impl Requests {
    /// Adds a request, unless another has its id.
    pub(super) fn begin(&self, id: &RequestId) -> bool {
        let mut ids = self.ids.lock();
        let hash = ids.hasher.hash_one(id);
        let is_new = !ids.open.contains_key(id) && !ids.withdrawn.contains(&hash);
        if is_new {
            ids.open.insert(id.clone(), self.tracker.token());
        }
        is_new
    }

    /// Frees the id of a request whose answer is about to be written, since a client may use it again as soon as it has
    /// read the answer. The request counts as unanswered for as long as what this returns is held.
    #[must_use]
    pub(super) fn end(&self, id: &RequestId) -> Option<TaskTrackerToken> {
        let mut ids = self.ids.lock();
        let hash = ids.hasher.hash_one(id);
        ids.withdrawn.retain(|withdrawn| *withdrawn != hash);
        ids.open.remove(id)
    }

    /// Removes a request that its client cancelled.
    pub(super) fn withdraw(&self, id: &RequestId) {
        let mut ids = self.ids.lock();
        if ids.open.remove(id).is_some() {
            if ids.withdrawn.len() >= WITHDRAWN {
                ids.withdrawn.pop_front();
            }
            let hash = ids.hasher.hash_one(id);
            ids.withdrawn.push_back(hash);
        }
    }

    /// Waits until all requests are answered.
    pub(super) async fn answered(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_id_is_free_once_its_request_is_answered_and_not_while_it_is_only_withdrawn() {
        let requests = Requests::default();
        let id = RequestId::Number(1);
        assert!(requests.begin(&id) && !requests.begin(&id));
        drop(requests.end(&id));
        assert!(requests.begin(&id));
        requests.withdraw(&id);
        assert!(!requests.begin(&id));
        drop(requests.end(&id));
        assert!(requests.begin(&id));
        for number in 2..=2 * i64::try_from(WITHDRAWN).unwrap() {
            requests.begin(&RequestId::Number(number));
            requests.withdraw(&RequestId::Number(number));
        }
        assert_eq!(requests.ids.lock().withdrawn.len(), WITHDRAWN);
    }

    #[tokio::test]
    async fn an_answer_is_waited_for_until_it_is_written_though_its_id_is_free() {
        let requests = Requests::default();
        let id = RequestId::Number(1);
        requests.begin(&id);
        let writing = requests.end(&id);
        let answered = tokio::time::timeout(Duration::from_millis(20), requests.answered());
        assert!(answered.await.is_err());
        drop(writing);
        requests.answered().await;
        assert!(requests.begin(&id));
    }

    #[tokio::test]
    async fn nobody_waits_for_what_was_withdrawn() {
        let requests = Requests::default();
        requests.answered().await;
        requests.begin(&RequestId::Number(1));
        requests.withdraw(&RequestId::Number(1));
        requests.answered().await;
    }
}
