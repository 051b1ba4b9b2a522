//! What a call sends, noted where it is sent, however deep in the call that is.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use portkey_api::Request;
use portkey_client::{Answer, Error};
use serde::Serialize;

use super::Excerpt;

tokio::task_local! {
    static TRAIL: Trail;
}

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
pub(crate) struct OnItsWay(Option<(Trail, usize)>);

/// The requests of one call.
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
    /// Runs `call`, noting what it sends.
    pub(crate) async fn follow<T>(&self, call: impl Future<Output = T>) -> T {
        TRAIL.scope(self.clone(), call).await
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

/// The same work, noting in the trail that is followed here wherever it is done.
pub(crate) fn in_same_trail<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let trail = TRAIL.try_with(Clone::clone).ok();
    async move {
        match trail {
            Some(trail) => trail.follow(work).await,
            None => work.await,
        }
    }
}

/// Notes a request of the call that is being made, before it is sent. A call that was broken off may still compute for a
/// moment, and must not send what nobody would know of.
pub(crate) fn request_begun(request: &Request) -> Result<OnItsWay, Over> {
    let text = Excerpt::of(format!("{} {}", request.method, path(&request.target)));
    // Whoever asks outside of a call, such as for the owner of a key, leaves no trail.
    let noted = TRAIL.try_with(|trail| {
        let place = trail.with(|noted| noted.add(text))?;
        Ok(place.map(|place| (trail.clone(), place)))
    });
    noted.unwrap_or(Ok(None)).map(OnItsWay)
}

impl OnItsWay {
    /// Notes what came back.
    pub(crate) fn answered(self, answer: &Result<Answer, Error>) {
        let Some((trail, place)) = self.0 else {
            return;
        };
        let (status, trace_id) = match answer {
            Ok(answer) => (Some(answer.status), answer.trace_id.as_deref()),
            Err(Error::Refused(refusal)) => (Some(refusal.status), refusal.trace_id.as_deref()),
            Err(_) => (None, None),
        };
        trail.with(|noted| {
            if let Some(sent) = noted.sent.get_mut(place) {
                sent.status = status;
                sent.trace_id = trace_id.map(Excerpt::of);
            }
        });
    }
}

/// Notes that somebody agreed to what the call that is being made destroys, and how: such as `token`.
pub fn confirmed(how: &str) {
    _ = TRAIL.try_with(|trail| trail.with(|noted| noted.confirmed = Some(how.to_owned())));
}

/// The path of a target, without the query, which may hold what was searched for.
pub(crate) fn path(target: &str) -> Excerpt {
    let path = target.split('?').next().unwrap_or_default();
    Excerpt::of(path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use portkey_api::{PageSize, workspaces::ListWorkspaces};

    use super::*;

    #[tokio::test]
    async fn nothing_is_sent_for_a_call_whose_entry_is_written() {
        let list = ListWorkspaces {
            current_page: None,
            page_size: Some(PageSize(1)),
            all: None,
            name: None,
            exact_name: None,
            status: None,
        };
        let request = Request::to(&list).unwrap();
        let trail = Trail::default();
        let (before, after) = trail
            .follow(async {
                let before = request_begun(&request).is_ok();
                assert_eq!(trail.close().sent.len(), 1);
                (before, request_begun(&request).is_ok())
            })
            .await;
        assert!(before && !after);
        assert!(trail.close().sent.is_empty());
        // What belongs to no call leaves no trail.
        assert!(request_begun(&request).is_ok());
    }
}
