//! A script that a client wants to be run: `run_script` of the surface `code`.

use portkey_api::JsonObject;
use serde_json::Value;

/// A script, and how to run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    /// The body of an async function in JavaScript.
    pub(crate) source: String,
    /// Whether calls that change something only show what they would change.
    pub(crate) dry_run: bool,
}

/// The argument with the source, and what models call it instead.
const SOURCE: [&str; 4] = ["script", "code", "source", "javascript"];
const DRY_RUN: &str = "dry_run";

impl Script {
    pub(crate) const NAME: &str = "run_script";
    /// The object whose functions are the tools.
    pub(crate) const OBJECT: &str = "portkey";

    /// Reads the arguments of a call. The error names the argument that is wrong.
    pub(super) fn read(mut arguments: JsonObject) -> Result<Self, String> {
        let mut given = SOURCE
            .iter()
            .filter_map(|name| arguments.shift_remove(*name));
        let Some(Value::String(source)) = given.next() else {
            return Err("`script` must be the body of an async function in JavaScript".to_owned());
        };
        let dry_run = match arguments.shift_remove(DRY_RUN) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(dry_run)) => dry_run,
            Some(Value::String(text)) if text == "true" || text == "false" => text == "true",
            // Whoever sends something else than false wants no change.
            Some(_) => return Err("`dry_run` must be true or false".to_owned()),
        };
        match arguments.keys().next() {
            Some(name) => Err(format!(
                "`{name}` is no argument; `run_script` takes `script` and `dry_run`"
            )),
            None => Ok(Self { source, dry_run }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(arguments: &Value) -> Result<Script, String> {
        Script::read(arguments.as_object().unwrap().clone())
    }

    #[test]
    fn a_script_is_read_by_each_name_that_models_send() {
        for name in ["script", "code"] {
            let script = read(&json!({ name: "return 1", "dry_run": "true" })).unwrap();
            assert_eq!((script.source.as_str(), script.dry_run), ("return 1", true));
        }
        assert!(!read(&json!({ "script": "" })).unwrap().dry_run);
    }

    #[test]
    fn what_is_no_script_is_refused_with_the_argument() {
        for (arguments, said) in [
            (json!({}), "`script` must be"),
            (json!({ "script": 1 }), "`script` must be"),
            (json!({ "script": "", "dry_run": 1 }), "`dry_run` must be"),
            (
                json!({ "script": "", "dryrun": true }),
                "`dryrun` is no argument",
            ),
        ] {
            let refused = read(&arguments).unwrap_err();
            assert!(refused.starts_with(said), "{refused}");
        }
    }
}
