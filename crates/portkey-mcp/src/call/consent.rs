use std::fmt;

use portkey_api::{JsonObject, Operation};
use serde_json::Value;

use super::{Failure, Run};
use crate::references::References;

/// Whether somebody agreed to what a call destroys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Nobody needs to be asked.
    Unneeded,
    /// Somebody was asked and agreed: how.
    Given(&'static str),
    /// Nobody was asked yet: a destructive call ends in [`Outcome::Unconfirmed`](super::Outcome::Unconfirmed).
    Missing,
}

/// What a destructive call would do, for whoever decides on it.
#[derive(Debug, Clone)]
pub struct Consequence {
    /// What is done, such as `Delete a config`.
    pub title: &'static str,
    /// The arguments, with secrets masked.
    pub arguments: JsonObject,
    /// What it would be done to, as it is now; where that can be read.
    pub object: Option<Value>,
    /// What uses it.
    pub references: Option<References>,
}

impl Run<'_> {
    /// What becomes of it, if it is done.
    pub(super) async fn consequence(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Result<Consequence, Failure> {
        Ok(Consequence {
            title: operation.declaration.title,
            object: self.before(operation, arguments).await,
            references: self.references_to(operation, arguments).await,
            arguments: operation.declaration.masked(arguments.clone()),
        })
    }
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}",
            self.title,
            Value::Object(self.arguments.clone())
        )?;
        match &self.references {
            Some(references) => write!(f, "\n{references}"),
            None => Ok(()),
        }
    }
}
