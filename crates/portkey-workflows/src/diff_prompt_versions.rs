//! `diff_prompt_versions`: what differs between two versions of a prompt.

use portkey_api::{
    Declared as _, JsonObject, Problem,
    prompts::{GetPrompt, ListPromptVersions, Prompt, PromptId},
    workflow,
};
use portkey_engine::call::{CallContext, Failure, Steps, differences};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use similar::TextDiff;

/// Compare prompt versions
///
/// Compares two versions of a prompt (diff): how the template text, model, parameters and tools changed.
#[workflow(-> Comparison, effect(read), scopes("prompts.read"), extended, airs(absent))]
pub(crate) struct DiffPromptVersions {
    pub prompt_id: PromptId,
    /// Number or label; the published one when left out, or the one before `to`.
    pub from: Option<String>,
    /// The newest when left out.
    pub to: Option<String>,
}

/// What differs between two versions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Comparison {
    from: Compared,
    to: Compared,
    /// The changes of the template as a unified diff; nothing if the text is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    /// The other members that differ.
    changes: Vec<Change>,
}

/// A version that was compared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Compared {
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// A member that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Change {
    /// Its path, such as `parameters.temperature`.
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Value>,
}

impl Steps for DiffPromptVersions {
    async fn run(self, context: CallContext<'_>) -> Result<Comparison, Failure> {
        let newest = || "latest".to_owned();
        let to = self.read(context, Some(self.to.clone().unwrap_or_else(newest)));
        let to = to.await?;
        let from = match &self.from {
            Some(version) => self.read(context, Some(version.clone())).await?,
            None => self.before(context, &to).await?,
        };
        Ok(compare(&from, &to))
    }
}

impl DiffPromptVersions {
    async fn read(
        &self,
        context: CallContext<'_>,
        version: Option<String>,
    ) -> Result<Prompt, Failure> {
        let prompt_id = self.prompt_id.clone();
        context.ask(&GetPrompt { prompt_id, version }).await
    }

    /// Returns the published version if it is older than `to`, else the one before `to`.
    async fn before(&self, context: CallContext<'_>, to: &Prompt) -> Result<Prompt, Failure> {
        let published = self.read(context, None).await?;
        if published.prompt_version < to.prompt_version {
            return Ok(published);
        }
        let prompt_id = self.prompt_id.clone();
        let listed = context.ask(&ListPromptVersions { prompt_id }).await?;
        let numbers = listed
            .data
            .iter()
            .filter_map(|version| version.prompt_version);
        let before = numbers
            .filter(|number| Some(*number) < to.prompt_version)
            .max();
        let before = before.ok_or_else(|| {
            let rule = "no version is older; give the one to compare with";
            Failure::invalid(Self::NAME, Problem::rule("from", rule))
        })?;
        self.read(context, Some(before.to_string())).await
    }
}

fn compare(from: &Prompt, to: &Prompt) -> Comparison {
    let [old, new] = [from, to].map(|prompt| lines(prompt.string.as_deref().unwrap_or_default()));
    let template = (old != new).then(|| {
        let diff = TextDiff::from_lines(&old, &new);
        let mut diff = diff.unified_diff();
        diff.context_radius(3)
            .missing_newline_hint(false)
            .to_string()
    });
    let changes = differences(&settings(from), &settings(to));
    Comparison {
        from: Compared::of(from),
        to: Compared::of(to),
        template,
        changes: changes
            .into_iter()
            .map(|change| Change {
                field: change.field,
                from: change.from,
                to: change.to,
            })
            .collect(),
    }
}

impl Compared {
    fn of(prompt: &Prompt) -> Self {
        let description = prompt.prompt_version_description.clone();
        Self {
            version: prompt.prompt_version,
            description: description.filter(|text| !text.is_empty()),
        }
    }
}

/// What a version says besides its text. The model is also among the parameters, where the API puts it.
fn settings(prompt: &Prompt) -> Value {
    let mut parameters = prompt.parameters.clone().unwrap_or_default();
    let model = parameters.remove("model");
    let all = json!({
        "model": prompt.model.clone().map(Value::from).or(model),
        "virtual_key": prompt.virtual_key,
        "parameters": parameters,
        "functions": prompt.functions,
        "tools": prompt.tools,
        "tool_choice": prompt.tool_choice,
        "template_metadata": prompt.template_metadata,
        "is_raw_template": prompt.is_raw_template,
    });
    match all {
        Value::Object(all) => all
            .into_iter()
            .filter(|(_, value)| !is_empty(value))
            .collect::<JsonObject>()
            .into(),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A template line by line: chat messages with their roles above them, other JSON with its members on lines of their
/// own, text as it is.
fn lines(template: &str) -> String {
    let Ok(Value::Array(messages)) = serde_json::from_str(template) else {
        return ended(template.to_owned());
    };
    messages.iter().map(message).collect()
}

fn message(message: &Value) -> String {
    let role = message.get("role").and_then(Value::as_str);
    let content = message.get("content").and_then(Value::as_str);
    match (role, content, message.as_object().map(JsonObject::len)) {
        (Some(role), Some(content), Some(2)) => format!("[{role}]\n{}", ended(content.to_owned())),
        _ => format!("{message:#}\n"),
    }
}

fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(version: u64, string: &str, parameters: &Value) -> Prompt {
        let stored = json!({ "prompt_version": version, "string": string, "parameters": parameters, "model": "gpt-4o",
            "tools": [] });
        serde_json::from_value(stored).unwrap()
    }

    #[test]
    fn text_is_compared_line_by_line_and_the_rest_member_by_member() {
        let old = r#"[{"role":"system","content":"Be brief.\nBe kind."},{"role":"user","content":"{{q}}"}]"#;
        let new = r#"[{"role":"system","content":"Be brief.\nBe exact."},{"role":"user","content":"{{q}}"}]"#;
        let compared = compare(
            &prompt(1, old, &json!({ "temperature": 0.2, "model": "gpt-4o" })),
            &prompt(2, new, &json!({ "temperature": 0.7, "top_p": 1 })),
        );
        let template = compared.template.unwrap();
        assert!(
            template.contains(" Be brief.\n-Be kind.\n+Be exact.\n [user]\n"),
            "{template}"
        );
        let fields: Vec<&str> = compared
            .changes
            .iter()
            .map(|change| change.field.as_str())
            .collect();
        assert_eq!(fields, ["parameters.temperature", "parameters.top_p"]);
    }

    #[test]
    fn the_same_in_another_layout_does_not_differ() {
        let compared = compare(
            &prompt(1, r#"[{"role":"user","content":"Hi"}]"#, &json!({})),
            &prompt(
                2,
                r#"[ { "content": "Hi", "role": "user" } ]"#,
                &json!({ "model": "gpt-4o" }),
            ),
        );
        assert_eq!((compared.template, compared.changes.len()), (None, 0));
    }
}
