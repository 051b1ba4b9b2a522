//! Which of the offered tools the key can use, and the least that it needs for all of them.

use std::collections::BTreeSet;

use portkey_api::{Declaration, Keys, Plan};
use portkey_engine::{
    catalog::Tool,
    keys::{KeyIdentity, KeyType},
};

use super::finding::Finding;
use crate::{catalog::catalog, config::Configuration};

/// What is known of the keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownKeys<'a> {
    /// The key for all that needs no other.
    pub(super) main: &'a KeyIdentity,
    /// The key for what refuses organisation keys, where there is one.
    pub(super) workspace: Option<&'a KeyIdentity>,
    /// Whether their plan is known not to be Enterprise.
    pub(super) lacks_enterprise: bool,
}

/// Why a key cannot use a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lack {
    Kind(KeyType),
    Plan,
    Scopes,
}

/// Looks at every tool that the settings offer.
pub(super) fn findings(configuration: &Configuration, keys: &KnownKeys<'_>) -> Vec<Finding> {
    let offered = configuration.settings.offered();
    let policy = configuration.policy();
    let tools = catalog().tools();
    let tools = tools.filter(|tool| offered.contains(*tool) && policy.permits(*tool).is_ok());
    let tools: Vec<Tool> = tools.collect();
    vec![usable(&tools, keys), least(&tools, keys)]
}

/// Which tools the keys cannot use, as far as it is known.
fn usable(tools: &[Tool], keys: &KnownKeys<'_>) -> Finding {
    const CHECK: &str = "tools";
    let lacking = tools.iter().filter_map(|tool| {
        let lack = lack(tool.declaration(), keys)?;
        Some((tool.name(), lack))
    });
    let lacking: Vec<_> = lacking.collect();
    if lacking.is_empty() {
        let known = keys.main.kind.is_some() && keys.main.scopes.is_some();
        let says = if known {
            "the key can use"
        } else {
            "nothing is known to keep the key from"
        };
        return Finding::ok(CHECK, format!("{says} all {} offered tools", tools.len()));
    }
    let named = |wanted: &Lack| {
        let names = lacking.iter().filter(|(_, lack)| lack == wanted);
        names.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    };
    let kinds = [
        (
            Lack::Kind(KeyType::Organisation),
            "need an organisation key",
        ),
        (
            Lack::Kind(KeyType::Workspace),
            "need a workspace key (PORTKEY_WORKSPACE_API_KEY)",
        ),
        (Lack::Plan, "need the Enterprise plan"),
        (Lack::Scopes, "need scopes that the key lacks"),
    ];
    let details = kinds.iter().map(|(lack, need)| (named(lack), need));
    let details = details.filter(|(names, _)| !names.is_empty());
    let details = details.map(|(names, need)| format!("{need}: {names}"));
    let says = format!(
        "the key cannot use {} of the {} offered tools",
        lacking.len(),
        tools.len()
    );
    Finding::warning(
        CHECK,
        says,
        "Use a key that has what they need (the scopes are below), or offer fewer tools with --toolsets.",
    )
    .with_details(details)
}

/// Why the key that a tool is called with cannot use it.
fn lack(tool: &Declaration, keys: &KnownKeys<'_>) -> Option<Lack> {
    let key = match (tool.keys, keys.workspace) {
        (Keys::None, _) => return None,
        (Keys::Workspace, Some(workspace)) => workspace,
        _ => keys.main,
    };
    match (tool.keys, key.kind) {
        (Keys::Admin, Some(KeyType::Workspace)) => return Some(Lack::Kind(KeyType::Organisation)),
        (Keys::Workspace, Some(KeyType::Organisation)) => {
            return Some(Lack::Kind(KeyType::Workspace));
        }
        _ => {}
    }
    if keys.lacks_enterprise && tool.plan == Plan::Enterprise {
        return Some(Lack::Plan);
    }
    let own = key.scopes.as_ref()?;
    let has = |scope: &&&str| own.iter().any(|one| one == **scope);
    let names = tool.scopes.names;
    let is_enough = if tool.scopes.all {
        names.iter().all(|scope| has(&scope))
    } else {
        names.is_empty() || names.iter().any(|scope| has(&scope))
    };
    (!is_enough).then_some(Lack::Scopes)
}

/// The least scopes for the tools.
fn least(tools: &[Tool], keys: &KnownKeys<'_>) -> Finding {
    let declarations = tools.iter().map(Tool::declaration);
    let scopes = least_scopes(declarations, keys.main.kind);
    let says = format!("the offered tools need {} at least", scopes.len());
    let joined: Vec<&str> = scopes.into_iter().collect();
    Finding::ok("scopes", says).with_details(vec![joined.join(" ")])
}

/// A smallest set of scopes, found by taking of scopes of which one is enough one that is needed anyway, else the one for
/// this kind of key, else the first.
fn least_scopes<'d>(
    tools: impl Iterator<Item = &'d Declaration>,
    kind: Option<KeyType>,
) -> BTreeSet<&'static str> {
    let (needed, choices): (Vec<_>, Vec<_>) = tools
        .map(|tool| tool.scopes)
        .partition(|scopes| scopes.all || scopes.names.len() < 2);
    let mut least: BTreeSet<&'static str> = needed
        .iter()
        .flat_map(|scopes| scopes.names.iter().copied())
        .collect();
    let prefix = kind.map(KeyType::as_str);
    for choice in choices {
        if choice.names.iter().any(|name| least.contains(name)) {
            continue;
        }
        let of_kind = |name: &&&str| prefix.is_some_and(|prefix| name.starts_with(prefix));
        let chosen = choice.names.iter().find(of_kind);
        least.extend(chosen.or_else(|| choice.names.first()));
    }
    least
}

#[cfg(test)]
mod tests {
    use portkey_api::{
        Declared as _, api_keys::ListApiKeys, audit_logs::ListAuditLogs, configs::GetConfig,
        logging::InsertLog,
    };

    use super::*;

    fn key(kind: KeyType, scopes: &[&str]) -> KeyIdentity {
        KeyIdentity {
            kind: Some(kind),
            scopes: Some(scopes.iter().map(|scope| (*scope).to_owned()).collect()),
            ..KeyIdentity::default()
        }
    }

    fn of<'a>(main: &'a KeyIdentity, workspace: Option<&'a KeyIdentity>) -> KnownKeys<'a> {
        KnownKeys {
            main,
            workspace,
            lacks_enterprise: false,
        }
    }

    #[test]
    fn the_kind_of_key_and_its_scopes_decide() {
        let workspace = key(KeyType::Workspace, &["configs.read"]);
        let keys = of(&workspace, None);
        assert_eq!(lack(&GetConfig::DECLARATION, &keys), None);
        let admin = Some(Lack::Kind(KeyType::Organisation));
        assert_eq!(lack(&ListAuditLogs::DECLARATION, &keys), admin);
        assert_eq!(lack(&ListApiKeys::DECLARATION, &keys), Some(Lack::Scopes));
    }

    #[test]
    fn one_of_several_scopes_may_be_enough_or_all_are_needed() {
        let lists = key(KeyType::Organisation, &["workspace_user_api_keys.list"]);
        assert_eq!(lack(&ListApiKeys::DECLARATION, &of(&lists, None)), None);
        let half = key(KeyType::Workspace, &["logs.write"]);
        let whole = key(KeyType::Workspace, &["logs.write", "completions.write"]);
        assert_eq!(InsertLog::DECLARATION.scopes.names.len(), 2);
        let insert = |key: &KeyIdentity| lack(&InsertLog::DECLARATION, &of(key, None));
        assert_eq!(insert(&whole), None);
        assert_eq!(insert(&half).is_some(), InsertLog::DECLARATION.scopes.all);
    }

    #[test]
    fn a_key_of_its_own_serves_what_refuses_organisation_keys() {
        let admin = key(KeyType::Organisation, &[]);
        let other = key(KeyType::Workspace, &["logs.write", "completions.write"]);
        let wants = Some(Lack::Kind(KeyType::Workspace));
        assert_eq!(lack(&InsertLog::DECLARATION, &of(&admin, None)), wants);
        assert_eq!(
            lack(&InsertLog::DECLARATION, &of(&admin, Some(&other))),
            None
        );
    }

    #[test]
    fn a_plan_without_it_keeps_what_needs_enterprise() {
        let admin = key(KeyType::Organisation, &["audit_logs.list"]);
        let keys = KnownKeys {
            lacks_enterprise: true,
            ..of(&admin, None)
        };
        assert_eq!(lack(&ListAuditLogs::DECLARATION, &keys), Some(Lack::Plan));
    }

    #[test]
    fn what_is_not_known_is_not_held_against_a_key() {
        let unknown = KeyIdentity::default();
        assert_eq!(lack(&ListAuditLogs::DECLARATION, &of(&unknown, None)), None);
    }

    #[test]
    fn the_least_scopes_are_those_of_the_kind_of_key() {
        let least = |kind| least_scopes([&ListApiKeys::DECLARATION].into_iter(), kind);
        let of_workspace = least(Some(KeyType::Workspace));
        assert_eq!(
            of_workspace.into_iter().collect::<Vec<_>>(),
            ["workspace_service_api_keys.list"]
        );
        let unknown = least(None);
        assert_eq!(
            unknown.into_iter().collect::<Vec<_>>(),
            ["organisation_service_api_keys.list"]
        );
    }
}
