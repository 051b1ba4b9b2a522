//! Whom an access policy is about, and what it gives or denies.

use portkey_api::access_policies::{AccessEffect, SubjectType};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    store::Queries as _,
    wire::{Fields, Refusal, merged},
};

/// The id of every user or every agent.
pub(crate) const ANY: &str = "ANY";

/// A subject in requests.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Subject {
    r#type: SubjectType,
    id: String,
}

/// A target in requests.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Target {
    McpServer {
        server_id: String,
        tools: Names,
    },
    Provider {
        provider_id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        models: Option<Names>,
    },
}

/// All, or some by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"ALL\" or a list of names")]
pub(super) enum Names {
    All(All),
    Some(Vec<String>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum All {
    #[serde(rename = "ALL")]
    All,
}

/// The subjects in a body.
pub(super) fn subjects(db: &Connection, body: Fields<'_>) -> Result<Vec<Subject>, Refusal> {
    let subjects: Vec<Subject> = body.required("subjects")?;
    if subjects.is_empty() {
        return Err(body.refuse("subjects", "needs at least one"));
    }
    for (index, subject) in subjects.iter().enumerate() {
        let problem = match (subject.r#type, subject.id.as_str()) {
            (SubjectType::Group, ANY) => "is not for groups",
            (_, ANY) | (SubjectType::Agent, _) => continue,
            (SubjectType::User, id) if db.any("SELECT 1 FROM users WHERE id = ?", [id])? => {
                continue;
            }
            (SubjectType::Group, id)
                if db.any("SELECT 1 FROM scim_groups WHERE id = ?1 OR name = ?1", [id])? =>
            {
                continue;
            }
            (SubjectType::User, _) => "names no user",
            (SubjectType::Group, _) => "names no group",
        };
        return Err(body.refuse(&format!("subjects[{index}].id"), problem));
    }
    Ok(subjects)
}

/// What a policy does that does not say it: it denies only where it is about everybody.
pub(super) fn usual_effect(subjects: &[Subject]) -> AccessEffect {
    let has_any = |kind: SubjectType| {
        let mut subjects = subjects.iter();
        subjects.any(|subject| subject.r#type == kind && subject.id == ANY)
    };
    if has_any(SubjectType::User) && has_any(SubjectType::Agent) {
        AccessEffect::Deny
    } else {
        AccessEffect::Allow
    }
}

/// The targets in a body, which are of this workspace.
pub(super) fn targets(
    db: &Connection,
    body: Fields<'_>,
    workspace: &str,
) -> Result<Vec<Target>, Refusal> {
    let targets: Vec<Target> = body.required("targets")?;
    if targets.is_empty() {
        return Err(body.refuse("targets", "needs at least one"));
    }
    for (index, target) in targets.iter().enumerate() {
        let (table, member, id, list, names) = match target {
            Target::McpServer { server_id, tools } => {
                ("mcp_servers", "server_id", server_id, "tools", Some(tools))
            }
            Target::Provider {
                provider_id,
                models,
            } => (
                "providers",
                "provider_id",
                provider_id,
                "models",
                models.as_ref(),
            ),
        };
        if matches!(names, Some(Names::Some(names)) if names.iter().all(String::is_empty)) {
            let problem = "needs at least one name";
            return Err(body.refuse(&format!("targets[{index}].{list}"), problem));
        }
        let sql =
            format!("SELECT 1 FROM {table} WHERE (id = ?1 OR slug = ?1) AND workspace_id = ?2");
        if !db.any(&sql, params![id, workspace])? {
            let problem = format!("names nothing in this workspace: {id}");
            return Err(body.refuse(&format!("targets[{index}].{member}"), &problem));
        }
    }
    Ok(targets)
}

/// The subjects with the names and addresses of people.
pub(super) fn with_names(db: &Connection, subjects: &Value) -> Result<Value, Refusal> {
    let subjects = subjects.as_array().into_iter().flatten();
    let named = subjects.map(|subject| {
        let sql = "SELECT first_name || ' ' || last_name, email FROM users WHERE id = ?";
        let id = subject["id"].as_str();
        let person: Option<(String, String)> =
            db.first(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (name, email) = person.unzip();
        Ok(merged(
            subject.clone(),
            json!({ "name": name, "email": email }),
        ))
    });
    named.collect::<Result<_, Refusal>>()
}
