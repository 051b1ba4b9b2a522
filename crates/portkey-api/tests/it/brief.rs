//! What lists show of an entry identifies it and is enough to go on with.

use std::fmt::Write as _;

use portkey_api::{Effect, Location, Operation, identity, operation, operations};
use portkey_api_core::{Path, Showing, keywords};
use serde_json::{Value, json};

/// Listings of figures, whose entries are shown whole: their columns depend on the call.
const FIGURES: [&str; 8] = [
    "get_analytics_by_metadata",
    "get_analytics_by_models",
    "get_analytics_group",
    "get_analytics_group_a2a",
    "get_analytics_group_mcp",
    "get_analytics_group_providers",
    "get_analytics_group_workspaces",
    "get_user_stats",
];

/// Members that identify an entry that has no id.
const INSTEAD_OF_ID: [&str; 2] = ["timestamp", "server"];

struct Listing {
    operation: &'static Operation,
    entry: &'static Value,
}

impl Listing {
    fn name(&self) -> &'static str {
        self.operation.declaration.name
    }

    fn members(&self) -> impl Iterator<Item = (&'static str, &'static Value)> {
        let members = self.entry["properties"].as_object().unwrap().iter();
        members.map(|(name, member)| (name.as_str(), member))
    }

    fn brief(&self) -> Vec<&'static str> {
        let brief = self
            .members()
            .filter(|(_, member)| member.get(keywords::BRIEF).is_some());
        brief.map(|(name, _)| name).collect()
    }
}

fn listings() -> impl Iterator<Item = Listing> {
    let pages = operations().filter(|operation| {
        let declaration = &operation.declaration;
        declaration.answers_page() && declaration.effect == Effect::Read
    });
    pages.map(|operation| Listing {
        operation,
        entry: &operation.declaration.output()["properties"]["data"]["items"],
    })
}

fn is_identifier(member: &str) -> bool {
    let is_id = ["id", "slug"].contains(&member) || member.ends_with("_id");
    is_id || INSTEAD_OF_ID.contains(&member)
}

#[test]
fn lists_show_what_identifies_an_entry() {
    for listing in listings() {
        let brief = listing.brief();
        if FIGURES.contains(&listing.name()) {
            assert!(brief.is_empty(), "{} is listed whole", listing.name());
            continue;
        }
        let identifiers = brief.iter().filter(|member| is_identifier(member));
        assert!(identifiers.count() > 0, "{}: {brief:?}", listing.name());
    }
}

#[test]
fn lists_show_what_other_tools_take() {
    let mut seen = 0;
    for listing in listings() {
        let brief = listing.brief();
        for other in operations() {
            let Some(rest) = other.path.strip_prefix(listing.operation.path) else {
                continue;
            };
            let Some((argument, _)) = rest.strip_prefix("/{").and_then(|it| it.split_once('}'))
            else {
                continue;
            };
            let declared = other.declaration.argument(argument).unwrap();
            assert_eq!(declared.location, Location::Path);
            let schema = other.declaration.input_of(argument).unwrap();
            let takes_slug = schema.get(keywords::ID).is_none_or(|kind| kind != "uuid");
            let has = |name| brief.contains(&name);
            let is_enough = has("id") || has(argument) || takes_slug && has("slug");
            let (name, other) = (listing.name(), other.declaration.name);
            assert!(is_enough, "{name} does not show what `{other}` takes");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn lists_show_the_names_that_others_refer_to() {
    let mut seen = 0;
    for listing in listings() {
        let Some(kind) = identity(listing.entry) else {
            continue;
        };
        let brief = listing.brief();
        for (name, member) in listing.members() {
            if member
                .get(keywords::REFERS)
                .is_some_and(|mark| mark == kind)
            {
                assert!(brief.contains(&name), "{}: {name}", listing.name());
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn what_lists_show_is_as_it_was_reviewed() {
    let mut table = String::new();
    for listing in listings() {
        let (brief, all) = (listing.brief(), listing.members().count());
        let name = listing.name();
        if brief.is_empty() {
            writeln!(table, "{name}: all").unwrap();
        } else {
            let shown = brief.len();
            writeln!(table, "{name}: {} ({shown} of {all})", brief.join(", ")).unwrap();
        }
    }
    insta::assert_snapshot!("brief", table);
}

fn shortened(tool: &str, mut answer: Value, bodies: bool) -> (Value, Vec<String>) {
    let showing = Showing {
        bodies,
        cents: false,
        brief: true,
        minted: &mut |_: &Path<'_>, _: &str| "kept".into(),
    };
    let declaration = &operation(tool).unwrap().declaration;
    let left_out = declaration.show(&mut answer, showing);
    (answer, left_out)
}

#[test]
fn entries_show_what_is_declared_and_what_is_left_out_is_named() {
    let list = json!({ "object": "list", "total": 1, "data": [{
        "id": "i", "slug": "s", "name": "n", "organisation_id": "o", "is_default": false,
        "status": "active", "owner_id": null, "updated_by": "u", "object": "config",
    }] });
    let (list, left_out) = shortened("list_configs", list, false);
    let entry =
        json!({ "id": "i", "slug": "s", "name": "n", "is_default": false, "status": "active" });
    assert_eq!(list, json!({ "total": 1, "data": [entry] }));
    assert_eq!(left_out, ["organisation_id", "updated_by"]);
}

#[test]
fn lists_of_figures_are_whole_without_what_is_empty() {
    let row = json!({ "model": "m", "requests": 0, "cost": 5, "success_rate": null, "object": "analytics-group" });
    let (list, left_out) = shortened("get_analytics_group", json!({ "data": [row] }), false);
    let row = json!({ "model": "m", "requests": 0, "cost_usd": 0.05 });
    assert_eq!(list, json!({ "data": [row] }));
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[test]
fn bodies_are_shown_where_they_were_asked_for() {
    let list = json!({ "data": [{ "uri": "/v1", "request_body": { "a": 1 }, "country": "NO" }] });
    let (brief, _) = shortened("list_audit_logs", list.clone(), false);
    assert_eq!(brief, json!({ "data": [{ "uri": "/v1" }] }));
    let (bodies, _) = shortened("list_audit_logs", list, true);
    assert_eq!(bodies["data"][0]["request_body"], json!({ "a": 1 }));
}

#[test]
fn what_was_never_changed_tells_one_time_and_entries_inside_are_short_too() {
    let time = "2026-11-09T14:32:57.553Z";
    let entry =
        json!({ "user_id": "u", "connected": true, "created_at": time, "last_updated_at": time });
    let list = json!({ "data": [entry] });
    let (list, _) = shortened("list_mcp_server_connections", list, false);
    assert_eq!(list["data"][0].as_object().unwrap().len(), 3);
    let list =
        json!({ "data": [{ "server": { "name": "n", "remotes": [{}] }, "_meta": { "a": 1 } }] });
    let (list, left_out) = shortened("list_mcp_registry_servers", list, false);
    assert_eq!(list, json!({ "data": [{ "server": { "name": "n" } }] }));
    assert_eq!(left_out, ["remotes", "_meta"]);
}

#[test]
fn new_secrets_are_kept_before_they_are_left_out() {
    let mut kept = 0;
    let mut answer = json!({ "data": [{ "id": "d", "client_auth": "pk-0123456789abcdef" }] });
    let showing = Showing {
        bodies: false,
        cents: false,
        brief: true,
        minted: &mut |_: &Path<'_>, _: &str| {
            kept += 1;
            Value::Null
        },
    };
    let declaration = &operation("list_deployments").unwrap().declaration;
    declaration.show(&mut answer, showing);
    assert_eq!((kept, answer), (1, json!({ "data": [{ "id": "d" }] })));
}
