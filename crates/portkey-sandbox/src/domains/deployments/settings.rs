//! The addresses of a deployment, and the workspaces it serves.

use std::collections::BTreeMap;

use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    store::Queries as _,
    wire::{Fields, Refusal, merged},
};

/// The settings after a change by the `auth_settings` of a body. Lists and mappings are extended unless the body has
/// `override_existing`.
pub(super) fn changed(old: &Value, db: &Connection, body: Fields<'_>) -> Result<Value, Refusal> {
    let mut settings = old.as_object().cloned().unwrap_or_default();
    let given = body.inside("auth_settings", "auth_settings.")?;
    for name in ["gateway_base_url", "mcp_gateway_base_url"] {
        if let Some(url) = given.optional_text(name)? {
            settings.insert(name.to_owned(), url.into());
        }
    }
    for name in ["is_dataservice_hosted", "is_playground_proxy_allowed"] {
        if let Some(flag) = given.flag(name)? {
            settings.insert(name.to_owned(), flag.into());
        }
    }
    let replaces = body.flag("override_existing")? == Some(true);
    for (name, removal) in [
        ("workspaces_allowed", "remove_workspaces_allowed"),
        ("jwt_subs_allowed", "remove_subs_allowed"),
    ] {
        let added: Option<Vec<String>> = given.optional(name)?;
        let removed: Vec<String> = given.optional(removal)?.unwrap_or_default();
        let mut texts = match &added {
            Some(_) if replaces => Vec::new(),
            _ => texts(&settings, name),
        };
        for text in added.unwrap_or_default() {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.retain(|text| !removed.contains(text));
        settings.insert(name.to_owned(), json!(texts));
    }
    if given.flag("allow_all_workspaces")? == Some(true) {
        settings.insert("workspaces_allowed".to_owned(), json!([]));
    }
    map(&mut settings, given, replaces)?;
    refuse_strangers(&settings, db, given)?;
    Ok(settings.into())
}

fn map(settings: &mut JsonObject, given: Fields<'_>, replaces: bool) -> Result<(), Refusal> {
    const NAME: &str = "jwt_sub_workspace_mapping";
    let Some(added) = given.optional::<BTreeMap<String, String>>(NAME)? else {
        return Ok(());
    };
    let old = settings.get(NAME).cloned();
    let old = old.filter(|_| !replaces).unwrap_or_else(|| json!({}));
    settings.insert(NAME.to_owned(), merged(old, json!(added)));
    Ok(())
}

/// Refuses names of workspaces that do not exist.
fn refuse_strangers(
    settings: &JsonObject,
    db: &Connection,
    given: Fields<'_>,
) -> Result<(), Refusal> {
    let allowed = texts(settings, "workspaces_allowed").into_iter();
    let allowed = allowed.map(|slug| ("workspaces_allowed", slug));
    let mapping = settings.get("jwt_sub_workspace_mapping");
    let mapping = mapping.and_then(Value::as_object).into_iter().flatten();
    let mapped = mapping.filter_map(|(_, slug)| slug.as_str());
    let mapped = mapped.map(|slug| ("jwt_sub_workspace_mapping", slug.to_owned()));
    for (name, slug) in allowed.chain(mapped) {
        if !db.any("SELECT 1 FROM workspaces WHERE slug = ?", [&slug])? {
            return Err(given.refuse(name, &format!("names no workspace: {slug}")));
        }
    }
    Ok(())
}

/// Whether the deployment serves this workspace: any, if none is named.
pub(super) fn serves(settings: &Value, slug: &str) -> bool {
    let allowed = settings.get("workspaces_allowed").and_then(Value::as_array);
    allowed.is_none_or(|allowed| allowed.is_empty() || allowed.iter().any(|one| one == slug))
}

/// The settings as answers have them.
pub(super) fn to_json(settings: &Value) -> Value {
    let usual = json!({
        "gateway_base_url": null,
        "mcp_gateway_base_url": null,
        "is_dataservice_hosted": false,
        "is_playground_proxy_allowed": false,
        "jwt_sub_workspace_mapping": {},
    });
    let allowed = settings.get("workspaces_allowed").and_then(Value::as_array);
    let all = json!({ "allow_all_workspaces": allowed.is_none_or(Vec::is_empty) });
    merged(merged(usual, settings.clone()), all)
}

fn texts(settings: &JsonObject, name: &str) -> Vec<String> {
    let list = settings.get(name).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
