//! The plan that the organisation has subscribed to.

use std::{fmt, str::FromStr};

use rusqlite::Connection;

use super::queries::Queries as _;
use crate::wire::Refusal;

/// A plan of Portkey, as far as the sandbox distinguishes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plan {
    /// Everything.
    #[default]
    Enterprise,
    /// Without the operations that need Enterprise.
    Pro,
    /// Like Pro, with at most three prompt templates.
    Free,
}

/// The error for a text that names no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a plan is one of enterprise, pro and free")]
pub struct UnknownPlan;

/// The largest number of prompts in the free plan.
const FREE_PROMPTS: i64 = 3;

impl Plan {
    /// The name of the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::Pro => "pro",
            Self::Free => "free",
        }
    }

    /// The plan of the organisation.
    pub(crate) fn of(db: &Connection) -> Result<Self, Refusal> {
        let plan = db.first("SELECT plan FROM organisations", [], |row| {
            row.get::<_, String>(0)
        })?;
        let plan = plan.map(|plan| plan.parse::<Self>());
        plan.unwrap_or(Ok(Self::default()))
            .map_err(|unknown| Refusal::fault(unknown.to_string()))
    }

    /// Sets the plan of the organisation.
    pub(crate) fn put(self, db: &Connection) -> rusqlite::Result<()> {
        db.run("UPDATE organisations SET plan = ?", [self.as_str()])?;
        Ok(())
    }

    /// Refuses another prompt if the plan has no room for it.
    pub(crate) fn permit_prompt(db: &Connection) -> Result<(), Refusal> {
        let sql = "SELECT count(*) FROM prompts";
        let prompts: i64 = db.first(sql, [], |row| row.get(0))?.unwrap_or_default();
        if Self::of(db)? == Self::Free && prompts >= FREE_PROMPTS {
            return Err(Refusal::forbidden(format!(
                "You do not have permission: the free plan holds {FREE_PROMPTS} prompt templates"
            )));
        }
        Ok(())
    }
}

impl FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(name: &str) -> Result<Self, UnknownPlan> {
        let mut plans = [Self::Enterprise, Self::Pro, Self::Free].into_iter();
        plans.find(|plan| plan.as_str() == name).ok_or(UnknownPlan)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
