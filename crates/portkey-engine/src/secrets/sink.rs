//! Sinks: where new secrets are stored.

mod failure;

use std::{fmt, path::Path, sync::Arc};

use async_trait::async_trait;
use serde_json::{Value, json};

pub use failure::SinkFailure;

/// Stores the new secrets that answers contain, each of them once. The `Display` text completes "new secrets are kept
/// …" for the operator.
#[async_trait]
pub trait SecretSink: fmt::Debug + fmt::Display + Send + Sync {
    /// Checks that a secret can be stored. This happens before a call whose answer contains a secret that no later call
    /// returns.
    async fn prepare(&self) -> Result<(), SinkFailure>;

    /// Stores a secret and returns what the answer shows in its place: the last four characters and where the secret
    /// is.
    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure>;

    /// The file that the sink writes, if it writes one.
    fn file(&self) -> Option<&Path> {
        None
    }
}

/// A new secret from an answer. It must not be shown, so there is no `Debug`.
pub struct NewSecret {
    /// The name of the tool that created the secret.
    pub tool: &'static str,
    /// The name of the member of the answer that held the secret.
    pub field: String,
    /// The id of the object that the secret belongs to, from the answer or from the arguments.
    pub id: Option<String>,
    /// The principal that the call was made for.
    pub principal: Arc<str>,
    /// The secret in full.
    pub secret: String,
}

impl NewSecret {
    /// Returns everything as JSON, in the form in which it is stored.
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
