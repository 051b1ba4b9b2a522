//! Policies: limits on the requests that meet some conditions, counted apart for each group of them.
//!
//! Budgets and rate limits differ in what they say, their [`Terms`]. Deleting one archives it.

mod enforcement;
mod matching;
mod rate_limits;
mod scope;
mod usage;
mod usage_limits;

use jiff::Timestamp;
use portkey_api::policies::PolicyStatus;
use rusqlite::{Connection, Row, named_params, params, types::Type};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, joined},
};

pub(crate) use enforcement::{check_budgets, check_rates};

pub(crate) fn routes(routes: Routes) -> Routes {
    rate_limits::routes(usage_limits::routes(routes))
}

/// What a policy of one kind says.
pub(crate) trait Terms: Serialize + DeserializeOwned {
    /// What answers call it.
    const OBJECT: &'static str;

    /// What a new policy says.
    fn read(body: Fields<'_>, now: Timestamp) -> Result<Self, Refusal>;

    /// Takes over what a body says.
    fn change(&mut self, body: Fields<'_>, now: Timestamp) -> Result<(), Refusal>;

    /// Which requests it is about, and how they are counted.
    fn scope(&self) -> &scope::Scope;

    /// As answers show it.
    fn wire(&self, now: Timestamp) -> Value;
}

/// A row of the table.
#[derive(Debug, Clone)]
struct Policy<T> {
    id: String,
    workspace_id: String,
    status: PolicyStatus,
    terms: T,
    created_at: String,
    last_updated_at: String,
}

/// The policies that are active, or of the status that the query asks for, as far as they are wanted.
fn list<T: Terms>(
    call: &Call,
    db: &Connection,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let sql = "SELECT * FROM policies
        WHERE object = :object AND status = :status AND (:workspace IS NULL OR workspace_id = :workspace)
        ORDER BY created_at DESC, id";
    let filter = named_params! {
        ":object": T::OBJECT,
        ":status": word(status_in_query(call)?),
        ":workspace": workspace_scope::limit(call, db)?,
    };
    let mut policies = db.all(sql, filter, Policy::<T>::read)?;
    policies.retain(|policy| is_wanted(&policy.terms));
    let entries = policies.iter().map(|policy| policy.wire(call));
    Ok(page.cut(entries.collect()))
}

fn create<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy {
        id: identity::new_id(),
        workspace_id: workspace_scope::home(call, db)?,
        status: PolicyStatus::Active,
        terms: T::read(call.body()?, call.now)?,
        created_at: call.at(),
        last_updated_at: call.at(),
    };
    policy.insert(db)?;
    Ok(json!({ "id": policy.id, "object": T::OBJECT }).into())
}

fn get<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<T>::in_path(call, db, "id", status_in_query(call)?)?;
    Ok(policy.wire(call).into())
}

fn update<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut policy = Policy::<T>::in_path(call, db, "id", PolicyStatus::Active)?;
    let body = call.body()?;
    policy.terms.change(body, call.now)?;
    policy.status = body.optional("status")?.unwrap_or(policy.status);
    policy.save(db, &call.at())?;
    Ok(Answer::empty())
}

fn delete<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy {
        status: PolicyStatus::Archived,
        ..Policy::<T>::in_path(call, db, "id", PolicyStatus::Active)?
    };
    policy.save(db, &call.at())?;
    Ok(Answer::empty())
}

/// Archived policies are read by those only who ask for them.
fn status_in_query(call: &Call) -> Result<PolicyStatus, Refusal> {
    let status = call.query().optional("status")?;
    Ok(status.unwrap_or(PolicyStatus::Active))
}

fn word(status: PolicyStatus) -> &'static str {
    match status {
        PolicyStatus::Active => "active",
        PolicyStatus::Archived => "archived",
    }
}

/// Refuses a change of what stays as it was created.
fn refuse_change<T: DeserializeOwned + PartialEq>(
    body: Fields<'_>,
    name: &str,
    old: &T,
) -> Result<(), Refusal> {
    match body.optional::<T>(name)? {
        Some(new) if new != *old => {
            Err(body.refuse(name, "cannot change: delete the policy and create another"))
        }
        _ => Ok(()),
    }
}

/// Adds the policy that a body like that of a request describes.
pub(crate) fn seed_usage_limit(
    db: &Connection,
    sample: Sample<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    sample.policy::<usage_limits::Budget>(now)?.insert(db)?;
    Ok(())
}

/// Adds the policy that a body like that of a request describes.
pub(crate) fn seed_rate_limit(
    db: &Connection,
    sample: Sample<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    sample.policy::<rate_limits::Rate>(now)?.insert(db)?;
    Ok(())
}

/// A policy to start with.
pub(crate) struct Sample<'a> {
    pub(crate) id: String,
    pub(crate) workspace_id: String,
    pub(crate) body: Fields<'a>,
}

impl Sample<'_> {
    fn policy<T: Terms>(self, created: Timestamp) -> Result<Policy<T>, Refusal> {
        Ok(Policy {
            id: self.id,
            workspace_id: self.workspace_id,
            status: PolicyStatus::Active,
            terms: T::read(self.body, created)?,
            created_at: identity::iso(created),
            last_updated_at: identity::iso(created),
        })
    }
}

impl<T: Terms> Policy<T> {
    fn in_path(
        call: &Call,
        db: &Connection,
        name: &str,
        status: PolicyStatus,
    ) -> Result<Self, Refusal> {
        let sql = "SELECT * FROM policies WHERE id = ? AND object = ? AND status = ?";
        let key = params![call.path(name), T::OBJECT, word(status)];
        let found = db.maybe(sql, key, Self::read)?;
        let policy = found.ok_or_else(|| Refusal::not_found("policy"))?;
        call.principal
            .permit_workspace(Some(&policy.workspace_id), "policy")?;
        Ok(policy)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let status: String = row.get("status")?;
        let terms = serde_json::from_value(row.get("terms")?);
        let unreadable =
            |error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error));
        Ok(Self {
            id: row.get("id")?,
            workspace_id: row.get("workspace_id")?,
            status: if status == word(PolicyStatus::Active) {
                PolicyStatus::Active
            } else {
                PolicyStatus::Archived
            },
            terms: terms.map_err(unreadable)?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO policies (id, object, workspace_id, status, terms, created_at, last_updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)";
        db.run(
            sql,
            params![
                self.id,
                T::OBJECT,
                self.workspace_id,
                word(self.status),
                json!(self.terms),
                self.created_at,
                self.last_updated_at,
            ],
        )?;
        Ok(())
    }

    fn save(&self, db: &Connection, at: &str) -> rusqlite::Result<()> {
        let sql = "UPDATE policies SET status = ?, terms = ?, last_updated_at = ? WHERE id = ?";
        let row = params![word(self.status), json!(self.terms), at, self.id];
        db.run(sql, row)?;
        Ok(())
    }

    fn wire(&self, call: &Call) -> Value {
        let rest = json!({
            "status": self.status,
            "workspace_id": self.workspace_id,
            "organisation_id": call.principal.organisation_id,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": T::OBJECT,
        });
        let terms = joined(json!({ "id": self.id }), self.terms.wire(call.now));
        joined(terms, rest)
    }
}
