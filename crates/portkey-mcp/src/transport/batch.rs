//! Batches of messages, which only revision 2025-03-26 has. Each message is answered as if it had come by itself.

use serde_json::Value;

/// The only revision with batches.
pub(super) const REVISION: &str = "2025-03-26";

/// The most messages of a batch, so that one request cannot stand for thousands.
const LARGEST: usize = 64;

/// Why a batch is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidBatch {
    #[error("batches ended with revision {REVISION}; send one message per request")]
    Revision,
    #[error("the batch is empty")]
    Empty,
    #[error("a batch may have {LARGEST} messages")]
    Large,
    #[error("`initialize` may not be part of a batch")]
    Initialize,
}

/// Whether a body or a line is a JSON array.
pub(super) fn is_batch(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'[')
}

/// Checks that these messages may form a batch.
pub(super) fn check(messages: &[Value]) -> Result<(), InvalidBatch> {
    match messages.len() {
        0 => return Err(InvalidBatch::Empty),
        count if count > LARGEST => return Err(InvalidBatch::Large),
        _ => {}
    }
    let opens = |message: &Value| {
        message
            .get("method")
            .is_some_and(|name| name == "initialize")
    };
    if messages.iter().any(opens) {
        return Err(InvalidBatch::Initialize);
    }
    Ok(())
}
