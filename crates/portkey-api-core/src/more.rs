//! Arguments that are accepted and not advertised one by one, because that would lengthen the list of tools for every
//! model. A single advertised argument takes all of them, for clients that send only advertised arguments.

use serde_json::{Map, Value, json};

use crate::{
    Declaration, Domain, JsonObject, Problem,
    keywords::{HIDDEN, IGNORED, OUTLINED},
    outline::outline,
    problem::Problems,
};

/// The name of the argument that takes those which are not advertised.
pub(crate) const MORE: &str = "more_arguments";

/// Up to this many names are listed in the description of the argument.
const FEW: usize = 4;

/// Returns the names of the arguments that are accepted and not advertised, without those that the vendor ignores.
pub(crate) fn hidden(schema: &Value) -> impl Iterator<Item = &str> {
    hidden_properties(schema).map(|(name, _)| name)
}

/// The same with their schemas.
fn hidden_properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flat_map(Map::iter);
    properties
        .filter(|(_, property)| property.get(HIDDEN).is_some() && property.get(IGNORED).is_none())
        .map(|(name, property)| (name.as_str(), property))
}

/// The name of a hidden argument, with an outline of what is in it if it is marked so.
fn told((name, property): (&str, &Value)) -> String {
    let is_outlined = property.get(HIDDEN).is_some_and(|how| how == OUTLINED);
    let outline = is_outlined.then(|| outline(property)).flatten();
    match outline {
        Some(outline) => format!("{name} {outline}"),
        None => name.to_owned(),
    }
}

/// Adds the argument to a published schema if the tool has arguments that are not advertised.
pub(crate) fn advertise(declaration: &Declaration, schema: &mut JsonObject) {
    let names: Vec<&str> = hidden(declaration.input()).collect();
    if names.is_empty() {
        return;
    }
    let lists = if let Some(other) = listed_by(declaration, &names) {
        format!("JSON object, as in `{other}`.")
    } else {
        let told: Vec<String> = hidden_properties(declaration.input()).map(told).collect();
        format!("JSON object: {}.", told.join(", "))
    };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(
            MORE.to_owned(),
            json!({ "type": "string", "description": lists }),
        );
    }
}

/// The first tool of the domain that has the same arguments, if that is another one and they are many. Only a composed tool,
/// which is in no domain of the vendor's, is compared with all tools: it takes the schemas of all to compare.
fn listed_by(declaration: &Declaration, names: &[&str]) -> Option<&'static str> {
    if names.len() <= FEW {
        return None;
    }
    let domains = (declaration.vendor.domains)();
    let is_own = |domain: &&Domain| domain.holds(declaration);
    let own = domains.iter().find(is_own);
    let of_own = own
        .into_iter()
        .chain(domains.iter().filter(|_| own.is_none()));
    let first = of_own
        .flat_map(|domain| domain.operations)
        .find(|other| hidden(other.declaration.input()).eq(names.iter().copied()))?;
    let other = first.declaration.name;
    (other != declaration.name).then_some(other)
}

/// Moves the content of the argument to the other arguments.
pub(crate) fn unfold(
    declaration: &Declaration,
    arguments: &mut JsonObject,
    problems: &mut Problems,
) {
    if !arguments.contains_key(MORE) || hidden(declaration.input()).next().is_none() {
        return;
    }
    let more = match arguments.shift_remove(MORE) {
        None | Some(Value::Null) => return,
        Some(Value::String(text)) if text.trim().is_empty() => return,
        Some(Value::String(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        Some(more) => more,
    };
    let Value::Object(more) = more else {
        let rule = "expected a JSON object of arguments, such as {\"page_size\": 10}";
        problems.add(|| Problem::rule(MORE, rule));
        return;
    };
    for (name, value) in more {
        if arguments.contains_key(&name) {
            let rule = format!("holds `{name}`, which is given beside it too; send it once");
            problems.add(|| Problem::rule(MORE, rule));
        } else {
            arguments.insert(name, value);
        }
    }
}
