//! A short text on what an API key must have for a tool.

use portkey_api_core::{Declaration, Keys, Plan, Scopes};

/// Returns what an API key must have for this tool, such as `[admin key, Enterprise, scope a.read]`. `None` if any key
/// will do.
pub fn needs(declaration: &Declaration) -> Option<String> {
    let [key, plan] = kind_and_plan(declaration);
    bracketed(
        key.into_iter()
            .chain(plan)
            .chain(scopes(declaration.scopes)),
    )
}

/// The same without scopes. A model is told those that a key lacks when a call is refused, so that it need not read those
/// of every tool before it calls one.
pub(super) fn needs_before_a_call(declaration: &Declaration) -> Option<String> {
    let [key, plan] = kind_and_plan(declaration);
    bracketed(key.into_iter().chain(plan))
}

fn kind_and_plan(declaration: &Declaration) -> [Option<String>; 2] {
    let key = match declaration.keys {
        Keys::Admin => Some("admin key"),
        Keys::Workspace => Some("workspace key"),
        Keys::Any | Keys::None => None,
    };
    let plan = (declaration.plan == Plan::Enterprise).then_some("Enterprise");
    [key, plan].map(|need| need.map(str::to_owned))
}

fn bracketed(needs: impl Iterator<Item = String>) -> Option<String> {
    let needs: Vec<String> = needs.collect();
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

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_set, prelude::*};

    use super::*;
    use crate::{catalog::operations_alone, toys};

    fn of(tool: &str) -> Option<String> {
        needs(&operations_alone().operation(tool).unwrap().declaration)
    }

    fn in_scopes(names: &'static [&'static str]) -> Option<String> {
        scopes(Scopes { names, all: false })
    }

    #[test]
    fn a_model_reads_what_the_key_must_be_have_and_be_subscribed_to() {
        let of = |tool| of(tool).unwrap();
        assert_eq!(
            of("list_audit_logs"),
            "[admin key, Enterprise, scope audit_logs.list]"
        );
        assert_eq!(of("get_config"), "[scope configs.read]");
        assert_eq!(of("list_api_keys"), "[scope *_api_keys.list]");
        assert_eq!(
            of("get_provider"),
            "[scope providers.read|virtual_keys.read]"
        );
        assert_eq!(
            of("insert_log"),
            "[workspace key, scope completions.write+logs.write]"
        );
    }

    #[test]
    fn a_description_leaves_the_scopes_to_the_refusal() {
        let of = |tool| {
            let operation = operations_alone().operation(tool).unwrap();
            needs_before_a_call(&operation.declaration)
        };
        assert_eq!(of("list_audit_logs").unwrap(), "[admin key, Enterprise]");
        assert_eq!(of("insert_log").unwrap(), "[workspace key]");
        assert_eq!(of("get_config"), None);
    }

    #[test]
    fn nothing_is_said_where_every_key_will_do() {
        let toy = toys::catalog().operation("get_toy").unwrap();
        assert_eq!(needs(&toy.declaration), None);
    }

    #[test]
    fn scopes_are_only_joined_where_a_whole_word_is_left() {
        assert_eq!(
            in_scopes(&["team_keys.read", "keys.read"]).unwrap(),
            "scope *keys.read"
        );
        assert_eq!(
            in_scopes(&["keys.read", "logs.read"]).unwrap(),
            "scope keys.read|logs.read"
        );
    }

    proptest! {
        #[test]
        fn every_scope_can_be_told_from_what_is_said(names in btree_set("(a_|b_|ab_){0,2}(key|log)s\\.(read|list)", 1..4)) {
            let names: Vec<&str> = names.into_iter().map(|name| &*name.leak()).collect();
            let names: &'static [&str] = names.leak();
            let told = in_scopes(names).unwrap();
            let told = told.strip_prefix("scope ").unwrap();
            if let Some(end) = told.strip_prefix('*') {
                prop_assert!(names.iter().all(|name| name.ends_with(end)), "{told}");
            } else {
                prop_assert_eq!(told, names.join("|"));
            }
        }
    }
}
