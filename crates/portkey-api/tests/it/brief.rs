//! What lists show of an entry identifies it and is enough to go on with.

use std::fmt::Write as _;

use portkey_api::{Effect, Location, Operation, identity, operations};
use portkey_api_core::keywords;
use serde_json::Value;

/// Listings of figures, whose entries are shown whole: their columns depend on the call.
const FIGURES: [&str; 6] = [
    "get_analytics_by_metadata",
    "get_analytics_by_models",
    "get_analytics_group",
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
