//! API keys. They are the keys of the sandbox itself, so a change shows at the next call.

mod rotation;

use jiff::Timestamp;
use portkey_api::api_keys::{
    CreateApiKey, DeleteApiKey, GetApiKey, ListApiKeys, RotateApiKey, UpdateApiKey,
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::{
    identity::new_id,
    records::{ApiKey, api_key::KeyKind},
    routes::Routes,
    rules::{limits, workspace_scope},
    store::Queries as _,
    wire::{Answer, Call, Change, Fields, Page, Paging, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListApiKeys>(list)
        .on::<CreateApiKey>(create)
        .on::<GetApiKey>(get)
        .on::<UpdateApiKey>(update)
        .on::<DeleteApiKey>(delete)
        .on::<RotateApiKey>(rotation::rotate)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspace_scope::requested(call, db)?;
    let page = Page::of(call, Paging::default())?;
    let ids = call.query().optional_text("ids")?;
    let is_wanted = |id: &str| {
        ids.as_deref()
            .is_none_or(|ids| ids.split(',').any(|wanted| wanted.trim() == id))
    };
    let keys = ApiKey::of_workspace(db, workspace.as_deref())?;
    let seen = keys
        .iter()
        .filter(|key| is_wanted(&key.id) && key.permit(call, "list").is_ok());
    let entries = seen.map(|key| key.listed(call, db));
    Ok(page.cut(entries.collect::<Result<_, _>>()?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(ApiKey::in_path(call, db, "read")?
        .detailed(call, db)?
        .into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let kind = kind(call, body)?;
    call.principal.permit_scope(&kind.scope("create"))?;
    let mut key = ApiKey {
        id: new_id(),
        kind,
        name: body.text("name")?,
        creation_mode: "api".to_owned(),
        created_at: call.timestamp(),
        ..ApiKey::default()
    };
    match kind {
        KeyKind::OrganisationService => call.principal.permit_workspace(None, "organisation")?,
        KeyKind::WorkspaceService | KeyKind::WorkspaceUser => {
            let workspace = workspace_scope::requested(call, db)?;
            key.workspace_id =
                Some(workspace.ok_or_else(|| body.refuse("workspace_id", "is required"))?);
        }
    }
    if kind == KeyKind::WorkspaceUser {
        key.user_id = Some(person(db, body, key.workspace_id.as_deref())?);
    }
    scopes(body)?.ok_or_else(|| body.refuse("scopes", "is required"))?;
    key.change(call, db, body)?;
    key.insert(db)?;
    let secret = key.mint(db)?;
    Ok(json!({ "id": key.id, "key": secret, "object": "api-key" }).into())
}

/// The kind of a new key. Prisma AIRS has only half of it in the path, and wants the organisation, too.
fn kind(call: &Call, body: Fields<'_>) -> Result<KeyKind, Refusal> {
    let sub_type = call.path("sub_type");
    if call.is_in_airs() {
        body.text("organisation_id")?;
        return KeyKind::named(&body.text("type")?, sub_type);
    }
    KeyKind::named(call.path("type"), sub_type)
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut key = ApiKey::in_path(call, db, "update")?;
    key.change(call, db, call.body()?)?;
    key.save(db)?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let key = ApiKey::in_path(call, db, "delete")?;
    db.run("DELETE FROM api_keys WHERE id = ?", [key.id])?;
    Ok(Answer::empty())
}

/// Creates the key that an invitation asked for, once the person has accepted it.
pub(crate) fn for_new_user(
    call: &Call,
    db: &Connection,
    details: Fields<'_>,
    workspace: &str,
    user: &str,
) -> Result<Value, Refusal> {
    let name = details.optional_text("name")?;
    let mut key = ApiKey {
        id: new_id(),
        kind: KeyKind::WorkspaceUser,
        name: name.unwrap_or_else(|| "Invited".to_owned()),
        workspace_id: Some(workspace.to_owned()),
        user_id: Some(user.to_owned()),
        scopes: scopes(details)?.unwrap_or_default(),
        metadata: details.value("metadata").cloned().unwrap_or_default(),
        expires_at: details.moment_to_come("expiry", call.now)?.over(None),
        creation_mode: "auto".to_owned(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
        ..ApiKey::default()
    };
    key.insert(db)?;
    let secret = key.mint(db)?;
    Ok(json!({ "id": key.id, "key": secret, "object": "api-key" }))
}

/// The scopes in a body. Names that no operation has are accepted, because the vendor has more scopes than it
/// documents; texts that do not have the form of a scope are refused.
pub(crate) fn scopes(body: Fields<'_>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(scopes) = body.optional::<Vec<String>>("scopes")? else {
        return Ok(None);
    };
    if scopes.is_empty() {
        return Err(body.refuse("scopes", "must not be empty"));
    }
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_scope =
        |scope: &String| matches!(scope.split_once('.'), Some((a, b)) if is_word(a) && is_word(b));
    match scopes.iter().find(|scope| !is_scope(scope)) {
        Some(scope) => Err(body.refuse("scopes", &format!("has no scope named {scope}"))),
        None => Ok(Some(scopes)),
    }
}

/// The UUID of the person a key is for, who must have access to its workspace.
fn person(db: &Connection, body: Fields<'_>, workspace: Option<&str>) -> Result<String, Refusal> {
    let user = body.text("user_id")?;
    let sql = "SELECT 1 FROM users WHERE id = ?1 AND (role <> 'member' OR EXISTS (
            SELECT 1 FROM workspace_members WHERE user_id = ?1 AND workspace_id = ?2))";
    if db.any(sql, params![user, workspace])? {
        Ok(user)
    } else {
        Err(body.refuse("user_id", "names no member of the workspace"))
    }
}

impl ApiKey {
    /// Applies the fields of a body. Kind, workspace and person cannot change.
    fn change(&mut self, call: &Call, db: &Connection, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(name) = body.optional_text("name")? {
            if name.chars().count() > 100 {
                return Err(body.refuse("name", "takes at most 100 characters"));
            }
            self.name = name;
        }
        self.description = body.change("description")?.over(self.description.take());
        if let Some(scopes) = scopes(body)? {
            self.scopes = scopes;
        }
        limits::change(&mut self.usage_limits, body, call.now)?;
        limits::change_rates(body)?.replace(&mut self.rate_limits);
        alert_emails(body)?.replace(&mut self.alert_emails);
        self.expires_at = body
            .moment_to_come("expires_at", call.now)?
            .over(self.expires_at.take());
        self.change_defaults(db, body.inside("defaults", "defaults.")?)?;
        self.change_rotation(call.now, body)?;
        if body.flag("reset_usage")? == Some(true) {
            limits::restart(&mut self.usage_limits, call.now);
            self.last_reset_at = Some(call.timestamp());
        }
        self.last_updated_at = call.timestamp();
        Ok(())
    }

    fn change_defaults(&mut self, db: &Connection, defaults: Fields<'_>) -> Result<(), Refusal> {
        defaults
            .change::<portkey_api::JsonObject>("metadata")?
            .map(Value::Object)
            .replace(&mut self.metadata);
        self.config_id = match defaults.change::<String>("config_id")? {
            Change::Set(config) => {
                let sql = "SELECT id FROM configs WHERE (id = ?1 OR slug = ?1)
                    AND (?2 IS NULL OR workspace_id = ?2)";
                let found = db.first(sql, params![config, self.workspace_id], |row| row.get(0))?;
                Some(found.ok_or_else(|| {
                    defaults.refuse("config_id", "names no config of the workspace")
                })?)
            }
            change => change.over(self.config_id.take()),
        };
        if let Some(allowed) = defaults.flag("allow_config_override")? {
            self.allow_config_override = Some(allowed);
        }
        Ok(())
    }

    fn change_rotation(&mut self, now: Timestamp, body: Fields<'_>) -> Result<(), Refusal> {
        match body.change::<rotation::RotationPolicy>("rotation_policy")? {
            Change::Keep => {}
            Change::Clear => self.rotation_policy = Value::Null,
            Change::Set(policy) => self.rotation_policy = policy.checked(now, body)?,
        }
        Ok(())
    }
}

fn alert_emails(body: Fields<'_>) -> Result<Change<Value>, Refusal> {
    let emails = body.change::<Vec<String>>("alert_emails")?;
    if let Change::Set(emails) = &emails
        && !emails.iter().all(|email| email.contains('@'))
    {
        return Err(body.refuse("alert_emails", "takes email addresses only"));
    }
    Ok(emails.map(Value::from))
}
