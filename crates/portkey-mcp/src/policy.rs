//! What may be done, from static configuration alone: nothing in a call can widen it.

use portkey_api::Effect;

use crate::{catalog::Tool, confirm::Confirm};

/// What somebody may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Look, but change nothing.
    pub read_only: bool,
    /// When somebody must agree to what is destroyed.
    pub confirm: Confirm,
}

/// A call that the policy does not allow; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{tool}` is not allowed here: {rule}. Only the operator of this server can change that")]
pub struct Forbidden {
    /// What was called.
    pub tool: &'static str,
    /// By which rule.
    pub rule: String,
}

impl Policy {
    /// When somebody must agree to what is destroyed.
    pub fn confirm(&self) -> Confirm {
        self.confirm
    }

    /// The same, or stricter.
    #[must_use]
    pub fn confirming(&self, confirm: Option<Confirm>) -> Self {
        Self {
            confirm: self.confirm.max(confirm.unwrap_or(self.confirm)),
            ..self.clone()
        }
    }

    /// Whether this tool may be called at all.
    pub fn permits(&self, tool: Tool) -> Result<(), Forbidden> {
        if self.read_only && tool.declaration().effect != Effect::Read {
            return Err(Forbidden {
                tool: tool.name(),
                rule: "--read-only".to_owned(),
            });
        }
        Ok(())
    }
}
