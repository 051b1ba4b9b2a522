//! Settings of a workspace: defaults for its requests, and what its members may see and change.

use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    store::Queries as _,
    wire::{Change, Fields, Refusal},
};

/// The security settings with their defaults: managers and the organisation's admins may do everything, members may
/// mostly read.
const SECURITY: &[(&str, bool)] = &[
    ("membersViewLogs", true),
    ("managersUpdateWs", true),
    ("managersViewLogs", true),
    ("membersViewAllData", false),
    ("membersViewApiKeys", false),
    ("membersViewConfigs", true),
    ("membersViewPrompts", true),
    ("managersViewAllData", true),
    ("managersViewApiKeys", true),
    ("managersViewConfigs", true),
    ("managersViewPrompts", true),
    ("membersWriteApiKeys", false),
    ("membersWriteConfigs", false),
    ("membersWritePrompts", true),
    ("managersWriteApiKeys", true),
    ("managersWriteConfigs", true),
    ("managersWritePrompts", true),
    ("managersWriteWsUsers", true),
    ("membersViewAnalytics", true),
    ("managersViewAnalytics", true),
    ("membersViewGuardrails", true),
    ("managersViewGuardrails", true),
    ("membersViewLogMetadata", true),
    ("membersViewVirtualKeys", true),
    ("membersWriteGuardrails", false),
    ("managersViewLogMetadata", true),
    ("managersViewVirtualKeys", true),
    ("managersWriteGuardrails", true),
    ("managersWriteMcpServers", true),
    ("membersWriteVirtualKeys", false),
    ("managersWriteVirtualKeys", true),
    ("organisationAdminsViewLogs", true),
    ("managersWriteWsIntegrations", true),
    ("managersWriteWsMcpIntegrations", true),
    ("organisationAdminsViewLogMetadata", true),
];

/// Every security setting, with the changes of this workspace.
pub(super) fn security(changed: &Value) -> Value {
    let settings = SECURITY.iter().map(|(name, usual)| {
        let own = changed.get(name).and_then(Value::as_bool);
        ((*name).to_owned(), Value::Bool(own.unwrap_or(*usual)))
    });
    settings.collect::<JsonObject>().into()
}

/// Settings that no operation changes.
pub(super) fn usual() -> Value {
    json!({
        "debug_log": 1,
        "user_api_key_ttl": 0,
        "user_key_metadata": 0,
        "user_api_key_count": 5,
        "user_api_key_max_ttl": 0,
        "user_key_metadata_override": 0,
    })
}

/// Applies the security settings of a body.
pub(super) fn change_security(settings: &mut Value, body: Fields<'_>) -> Result<(), Refusal> {
    let given = body.inside("security_settings", "security_settings.")?;
    for (name, _) in SECURITY {
        if let Some(flag) = given.flag(name)? {
            put(settings, name, flag.into());
        }
    }
    Ok(())
}

/// Applies the defaults of a body, each on its own.
pub(super) fn change_defaults(
    db: &Connection,
    workspace: &str,
    defaults: &mut Value,
    given: Fields<'_>,
) -> Result<(), Refusal> {
    if let Some(metadata) = given.optional::<JsonObject>("metadata")? {
        if !metadata.values().all(Value::is_string) {
            return Err(given.refuse("metadata", "takes texts only"));
        }
        put(defaults, "metadata", metadata.into());
    }
    for name in ["input_guardrails", "output_guardrails"] {
        if let Some(ids) = given.optional::<Vec<String>>(name)? {
            let sql = "SELECT 1 FROM guardrails WHERE (id = ?1 OR slug = ?1)
                AND (workspace_id IS NULL OR workspace_id = ?2)";
            for id in &ids {
                if !db.any(sql, [id.as_str(), workspace])? {
                    let problem = format!("names no guardrail of the workspace: {id}");
                    return Err(given.refuse(name, &problem));
                }
            }
            put(defaults, name, ids.into());
        }
    }
    // Named by UUID or slug, answered by slug.
    match given.change::<String>("user_api_key_config")? {
        Change::Keep => {}
        Change::Clear => put(defaults, "user_api_key_config", Value::Null),
        Change::Set(config) => {
            let sql = "SELECT slug FROM configs WHERE (id = ?1 OR slug = ?1) AND workspace_id = ?2";
            let slug: Option<String> =
                db.first(sql, [config.as_str(), workspace], |row| row.get(0))?;
            let slug = slug.ok_or_else(|| {
                given.refuse("user_api_key_config", "names no config of the workspace")
            })?;
            put(defaults, "user_api_key_config", slug.into());
        }
    }
    Ok(())
}

/// Sets a member, and creates the object if it is null.
fn put(object: &mut Value, name: &str, value: Value) {
    if object.is_null() {
        *object = json!({});
    }
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}
