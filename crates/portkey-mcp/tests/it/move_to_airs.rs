//! A workspace moves from Portkey's own edition to Prisma AIRS with tools alone: its integrations, providers, guardrails
//! and configs get new ids, references are rewritten, and what has no place there is told.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire};

/// Where something went: from each name that it had to the name that it has.
type Renamed = BTreeMap<String, String>;

/// What is left behind: kind and name.
type LeftBehind = Vec<(&'static str, String)>;

struct Move {
    from: Wire,
    to: Wire,
    /// The workspace in each edition.
    old: String,
    new: String,
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

fn entries(listing: &Value) -> Vec<Value> {
    listing["data"].as_array().unwrap().clone()
}

/// The members of an object that an argument of a tool has, too.
fn picked(object: &Value, names: &[&str]) -> Value {
    let members = object.as_object().unwrap().iter();
    let members =
        members.filter(|(name, value)| names.contains(&name.as_str()) && !value.is_null());
    Value::Object(
        members
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

fn with(mut object: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(more);
    object
}

/// The value with each text replaced that names something which goes by another name now. A virtual key becomes the
/// provider of the same name, because Prisma AIRS has no virtual keys.
fn rewritten(value: &Value, renamed: &Renamed) -> Value {
    match value {
        Value::String(text) => renamed.get(text).unwrap_or(text).clone().into(),
        Value::Array(items) => items.iter().map(|item| rewritten(item, renamed)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                if name == "virtual_key"
                    && let Some(slug) = member.as_str()
                {
                    return ("provider".to_owned(), format!("@{slug}").into());
                }
                (name.clone(), rewritten(member, renamed))
            });
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

impl Move {
    fn list(&mut self, tool: &str) -> Vec<Value> {
        let mut all = json!({ "workspace_id": self.old, "verbose": true });
        if tool != "list_prompt_partials" {
            // Partials come in one piece anyway.
            all["all"] = true.into();
        }
        entries(&self.from.answer(tool, all))
    }

    /// The integrations that the providers of the workspace come from, with new credentials, because none can be read.
    fn integrations(&mut self, providers: &[Value]) {
        let mut slugs: Vec<_> = providers
            .iter()
            .map(|one| text(one, "integration_id"))
            .collect();
        slugs.sort_unstable();
        slugs.dedup();
        for slug in slugs {
            let found = self
                .from
                .answer("get_integration", json!({ "slug": slug, "verbose": true }));
            let kept = picked(
                &found,
                &["name", "slug", "ai_provider_id", "description", "tags"],
            );
            let new = json!({ "key": format!("sk-new-{slug}"), "create_default_provider": false });
            self.to.answer("create_integration", with(kept, new));
            let granted = json!([{ "id": self.new, "enabled": true }]);
            let granted = json!({ "slug": slug, "workspaces": granted });
            self.to.answer("update_integration_workspaces", granted);
        }
    }

    fn providers(&mut self, providers: &[Value]) {
        for provider in providers {
            let kept = picked(
                provider,
                &["name", "slug", "integration_id", "note", "expires_at"],
            );
            let new = json!({ "workspace_id": self.new });
            self.to.answer("create_provider", with(kept, new));
        }
    }

    /// The guardrails of the workspace. Their slugs cannot be chosen.
    fn guardrails(&mut self) -> Renamed {
        let mut renamed = Renamed::new();
        for listed in self.list("list_guardrails") {
            let id = json!({ "guardrail_id": listed["id"], "verbose": true });
            let found = self.from.answer("get_guardrail", id);
            let kept = picked(&found, &["name", "checks", "actions"]);
            let made = self.to.answer(
                "create_guardrail",
                with(kept, json!({ "workspace_id": self.new })),
            );
            for name in ["id", "slug"] {
                renamed.insert(text(&found, name), text(&made, name));
            }
        }
        renamed
    }

    /// The configs as they are now. Earlier versions stay behind.
    fn configs(&mut self, renamed: &Renamed) -> Renamed {
        let mut moved = Renamed::new();
        for listed in self.list("list_configs") {
            let slug = json!({ "slug": listed["slug"] });
            let found = self.from.answer("get_config", slug);
            let config = rewritten(&found["config"], renamed);
            let made =
                json!({ "name": listed["name"], "config": config, "workspace_id": self.new });
            let made = self.to.answer("create_config", made);
            moved.insert(text(&listed, "slug"), text(&made, "slug"));
        }
        moved
    }

    /// What Prisma AIRS has no tool for, by the tools that list it in the other edition.
    fn left_behind(&mut self) -> LeftBehind {
        let mut left = LeftBehind::new();
        for (kind, tool, name) in [
            ("prompt", "list_prompts", "name"),
            ("prompt partial", "list_prompt_partials", "name"),
            ("prompt label", "list_prompt_labels", "name"),
            ("collection", "list_collections", "name"),
            ("virtual key", "list_virtual_keys", "slug"),
            ("member", "list_workspace_members", "email"),
        ] {
            let refused = self
                .to
                .request("tools/call", json!({ "name": tool, "arguments": {} }));
            assert!(
                refused.to_string().contains("Prisma AIRS has no"),
                "{refused}"
            );
            let found = self.list(tool);
            left.extend(found.iter().map(|one| (kind, text(one, name))));
        }
        left
    }
}

/// A workspace and a server for each edition.
fn begin(classic: &SandboxProcess, airs: &SandboxProcess) -> Move {
    let all = ["--toolsets", "all"];
    let mut from = Wire::initialised(&all, &classic.settings());
    let mut to = Wire::initialised(&all, &airs.all_settings());
    let workspaces = entries(&from.answer("list_workspaces", json!({ "verbose": true })));
    let old = workspaces.iter().find(|one| one["name"] == "Production");
    // The id of the new one is known from Strata Cloud Manager; a gateway key of it tells it, too.
    let keys = entries(&to.answer("list_api_keys", json!({ "verbose": true })));
    let new = keys.iter().find(|key| key["workspace_id"].is_string());
    let (old, new) = (text(old.unwrap(), "id"), text(new.unwrap(), "workspace_id"));
    Move { from, to, old, new }
}

/// Every provider and guardrail that a config names is there.
fn assert_whole(wire: &mut Wire, config: &Value) {
    match config {
        Value::String(name) if name.starts_with('@') => {
            let slug = name.trim_start_matches('@');
            wire.answer("get_provider", json!({ "slug": slug }));
        }
        Value::String(name) if name.starts_with("pg-") => {
            wire.answer("get_guardrail", json!({ "guardrail_id": name }));
        }
        Value::Array(items) => items.iter().for_each(|item| assert_whole(wire, item)),
        Value::Object(members) => {
            assert!(!members.contains_key("virtual_key"), "{config}");
            members
                .values()
                .for_each(|member| assert_whole(wire, member));
        }
        _ => {}
    }
}

#[test]
fn a_workspace_moves_and_tells_what_it_left_behind() {
    let classic = SandboxProcess::start();
    let airs = SandboxProcess::start_with(&["--edition", "prisma-airs", "--seed", "empty"]);
    let mut moving = begin(&classic, &airs);
    let guarded = json!({
        "name": "Guarded", "workspace_id": moving.old,
        "config": { "provider": "@openai-prod-4f2a91", "input_guardrails": ["pg-no-persona-3e71b8"] },
    });
    let guarded = moving.from.answer("create_config", guarded);

    let providers = moving.list("list_providers");
    moving.integrations(&providers);
    moving.providers(&providers);
    let guardrails = moving.guardrails();
    let configs = moving.configs(&guardrails);
    let left = moving.left_behind();

    assert_eq!(
        (providers.len(), guardrails.len(), configs.len()),
        (2, 4, 5)
    );
    for slug in configs.values() {
        let found = moving.to.answer("get_config", json!({ "slug": slug }));
        assert_whole(&mut moving.to, &found["config"]);
    }
    let found = json!({ "slug": configs[&text(&guarded, "slug")] });
    let found = moving.to.answer("get_config", found);
    let guardrail = &guardrails["pg-no-persona-3e71b8"];
    assert_eq!(found["config"]["input_guardrails"], json!([guardrail]));
    let cached = json!({ "slug": configs["pc-cached-support-90be1f"] });
    let cached = moving.to.answer("get_config", cached);
    assert_eq!(
        cached["config"]["provider"], "@openai-prod-4f2a91",
        "{cached}"
    );

    let mut told: Vec<_> = left
        .iter()
        .map(|(kind, name)| format!("{kind} {name}"))
        .collect();
    told.sort_unstable();
    assert_eq!(told, LEFT_BEHIND);
}

/// What has no place in Prisma AIRS, of the workspace Production.
const LEFT_BEHIND: &[&str] = &[
    "collection Customer support",
    "collection Default",
    "collection Engineering",
    "collection Retired",
    "collection Writing",
    "member ada@northwind.example",
    "member bruno@northwind.example",
    "member dana@northwind.example",
    "member emil@northwind.example",
    "member farah@northwind.example",
    "prompt Call summary",
    "prompt Code review",
    "prompt Document summariser",
    "prompt Product description",
    "prompt Release notes",
    "prompt SQL assistant",
    "prompt Support reply",
    "prompt Ticket triage",
    "prompt label development",
    "prompt label production",
    "prompt label reviewed",
    "prompt label staging",
    "prompt partial House style",
    "prompt partial No refunds",
    "virtual key anthropic-pr-b83c07",
    "virtual key openai-prod-4f2a91",
];
