//! Sinks that keep nothing: secrets stay in the answer, or are masked there.

use std::fmt;

use async_trait::async_trait;
use portkey_api_core::last_four;
use serde_json::Value;

use super::{NewSecret, SecretSink, SinkFailure};

/// Leaves secrets in the answer.
#[derive(Debug)]
pub(super) struct Inline;

/// Masks secrets and keeps them nowhere.
#[derive(Debug)]
pub(super) struct Mask;

#[async_trait]
impl SecretSink for Inline {
    async fn prepare(&self) -> Result<(), SinkFailure> {
        Ok(())
    }

    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
        Ok(new.secret.into())
    }
}

#[async_trait]
impl SecretSink for Mask {
    async fn prepare(&self) -> Result<(), SinkFailure> {
        Ok(())
    }

    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
        Ok(format!("{} (not kept)", last_four(&new.secret)).into())
    }
}

impl fmt::Display for Inline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("in the answer, once")
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("masked and not kept")
    }
}
