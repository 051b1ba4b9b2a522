//! Searches a crawl for references. A reference is a text: an id or slug, `@slug` or `@slug/model` for a provider,
//! `id@label` for a prompt, or `{{>slug}}` for a partial.

use std::collections::BTreeMap;

use portkey_api::ObjectKind;
use portkey_api_core::JsonObject;
use serde_json::Value;

use super::{
    Reference, References,
    crawl::{Crawl, Thing},
};

/// Members that describe the object itself and hold no references.
const OWN: [&str; 5] = ["id", "slug", "name", "description", "organisation_id"];
/// The member of a guardrail that lists the MCP servers using it. The references point the other way: each server
/// refers to the guardrail, but only the guardrail records that.
pub(super) const SERVERS: &str = "mcp_servers";
/// Most paths that are listed for one reference.
const MOST_PATHS: usize = 10;

/// Returns the objects in `crawl` that refer to the object of this id or slug. For an integration, they include those
/// that refer to one of its providers.
pub(super) fn references(crawl: &Crawl, kind: ObjectKind, id: &str) -> References {
    let target = Target::of(crawl, kind, id);
    let mut data = target.found_in(crawl, None);
    if kind == ObjectKind::Integration {
        for provider in target.providers(crawl) {
            let via = provider.names.last().cloned();
            data.extend(provider.found_in(crawl, via.as_deref()));
        }
    }
    data.sort_by(|a, b| (&a.kind, &a.name, &a.id).cmp(&(&b.kind, &b.name, &b.id)));
    let mut by_kind = BTreeMap::<String, usize>::new();
    for reference in &data {
        *by_kind.entry(reference.kind.clone()).or_default() += 1;
    }
    References {
        kind,
        id: id.to_owned(),
        name: target.name,
        total: data.len(),
        by_kind,
        data,
        unread: crawl.unread.clone(),
    }
}

/// The object that references are searched for.
struct Target {
    kind: ObjectKind,
    /// The id and slug, as far as they are known.
    names: Vec<String>,
    name: Option<String>,
}

impl Target {
    fn of(crawl: &Crawl, kind: ObjectKind, id: &str) -> Self {
        let listed = crawl.things.iter().find(|thing| {
            thing.kind == kind.listed_as()
                && ["id", "slug"]
                    .iter()
                    .any(|name| thing.text(name) == Some(id))
        });
        match listed {
            Some(thing) => Self::from(kind, thing),
            None => Self {
                kind,
                names: vec![id.to_owned()],
                name: None,
            },
        }
    }

    fn from(kind: ObjectKind, thing: &Thing) -> Self {
        let names = ["id", "slug"].iter().filter_map(|name| thing.text(name));
        Self {
            kind,
            names: names.map(str::to_owned).collect(),
            name: thing.text("name").map(str::to_owned),
        }
    }

    /// The providers that use this integration.
    fn providers(&self, crawl: &Crawl) -> Vec<Self> {
        let mut providers: Vec<Self> = Vec::new();
        for thing in crawl
            .things
            .iter()
            .filter(|thing| thing.kind == ObjectKind::Provider)
        {
            let integration = thing.text("integration_id");
            if integration.is_some_and(|id| self.is(id)) {
                providers.push(Self::from(ObjectKind::Provider, thing));
            }
        }
        providers
    }

    fn found_in(&self, crawl: &Crawl, via: Option<&str>) -> Vec<Reference> {
        let mut found: Vec<Reference> = Vec::new();
        for thing in &crawl.things {
            if thing.kind == self.kind.listed_as() && self.is_itself(thing) {
                found.extend(guarded(thing));
                continue;
            }
            let mut places = Vec::new();
            for (name, value) in &thing.content {
                let guards = thing.kind == ObjectKind::Guardrail
                    && name == SERVERS
                    && self.kind != ObjectKind::McpServer;
                if !OWN.contains(&name.as_str()) && !guards {
                    self.search(value, name, &mut places);
                }
            }
            if places.is_empty() {
                continue;
            }
            let id = thing.text("id").or(thing.text("slug"));
            // References in several versions of a prompt count as one.
            let known = found.iter_mut().find(|known| {
                known.kind == thing.kind.name() && id.is_some() && known.id.as_deref() == id
            });
            match known {
                Some(known) => known.add(places),
                None => found.push(Reference::by(thing, places, via)),
            }
        }
        found
    }

    fn is(&self, text: &str) -> bool {
        self.names.iter().any(|name| name == text)
    }

    fn is_itself(&self, thing: &Thing) -> bool {
        ["id", "slug"]
            .iter()
            .filter_map(|name| thing.text(name))
            .any(|id| self.is(id))
    }

    fn search(&self, value: &Value, path: &str, places: &mut Vec<String>) {
        match value {
            Value::String(text) if self.is_referred_to_by(text) => places.push(path.to_owned()),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.search(item, &format!("{path}[{index}]"), places);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.search(member, &format!("{path}.{name}"), places);
                }
            }
            _ => {}
        }
    }

    fn is_referred_to_by(&self, text: &str) -> bool {
        if self.is(text) {
            return true;
        }
        match self.kind {
            ObjectKind::Provider | ObjectKind::VirtualKey => text
                .strip_prefix('@')
                .and_then(|rest| rest.split('/').next())
                .is_some_and(|slug| self.is(slug)),
            ObjectKind::Prompt => text.split_once('@').is_some_and(|(id, _)| self.is(id)),
            ObjectKind::Partial => included(text).any(|slug| self.is(slug)),
            _ => false,
        }
    }
}

impl Reference {
    fn by(thing: &Thing, places: Vec<String>, via: Option<&str>) -> Self {
        let text = |name: &str| thing.text(name).map(str::to_owned);
        let mut reference = Self {
            kind: thing.kind.name().to_owned(),
            id: text("id").or_else(|| text("slug")),
            name: text("name"),
            r#where: Vec::new(),
            workspace: text("workspace_id"),
            via: via.map(str::to_owned),
        };
        reference.add(places);
        reference
    }

    fn add(&mut self, places: Vec<String>) {
        for place in places {
            if self.r#where.len() < MOST_PATHS && !self.r#where.contains(&place) {
                self.r#where.push(place);
            }
        }
    }
}

/// The MCP servers that refer to a guardrail, which only the guardrail records.
fn guarded(guardrail: &Thing) -> Vec<Reference> {
    if guardrail.kind != ObjectKind::Guardrail {
        return Vec::new();
    }
    let servers = guardrail.content.get(SERVERS).and_then(Value::as_array);
    let servers = servers.into_iter().flatten().filter_map(Value::as_object);
    servers.map(guarded_server).collect()
}

fn guarded_server(server: &JsonObject) -> Reference {
    let text = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| server.get(*name)?.as_str());
        found.next().map(str::to_owned)
    };
    Reference {
        kind: ObjectKind::McpServer.name().to_owned(),
        id: text(&["mcp_server_id", "id", "slug"]),
        name: text(&["name"]),
        r#where: vec!["guardrails".to_owned()],
        workspace: text(&["workspace_id"]),
        via: None,
    }
}

/// The slugs of the partials that a template includes, as `{{>slug}}` or `{{> slug@3 }}`. `{{>>name}}` is not one: it
/// inserts a text that the caller passes.
fn included(template: &str) -> impl Iterator<Item = &str> {
    template.split("{{").skip(1).filter_map(|rest| {
        let tag = rest.split("}}").next()?.trim_start();
        let name = tag.strip_prefix('>')?;
        if name.starts_with('>') {
            return None;
        }
        Some(name.split('@').next().unwrap_or(name).trim())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn thing(kind: ObjectKind, content: Value) -> Thing {
        let Value::Object(content) = content else {
            panic!("{content}")
        };
        Thing { kind, content }
    }

    fn crawl() -> Crawl {
        Crawl {
            things: vec![
                thing(
                    ObjectKind::Provider,
                    json!({ "id": "u-1", "slug": "openai", "name": "OpenAI", "integration_id": "int" }),
                ),
                thing(
                    ObjectKind::Provider,
                    json!({ "id": "u-2", "slug": "openai-2", "name": "Other", "integration_id": "x" }),
                ),
                thing(
                    ObjectKind::Config,
                    json!({ "id": "c-1", "slug": "pc-1", "name": "Nested", "workspace_id": "w",
                    "config": { "targets": [{ "targets": [{ "provider": "@openai" }] }],
                                "override_params": { "model": "@openai/gpt-4o" } } }),
                ),
                thing(
                    ObjectKind::Config,
                    json!({ "id": "c-2", "slug": "pc-2", "name": "openai",
                    "config": { "provider": "@openai-2" } }),
                ),
                thing(
                    ObjectKind::Prompt,
                    json!({ "id": "p-1", "slug": "pp-1", "virtual_key": "openai",
                    "string": "Hello {{> house }} {{>>private}} {{name}}" }),
                ),
                thing(
                    ObjectKind::Prompt,
                    json!({ "id": "p-1", "slug": "pp-1", "string": "{{>old@2}}" }),
                ),
                thing(
                    ObjectKind::UsageLimit,
                    json!({ "id": "l-1", "conditions": [{ "key": "prompt", "value": ["pp-1@live"] }] }),
                ),
                thing(
                    ObjectKind::Guardrail,
                    json!({ "id": "g-1", "slug": "pg-1", "mcp_servers": [{ "mcp_server_id": "m-1" }] }),
                ),
            ],
            unread: Vec::new(),
        }
    }

    fn found(kind: ObjectKind, id: &str) -> Vec<(String, Vec<String>)> {
        let references = references(&crawl(), kind, id);
        let data = references.data.into_iter();
        data.map(|one| (one.id.unwrap_or_default(), one.r#where))
            .collect()
    }

    #[test]
    fn a_provider_is_found_by_id_and_slug_however_it_is_written() {
        let by_slug = found(ObjectKind::Provider, "openai");
        let paths = |paths: &[&str]| {
            paths
                .iter()
                .map(|path| (*path).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            by_slug,
            [
                (
                    "c-1".to_owned(),
                    paths(&[
                        "config.targets[0].targets[0].provider",
                        "config.override_params.model"
                    ])
                ),
                ("p-1".to_owned(), paths(&["virtual_key"])),
            ]
        );
        assert_eq!(found(ObjectKind::VirtualKey, "u-1"), by_slug);
    }

    #[test]
    fn a_longer_slug_and_a_name_are_no_reference() {
        assert_eq!(found(ObjectKind::Provider, "openai-2").len(), 1);
        assert!(found(ObjectKind::Provider, "open").is_empty());
    }

    #[test]
    fn an_integration_is_used_by_its_providers_and_through_them() {
        let references = references(&crawl(), ObjectKind::Integration, "int");
        let vias: Vec<_> = references
            .data
            .iter()
            .map(|one| one.via.as_deref())
            .collect();
        assert_eq!(vias, [Some("openai"), Some("openai"), None]);
        assert_eq!(references.by_kind["provider"], 1);
    }

    #[test]
    fn partials_are_found_in_every_version_and_passed_texts_are_ignored() {
        assert_eq!(found(ObjectKind::Partial, "house").len(), 1);
        assert_eq!(found(ObjectKind::Partial, "old").len(), 1);
        assert!(found(ObjectKind::Partial, "private").is_empty());
        assert!(found(ObjectKind::Partial, "name").is_empty());
    }

    #[test]
    fn prompts_are_found_by_label_and_mcp_servers_through_guardrails() {
        assert_eq!(found(ObjectKind::Prompt, "p-1")[0].0, "l-1");
        assert_eq!(found(ObjectKind::Guardrail, "pg-1")[0].0, "m-1");
        assert_eq!(found(ObjectKind::McpServer, "m-1")[0].0, "g-1");
    }

    #[test]
    fn the_summary_names_a_few_and_says_what_was_not_read() {
        let mut references = references(&crawl(), ObjectKind::Provider, "openai");
        assert_eq!(
            references.to_string(),
            "Used by 1 config (\"Nested\"); 1 prompt (\"p-1\")."
        );
        references.unread.push(super::super::Unread {
            tool: "list_guardrails".to_owned(),
            reason: "forbidden".to_owned(),
            count: 1,
        });
        assert!(references.to_string().ends_with("(`list_guardrails`)."));
    }
}
