//! Several messages at once, as revision 2025-03-26 alone has them. Each is answered as if it had come by itself.

use serde_json::Value;

/// The one revision that has batches.
pub(super) const REVISION: &str = "2025-03-26";

/// The most messages at once, so that one request cannot stand for thousands.
const LARGEST: usize = 64;

/// Why a batch is not taken.
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

/// Whether a body or a line is a list.
pub(super) fn is_batch(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'[')
}

/// Whether these may come together.
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
