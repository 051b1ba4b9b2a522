//! People of the demo: eight, of whom Ada is the owner.

use rusqlite::params;

use super::seeding::Seeding;
use crate::{identity::seeded_id, store::Queries as _};

/// First name, last name, role, and how many days ago they joined.
type Person<'a> = (&'a str, &'a str, &'a str, i64);

/// The people in every sandbox.
const FOUNDERS: &[Person<'_>] = &[
    ("Ada", "Nilsen", "owner", 420),
    ("Emil", "Lund", "member", 201),
];

const OTHERS: &[Person<'_>] = &[
    ("Bruno", "Costa", "admin", 400),
    ("Chidi", "Okafor", "admin", 312),
    ("Dana", "Weiss", "member", 250),
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

pub(super) fn start(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let mut people = FOUNDERS.iter();
    people.try_for_each(|person| add(seed, &email(person.0), person))
}

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let mut people = OTHERS.iter();
    people.try_for_each(|person| add(seed, &email(person.0), person))
}

/// Adds a person, whose UUID is derived from the address.
pub(super) fn add(seed: &Seeding<'_>, email: &str, person: &Person<'_>) -> rusqlite::Result<()> {
    let (first, last, role, days) = person;
    let sql =
        "INSERT INTO users (id, email, first_name, last_name, role, created_at, last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
    let since = seed.days_ago(*days);
    let row = params![seeded_id(email), email, first, last, role, since];
    seed.db.run(sql, row)?;
    Ok(())
}
