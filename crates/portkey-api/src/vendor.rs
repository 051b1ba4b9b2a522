//! What the frame cannot know of Portkey: what is known of values beyond their schema, and where else secrets are.

use portkey_api_core::{Advice, FindSecrets, Marks, Path, Problems, Vendor};
use serde_json::Value;

use crate::{
    DOMAINS, access_policies,
    config_object::{self, Rules},
    egress_allowlist, guardrails, integrations, known_names, logging, mcp_integrations, policies,
    recorded, scopes, secret_references,
};

/// Portkey, as the declarations of its operations know it. A crate that declares tools of several operations imports it
/// at its root.
pub static VENDOR: Vendor = Vendor {
    name: "Portkey",
    domains: || DOMAINS,
    marks: Marks { advice, secrets },
    inside: |schema| config_object::level(schema).or_else(|| logging::filters(schema)),
};

fn secrets(schema: &Value) -> Option<FindSecrets> {
    let is_recorded = schema.get(recorded::RECORDED).is_some();
    is_recorded.then_some(recorded::each_secret)
}

/// The schema keyword that names what is known of a value.
const MARK: &str = "x-advice";

fn advice(schema: &Value) -> Option<Advice> {
    if let Some(rules) = Rules::of(schema) {
        return Some(match rules {
            Rules::Config => Advice::Nested(|marks, value, path, problems| {
                config_object::check(marks, Rules::Config, value, path, problems);
            }),
            Rules::Target => Advice::Nested(|marks, value, path, problems| {
                config_object::check(marks, Rules::Target, value, path, problems);
            }),
        });
    }
    let name = schema.get(MARK)?.as_str()?;
    if name == CHECK {
        return Some(Advice::Nested(guardrails::check));
    }
    named(name).map(Advice::Value)
}

/// The name of the rule for checks of guardrails, whose parameters have schemas of their own.
const CHECK: &str = "guardrail_check";

/// The rule of this name.
fn named(name: &str) -> Option<fn(&mut Value, &Path<'_>, &mut Problems)> {
    Some(match name {
        "access_policy" => access_policies::advise,
        "access_subject" => access_policies::advise_on_subject,
        "access_target" => access_policies::advise_on_target,
        "ai_provider" => known_names::advise_on_provider,
        "azure_resource" => integrations::advise_on_resource,
        "condition" => policies::advise_on_condition,
        "egress_domain" => egress_allowlist::advise,
        "group_key" => policies::advise_on_group,
        "guardrail" => guardrails::advise,
        "guardrail_actions" => guardrails::complete_actions,
        "integration" => integrations::advise,
        "integration_model" => integrations::advise_on_model,
        "mcp_integration" => mcp_integrations::advise,
        "mcp_settings" => mcp_integrations::advise_on_settings,
        "rate_limit" => policies::rate_limits::advise,
        "scope" => scopes::advise,
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
            let is_known = name == CHECK || named(name).is_some();
            assert!(is_known, "nothing is known of `{name}`");
        }
    }
}
