//! The sessions in the memory of this replica, and how many requests use each.

use std::{
    cmp::Reverse,
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::Method;
use parking_lot::Mutex;

use crate::metrics::GaugeGuard;

/// The sessions in memory.
#[derive(Debug, Default)]
pub(super) struct LiveSessions {
    sessions: Mutex<Counted>,
}

/// Sessions, and how many of them each owner has. Each request asks for both, so they are not counted anew.
#[derive(Debug, Default)]
struct Counted {
    by_id: HashMap<Arc<str>, Session>,
    of_owner: HashMap<Arc<str>, usize>,
}

impl Counted {
    fn get_or_add(&mut self, id: Arc<str>, owner: &str) -> &mut Session {
        match self.by_id.entry(id) {
            Entry::Occupied(session) => session.into_mut(),
            Entry::Vacant(place) => {
                let session = place.insert(Session::unused(owner));
                *self.of_owner.entry(Arc::clone(&session.owner)).or_default() += 1;
                session
            }
        }
    }

    fn remove(&mut self, id: &str) {
        let Some(session) = self.by_id.remove(id) else {
            return;
        };
        if let Some(count) = self.of_owner.get_mut(&session.owner) {
            *count -= 1;
            if *count == 0 {
                self.of_owner.remove(&session.owner);
            }
        }
    }

    fn count(&self, owner: &str) -> usize {
        self.of_owner.get(owner).copied().unwrap_or_default()
    }
}

#[derive(Debug)]
struct Session {
    /// The principal that opened it; empty if the client left before it was counted.
    owner: Arc<str>,
    last_used: Instant,
    /// Calls in flight.
    calls: usize,
    /// Open streams for messages of the server. They keep a session from expiring, but not from being closed when there
    /// are too many: otherwise a client could keep any number of sessions by opening streams.
    streams: usize,
    _gauge: GaugeGuard,
}

/// Counts as one use of a session until it is dropped.
#[derive(Debug)]
pub(super) struct SessionUse {
    id: Arc<str>,
    is_stream: bool,
    live: Arc<LiveSessions>,
}

impl LiveSessions {
    /// Counts a use of a session, and adds the session if this replica does not have it.
    pub(super) fn enter(self: &Arc<Self>, id: &str, owner: &str, method: &Method) -> SessionUse {
        let is_stream = method == Method::GET;
        let id: Arc<str> = id.into();
        let mut sessions = self.sessions.lock();
        let session = sessions.get_or_add(Arc::clone(&id), owner);
        *session.users(is_stream) += 1;
        session.last_used = Instant::now();
        SessionUse {
            id,
            is_stream,
            live: Arc::clone(self),
        }
    }

    /// Counts a use of a session, if this replica has it and there are not too many sessions. It is not closed from then
    /// on, since only sessions without a use are removed.
    pub(super) fn enter_known(
        self: &Arc<Self>,
        id: &str,
        method: &Method,
        most: usize,
        share: usize,
    ) -> Option<SessionUse> {
        let is_stream = method == Method::GET;
        let mut sessions = self.sessions.lock();
        let sessions = &mut *sessions;
        let (id, session) = sessions.by_id.get_key_value(id)?;
        let is_surplus = sessions.by_id.len() > most || sessions.count(&session.owner) > share;
        // A stream alone does not keep a session from being closed.
        if is_surplus || is_stream {
            return None;
        }
        let id = Arc::clone(id);
        let session = sessions.by_id.get_mut(&id)?;
        *session.users(is_stream) += 1;
        session.last_used = Instant::now();
        Some(SessionUse {
            id,
            is_stream,
            live: Arc::clone(self),
        })
    }

    /// Adds a session that is not in use.
    pub(super) fn add(&self, id: &str, owner: &str) {
        self.sessions.lock().get_or_add(id.into(), owner);
    }

    pub(super) fn remove(&self, id: &str) {
        self.sessions.lock().remove(id);
    }

    /// Removes one session if there are more than `most`, or more than `share` of the owner of `newcomer`, which itself
    /// stays. It is one of the owner with the most sessions, and never one of an owner with as few as the newcomer's.
    pub(super) fn evict_surplus(&self, most: usize, share: usize, newcomer: &str) -> Eviction {
        let mut all = self.sessions.lock();
        let sessions = &all.by_id;
        let count = |owner: &str| all.count(owner);
        let owner = sessions.get(newcomer).map(|session| &session.owner);
        let own = owner.map_or(0, |owner| count(owner));
        let is_over_share = own > share;
        if !is_over_share && sessions.len() <= most {
            return Eviction::Unneeded;
        }
        let is_yielding = |session: &Session| {
            let is_own = owner.is_some_and(|owner| *owner == session.owner);
            // For an owner's only session the idlest of all goes, if no owner has more than one.
            is_own || (!is_over_share && (own <= 1 || count(&session.owner) > own))
        };
        let yielding = sessions.iter().filter(|(id, session)| {
            session.calls == 0 && id.as_ref() != newcomer && is_yielding(session)
        });
        let idlest =
            yielding.min_by_key(|(_, session)| (Reverse(count(&session.owner)), session.last_used));
        let Some(id) = idlest.map(|(id, _)| Arc::clone(id)) else {
            return Eviction::AllBusy;
        };
        all.remove(&id);
        Eviction::Evicted(id)
    }

    /// Removes a session that has been idle for so long.
    pub(super) fn take_idle(&self, age: Duration) -> Option<Arc<str>> {
        let mut sessions = self.sessions.lock();
        let (id, _) = sessions
            .by_id
            .iter()
            .find(|(_, session)| !session.is_used() && session.last_used.elapsed() >= age)?;
        let id = Arc::clone(id);
        sessions.remove(&id);
        Some(id)
    }

    /// The sessions in use.
    pub(super) fn used(&self) -> Vec<Arc<str>> {
        let sessions = self.sessions.lock();
        let used = sessions
            .by_id
            .iter()
            .filter(|(_, session)| session.is_used());
        used.map(|(id, _)| Arc::clone(id)).collect()
    }
}

/// What `evict_surplus` did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Eviction {
    /// There are not too many sessions.
    Unneeded,
    /// This session was removed.
    Evicted(Arc<str>),
    /// Every session that could be removed has a running call.
    AllBusy,
}

impl Session {
    fn unused(owner: &str) -> Self {
        Self {
            owner: owner.into(),
            last_used: Instant::now(),
            calls: 0,
            streams: 0,
            _gauge: GaugeGuard::session(),
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

impl Drop for SessionUse {
    fn drop(&mut self) {
        if let Some(session) = self.live.sessions.lock().by_id.get_mut(&self.id) {
            let users = session.users(self.is_stream);
            // The count of a session that was closed and reopened meanwhile does not include this use.
            *users = users.saturating_sub(1);
            session.last_used = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_idlest_without_a_call_makes_room() {
        let live = Arc::new(LiveSessions::default());
        for id in ["a", "b", "c"] {
            live.add(id, "ada");
        }
        let call = live.enter("a", "ada", &Method::POST);
        let _stream = live.enter("b", "ada", &Method::GET);
        assert_eq!(live.evict_surplus(3, 3, "c"), Eviction::Unneeded);
        assert_eq!(live.evict_surplus(2, 3, "c"), Eviction::Evicted("b".into()));
        assert_eq!(live.evict_surplus(1, 3, "c"), Eviction::AllBusy);
        drop(call);
        assert_eq!(live.evict_surplus(1, 3, "c"), Eviction::Evicted("a".into()));
    }

    #[test]
    fn whoever_has_the_most_makes_room() {
        let live = Arc::new(LiveSessions::default());
        for (id, owner) in [("a", "ada"), ("b1", "bob"), ("b2", "bob"), ("b3", "bob")] {
            live.add(id, owner);
        }
        // The idlest of all is ada's.
        assert_eq!(
            live.evict_surplus(3, 9, "b3"),
            Eviction::Evicted("b1".into())
        );
        live.add("c", "carl");
        assert_eq!(
            live.evict_surplus(3, 9, "c"),
            Eviction::Evicted("b2".into())
        );
        live.add("d", "dora");
        assert_eq!(live.evict_surplus(3, 9, "d"), Eviction::Evicted("a".into()));
        live.add("d2", "dora");
        let _call = live.enter("d", "dora", &Method::POST);
        assert_eq!(live.evict_surplus(3, 9, "d2"), Eviction::AllBusy);
    }

    proptest! {
        #[test]
        fn nobody_loses_a_session_to_somebody_who_has_as_many(
            opened in proptest::collection::vec(0_u8..5, 1..60),
            most in 2_usize..9,
            share in 1_usize..9,
        ) {
            let live = Arc::new(LiveSessions::default());
            let counted = |live: &LiveSessions| {
                let sessions = live.sessions.lock();
                let mut counts: HashMap<Arc<str>, usize> = HashMap::new();
                for session in sessions.by_id.values() {
                    *counts.entry(Arc::clone(&session.owner)).or_default() += 1;
                }
                counts == sessions.of_owner
            };
            let mut owners: HashMap<Arc<str>, String> = HashMap::new();
            for (number, owner) in opened.iter().enumerate() {
                let (id, owner) = (number.to_string(), owner.to_string());
                live.add(&id, &owner);
                owners.insert(id.as_str().into(), owner.clone());
                while let Eviction::Evicted(gone) = live.evict_surplus(most, share, &id) {
                    let count = |owner: &str| owners.values().filter(|other| *other == owner).count();
                    let loser = owners[&gone].clone();
                    let is_fair = loser == owner || count(&loser) > count(&owner) || count(&owner) == 1;
                    prop_assert!(is_fair, "{loser} for {owner}");
                    owners.remove(&gone);
                }
                prop_assert!(counted(&live));
                prop_assert!(owners.len() <= most);
                prop_assert!(owners.values().filter(|other| **other == owner).count() <= share);
                prop_assert!(owners.contains_key(id.as_str()));
            }
        }
    }

    #[test]
    fn what_is_used_does_not_grow_old() {
        let live = Arc::new(LiveSessions::default());
        let call = live.enter("a", "ada", &Method::POST);
        let stream = live.enter("b", "ada", &Method::GET);
        assert_eq!(live.take_idle(Duration::ZERO), None);
        assert_eq!(live.used().len(), 2);
        drop(call);
        assert_eq!(live.take_idle(Duration::ZERO), Some("a".into()));
        drop(stream);
        assert_eq!(live.take_idle(Duration::from_hours(1)), None);
    }
}
