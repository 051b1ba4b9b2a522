//! Objects of the API whose members are separate arguments of a tool, such as `defaults` of an API key.

use serde_json::Value;

use crate::{Argument, Declaration, Location, json::parsed};

/// A member of such an object: its argument, its path and its value.
type Member = (Option<&'static Argument>, String, Value);

/// Returns the members of an object as arguments, if the body of the request has an object with this name.
pub(super) fn members(declaration: &Declaration, name: &str, value: &Value) -> Option<Vec<Member>> {
    let head = format!("{name}.");
    let has_it = |argument: &Argument| matches!(argument.location, Location::Body(wire) if wire.starts_with(&head));
    if !declaration.arguments.iter().any(has_it) {
        return None;
    }
    let from_text = value.as_str().and_then(parsed);
    let object = from_text.as_ref().unwrap_or(value).as_object()?;
    let members = object.iter().map(|(member, value)| {
        let path = format!("{head}{member}");
        let by_path =
            |argument: &&Argument| matches!(argument.location, Location::Body(wire) if wire == path);
        let by_name = declaration
            .argument(member)
            .filter(|argument| has_it(argument));
        let argument = declaration.arguments.iter().find(by_path).or(by_name);
        (argument, path, value.clone())
    });
    Some(members.collect())
}
