//! Copies of the whole database that can be restored.

use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::{Connection, backup::Backup};
use serde_json::{Value, json};

use super::{clock, lock::lock};
use crate::{
    identity::{iso, new_id},
    wire::Refusal,
};

/// A copy of a database, in memory.
#[derive(Debug, Clone)]
pub(crate) struct Image(Arc<Mutex<Connection>>);

impl Image {
    /// Copies a database.
    pub(crate) fn of(db: &Connection) -> rusqlite::Result<Self> {
        let mut copy = Connection::open_in_memory()?;
        copy_all(db, &mut copy)?;
        Ok(copy.into())
    }

    /// Replaces the content of another database by this copy.
    pub(crate) fn write_to(&self, db: &mut Connection) -> rusqlite::Result<()> {
        copy_all(&self.lock(), db)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        lock(&self.0)
    }
}

impl From<Connection> for Image {
    fn from(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(connection)))
    }
}

fn copy_all(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    const EVERY_PAGE: i32 = -1;
    Backup::new(from, to)?.step(EVERY_PAGE).map(|_| ())
}

/// The snapshots that users took.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    kept: Mutex<Vec<Snapshot>>,
}

#[derive(Debug)]
struct Snapshot {
    id: String,
    name: Option<String>,
    created_at: String,
    image: Image,
}

impl Snapshots {
    /// Takes a snapshot of the database.
    pub(crate) fn take(&self, db: &Connection, name: Option<String>) -> Result<Value, Refusal> {
        let mut kept = lock(&self.kept);
        if name
            .as_ref()
            .is_some_and(|name| kept.iter().any(|other| other.is(name)))
        {
            return Err(Refusal::conflict(
                "A snapshot with this name already exists",
            ));
        }
        let snapshot = Snapshot {
            id: new_id(),
            name,
            created_at: iso(clock::now(db)?),
            image: Image::of(db)?,
        };
        let wire = snapshot.to_json();
        kept.push(snapshot);
        Ok(wire)
    }

    pub(crate) fn to_json(&self) -> Vec<Value> {
        lock(&self.kept).iter().map(Snapshot::to_json).collect()
    }

    pub(crate) fn delete(&self, reference: &str) -> Result<(), Refusal> {
        let mut kept = lock(&self.kept);
        let before = kept.len();
        kept.retain(|snapshot| !snapshot.is(reference));
        if kept.len() == before {
            return Err(Refusal::not_found("snapshot"));
        }
        Ok(())
    }

    pub(crate) fn image(&self, reference: &str) -> Result<Image, Refusal> {
        let kept = lock(&self.kept);
        let snapshot = kept.iter().find(|snapshot| snapshot.is(reference));
        let snapshot = snapshot.ok_or_else(|| Refusal::not_found("snapshot"))?;
        Ok(snapshot.image.clone())
    }
}

impl Snapshot {
    fn is(&self, reference: &str) -> bool {
        self.id == reference || self.name.as_deref() == Some(reference)
    }

    fn to_json(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "created_at": self.created_at, "object": "snapshot" })
    }
}
