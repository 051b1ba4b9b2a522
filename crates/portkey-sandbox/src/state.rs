//! The state of a running sandbox, and the state it started with.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use portkey_api::Edition;
use rusqlite::Connection;

use crate::{
    faults::{Faults, Rule},
    seed::{self, Seed},
    store::{self, Image, Keys, Plan, ReadLag, Snapshots, Store},
    tokens::Tokens,
    wire::Refusal,
};

/// The state that requests share.
#[derive(Debug)]
pub(crate) struct SandboxState {
    /// The edition that it stands in for.
    pub(crate) edition: Edition,
    pub(crate) store: Store,
    pub(crate) faults: Arc<Faults>,
    pub(crate) snapshots: Snapshots,
    pub(crate) read_lag: ReadLag,
    /// The tokens of an emulated Prisma AIRS.
    pub(crate) tokens: Tokens,
    pub(crate) initial: InitialState,
    /// Whether other machines can reach it, in which case its controls need a key.
    pub(crate) is_exposed: bool,
}

/// What the sandbox was started with, and is reset to.
#[derive(Debug)]
pub(crate) struct InitialState {
    pub(crate) keys: Keys,
    pub(crate) seed: Seed,
    pub(crate) plan: Option<Plan>,
    pub(crate) faults: Vec<Rule>,
    /// The database as it was filled last. Copying it is faster than filling another.
    filled: Mutex<Option<(Timestamp, Image)>>,
}

/// How long a filled database may be copied. Its content is dated relative to the moment of filling.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

impl SandboxState {
    pub(crate) fn new(edition: Edition, initial: InitialState, is_exposed: bool) -> Self {
        let faults = Faults::default();
        faults.replace(initial.faults.clone());
        Self {
            edition,
            store: Store::default(),
            faults: faults.into(),
            snapshots: Snapshots::default(),
            read_lag: ReadLag::default(),
            tokens: Tokens::default(),
            initial,
            is_exposed,
        }
    }

    /// Resets the data, the plan, the clock and the faults. Snapshots stay.
    pub(crate) fn reset(&self) -> Result<(), Refusal> {
        self.initial.restore(&self.store, Timestamp::now())?;
        self.read_lag.forget();
        self.faults.replace(self.initial.faults.clone());
        Ok(())
    }

    /// Restores a snapshot. Faults stay as they are.
    pub(crate) fn restore(&self, snapshot: &str) -> Result<(), Refusal> {
        let image = self.snapshots.image(snapshot)?;
        image.write_to(&mut *self.store.lock()?)?;
        self.read_lag.forget();
        Ok(())
    }
}

impl InitialState {
    pub(crate) fn new(keys: Keys, seed: Seed, plan: Option<Plan>, faults: Vec<Rule>) -> Self {
        Self {
            keys,
            seed,
            plan,
            faults,
            filled: Mutex::default(),
        }
    }

    /// Fills a database if it is empty, and sets the plan in either case if one was given.
    pub(crate) fn fill(&self, db: &mut Connection, now: Timestamp) -> Result<(), Refusal> {
        seed::fill(db, &self.keys, self.seed, now)?;
        self.plan.map_or(Ok(()), |plan| Ok(plan.put(db)?))
    }

    fn restore(&self, store: &Store, now: Timestamp) -> Result<(), Refusal> {
        let mut filled = store::lock(&self.filled);
        let fresh = filled
            .take()
            .filter(|(made, _)| now.duration_since(*made) < FRESH);
        let fresh = fresh.map_or_else(|| self.image(now), Ok)?;
        let (_, image) = filled.insert(fresh);
        Ok(image.write_to(&mut *store.lock()?)?)
    }

    fn image(&self, now: Timestamp) -> Result<(Timestamp, Image), Refusal> {
        let mut connection = store::blank(&self.keys)?;
        self.fill(&mut connection, now)?;
        Ok((now, Image::from(connection)))
    }
}
