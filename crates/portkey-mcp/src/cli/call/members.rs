//! Members of arguments that are objects: `--usage-limits.credit-limit 50`, or `--variables city=Rome`.

use portkey_api::{Argument, Declaration, Effect, JsonObject, Location};
use portkey_engine::catalog::Tool;
use serde_json::{Map, Value};

/// A member that was given by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// The argument and the members on the way, as they were typed.
    path: Vec<String>,
    /// Its values; more than one for a list.
    texts: Vec<String>,
}

impl Member {
    /// Reads `PATH=VALUE` with a dotted path.
    pub(super) fn dotted(text: &str) -> Option<Self> {
        let (path, value) = text.split_once('=')?;
        Some(Self {
            path: path.split('.').map(str::to_owned).collect(),
            texts: vec![value.to_owned()],
        })
    }

    /// Reads `NAME=VALUE`, which is a member of an argument that takes an object. Text that is JSON or the name of a file
    /// is none.
    pub(super) fn pair(argument: &str, text: &str) -> Option<Self> {
        let (name, value) = text.split_once('=')?;
        let is_name = |c: char| c.is_alphanumeric() || "_-.:/".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        Some(Self {
            path: vec![argument.to_owned(), name.to_owned()],
            texts: vec![value.to_owned()],
        })
    }

    /// Joins members that were given several times to lists.
    pub(super) fn joined(members: Vec<Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for member in members {
            match joined.iter_mut().find(|one| one.path == member.path) {
                Some(one) => one.texts.extend(member.texts),
                None => joined.push(member),
            }
        }
        joined
    }

    /// The path in the spelling of the API.
    fn wire(&self) -> String {
        self.path.join(".").replace('-', "_")
    }

    fn head(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }
}

/// Puts members into the arguments of a call. Returns notes on what an update replaces with them.
pub(super) fn put(tool: Tool, named: &mut JsonObject, members: &[Member]) -> Vec<String> {
    let declaration = tool.declaration();
    let mut replaced: Vec<(String, Vec<String>)> = Vec::new();
    for member in members {
        let head = argument(declaration, member.head());
        let mut of_head = members.iter().filter(|one| one.head() == member.head());
        let are_arguments = of_head.all(|one| by_path(declaration, &one.wire()).is_some());
        let is_given = named.contains_key(&head);
        if !is_given && are_arguments {
            let argument = by_path(declaration, &member.wire());
            named.extend(
                argument.and_then(|one| Some((one.name.to_owned(), value(member.texts.clone())?))),
            );
            continue;
        }
        let path = member.path.get(1..).unwrap_or_default();
        let schema = declaration.input_of(&head).unwrap_or(&Value::Null);
        let inside = (declaration.vendor.inside)(schema);
        let known = ObjectSchema {
            schema: inside.unwrap_or(schema),
            is_open: inside.is_some(),
        };
        let whole = named
            .entry(head.clone())
            .or_insert_with(|| Map::new().into());
        let name = known.set(whole, path, member.texts.clone());
        match replaced.iter_mut().find(|(argument, _)| *argument == head) {
            Some((_, set)) => set.push(name),
            None if !is_given => replaced.push((head, vec![name])),
            None => {}
        }
    }
    if declaration.effect != Effect::Update {
        return Vec::new();
    }
    let note = |(argument, set): (String, Vec<String>)| {
        format!(
            "`{argument}` is replaced as a whole, by {}: what else it held is not kept (`--dry-run` shows it)",
            set.join(", ")
        )
    };
    replaced.into_iter().map(note).collect()
}

/// The name of the argument that the first part of a path means.
fn argument(declaration: &Declaration, head: &str) -> String {
    let name = head.replace('-', "_");
    declaration
        .argument(&name)
        .map_or(name, |argument| argument.name.to_owned())
}

/// The argument that sets the member at this path, so that it needs no object: `credit_limit` for
/// `usage_limits.credit_limit`.
fn by_path(declaration: &Declaration, path: &str) -> Option<&'static Argument> {
    let leads_there = |argument: &&Argument| {
        let (Location::Body(wire) | Location::Query(wire)) = argument.location else {
            return false;
        };
        let names = wire.split('.').filter(|part| part.parse::<u32>().is_err());
        wire.contains('.') && names.eq(path.split('.'))
    };
    declaration.arguments.iter().find(leads_there)
}

/// What is known of an object that members are set in.
#[derive(Clone, Copy)]
struct ObjectSchema<'a> {
    schema: &'a Value,
    /// Whether the vendor defines its members. The engine passes them on as they are, so they get their types here.
    is_open: bool,
}

impl ObjectSchema<'_> {
    /// Sets a member, and makes objects on the way. Names are spelt as the schema spells them, if it knows them. Returns
    /// the path of the member below `object`.
    fn set(self, object: &mut Value, path: &[String], texts: Vec<String>) -> String {
        let [typed, rest @ ..] = path else {
            return String::new();
        };
        if let Some(whole) = object
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
        {
            *object = whole;
        }
        if !object.is_object() {
            *object = Map::new().into();
        }
        let (name, inner) = self.member(typed);
        let Value::Object(members) = object else {
            return name;
        };
        if rest.is_empty() {
            let value = if self.is_open {
                value_of(inner.schema, texts)
            } else {
                value(texts)
            };
            members.extend(value.map(|value| (name.clone(), value)));
            return name;
        }
        let below = inner.set(
            members.entry(name.clone()).or_insert(Value::Null),
            rest,
            texts,
        );
        format!("{name}.{below}")
    }

    /// The name of a member in the spelling of the schema, and what is known of it.
    fn member(&self, typed: &str) -> (String, Self) {
        // A list of objects takes one without its brackets.
        let schema = self.schema.get("items").unwrap_or(self.schema);
        let of = |name: &str| schema.get("properties")?.get(name);
        let snake = typed.replace('-', "_");
        let (name, schema) = match (of(typed), of(&snake)) {
            (None, Some(schema)) => (snake, schema),
            (known, _) => (typed.to_owned(), known.unwrap_or(&Value::Null)),
        };
        (name, Self { schema, ..*self })
    }
}

/// Text as the JSON that the schema asks for, where the engine leaves values as they are.
fn value_of(schema: &Value, texts: Vec<String>) -> Option<Value> {
    let kind = schema.get("type").and_then(Value::as_str);
    match kind {
        Some("string") => value(texts),
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            let whole = |text: &String| serde_json::from_str(text).ok().filter(Value::is_array);
            if let [text] = texts.as_slice()
                && let Some(list) = whole(text)
            {
                return Some(list);
            }
            let parts = texts.iter().flat_map(|text| text.split(','));
            let values = parts.filter_map(|part| value_of(items, vec![part.trim().to_owned()]));
            Some(values.collect())
        }
        _ => {
            let text = value(texts)?;
            let read = text
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok());
            Some(read.unwrap_or(text))
        }
    }
}

/// The value of a flag: a list of all its values if it was given more than once.
pub(super) fn value(mut texts: Vec<String>) -> Option<Value> {
    if texts.len() < 2 {
        return texts.pop().map(Value::from);
    }
    let lists = texts
        .into_iter()
        .flat_map(|text| match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => list,
            Ok(object @ Value::Object(_)) => vec![object],
            _ => text.split(',').map(|part| part.trim().into()).collect(),
        });
    Some(lists.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::catalog;

    fn put_in(tool: &str, named: Value, dotted: &[&str]) -> (Value, Vec<String>) {
        let Value::Object(mut named) = named else {
            unreachable!()
        };
        let members = dotted.iter().map(|text| Member::dotted(text).unwrap());
        let members = Member::joined(members.collect());
        let notes = put(catalog().find(tool).unwrap(), &mut named, &members);
        (Value::Object(named), notes)
    }

    #[test]
    fn a_member_that_is_an_argument_keeps_the_others() {
        let (named, notes) = put_in(
            "update_api_key",
            json!({}),
            &["usage-limits.credit-limit=50"],
        );
        assert_eq!(named, json!({ "credit_limit": "50" }));
        assert_eq!(notes, [""; 0]);
    }

    #[test]
    fn members_without_an_argument_replace_the_whole_and_say_so() {
        let given = [
            "usage-limits.credit-limit=50",
            "usage-limits.periodic-reset=monthly",
        ];
        let whole =
            json!({ "usage_limits": { "credit_limit": "50", "periodic_reset": "monthly" } });
        let (named, notes) = put_in("update_api_key", json!({}), &given);
        assert_eq!(named, whole);
        assert!(
            notes[0].contains("whole, by credit_limit, periodic_reset: "),
            "{notes:?}"
        );
        let (named, notes) = put_in("create_api_key", json!({}), &given);
        assert_eq!((named, notes), (whole, vec![]));
    }

    #[test]
    fn members_are_put_into_a_whole_that_is_given_too() {
        let given = json!({ "usage_limits": r#"{"type": "cost", "credit_limit": 9}"# });
        let (named, notes) = put_in("update_api_key", given, &["usage_limits.credit-limit=50"]);
        assert_eq!(
            named,
            json!({ "usage_limits": { "type": "cost", "credit_limit": "50" } })
        );
        assert_eq!(notes, [""; 0]);
    }

    #[test]
    fn paths_lead_into_free_objects_and_lists_as_they_are_typed() {
        let given = [
            "default-metadata.Cost-Center=a",
            "config.strategy.my-own=b",
            "config.retry.on-status-codes=429",
            "config.retry.on-status-codes=503",
        ];
        let (named, _) = put_in("create_api_key", json!({}), &given[..1]);
        assert_eq!(named, json!({ "default_metadata": { "Cost-Center": "a" } }));
        let (named, _) = put_in("create_config", json!({}), &given[1..]);
        let config =
            json!({ "strategy": { "my-own": "b" }, "retry": { "on_status_codes": [429, 503] } });
        assert_eq!(named, json!({ "config": config }));
    }

    #[test]
    fn pairs_are_neither_json_nor_files() {
        let pair = Member::pair("variables", "city=Rome, of old=1").unwrap();
        assert_eq!(pair.path, ["variables", "city"]);
        assert_eq!(pair.texts, ["Rome, of old=1"]);
        for other in ["{\"a\": \"b=c\"}", "@a=b.json", "plain", "=x"] {
            assert_eq!(Member::pair("variables", other), None, "{other}");
        }
    }
}
