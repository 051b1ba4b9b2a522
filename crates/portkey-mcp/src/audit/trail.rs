//! What a call sends, noted where it is sent, however deep in the call that is.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use portkey_api::Request;
use portkey_client::{Answer, Error};
use serde::Serialize;

tokio::task_local! {
    static TRAIL: Trail;
}

/// Requests that an entry names; a call of more has shown what it does.
const NAMED: usize = 20;
/// Longer paths are cut; the API's ids are far shorter.
const PATH: usize = 300;

/// A request that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Method and path, such as `DELETE configs/pc-x`.
    pub request: String,
    /// The status that came back, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What Portkey's support finds it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

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
}

impl Trail {
    /// Runs `call`, noting what it sends.
    pub(crate) async fn follow<T>(&self, call: impl Future<Output = T>) -> T {
        TRAIL.scope(self.clone(), call).await
    }

    /// Hands out what was noted.
    pub(crate) fn noted(&self) -> Noted {
        self.with(std::mem::take)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Noted) -> T) -> T {
        // Whoever panicked left nothing half done.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Noted {
    fn add(&mut self, sent: Sent) {
        if self.sent.len() < NAMED {
            self.sent.push(sent);
        } else {
            self.more += 1;
        }
    }
}

/// Notes a request of the call that is being made.
pub(crate) fn request_answered(request: &Request, answer: &Result<Answer, Error>) {
    let (status, trace_id) = match answer {
        Ok(answer) => (Some(answer.status), answer.trace_id.clone()),
        Err(Error::Refused(refusal)) => (Some(refusal.status), refusal.trace_id.clone()),
        Err(_) => (None, None),
    };
    let sent = Sent {
        request: format!("{} {}", request.method, path(&request.target)),
        status,
        trace_id: trace_id.map(|id| id.chars().take(PATH).collect()),
    };
    // Whoever asks outside of a call, such as for the owner of a key, leaves no trail.
    _ = TRAIL.try_with(|trail| trail.with(|noted| noted.add(sent)));
}

/// Notes that somebody agreed to what the call that is being made destroys, and how: such as `token`.
pub fn confirmed(how: &str) {
    _ = TRAIL.try_with(|trail| trail.with(|noted| noted.confirmed = Some(how.to_owned())));
}

/// The path of a target, without the query, which may hold what was searched for.
pub(crate) fn path(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    path.trim_start_matches('/').chars().take(PATH).collect()
}
