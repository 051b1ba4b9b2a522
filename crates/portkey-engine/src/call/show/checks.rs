//! Checks the paths of the argument `fields` against the schema of the answer.

use portkey_api_core::{Declaration, keywords, nearest};
use serde_json::Value;

use super::{
    DOLLARS, LIST,
    paths::{Path, Step},
};

/// Returns a path into the entries of a list, if it was written without the name of the list.
pub(super) fn within_list(schema: &Value, mut path: Path) -> Path {
    let member =
        |schema: &Value, name: &str| schema.get("properties")?.get(name).is_some().then_some(());
    let entry = schema.pointer("/properties/data/items");
    let first = path
        .0
        .first()
        .map(|step| step.name.clone())
        .unwrap_or_default();
    let is_of_entry = entry.is_some_and(|entry| member(entry, &first).is_some());
    if is_of_entry && member(schema, &first).is_none() {
        let list = Step {
            name: LIST.to_owned(),
            range: None,
        };
        path.0.insert(0, list);
    }
    path
}

/// Refuses a path that is not in the schema, if a similar one is. Other undeclared members may be in the answer, since
/// the API sends more than is declared.
pub(super) fn check(declaration: &Declaration, path: &Path) -> Result<(), String> {
    let mut schema = declaration.output();
    let mut before: Vec<&str> = Vec::new();
    for step in &path.0 {
        while let Some(items) = schema.get("items") {
            schema = items;
        }
        if (declaration.vendor.inside)(schema).is_some() {
            return Ok(());
        }
        let Some(members) = schema.get("properties").and_then(Value::as_object) else {
            let kind = schema.get("type").and_then(Value::as_str);
            return match kind {
                Some(kind @ ("string" | "integer" | "number" | "boolean")) => Err(format!(
                    "`{}` is a {kind}, which has no `{}`",
                    before.join("."),
                    step.name
                )),
                _ => Ok(()),
            };
        };
        let declared = members.get(&step.name).or_else(|| {
            let cents = members.get(step.name.strip_suffix(DOLLARS)?)?;
            cents.get(keywords::UNIT).map(|_| cents)
        });
        let Some(declared) = declared else {
            let near = nearest(&step.name, members.keys().map(String::as_str));
            let Some(near) = near else {
                return Ok(());
            };
            let written = |name| [before.as_slice(), &[name]].concat().join(".");
            return Err(format!(
                "`{}` is not in the answer; did you mean `{}`?",
                written(&step.name),
                written(near)
            ));
        };
        before.push(&step.name);
        schema = declared;
    }
    Ok(())
}
