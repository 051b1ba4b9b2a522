//! `validate_completion_metadata`: checks billing metadata without sending a request.

use portkey_api::workflow;
use portkey_engine::{
    call::Steps,
    call::{CallContext, Conventions, Failure},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Validate completion metadata
///
/// Checks billing metadata (required tags) before a prompt runs, without calling Portkey. The fields `client_id`, `app`
/// and `env` are mandatory, `project_id` is advised.
#[workflow(-> Verdict, effect(read), scopes())]
pub(crate) struct ValidateCompletionMetadata {
    /// Who is billed.
    pub client_id: Option<String>,
    /// Which application asks.
    pub app: Option<String>,
    /// Such as `prod`.
    pub env: Option<String>,
    /// Which project is billed.
    pub project_id: Option<String>,
    /// Which feature asks.
    pub feature: Option<String>,
}

/// What is wrong with billing metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Verdict {
    valid: bool,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Steps for ValidateCompletionMetadata {
    async fn run(self, context: CallContext<'_>) -> Result<Verdict, Failure> {
        Ok(self.judge(context.conventions()))
    }
}

impl ValidateCompletionMetadata {
    fn judge(&self, conventions: &Conventions) -> Verdict {
        let required = [
            ("client_id", &self.client_id),
            ("app", &self.app),
            ("env", &self.env),
        ];
        let missing = required
            .into_iter()
            .filter(|(_, value)| is_blank(value.as_ref()));
        let errors: Vec<String> = missing
            .map(|(name, _)| format!("{name} is required"))
            .collect();
        let mut warnings = Vec::new();
        if is_blank(self.project_id.as_ref()) {
            warnings
                .push("project_id is missing: costs cannot be told apart by project".to_owned());
        }
        warnings.extend(unknown("app", self.app.as_ref(), &conventions.apps));
        warnings.extend(unknown("env", self.env.as_ref(), &conventions.envs));
        Verdict {
            valid: errors.is_empty(),
            errors,
            warnings,
        }
    }
}

fn is_blank(value: Option<&String>) -> bool {
    value.is_none_or(|text| text.trim().is_empty())
}

fn unknown(name: &str, value: Option<&String>, known: &[String]) -> Option<String> {
    let value = value.filter(|value| !is_blank(Some(value)))?;
    let is_unknown = !known.is_empty() && !known.contains(value);
    is_unknown.then(|| format!("{name} `{value}` is none of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(app: &str) -> ValidateCompletionMetadata {
        ValidateCompletionMetadata {
            client_id: Some("acme".to_owned()),
            app: Some(app.to_owned()),
            env: Some("prod".to_owned()),
            project_id: Some("p1".to_owned()),
            feature: None,
        }
    }

    #[test]
    fn complete_metadata_is_valid() {
        let verdict = metadata("crm").judge(&Conventions::default());
        assert_eq!(
            verdict,
            Verdict {
                valid: true,
                errors: vec![],
                warnings: vec![]
            }
        );
    }

    #[test]
    fn blank_fields_are_missing() {
        let verdict = metadata(" ").judge(&Conventions::default());
        assert_eq!(verdict.errors, ["app is required"]);
        assert!(!verdict.valid);
    }

    #[test]
    fn unknown_apps_are_pointed_out_where_apps_are_known() {
        let known = Conventions {
            apps: vec!["crm".to_owned()],
            envs: vec![],
        };
        assert_eq!(
            metadata("crn").judge(&known).warnings,
            ["app `crn` is none of crm"]
        );
        assert!(metadata("crm").judge(&known).warnings.is_empty());
    }
}
