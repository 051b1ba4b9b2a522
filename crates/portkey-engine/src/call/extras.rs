//! What a call asks for beyond its tool's own arguments, such as a dry run.

use portkey_api::{JsonObject, Problem};
use serde_json::Value;

use super::Failure;
use crate::catalog::{CONFIRMATION, DRY_RUN, INCLUDE_BODIES, RETURN_OBJECT, Tool, Universal};

/// What a call asks for beyond its tool's own arguments.
#[derive(Debug, Clone)]
pub(crate) struct Extras {
    /// Only a preview.
    pub(crate) dry_run: Option<Shown>,
    /// The object as it is after an update that answers nothing.
    pub(crate) return_object: bool,
    /// The token that confirms the call.
    pub(crate) confirmation: Option<String>,
    /// Recorded bodies too.
    pub(crate) include_bodies: bool,
}

/// What a dry run shows of the object that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// What would change.
    Changes,
    /// All of it, as it is and as it would be.
    Object,
}

/// What `dry_run` says for all of the object.
const FULL: &str = "full";

impl Extras {
    /// Takes them out of the arguments.
    pub(crate) fn take(tool: Tool, arguments: &mut JsonObject) -> Result<Self, Failure> {
        let mut extras = Taking { tool, arguments };
        Ok(Self {
            dry_run: extras.dry_run()?,
            return_object: extras.switch(&RETURN_OBJECT)?.unwrap_or(true),
            confirmation: extras.text(&CONFIRMATION)?,
            include_bodies: extras.switch(&INCLUDE_BODIES)?.unwrap_or(false),
        })
    }
}

struct Taking<'a> {
    tool: Tool,
    arguments: &'a mut JsonObject,
}

impl Taking<'_> {
    /// Some tools declare a `dry_run` of their own, which is on or off.
    fn dry_run(&mut self) -> Result<Option<Shown>, Failure> {
        let is_operation = matches!(self.tool, Tool::Operation(_));
        if is_operation
            && self
                .arguments
                .get(DRY_RUN.name)
                .is_some_and(|asked| asked == FULL)
        {
            self.arguments.remove(DRY_RUN.name);
            return Ok(Some(Shown::Object));
        }
        let asked = self.switch(&DRY_RUN)?.unwrap_or(false);
        Ok(asked.then_some(Shown::Changes))
    }

    fn switch(&mut self, universal: &Universal) -> Result<Option<bool>, Failure> {
        match self.value(universal) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(on)),
            Some(Value::String(text)) if text == "true" || text == "false" => {
                Ok(Some(text == "true"))
            }
            Some(_) => Err(self.unfit(universal, universal.expected())),
        }
    }

    fn text(&mut self, universal: &Universal) -> Result<Option<String>, Failure> {
        match self.value(universal) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.unfit(universal, "expected text")),
        }
    }

    fn value(&mut self, universal: &Universal) -> Option<Value> {
        if !universal.holds_for(self.tool) {
            return None;
        }
        let value = self.arguments.remove(universal.name);
        value.filter(|value| !value.is_null())
    }

    fn unfit(&self, universal: &Universal, reason: &str) -> Failure {
        Failure::invalid(self.tool.name(), Problem::rule(universal.name, reason))
    }
}

/// Whether a tool's own argument asks that nothing be done.
pub fn asks_for_dry_run(arguments: &JsonObject) -> bool {
    match arguments.get(DRY_RUN.name) {
        Some(Value::String(text)) => text == "true" || text == "full",
        asked => asked == Some(&Value::Bool(true)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{call::testing::arguments, toys};

    fn taken(tool: &str, given: Value) -> (Result<Extras, Failure>, JsonObject) {
        let tool = toys::catalog().find(tool).unwrap();
        let mut given = arguments(given);
        (Extras::take(tool, &mut given), given)
    }

    #[test]
    fn what_is_asked_beyond_the_arguments_is_taken_out_of_them() {
        let asked = json!({ "toy_id": "t", "dry_run": "full", "return_object": "false" });
        let (extras, left) = taken("update_toy", asked);
        let extras = extras.unwrap();
        assert_eq!(extras.dry_run, Some(Shown::Object));
        assert!(!extras.return_object && extras.confirmation.is_none());
        assert_eq!(left, arguments(json!({ "toy_id": "t" })));
        let (extras, _) = taken("update_toy", json!({ "toy_id": "t", "dry_run": null }));
        let extras = extras.unwrap();
        assert!(extras.dry_run.is_none() && extras.return_object && !extras.include_bodies);
    }

    #[test]
    fn a_tool_keeps_what_is_asked_of_others() {
        let (extras, left) = taken("get_toy", json!({ "toy_id": "t", "confirmation": "yes" }));
        assert_eq!(extras.unwrap().confirmation, None);
        assert!(left.contains_key("confirmation"));
        let (extras, _) = taken(
            "delete_toy",
            json!({ "toy_id": "t", "confirmation": "yes" }),
        );
        assert_eq!(extras.unwrap().confirmation.as_deref(), Some("yes"));
    }

    #[test]
    fn a_switch_is_on_or_off() {
        let (extras, _) = taken("update_toy", json!({ "toy_id": "t", "dry_run": "maybe" }));
        assert!(matches!(extras, Err(Failure::Arguments(_))), "{extras:?}");
        for (asked, is_dry) in [
            (json!(true), true),
            (json!("full"), true),
            (json!("no"), false),
        ] {
            let given = arguments(json!({ "dry_run": asked }));
            assert_eq!(asks_for_dry_run(&given), is_dry, "{given:?}");
        }
    }
}
