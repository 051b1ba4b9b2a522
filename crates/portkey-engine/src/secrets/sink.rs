//! Sinks: where new secrets go.

mod failure;

use std::{fmt, path::Path, sync::Arc};

use async_trait::async_trait;
use serde_json::{Value, json};

pub use failure::SinkFailure;

/// Takes the new secrets that answers bring once. Its `Display` completes "new secrets are kept …" for the operator.
#[async_trait]
pub trait SecretSink: fmt::Debug + fmt::Display + Send + Sync {
    /// Makes sure that a secret can be kept, before a call brings one that no later call returns.
    async fn prepare(&self) -> Result<(), SinkFailure>;

    /// Keeps a secret and returns what the answer shows in its place: its last four characters and where it went.
    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure>;

    /// The file that the sink writes, if it writes one.
    fn file(&self) -> Option<&Path> {
        None
    }
}

/// A secret that an answer brought once. It must not be shown, so there is no `Debug`.
pub struct NewSecret {
    /// The tool that made it.
    pub tool: &'static str,
    /// The member of the answer that held it.
    pub field: String,
    /// The id of the object that it belongs to: the answer's, or the one that the call named.
    pub id: Option<String>,
    /// The principal that the call was made for.
    pub principal: Arc<str>,
    /// The secret in full.
    pub secret: String,
}

impl NewSecret {
    /// All of it as JSON, for where it is kept.
    pub(super) fn record(&self) -> Value {
        json!({
            "time": jiff::Timestamp::now().to_string(),
            "tool": self.tool,
            "id": self.id,
            "field": self.field,
            "principal": &*self.principal,
            "secret": self.secret,
        })
    }
}
