//! The sessions that this replica holds in memory, and who is using them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::Method;

use crate::metrics::Counted;

/// The sessions in memory.
#[derive(Debug, Default)]
pub(super) struct Live {
    sessions: Mutex<HashMap<Arc<str>, Session>>,
}

#[derive(Debug)]
struct Session {
    last_used: Instant,
    /// Messages that are being answered.
    calls: usize,
    /// Streams on which the server may speak up. They keep a session from growing old, not from making room: a
    /// client that has one open opens the next session as easily.
    streams: usize,
    _counted: Counted,
}

/// A session being used, until the last of its holders lets go.
#[derive(Debug)]
pub(super) struct Use {
    id: Arc<str>,
    is_stream: bool,
    live: Arc<Live>,
}

impl Live {
    /// Notes that a session is used, and holds it in this replica from now on.
    pub(super) fn enter(self: &Arc<Self>, id: &str, method: &Method) -> Use {
        let is_stream = method == Method::GET;
        let id: Arc<str> = id.into();
        let mut sessions = self.sessions();
        let session = sessions
            .entry(Arc::clone(&id))
            .or_insert_with(Session::unused);
        *session.users(is_stream) += 1;
        session.last_used = Instant::now();
        Use {
            id,
            is_stream,
            live: Arc::clone(self),
        }
    }

    /// Notes a session that nobody has used yet.
    pub(super) fn add(&self, id: &str) {
        let mut sessions = self.sessions();
        sessions.entry(id.into()).or_insert_with(Session::unused);
    }

    pub(super) fn remove(&self, id: &str) {
        self.sessions().remove(id);
    }

    /// Takes out the idlest session if there are more than `most`. `spared` stays. Answers its id, or that there
    /// is none to take.
    pub(super) fn take_idlest(&self, most: usize, spared: &str) -> Crowding {
        let mut sessions = self.sessions();
        if sessions.len() <= most {
            return Crowding::None;
        }
        let idle = sessions
            .iter()
            .filter(|(id, session)| session.calls == 0 && id.as_ref() != spared);
        let idlest = idle.min_by_key(|(_, session)| session.last_used);
        let Some(id) = idlest.map(|(id, _)| Arc::clone(id)) else {
            return Crowding::AllBusy;
        };
        sessions.remove(&id);
        Crowding::Idlest(id)
    }

    /// Takes out a session that nobody has used for so long.
    pub(super) fn take_old(&self, age: Duration) -> Option<Arc<str>> {
        let mut sessions = self.sessions();
        let (id, _) = sessions
            .iter()
            .find(|(_, session)| !session.is_used() && session.last_used.elapsed() >= age)?;
        let id = Arc::clone(id);
        sessions.remove(&id);
        Some(id)
    }

    /// The sessions that somebody is using right now.
    pub(super) fn used(&self) -> Vec<Arc<str>> {
        let sessions = self.sessions();
        let used = sessions.iter().filter(|(_, session)| session.is_used());
        used.map(|(id, _)| Arc::clone(id)).collect()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Arc<str>, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What can be done about too many sessions.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Crowding {
    /// There are not too many.
    None,
    /// This one went.
    Idlest(Arc<str>),
    /// All have a running call.
    AllBusy,
}

impl Session {
    fn unused() -> Self {
        Self {
            last_used: Instant::now(),
            calls: 0,
            streams: 0,
            _counted: Counted::session(),
        }
    }

    fn users(&mut self, is_stream: bool) -> &mut usize {
        if is_stream {
            &mut self.streams
        } else {
            &mut self.calls
        }
    }

    fn is_used(&self) -> bool {
        self.calls + self.streams > 0
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        if let Some(session) = self.live.sessions().get_mut(&self.id) {
            let users = session.users(self.is_stream);
            // Nobody counts those of a session that went and came again meanwhile.
            *users = users.saturating_sub(1);
            session.last_used = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idlest_without_a_call_makes_room() {
        let live = Arc::new(Live::default());
        for id in ["a", "b", "c"] {
            live.add(id);
        }
        let call = live.enter("a", &Method::POST);
        let _stream = live.enter("b", &Method::GET);
        assert_eq!(live.take_idlest(3, "c"), Crowding::None);
        assert_eq!(live.take_idlest(2, "c"), Crowding::Idlest("b".into()));
        assert_eq!(live.take_idlest(1, "c"), Crowding::AllBusy);
        drop(call);
        assert_eq!(live.take_idlest(1, "c"), Crowding::Idlest("a".into()));
    }

    #[test]
    fn what_is_used_does_not_grow_old() {
        let live = Arc::new(Live::default());
        let call = live.enter("a", &Method::POST);
        let stream = live.enter("b", &Method::GET);
        assert_eq!(live.take_old(Duration::ZERO), None);
        assert_eq!(live.used().len(), 2);
        drop(call);
        assert_eq!(live.take_old(Duration::ZERO), Some("a".into()));
        drop(stream);
        assert_eq!(live.take_old(Duration::from_hours(1)), None);
    }
}
