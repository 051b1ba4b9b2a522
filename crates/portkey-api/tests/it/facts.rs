//! The catalog against what is known of the API: `operations.json` in the folder that `PORTKEY_FACTS` names, and beside
//! it `peer-additions.json` and `additions.json`, which is newer.

use std::{collections::BTreeSet, path::Path};

use portkey_api::{Base, Effect, Keys, Location, Operation, Plan, operations};
use portkey_testing::outside;
use serde_json::Value;

use crate::peers;

/// Where the catalog knows better than the facts, or simplifies them: tool, fact, reason. Only what is true is
/// listed: an entry that no longer deviates fails.
const DEVIATIONS: &[(&str, &str, &str)] = &[
    (
        "invite_user",
        "body has no `first_name`",
        "an argument of older clients; passed on",
    ),
    (
        "invite_user",
        "body has no `last_name`",
        "an argument of older clients; passed on",
    ),
    (
        "create_workspace",
        "body has no `security_settings`",
        "the vendor's Terraform provider sends them",
    ),
    (
        "get_analytics_by_models",
        "query has no `columns`",
        "known of the other groupings",
    ),
];

#[test]
fn the_catalog_agrees_with_the_facts() {
    let Some(folder) = outside("PORTKEY_FACTS", "a folder that has `operations.json`") else {
        return;
    };
    let facts = read(&folder.join("operations.json"));
    let facts = facts.as_array().unwrap();
    let (peers, additions) = (
        read(&folder.join("peer-additions.json")),
        read(&folder.join("additions.json")),
    );
    let changes = additions["changes"].as_array().unwrap();
    let later = [&peers, &additions].map(|file| file["operations"].as_array().unwrap());
    let later: Vec<&Value> = later.into_iter().flatten().collect();
    let mut found = BTreeSet::new();
    for operation in operations() {
        let tool = operation.declaration.name;
        let Some(fact) = facts.iter().find(|fact| is_same_route(operation, fact)) else {
            let known = peers::deviations(operation, &later);
            found.extend(known.into_iter().map(|text| (tool, text)));
            continue;
        };
        found.extend(
            deviations(operation, fact, changes)
                .into_iter()
                .map(|text| (tool, text)),
        );
    }
    for fact in facts {
        let is_declared = operations().any(|operation| is_same_route(operation, fact));
        assert!(is_declared, "nothing calls {}", fact["id"]);
    }
    for known in later {
        let is_declared = operations().any(|operation| known["name"] == operation.declaration.name);
        assert!(is_declared, "nothing calls {}", known["name"]);
    }
    let explained: BTreeSet<_> = DEVIATIONS
        .iter()
        .map(|(tool, text, _)| (*tool, (*text).to_owned()))
        .collect();
    let unexplained: Vec<_> = found.difference(&explained).collect();
    let stale: Vec<_> = explained.difference(&found).collect();
    assert!(
        unexplained.is_empty() && stale.is_empty(),
        "unexplained: {unexplained:#?}\nno longer so: {stale:#?}"
    );
}

pub(crate) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn is_same_route(operation: &Operation, fact: &Value) -> bool {
    let path = fact["path"].as_str().unwrap();
    // To the catalog, the version of the registry is part of its address.
    let path = path.strip_prefix("/v0.1").unwrap_or(path);
    fact["method"] == operation.method.as_str() && shape(path) == shape(operation.path)
}

/// The path without the names of its placeholders.
pub(crate) fn shape(path: &str) -> Vec<&str> {
    let segments = path.split('/');
    segments
        .map(|s| if s.starts_with('{') { "{}" } else { s })
        .collect()
}

fn deviations(operation: &Operation, fact: &Value, changes: &[Value]) -> Vec<String> {
    let mut found = access(operation, fact);
    found.extend(behaviour(operation, fact));
    let changes = changes.iter().filter(|change| is_about(change, fact));
    found.extend(inputs(operation, fact, &changes.collect::<Vec<_>>()));
    found
}

/// Whether a change is about this operation.
fn is_about(change: &Value, fact: &Value) -> bool {
    let named = change["operation"].as_str().unwrap();
    let path = fact["path"].as_str().unwrap();
    let is_named = named.split(", ").any(|one| fact["id"] == one);
    is_named || (named.starts_with("all analytics") && path.starts_with("/analytics/"))
}

fn access(operation: &Operation, fact: &Value) -> Vec<String> {
    let declaration = &operation.declaration;
    let mut found = Vec::new();
    let mut expect = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            found.push(format!("{what} is {ours}, known is {theirs}"));
        }
    };
    let ours: BTreeSet<_> = declaration.scopes.names.iter().copied().collect();
    expect(
        "scopes",
        format!("{ours:?}"),
        format!("{:?}", texts(&fact["scopes"])),
    );
    let all = fact["scopes_mode"] == "all" && ours.len() > 1;
    expect(
        "all scopes",
        declaration.scopes.all.to_string(),
        all.to_string(),
    );
    let keys = match texts(&fact["key_types"]).into_iter().collect::<Vec<_>>()[..] {
        ["admin", "workspace"] => Keys::Any,
        ["admin"] => Keys::Admin,
        ["workspace"] => Keys::Workspace,
        _ => Keys::None,
    };
    expect(
        "keys",
        format!("{:?}", declaration.keys),
        format!("{keys:?}"),
    );
    let plan = match fact["plan"].as_str() {
        Some("enterprise") => Plan::Enterprise,
        Some("any") => Plan::Any,
        _ => Plan::Unspecified,
    };
    expect(
        "plan",
        format!("{:?}", declaration.plan),
        format!("{plan:?}"),
    );
    let base = match (fact["plane"].as_str(), fact["base"].as_str()) {
        (Some("data"), _) => Base::Gateway,
        (Some("public"), _) => Base::Public,
        (Some("mcp-gateway"), _) => Base::McpRegistry,
        (_, Some("/v2")) => Base::V2,
        _ => Base::Control,
    };
    expect("base", format!("{:?}", operation.base), format!("{base:?}"));
    found
}

fn behaviour(operation: &Operation, fact: &Value) -> Vec<String> {
    let declaration = &operation.declaration;
    let flags = &fact["flags"];
    let effect = match flags["effect"].as_str() {
        Some("action") => Effect::Execute.as_str(),
        Some(effect) => effect,
        None => "unknown",
    };
    let pairs = [
        (
            "effect",
            declaration.effect.as_str().to_owned(),
            effect.to_owned(),
        ),
        (
            "destructive",
            declaration.destructive.to_string(),
            flags["destructive"].to_string(),
        ),
        (
            "repeatable",
            declaration.repeatable.to_string(),
            flags["idempotent"].to_string(),
        ),
    ];
    let differing = pairs.into_iter().filter(|(_, ours, theirs)| ours != theirs);
    differing
        .map(|(what, ours, theirs)| format!("{what} is {ours}, known is {theirs}"))
        .collect()
}

/// What differs of the arguments. `changes` adds some to those of the fact.
fn inputs(operation: &Operation, fact: &Value, changes: &[&Value]) -> Vec<String> {
    let (mut query, mut body, mut takes_any) = (BTreeSet::new(), BTreeSet::new(), false);
    for argument in operation.declaration.arguments {
        match argument.location {
            Location::Query(name) => _ = query.insert(name),
            Location::Body(path) => _ = body.insert(path.split('.').next().unwrap()),
            Location::Spread => takes_any = true,
            Location::Path | Location::Header(_) | Location::Local => {}
        }
    }
    let added = |place: &'static str| {
        let there = changes
            .iter()
            .filter(move |change| change["where"] == place);
        there.filter_map(|change| change["argument"].as_str())
    };
    let mut known_query: BTreeSet<_> = named(&fact["query"]).map(|(name, _)| name).collect();
    known_query.extend(added("query"));
    let needed_query = named(&fact["query"])
        .filter(|(_, p)| p["required"] == true)
        .map(|(name, _)| name);
    let mut known_body = body_names(fact);
    known_body.extend(added("body"));
    let needed_body = texts(&fact["body"]["required"]);
    let mut found = Vec::new();
    found.extend(
        query
            .difference(&known_query)
            .map(|n| format!("query has no `{n}`")),
    );
    found.extend(
        body.difference(&known_body)
            .map(|n| format!("body has no `{n}`")),
    );
    found.extend(
        needed_query
            .filter(|n| !query.contains(n))
            .map(|n| format!("query needs `{n}`")),
    );
    let needed_body = needed_body
        .into_iter()
        .filter(|n| !body.contains(n) && !takes_any);
    found.extend(needed_body.map(|n| format!("body needs `{n}`")));
    found
}

/// The names at the root of the body, those of other sources too.
fn body_names(fact: &Value) -> BTreeSet<&str> {
    let properties = fact["body"]["properties"].as_object();
    let extra = fact["body_extra"].as_array().into_iter().flatten();
    let extra = extra.filter_map(|extra| extra["path"].as_str());
    let extra = extra.flat_map(|paths| paths.split(", "));
    let extra = extra.filter_map(|path| path.split('.').next());
    properties
        .into_iter()
        .flat_map(|p| p.keys().map(String::as_str))
        .chain(extra)
        .collect()
}

fn named(parameters: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let parameters = parameters.as_array().into_iter().flatten();
    parameters.filter_map(|parameter| Some((parameter["name"].as_str()?, parameter)))
}

fn texts(list: &Value) -> BTreeSet<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
