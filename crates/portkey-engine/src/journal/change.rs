//! A change as the journal keeps it.

use jiff::Timestamp;
use portkey_api_core::{Effect, JsonObject, Operation};
use portkey_client::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::undo;
use crate::catalog::Catalog;

/// A change to an organisation, as it is kept. Secrets are masked in all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its name for `undo_change` and `list_changes`.
    pub id: String,
    /// When it was made, in milliseconds since 1970.
    pub at: i64,
    /// The principal it was made for.
    pub principal: String,
    /// The name of the MCP client that asked for it, if it said one.
    pub client: Option<String>,
    /// The organisation it was made in: the profile and the address of Portkey, and the fingerprint of the key where
    /// callers bring their own.
    #[serde(rename = "place")]
    pub organisation: String,
    /// The fingerprint of the key it was made with.
    pub key: Option<String>,
    /// The tool that was called.
    pub tool: String,
    /// The arguments of the call.
    pub arguments: JsonObject,
    /// Method and path of the request.
    pub target: String,
    /// The object before the change; nothing where there was none, or where it cannot be read.
    pub before: Option<Value>,
    /// The object after the change; the answer, where the change made an object.
    pub after: Option<Value>,
    /// Whether it was made.
    pub outcome: Ending,
    /// The change that this one undid.
    pub undoes: Option<String>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was made.
    Done,
    /// It was not.
    Failed,
    /// It was sent, and nobody knows.
    Unknown,
}

impl Ending {
    /// What an answer, or its lack, says.
    pub fn of<T>(answer: &Result<T, Error>) -> Self {
        match answer {
            Ok(_) => Self::Done,
            Err(Error::Refused(refusal)) if refusal.status < 500 => Self::Failed,
            Err(
                Error::NoKey
                | Error::Unsendable(_)
                | Error::Setup(_)
                | Error::Connect { .. }
                | Error::Tls { .. }
                | Error::Busy { .. }
                | Error::Suspended { .. }
                | Error::Redirected { .. },
            ) => Self::Failed,
            Err(_) => Self::Unknown,
        }
    }

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl Change {
    /// When it was made.
    pub fn time(&self) -> Timestamp {
        Timestamp::from_millisecond(self.at).unwrap_or_default()
    }

    /// The operation that made it, if there still is one of this name.
    pub fn operation(&self, catalog: &Catalog) -> Option<&'static Operation> {
        catalog.operation(&self.tool)
    }
}

/// Whether what this operation does is written down: all that changes or removes something, and what makes something
/// that another operation can remove. Completions, tests and exports leave nothing to undo.
pub fn is_kept(catalog: &Catalog, operation: &Operation) -> bool {
    let declaration = &operation.declaration;
    match declaration.effect {
        Effect::Read => false,
        Effect::Update | Effect::Delete => true,
        Effect::Create => undo::remover(catalog, operation).is_some(),
        Effect::Execute => declaration.destructive || operation.fresh.is_some(),
    }
}
