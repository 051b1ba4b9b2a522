//! Eight people. Ada owns the place.

use rusqlite::params;

use super::Seed;
use crate::{identity::seeded_id, store::Queries as _};

/// First name, last name, role, and how many days ago they came.
const PEOPLE: &[(&str, &str, &str, i64)] = &[
    ("Ada", "Nilsen", "owner", 420),
    ("Bruno", "Costa", "admin", 400),
    ("Chidi", "Okafor", "admin", 312),
    ("Dana", "Weiss", "member", 250),
    ("Emil", "Lund", "member", 201),
    ("Farah", "Haddad", "member", 140),
    ("Grace", "Kim", "member", 77),
    ("Hugo", "Martin", "member", 21),
];

/// The address of a person by first name; also what requests of theirs carry as `_user`.
pub(crate) fn email(first_name: &str) -> String {
    format!("{}@northwind.example", first_name.to_lowercase())
}

/// The UUID of a person by first name.
pub(crate) fn id(first_name: &str) -> String {
    seeded_id(&email(first_name))
}

pub(super) fn fill(seed: &Seed<'_>) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO users (id, email, first_name, last_name, role, created_at, last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
    for (first, last, role, days) in PEOPLE {
        let since = seed.days_ago(*days);
        let row = params![id(first), email(first), first, last, role, since];
        seed.db.run(sql, row)?;
    }
    Ok(())
}
