//! What Portkey asks of access policies beyond their form. It may change its mind, so nothing of it is refused.

use portkey_api_core::{Path, Problem, Problems};
use serde_json::Value;

/// The id of every user or every agent.
const ANY: &str = "ANY";

/// Notes what a policy as a whole lacks.
pub(crate) fn advise(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let subjects = arguments.get("subjects").and_then(Value::as_array);
    let Some(subjects) = subjects.filter(|subjects| !subjects.is_empty()) else {
        return;
    };
    let is_any = |subject: &Value| subject.get("id").is_some_and(|id| id == ANY);
    let effect = arguments.get("effect").and_then(Value::as_str);
    let has_all = ["user", "agent"].into_iter().all(|kind| {
        let mut any = subjects.iter().filter(|subject| is_any(subject));
        any.any(|subject| subject.get("type").is_some_and(|given| given == kind))
    });
    let allows = effect == Some("allow") || (effect.is_none() && !has_all);
    if allows && subjects.iter().all(is_any) {
        let rule = "a policy that allows names at least one user, group or agent besides `ANY`; Portkey may refuse it";
        problems.note(|| Problem::rule(path.member("subjects"), rule));
    }
}

/// Notes a group that is no group.
pub(crate) fn advise_on_subject(subject: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let has = |name: &str, value: &str| subject.get(name).is_some_and(|given| given == value);
    if has("type", "group") && has("id", ANY) {
        let rule = "`ANY` is every user or agent; there is no group of that name, and Portkey may refuse it";
        problems.note(|| Problem::rule(path.member("id"), rule));
    }
}

/// Notes what a target of its type lacks.
pub(crate) fn advise_on_target(target: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let needed: &[&str] = match target.get("type").and_then(Value::as_str) {
        Some("mcp_server") => &["server_id", "tools"],
        Some("provider") => &["provider_id"],
        _ => return,
    };
    for name in needed {
        if target.get(name).is_none() {
            let rule = match *name {
                "tools" => "left out, though MCP servers need it: `ALL`, or a list of names",
                _ => "left out, though a target of this type needs it",
            };
            problems.note(|| Problem::rule(path.member(name), rule));
        }
    }
    for name in ["tools", "models"] {
        let given = target.get(name);
        let is_empty = given.and_then(Value::as_array).is_some_and(Vec::is_empty);
        let is_word = given
            .and_then(Value::as_str)
            .is_some_and(|word| word != "ALL");
        if is_empty || is_word {
            let rule = "is usually `ALL` or a list of at least one name";
            problems.note(|| Problem::rule(path.member(name), rule));
        }
    }
}
