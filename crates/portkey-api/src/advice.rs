//! What is known of a value beyond its schema: it is noted, and completed where the API wants more than callers must know.

use serde_json::Value;

use crate::{
    config_object::{self, Rules},
    guardrails, integrations, known_names, mcp_integrations, policies,
    problem::Problems,
    secret_references,
};

/// The schema keyword that names what is known of a value.
pub(crate) const MARK: &str = "x-advice";

type Advise = fn(&mut Value, &str, &mut Problems);

/// What is known of the values of a schema; the text is where the value was found.
pub(crate) fn of(schema: &Value) -> Option<Advise> {
    if let Some(rules) = Rules::of(schema) {
        return Some(match rules {
            Rules::Config => {
                |value, path, problems| config_object::check(Rules::Config, value, path, problems)
            }
            Rules::Target => {
                |value, path, problems| config_object::check(Rules::Target, value, path, problems)
            }
        });
    }
    named(schema.get(MARK)?.as_str()?)
}

fn named(name: &str) -> Option<Advise> {
    Some(match name {
        "ai_provider" => known_names::advise_on_provider,
        "azure_resource" => integrations::advise_on_resource,
        "condition" => policies::advise_on_condition,
        "guardrail_actions" => guardrails::complete_actions,
        "guardrail_check" => guardrails::check,
        "integration" => integrations::advise,
        "integration_model" => integrations::advise_on_model,
        "mcp_integration" => mcp_integrations::advise,
        "rate_limit" => policies::rate_limits::advise,
        "scope" => known_names::advise_on_scope,
        "secret_reference" => secret_references::advise,
        "usage_limit" => policies::usage_limits::advise,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    /// Every mark in a schema, however deep.
    fn marks<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
        match schema {
            Value::Object(members) => {
                found.extend(members.get(MARK).and_then(Value::as_str));
                members.values().for_each(|member| marks(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| marks(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_mark_is_known() {
        let mut found = Vec::new();
        for operation in operations() {
            marks(operation.declaration.input(), &mut found);
        }
        assert!(found.len() > 10, "{found:?}");
        for name in found {
            assert!(named(name).is_some(), "nothing is known of `{name}`");
        }
    }
}
