//! A short text on what an API key must have for a tool.

use portkey_api_core::{Declaration, Keys, Plan, Scopes};

/// Returns what an API key must have for this tool, such as `[admin key, Enterprise, scope a.read]`. `None` if any key
/// will do.
pub fn needs(declaration: &Declaration) -> Option<String> {
    let key = match declaration.keys {
        Keys::Admin => Some("admin key".to_owned()),
        Keys::Workspace => Some("workspace key".to_owned()),
        Keys::Any | Keys::None => None,
    };
    let plan = (declaration.plan == Plan::Enterprise).then(|| "Enterprise".to_owned());
    let needs: Vec<String> = [key, plan, scopes(declaration.scopes)]
        .into_iter()
        .flatten()
        .collect();
    (!needs.is_empty()).then(|| format!("[{}]", needs.join(", ")))
}

/// The scopes as text. Scopes that differ only in a prefix are shortened to their common end: `*_api_keys.read`.
fn scopes(scopes: Scopes) -> Option<String> {
    let joint = if scopes.all { "+" } else { "|" };
    match scopes.names {
        [] => None,
        [one] => Some(format!("scope {one}")),
        [first, rest @ ..] => {
            let common = common_suffix(first, rest);
            let whole = common.starts_with('_') || scopes.names.contains(&common);
            if whole && common.contains('.') {
                Some(format!("scope *{common}"))
            } else {
                Some(format!("scope {}", scopes.names.join(joint)))
            }
        }
    }
}

fn common_suffix<'a>(first: &'a str, rest: &[&str]) -> &'a str {
    let starts = first.char_indices().map(|(index, _)| index);
    starts
        .filter_map(|start| first.get(start..))
        .find(|suffix| rest.iter().all(|name| name.ends_with(suffix)))
        .unwrap_or_default()
}
