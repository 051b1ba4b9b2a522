//! What a call sends, noted where it is sent: whatever sends a request for a call is handed the trail of that call.

use std::sync::{Arc, Mutex, PoisonError};

use portkey_api_core::Request;
use portkey_client::{Answer, Error};
use serde::Serialize;

use super::Excerpt;

/// Requests that an entry names; a call of more has shown what it does.
const NAMED: usize = 20;

/// A request that was sent. Where no status came back, nobody knows whether it was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Method and path, such as `DELETE configs/pc-x`.
    pub request: Excerpt,
    /// The status that came back, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What Portkey's support finds it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<Excerpt>,
}

/// A request that is on its way, to be told how it was answered. If it never is, the request is noted all the same.
#[derive(Debug)]
#[must_use]
pub(crate) struct OnItsWay {
    trail: Trail,
    /// Its index among the requests that the entry names, if it is one of them.
    named: Option<usize>,
}

/// The requests of one call. Clones share them, so that a part of the call may run on another task.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail(Arc<Mutex<Noted>>);

/// What is known of a call once it runs.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// The first requests.
    pub(crate) sent: Vec<Sent>,
    /// How many came after them.
    pub(crate) more: usize,
    /// How somebody agreed to what the call destroys.
    pub(crate) confirmed: Option<String>,
    /// Whether the entry of the call is written: nothing that is noted later would be in it.
    is_closed: bool,
}

/// The call is over, whatever still runs of it, and nothing more may be sent for it.
#[derive(Debug)]
pub(crate) struct Over;

impl Trail {
    /// Notes a request before it is sent. A call that was broken off may still compute for a moment, and must not send
    /// what nobody would know of.
    pub(crate) fn begin(&self, request: &Request) -> Result<OnItsWay, Over> {
        let text = Excerpt::of(format!("{} {}", request.method, path(&request.target)));
        let named = self.with(|noted| noted.add(text))?;
        let trail = self.clone();
        Ok(OnItsWay { trail, named })
    }

    /// Notes that somebody agreed to what the call destroys, and how: such as `token`.
    pub(crate) fn confirmed(&self, how: &str) {
        self.with(|noted| noted.confirmed = Some(how.to_owned()));
    }

    /// Hands out what was noted. From now on nothing more is sent for the call.
    pub(crate) fn close(&self) -> Noted {
        let closed = Noted {
            is_closed: true,
            ..Noted::default()
        };
        self.with(|noted| std::mem::replace(noted, closed))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Noted) -> T) -> T {
        // Whoever panicked left nothing half done.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Noted {
    /// Adds a request, and says where it is if it is named.
    fn add(&mut self, request: Excerpt) -> Result<Option<usize>, Over> {
        if self.is_closed {
            return Err(Over);
        }
        if self.sent.len() >= NAMED {
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
    /// Notes what came back.
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

/// The path of a target, without the query, which may hold what was searched for.
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
        for _ in 0..NAMED + 3 {
            assert!(trail.begin(&request()).is_ok());
        }
        let noted = trail.close();
        assert_eq!((noted.sent.len(), noted.more), (NAMED, 3));
    }
}
