//! Arguments that MCP hosts and agent frameworks add to every call on their own, and that say nothing to the tool.

use crate::Declaration;

/// Each with who adds it.
const ADDED: [&str; 24] = [
    // n8n hands its tools the input of the whole agent.
    "toolCallId",
    "tool",
    "sessionId",
    "action",
    "chatInput",
    // The same things as other frameworks spell them.
    "tool_call_id",
    "tool_name",
    "session_id",
    "request_id",
    "requestId",
    "_meta",
    "_",
    // Stand-ins for tools without arguments: Cursor, opencode, LangChain, and wrappers that declare `**kwargs`.
    "random_string",
    "_placeholder",
    "__arg1",
    "kwargs",
    "dummy",
    // Cline, OpenHands, CrewAI, Antigravity.
    "task_progress",
    "security_risk",
    "security_context",
    "toolAction",
    "toolSummary",
    "waitForPreviousTools",
    "thought",
];

/// Whether an argument that the tool does not have comes from the host. One letter from an argument of the tool it is
/// rather a slip, such as `action` for `actions`.
pub(super) fn is_added(declaration: &Declaration, name: &str) -> bool {
    ADDED.contains(&name) && declaration.argument(&format!("{name}s")).is_none()
}
