//! What all policies have: a name, conditions on requests, and the keys that requests are grouped by.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::wire::{Change, Fields, Refusal};

/// The keys of conditions on requests to models, besides `metadata.` with a name.
pub(super) const OF_MODEL_REQUESTS: &[&str] = &[
    "api_key",
    "virtual_key",
    "provider",
    "config",
    "prompt",
    "model",
    "workspace_id",
];

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Scope {
    name: Option<String>,
    description: Option<String>,
    /// A request must meet all of them.
    pub(super) conditions: Vec<ScopeCondition>,
    pub(super) group_by: Vec<GroupKey>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ScopeCondition {
    pub(super) key: String,
    /// Texts in which `*` stands for any characters.
    pub(super) value: Values,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) excludes: Option<Values>,
}

/// One value or several.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected text or a list of texts")]
pub(super) enum Values {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GroupKey {
    pub(super) key: String,
}

impl Values {
    pub(super) fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }
}

impl Scope {
    /// The scope of a new policy, whose conditions may use these keys.
    pub(super) fn read(body: Fields<'_>, keys: &[&str]) -> Result<Self, Refusal> {
        let group_by: Vec<GroupKey> = some(body, "group_by")?;
        for (index, group) in group_by.iter().enumerate() {
            check_key(body, &format!("group_by[{index}].key"), &group.key, keys)?;
        }
        Ok(Self {
            name: name(body)?,
            description: description(body)?.over(None),
            conditions: conditions(body, keys)?,
            group_by,
        })
    }

    /// Applies the fields of a body. The keys to group by cannot change.
    pub(super) fn change(&mut self, body: Fields<'_>, keys: &[&str]) -> Result<(), Refusal> {
        refuse_change(body, "group_by", &self.group_by)?;
        self.name = name(body)?.or(self.name.take());
        self.description = description(body)?.over(self.description.take());
        if body.value("conditions").is_some() {
            self.conditions = conditions(body, keys)?;
        }
        Ok(())
    }
}

fn name(body: Fields<'_>) -> Result<Option<String>, Refusal> {
    let name = body.optional_text("name")?;
    body.limit("name", name.as_deref(), 255)?;
    Ok(name)
}

fn description(body: Fields<'_>) -> Result<Change<String>, Refusal> {
    let change = body.change::<String>("description")?;
    if let Change::Set(text) = &change {
        body.limit("description", Some(text), 500)?;
    }
    Ok(change)
}

fn conditions(body: Fields<'_>, keys: &[&str]) -> Result<Vec<ScopeCondition>, Refusal> {
    let conditions: Vec<ScopeCondition> = some(body, "conditions")?;
    for (index, condition) in conditions.iter().enumerate() {
        let at = |name: &str| format!("conditions[{index}].{name}");
        check_key(body, &at("key"), &condition.key, keys)?;
        let values = condition.value.texts();
        if values.is_empty() || values.iter().any(String::is_empty) {
            return Err(body.refuse(&at("value"), "must not be empty"));
        }
    }
    Ok(conditions)
}

/// A list that is not empty.
fn some<T: DeserializeOwned>(body: Fields<'_>, name: &str) -> Result<Vec<T>, Refusal> {
    let list: Vec<T> = body.required(name)?;
    if list.is_empty() {
        return Err(body.refuse(name, "needs at least one"));
    }
    Ok(list)
}

fn check_key(body: Fields<'_>, name: &str, key: &str, keys: &[&str]) -> Result<(), Refusal> {
    let is_metadata = key
        .strip_prefix("metadata.")
        .is_some_and(|name| !name.is_empty());
    if is_metadata || keys.contains(&key) {
        return Ok(());
    }
    let keys = keys.join(", ");
    Err(body.refuse(name, &format!("must be metadata.* or one of {keys}")))
}

/// Refuses to change a field that is fixed at creation.
pub(super) fn refuse_change<T: DeserializeOwned + PartialEq>(
    body: Fields<'_>,
    name: &str,
    old: &T,
) -> Result<(), Refusal> {
    match body.optional::<T>(name)? {
        Some(new) if new != *old => {
            Err(body.refuse(name, "cannot change: delete the policy and create another"))
        }
        _ => Ok(()),
    }
}
