//! A policy of either kind: its row, and the operations that do not depend on its terms.

use jiff::Timestamp;
use portkey_api::policies::PolicyStatus;
use rusqlite::{Connection, Row, named_params, params, types::Type};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::scope::Scope;
use crate::{
    identity,
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

/// The terms of one kind of policy.
pub(super) trait Terms: Serialize + DeserializeOwned {
    /// The `object` in answers.
    const OBJECT: &'static str;

    /// The terms of a new policy.
    fn read(body: Fields<'_>, now: Timestamp) -> Result<Self, Refusal>;

    /// Applies the fields of a body.
    fn change(&mut self, body: Fields<'_>, now: Timestamp) -> Result<(), Refusal>;

    /// Which requests it applies to, and how they are grouped.
    fn scope(&self) -> &Scope;

    /// The terms as answers have them.
    fn to_json(&self, now: Timestamp) -> Value;
}

/// A row of `policies`.
#[derive(Debug, Clone)]
pub(super) struct Policy<T> {
    pub(super) id: String,
    pub(super) workspace_id: String,
    pub(super) status: PolicyStatus,
    pub(super) terms: T,
    pub(super) created_at: String,
    pub(super) last_updated_at: String,
}

/// The policies that `is_wanted` accepts: active ones, or those with the status that the query asks for.
pub(super) fn list<T: Terms>(
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
        ":workspace": workspace_scope::requested(call, db)?,
    };
    let mut policies = db.all(sql, filter, Policy::<T>::read)?;
    policies.retain(|policy| is_wanted(&policy.terms));
    let entries = policies.iter().map(|policy| policy.to_json(call));
    Ok(page.cut(entries.collect()))
}

pub(super) fn create<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy {
        id: identity::new_id(),
        workspace_id: workspace_scope::requested_or_default(call, db)?,
        status: PolicyStatus::Active,
        terms: T::read(call.body()?, call.now)?,
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    policy.insert(db)?;
    Ok(json!({ "id": policy.id, "object": T::OBJECT }).into())
}

pub(super) fn get<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<T>::in_path(call, db, "id", status_in_query(call)?)?;
    Ok(policy.to_json(call).into())
}

pub(super) fn update<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut policy = Policy::<T>::in_path(call, db, "id", PolicyStatus::Active)?;
    let body = call.body()?;
    policy.terms.change(body, call.now)?;
    policy.status = body.optional("status")?.unwrap_or(policy.status);
    policy.save(db, &call.timestamp())?;
    Ok(Answer::empty())
}

pub(super) fn delete<T: Terms>(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy {
        status: PolicyStatus::Archived,
        ..Policy::<T>::in_path(call, db, "id", PolicyStatus::Active)?
    };
    policy.save(db, &call.timestamp())?;
    Ok(Answer::empty())
}

/// The status that the query asks for; active by default.
pub(super) fn status_in_query(call: &Call) -> Result<PolicyStatus, Refusal> {
    let status = call.query().optional("status")?;
    Ok(status.unwrap_or(PolicyStatus::Active))
}

pub(super) fn word(status: PolicyStatus) -> &'static str {
    match status {
        PolicyStatus::Active => "active",
        PolicyStatus::Archived => "archived",
    }
}

impl<T: Terms> Policy<T> {
    pub(super) fn in_path(
        call: &Call,
        db: &Connection,
        name: &str,
        status: PolicyStatus,
    ) -> Result<Self, Refusal> {
        let sql = "SELECT * FROM policies WHERE id = ? AND object = ? AND status = ?";
        let key = params![call.path(name), T::OBJECT, word(status)];
        let found = db.first(sql, key, Self::read)?;
        let policy = found.ok_or_else(|| Refusal::not_found("policy"))?;
        call.principal
            .permit_workspace(Some(&policy.workspace_id), "policy")?;
        Ok(policy)
    }

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
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

    pub(super) fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
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

    pub(super) fn save(&self, db: &Connection, at: &str) -> rusqlite::Result<()> {
        let sql = "UPDATE policies SET status = ?, terms = ?, last_updated_at = ? WHERE id = ?";
        let row = params![word(self.status), json!(self.terms), at, self.id];
        db.run(sql, row)?;
        Ok(())
    }

    pub(super) fn to_json(&self, call: &Call) -> Value {
        let rest = json!({
            "status": self.status,
            "workspace_id": self.workspace_id,
            "organisation_id": call.principal.organisation_id,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": T::OBJECT,
        });
        let terms = merged(json!({ "id": self.id }), self.terms.to_json(call.now));
        merged(terms, rest)
    }
}
