//! The options of a call that are common to many tools, such as `dry_run`.

use portkey_api_core::{Declaration, JsonObject, Problem};
use serde_json::Value;

use super::{
    Failure,
    chart::DrawingForm,
    show::{Fields, Format, Tokens, View, list_in},
};
use crate::catalog::{
    CHART, CONFIRMATION, CommonArgument, DRY_RUN, FIELDS, FORMAT, INCLUDE_BODIES, RESULT_TOKENS,
    RETURN_OBJECT, Tool, VERBOSE,
};

/// The options of a call, which are given among its arguments.
#[derive(Debug, Clone)]
pub(crate) struct CallOptions {
    /// Whether the call is only previewed, and how much of the object the preview shows.
    pub(crate) dry_run: Option<Shown>,
    /// Whether an update whose answer is empty is followed by a read of the object. On unless switched off.
    pub(crate) return_object: bool,
    /// The token that confirms the call.
    pub(crate) confirmation: Option<String>,
    /// Whether the answer includes recorded bodies of requests and responses.
    pub(crate) include_bodies: bool,
    /// What the caller wants to see of the answer.
    pub(crate) view: View,
}

/// How much of the object a dry run shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The fields that would change.
    Changes,
    /// The whole object, before and after.
    Object,
}

/// The fewest tokens that a call may limit its answer to.
const LEAST_TOKENS: usize = 200;

/// The value of `dry_run` that asks for the whole object.
const FULL: &str = "full";

/// The value of `chart` that asks for SVG.
const SVG: &str = "svg";

impl CallOptions {
    /// Removes the options of `tool` from its arguments and parses them.
    pub(crate) fn take(tool: Tool, arguments: &mut JsonObject) -> Result<Self, Failure> {
        let mut options = OptionReader { tool, arguments };
        Ok(Self {
            dry_run: options.dry_run()?,
            return_object: options.switch(&RETURN_OBJECT)?.unwrap_or(true),
            confirmation: options.text(&CONFIRMATION)?,
            include_bodies: options.switch(&INCLUDE_BODIES)?.unwrap_or(false),
            view: View {
                verbose: options.switch(&VERBOSE)?.unwrap_or(false),
                fields: options.fields()?,
                format: options.format()?,
                tokens: options.tokens()?,
                chart: options.chart()?,
            },
        })
    }
}

/// Removes options from the arguments of a call, one by one.
struct OptionReader<'a> {
    tool: Tool,
    arguments: &'a mut JsonObject,
}

impl OptionReader<'_> {
    /// The `dry_run` option. `full` is for operations only: workflows that declare a `dry_run` argument take a boolean.
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

    fn fields(&mut self) -> Result<Option<Fields>, Failure> {
        let Some(given) = self.value(&FIELDS).filter(|given| *given != "") else {
            return Ok(None);
        };
        let mut answers = vec![self.tool.declaration()];
        if let Tool::Operation(operation) = self.tool {
            // An update whose answer is empty answers with the object.
            answers.extend(operation.fresh.map(|fresh| &fresh().declaration));
        }
        let has_members = |answer: &&Declaration| {
            let members = answer.output().get("properties").and_then(Value::as_object);
            members.is_some_and(|members| !members.is_empty())
        };
        answers.retain(has_members);
        if answers.is_empty() {
            return Err(self.invalid(
                &FIELDS,
                "this tool answers nothing to choose from; leave it out",
            ));
        }
        let fields = Fields::read(&answers, &given);
        fields
            .map(Some)
            .map_err(|reason| self.invalid(&FIELDS, &reason))
    }

    fn format(&mut self) -> Result<Format, Failure> {
        let Some(given) = self.text(&FORMAT)?.filter(|given| !given.is_empty()) else {
            return Ok(Format::Json);
        };
        let format = Format::read(&given)
            .ok_or_else(|| self.invalid(&FORMAT, "expected `json`, `csv` or `markdown`"))?;
        if format != Format::Json && list_in(self.tool.declaration()).is_none() {
            let reason = "this tool answers one object, and only lists can be tables; leave it out";
            return Err(self.invalid(&FORMAT, reason));
        }
        Ok(format)
    }

    fn tokens(&mut self) -> Result<Tokens, Failure> {
        let given = match self.value(&RESULT_TOKENS) {
            None => return Ok(Tokens::Usual),
            Some(Value::String(text)) if text.is_empty() => return Ok(Tokens::Usual),
            Some(Value::String(text)) => text.parse().ok(),
            Some(number) => number.as_u64().and_then(|number| number.try_into().ok()),
        };
        match given {
            Some(tokens) if tokens >= LEAST_TOKENS => Ok(Tokens::Asked(tokens)),
            _ => {
                let reason = format!("expected a number of tokens, at least {LEAST_TOKENS}");
                Err(self.invalid(&RESULT_TOKENS, &reason))
            }
        }
    }

    /// `svg` asks for text instead of a picture.
    fn chart(&mut self) -> Result<Option<DrawingForm>, Failure> {
        if self
            .arguments
            .get(CHART.name)
            .is_some_and(|asked| asked == SVG)
        {
            return Ok(self.value(&CHART).map(|_| DrawingForm::Svg));
        }
        let asked = self.switch(&CHART)?.unwrap_or(false);
        Ok(asked.then_some(DrawingForm::Png))
    }

    fn switch(&mut self, common: &CommonArgument) -> Result<Option<bool>, Failure> {
        match self.value(common) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(on)),
            Some(Value::String(text)) if text == "true" || text == "false" => {
                Ok(Some(text == "true"))
            }
            Some(_) => Err(self.invalid(common, common.expected())),
        }
    }

    fn text(&mut self, common: &CommonArgument) -> Result<Option<String>, Failure> {
        match self.value(common) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(common, "expected text")),
        }
    }

    fn value(&mut self, common: &CommonArgument) -> Option<Value> {
        // Whether an option holds for a tool takes longer to find out than that it was not given.
        if !self.arguments.contains_key(common.name) || !common.holds_for(self.tool) {
            return None;
        }
        let value = self.arguments.remove(common.name);
        value.filter(|value| !value.is_null())
    }

    fn invalid(&self, common: &CommonArgument, reason: &str) -> Failure {
        Failure::invalid(self.tool.name(), Problem::rule(common.name, reason))
    }
}

/// Whether the `dry_run` argument is on. For tools that declare `dry_run` as an argument of their own.
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
    fn options_are_removed_from_the_arguments() {
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
    fn an_option_of_other_tools_stays_among_the_arguments() {
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
    fn a_switch_takes_booleans_and_nothing_else() {
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
