//! The requests of a client that are not answered yet.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use parking_lot::Mutex;
use rmcp::model::RequestId;
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

/// Requests that were withdrawn of late. The SDK may still be busy with them, and would take their answers for those of
/// later requests with the same ids.
const WITHDRAWN: usize = 1000;

/// Such requests, by their ids. Clones share them.
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
    /// Takes a request in, unless another has its id.
    pub(super) fn begin(&self, id: &RequestId) -> bool {
        let mut ids = self.ids.lock();
        let hash = ids.hasher.hash_one(id);
        let is_new = !ids.open.contains_key(id) && !ids.withdrawn.contains(&hash);
        if is_new {
            ids.open.insert(id.clone(), self.tracker.token());
        }
        is_new
    }

    /// Lets a request go that is answered.
    pub(super) fn end(&self, id: &RequestId) {
        let mut ids = self.ids.lock();
        let hash = ids.hasher.hash_one(id);
        ids.open.remove(id);
        ids.withdrawn.retain(|withdrawn| *withdrawn != hash);
    }

    /// Waits no more for a request that its client does not want answered.
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

    /// Waits until all are answered.
    pub(super) async fn answered(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_free_once_its_request_is_answered_and_not_while_it_is_only_withdrawn() {
        let requests = Requests::default();
        let id = RequestId::Number(1);
        assert!(requests.begin(&id) && !requests.begin(&id));
        requests.end(&id);
        assert!(requests.begin(&id));
        requests.withdraw(&id);
        assert!(!requests.begin(&id));
        requests.end(&id);
        assert!(requests.begin(&id));
        for number in 2..=2 * i64::try_from(WITHDRAWN).unwrap() {
            requests.begin(&RequestId::Number(number));
            requests.withdraw(&RequestId::Number(number));
        }
        assert_eq!(requests.ids.lock().withdrawn.len(), WITHDRAWN);
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
