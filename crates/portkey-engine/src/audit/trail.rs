//! The requests that a call sends. Every function that sends a request for a call gets the trail of that call.

use std::sync::{Arc, Mutex, PoisonError};

use portkey_api_core::Request;
use portkey_client::{Answer, Error};
use serde::Serialize;

use super::Excerpt;

/// The number of requests that an entry lists. Later ones are only counted.
const MOST_LISTED: usize = 20;

/// A request that was sent. Without a status, it is not known whether Portkey carried it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Method and path, such as `DELETE configs/pc-x`.
    pub request: Excerpt,
    /// The HTTP status of the answer, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The id by which Portkey's support can find the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<Excerpt>,
}

/// A request that was sent and has no answer yet. If none is ever recorded, the request remains in the trail without a
/// status.
#[derive(Debug)]
#[must_use]
pub(crate) struct OnItsWay {
    trail: Trail,
    /// The index of the request in the list of the entry, if the list has it.
    named: Option<usize>,
}

/// The requests of one call. Clones share them, so that parts of the call can run on other tasks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail(Arc<Mutex<Noted>>);

/// What is recorded while a call runs.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// The first requests.
    pub(crate) sent: Vec<Sent>,
    /// The number of requests after those.
    pub(crate) more: usize,
    /// How the destructive call was confirmed, such as `token`.
    pub(crate) confirmed: Option<String>,
    /// Whether the entry of the call is written already, so that it cannot list further requests.
    is_closed: bool,
}

/// The call has ended, although parts of it may still run. No request may be sent for it.
#[derive(Debug)]
pub(crate) struct Over;

impl Trail {
    /// Records a request before it is sent. Fails after [`Trail::close`]: parts of a cancelled call may run for a
    /// moment longer, and must not send a request that no entry would list.
    pub(crate) fn begin(&self, request: &Request) -> Result<OnItsWay, Over> {
        let text = Excerpt::of(format!("{} {}", request.method, path(&request.target)));
        let named = self.with(|noted| noted.add(text))?;
        let trail = self.clone();
        Ok(OnItsWay { trail, named })
    }

    /// Records that the destructive call was confirmed, and how, such as `token`.
    pub(crate) fn confirmed(&self, how: &str) {
        self.with(|noted| noted.confirmed = Some(how.to_owned()));
    }

    /// Returns what was recorded. From now on, no request may be sent for the call.
    pub(crate) fn close(&self) -> Noted {
        let closed = Noted {
            is_closed: true,
            ..Noted::default()
        };
        self.with(|noted| std::mem::replace(noted, closed))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Noted) -> T) -> T {
        // A panic cannot leave the value half changed.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Noted {
    /// Adds a request, and returns its index if it is listed.
    fn add(&mut self, request: Excerpt) -> Result<Option<usize>, Over> {
        if self.is_closed {
            return Err(Over);
        }
        if self.sent.len() >= MOST_LISTED {
            self.more += 1;
            return Ok(None);
        }
        self.sent.push(Sent {
            request,
            status: None,
            trace_id: None,
        });
        Ok(Some(self.sent.len() - 1))
    }
}

impl OnItsWay {
    /// Records the answer.
    pub(crate) fn answered(self, answer: &Result<Answer, Error>) {
        let Some(named) = self.named else {
            return;
        };
        let (status, trace_id) = match answer {
            Ok(answer) => (Some(answer.status), answer.trace_id.as_deref()),
            Err(Error::Refused(refusal)) => (Some(refusal.status), refusal.trace_id.as_deref()),
            Err(_) => (None, None),
        };
        self.trail.with(|noted| {
            if let Some(sent) = noted.sent.get_mut(named) {
                sent.status = status;
                sent.trace_id = trace_id.map(Excerpt::of);
            }
        });
    }
}

/// Returns the path of a target, without the query, which may contain search terms.
pub(crate) fn path(target: &str) -> Excerpt {
    let path = target.split('?').next().unwrap_or_default();
    Excerpt::of(path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use portkey_api::{Paging, workspaces::ListWorkspaces};

    use super::*;

    fn request() -> Request {
        let list = ListWorkspaces {
            paging: Paging::first(1),
            name: None,
            exact_name: None,
            status: None,
        };
        Request::to(&list).unwrap()
    }

    #[test]
    fn nothing_is_sent_for_a_call_whose_entry_is_written() {
        let trail = Trail::default();
        assert!(trail.begin(&request()).is_ok());
        assert_eq!(trail.close().sent.len(), 1);
        assert!(trail.begin(&request()).is_err());
        assert!(trail.close().sent.is_empty());
    }

    #[tokio::test]
    async fn what_another_task_sends_for_a_call_is_in_the_trail_of_that_call() {
        let (trail, other) = (Trail::default(), Trail::default());
        let of_call = trail.clone();
        tokio::spawn(async move { drop(of_call.begin(&request())) })
            .await
            .unwrap();
        trail.confirmed("token");
        let noted = trail.close();
        assert_eq!(noted.sent.len(), 1);
        assert_eq!(noted.confirmed.as_deref(), Some("token"));
        assert!(other.close().sent.is_empty());
    }

    #[test]
    fn requests_beyond_the_named_ones_are_counted() {
        let trail = Trail::default();
        for _ in 0..MOST_LISTED + 3 {
            assert!(trail.begin(&request()).is_ok());
        }
        let noted = trail.close();
        assert_eq!((noted.sent.len(), noted.more), (MOST_LISTED, 3));
    }
}
