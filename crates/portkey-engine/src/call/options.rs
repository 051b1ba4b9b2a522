//! What a call asks for beyond its tool's own arguments, such as a dry run.

use portkey_api_core::{JsonObject, Problem};
use serde_json::Value;

use super::Failure;
use crate::catalog::{CONFIRMATION, CommonArgument, DRY_RUN, INCLUDE_BODIES, RETURN_OBJECT, Tool};

/// What a call asks for beyond its tool's own arguments.
#[derive(Debug, Clone)]
pub(crate) struct CallOptions {
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

impl CallOptions {
    /// Takes them out of the arguments.
    pub(crate) fn take(tool: Tool, arguments: &mut JsonObject) -> Result<Self, Failure> {
        let mut options = Taking { tool, arguments };
        Ok(Self {
            dry_run: options.dry_run()?,
            return_object: options.switch(&RETURN_OBJECT)?.unwrap_or(true),
            confirmation: options.text(&CONFIRMATION)?,
            include_bodies: options.switch(&INCLUDE_BODIES)?.unwrap_or(false),
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

    fn switch(&mut self, common: &CommonArgument) -> Result<Option<bool>, Failure> {
        match self.value(common) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(on)),
            Some(Value::String(text)) if text == "true" || text == "false" => {
                Ok(Some(text == "true"))
            }
            Some(_) => Err(self.unfit(common, common.expected())),
        }
    }

    fn text(&mut self, common: &CommonArgument) -> Result<Option<String>, Failure> {
        match self.value(common) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.unfit(common, "expected text")),
        }
    }

    fn value(&mut self, common: &CommonArgument) -> Option<Value> {
        if !common.holds_for(self.tool) {
            return None;
        }
        let value = self.arguments.remove(common.name);
        value.filter(|value| !value.is_null())
    }

    fn unfit(&self, common: &CommonArgument, reason: &str) -> Failure {
        Failure::invalid(self.tool.name(), Problem::rule(common.name, reason))
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

    fn taken(tool: &str, given: Value) -> (Result<CallOptions, Failure>, JsonObject) {
        let tool = toys::catalog().find(tool).unwrap();
        let mut given = arguments(given);
        (CallOptions::take(tool, &mut given), given)
    }

    #[test]
    fn what_is_asked_beyond_the_arguments_is_taken_out_of_them() {
        let asked = json!({ "toy_id": "t", "dry_run": "full", "return_object": "false" });
        let (options, left) = taken("update_toy", asked);
        let options = options.unwrap();
        assert_eq!(options.dry_run, Some(Shown::Object));
        assert!(!options.return_object && options.confirmation.is_none());
        assert_eq!(left, arguments(json!({ "toy_id": "t" })));
        let (options, _) = taken("update_toy", json!({ "toy_id": "t", "dry_run": null }));
        let options = options.unwrap();
        assert!(options.dry_run.is_none() && options.return_object && !options.include_bodies);
    }

    #[test]
    fn a_tool_keeps_what_is_asked_of_others() {
        let (options, left) = taken("get_toy", json!({ "toy_id": "t", "confirmation": "yes" }));
        assert_eq!(options.unwrap().confirmation, None);
        assert!(left.contains_key("confirmation"));
        let (options, _) = taken(
            "delete_toy",
            json!({ "toy_id": "t", "confirmation": "yes" }),
        );
        assert_eq!(options.unwrap().confirmation.as_deref(), Some("yes"));
    }

    #[test]
    fn a_switch_is_on_or_off() {
        let (options, _) = taken("update_toy", json!({ "toy_id": "t", "dry_run": "maybe" }));
        assert!(matches!(options, Err(Failure::Arguments(_))), "{options:?}");
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
