//! Arguments that MCP hosts and agent frameworks add to every call. They have no meaning for the tool.

use crate::Declaration;

/// The names of these arguments, grouped by the programs that add them.
const ADDED: [&str; 24] = [
    // n8n passes the whole input of the agent to its tools.
    "toolCallId",
    "tool",
    "sessionId",
    "action",
    "chatInput",
    // The same arguments as other frameworks spell them.
    "tool_call_id",
    "tool_name",
    "session_id",
    "request_id",
    "requestId",
    "_meta",
    "_",
    // Placeholders for tools without arguments: Cursor, opencode, LangChain, and wrappers that declare `**kwargs`.
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

/// Whether the host added an argument that the tool does not have. A name that differs by one letter from an argument
/// of the tool is a typing error instead, such as `action` for `actions`.
pub(super) fn is_added(declaration: &Declaration, name: &str) -> bool {
    ADDED.contains(&name) && declaration.argument(&format!("{name}s")).is_none()
}
