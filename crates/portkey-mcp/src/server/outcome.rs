use rmcp::model::{CallToolResult, ContentBlock};

use super::tools::declares_output;
use crate::{
    call::{Failure, Outcome},
    catalog::Tool,
    config::Structured,
};

/// What a client gets: compact JSON as text, and the same as structured content only where it is wanted, because
/// several clients feed a model both.
pub(super) fn result(
    tool: Tool,
    outcome: Result<Outcome, Failure>,
    structured: Structured,
) -> CallToolResult {
    let answer = match outcome {
        Ok(Outcome::Answer(answer)) => answer,
        Ok(Outcome::Preview(preview)) => preview.told(),
        Ok(Outcome::Unconfirmed(consequence)) => {
            return CallToolResult::error(vec![ContentBlock::text(consequence.to_string())]);
        }
        Err(failure) => {
            return CallToolResult::error(vec![ContentBlock::text(failure.to_string())]);
        }
    };
    let mut result = CallToolResult::success(vec![ContentBlock::text(answer.to_string())]);
    if structured == Structured::Always || declares_output(tool, structured) {
        result.structured_content = Some(answer);
    }
    result
}
