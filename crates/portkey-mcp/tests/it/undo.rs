//! Changes are taken back: every resource that can be updated or deleted, on the sandbox.

mod access;
mod cases;
mod journal;
mod journal_file;
mod removals;
mod world;

use std::collections::BTreeSet;

use portkey_api::Effect;
use portkey_engine::journal::{
    is_kept,
    undo::{UndoStrategy, strategy},
};
use portkey_workflows::catalog;
use serde_json::{Value, json};

use cases::{Update, updates};
use removals::{Removal, removals};
use world::World;

/// What Portkey counts on, whatever it is changed to.
const COUNTED: &[&str] = &[
    "last_updated_at",
    "updated_at",
    "updated_by",
    "version_id",
    "version",
    "version_description",
    "prompt_version",
    "prompt_version_id",
    "prompt_version_status",
    "prompt_version_description",
    "prompt_partial_version_id",
    "has_override",
];

/// What is new in what was made again.
const NEW: &[&str] = &["id", "slug", "created_at", "owner_id", "members_count"];

#[test]
fn every_tool_that_changes_or_removes_has_a_round_trip_or_says_why_not() {
    let mut world = World::new();
    let mut tested: BTreeSet<&str> = updates(&mut world).iter().map(|one| one.tool).collect();
    tested.extend(removals(&mut world).iter().map(|one| one.tool));
    let catalog = catalog();
    for operation in catalog.operations().filter(|one| is_kept(catalog, one)) {
        let name = operation.declaration.name;
        if operation.declaration.effect == Effect::Create {
            continue;
        }
        let is_reversible = !matches!(strategy(catalog, operation), UndoStrategy::Never(_));
        assert_eq!(tested.contains(name), is_reversible, "{name}");
    }
}

#[test]
fn what_an_update_wrote_over_comes_back() {
    let mut world = World::new();
    let mut faults = Vec::new();
    for update in updates(&mut world) {
        faults.extend(not_restored(&mut world, &update).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn not_restored(world: &mut World, update: &Update) -> Result<(), String> {
    let Update {
        tool,
        arguments,
        reader,
        finding,
    } = update;
    let read =
        |world: &mut World| Ok::<_, String>(without(world.answer(reader, finding)?, COUNTED));
    let before = read(world)?;
    world.answer(tool, arguments)?;
    let after = read(world)?;
    if after == before {
        return Err(format!("{tool} changes nothing that {reader} shows"));
    }
    let id = world.latest_change(tool)?;
    let preview = world.answer("undo_change", &json!({ "change_id": id, "dry_run": true }))?;
    if read(world)? != after {
        return Err(format!("{tool}: the dry run of the undo changed something"));
    }
    let undone = world.answer("undo_change", &json!({ "change_id": id }))?;
    if undone["lost"] != json!([]) || undone["changed_since"].is_array() {
        return Err(format!("{tool}: {undone}\n{preview}"));
    }
    let restored = read(world)?;
    if restored != before {
        return Err(format!(
            "{tool}\nbefore   {before}\nafter    {after}\nrestored {restored}\n{preview}"
        ));
    }
    let again = world.failure("undo_change", &json!({ "change_id": id }));
    if !again.contains("undone already") {
        return Err(format!("{tool} is undone twice: {again}"));
    }
    Ok(())
}

#[test]
fn what_was_removed_is_made_again() {
    let mut world = World::new();
    let mut faults = Vec::new();
    for removal in removals(&mut world) {
        faults.extend(not_made_again(&mut world, &removal).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn not_made_again(world: &mut World, removal: &Removal) -> Result<(), String> {
    let Removal {
        tool, arguments, ..
    } = removal;
    let find = |world: &mut World| {
        let found = removal.find(world)?;
        Ok::<_, String>(found.map(|found| without(without(found, COUNTED), NEW)))
    };
    let before = find(world)?.ok_or_else(|| format!("{tool}: nothing to remove"))?;
    world.answer(tool, arguments)?;
    if let Some(left) = find(world)? {
        return Err(format!("{tool} leaves {left}"));
    }
    let id = world.latest_change(tool)?;
    let undone = world.answer("undo_change", &json!({ "change_id": id }))?;
    let lost = undone["lost"].as_array().map_or(0, Vec::len);
    if removal.is_new && lost == 0 {
        return Err(format!("{tool} loses nothing, not even its id: {undone}"));
    }
    let made = find(world)?;
    if made.as_ref() != Some(&before) {
        return Err(format!(
            "{tool}\nbefore {before}\nmade   {made:?}\n{undone}"
        ));
    }
    Ok(())
}

#[test]
fn what_was_made_is_removed() {
    let mut world = World::new();
    let workspace = world.workspace.clone();
    let made = json!({ "name": "Made by mistake", "config": { "retry": { "attempts": 1 } }, "workspace_id": workspace });
    let slug = world.wire.answer("create_config", made)["slug"].clone();
    let id = world.latest_change("create_config").unwrap();
    let undone = world
        .answer("undo_change", &json!({ "change_id": id }))
        .unwrap();
    assert_eq!(undone["tool"], "delete_config");
    world.failure("get_config", &json!({ "slug": slug }));
    // The undo is a change too, and so it can be undone.
    let id = world.latest_change("delete_config").unwrap();
    let undone = world
        .answer("undo_change", &json!({ "change_id": id }))
        .unwrap();
    assert_eq!(undone["tool"], "create_config");
}

#[test]
fn every_creation_that_is_kept_is_undone_by_a_delete_with_its_id() {
    let catalog = catalog();
    for operation in catalog.operations().filter(|one| is_kept(catalog, one)) {
        if operation.declaration.effect == Effect::Create {
            let UndoStrategy::Remove { by } = strategy(catalog, operation) else {
                panic!("{} is not undone", operation.declaration.name);
            };
            assert_eq!(
                by.declaration.effect,
                Effect::Delete,
                "{}",
                operation.declaration.name
            );
        }
    }
}

#[test]
fn what_cannot_come_back_is_refused_with_the_reason() {
    let mut world = World::new();
    let key = world.api_key();
    world.wire.answer("rotate_api_key", json!({ "id": key }));
    let id = world.latest_change("rotate_api_key").unwrap();
    let refused = world.failure("undo_change", &json!({ "change_id": id }));
    assert!(
        refused.contains("key material cannot come back"),
        "{refused}"
    );
    world.wire.answer("delete_api_key", json!({ "id": key }));
    let listed = world
        .wire
        .answer("list_changes", json!({ "tool": "delete_api_key" }));
    let told = listed["data"][0]["undo"].as_str().unwrap();
    assert!(told.starts_with("no: "), "{told}");
}

#[test]
fn what_somebody_else_changed_since_is_not_overwritten_silently() {
    let mut world = World::new();
    let slug = world.config();
    let rename = |name: &str| json!({ "slug": slug, "name": name });
    world.wire.answer("update_config", rename("first"));
    let first = world.latest_change("update_config").unwrap();
    world.wire.answer("update_config", rename("second"));
    let refused = world.failure("undo_change", &json!({ "change_id": first }));
    assert!(refused.contains("changed it since (name)"), "{refused}");
    let name = |world: &mut World| {
        world.wire.answer("get_config", json!({ "slug": slug }))["name"].clone()
    };
    assert_eq!(name(&mut world), "second");
    world
        .wire
        .answer("undo_change", json!({ "change_id": first, "force": true }));
    assert_eq!(name(&mut world), "Undo config");
}

#[test]
fn the_secrets_of_a_config_come_back_from_its_versions_and_are_kept_nowhere() {
    const CANARY: &str = "sk-canary-0123456789abcdef";
    let mut world = World::new();
    let workspace = world.workspace.clone();
    let target = json!({ "provider": "openai", "api_key": CANARY });
    let made = json!({ "name": "With a key", "config": { "targets": [target], "strategy": { "mode": "single" } }, "workspace_id": workspace });
    let slug = world.wire.answer("create_config", made)["slug"].clone();
    let change = json!({ "slug": slug, "config": { "retry": { "attempts": 2 } } });
    world.wire.answer("update_config", change);
    let id = world.latest_change("update_config").unwrap();
    let preview = world
        .answer("undo_change", &json!({ "change_id": id, "dry_run": true }))
        .unwrap();
    assert!(!preview.to_string().contains(CANARY), "{preview}");
    let undone = world
        .answer("undo_change", &json!({ "change_id": id }))
        .unwrap();
    assert_eq!(undone["lost"], json!([]));
    let read = world.wire.answer("get_config", json!({ "slug": slug }));
    assert_eq!(read["config"]["targets"][0]["api_key"], "sk*****def");
}

/// The value without what these names hold, without what is not set, and with lists in one order.
fn without(value: Value, names: &[&str]) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members
                .into_iter()
                .filter(|(name, member)| !names.contains(&name.as_str()) && !member.is_null());
            Value::Object(
                kept.map(|(name, member)| (name, without(member, names)))
                    .collect(),
            )
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(|item| without(item, names)).collect();
            items.sort_by_key(|item| {
                let key = ["slug", "id", "workspace_id", "user_id", "name"].iter();
                key.filter_map(|name| item[*name].as_str())
                    .collect::<String>()
            });
            items.into()
        }
        other => other,
    }
}
