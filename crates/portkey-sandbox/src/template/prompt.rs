//! The text of a prompt version: plain text, or a JSON array of chat messages encoded as text.

use serde_json::Value;

use super::{BadTemplate, Template, render::Partials};

/// A prompt with its variables filled in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Prepared {
    Text(String),
    Messages(Vec<Value>),
}

/// Fills in a prompt. A `raw` text is rendered as a whole before it is read as JSON, so that sections may wrap
/// messages; otherwise messages are read first, and values cannot break out of the text they stand in. A list that is
/// JSON only once its variables are filled in, such as a chat history among messages, is read afterwards too.
pub(crate) fn prepare(
    text: &str,
    raw: bool,
    variables: &Value,
    partials: &Partials<'_>,
) -> Result<Prepared, BadTemplate> {
    if !raw && let Some(mut messages) = messages(text) {
        for message in &mut messages {
            each_text(message, &mut |text| {
                *text = Template::parse(text)?.render(variables, partials)?;
                Ok(())
            })?;
        }
        return Ok(Prepared::Messages(messages));
    }
    let rendered = Template::parse(text)?.render(variables, partials)?;
    if meant_as_messages(text, raw) {
        let messages: Vec<Value> = serde_json::from_str(&rendered)
            .map_err(|error| BadTemplate::NotJson(error.to_string()))?;
        return Ok(Prepared::Messages(spliced(messages)));
    }
    Ok(Prepared::Text(rendered))
}

/// The messages in one list: a variable among them whose value is a list stands for several.
fn spliced(messages: Vec<Value>) -> Vec<Value> {
    let parts = messages.into_iter().map(|message| match message {
        Value::Array(several) => several,
        one => vec![one],
    });
    parts.flatten().collect()
}

/// Whether the text can be read as a template.
pub(crate) fn check(text: &str, raw: bool) -> Result<(), BadTemplate> {
    templates(text, raw).map(drop)
}

/// The templates a prompt consists of.
pub(super) fn templates(text: &str, raw: bool) -> Result<Vec<Template>, BadTemplate> {
    let mut templates = Vec::new();
    match messages(text) {
        Some(mut messages) if !raw => {
            for message in &mut messages {
                each_text(message, &mut |text| {
                    templates.push(Template::parse(text)?);
                    Ok(())
                })?;
            }
        }
        _ => templates.push(Template::parse(text)?),
    }
    Ok(templates)
}

fn messages(text: &str) -> Option<Vec<Value>> {
    let messages: Vec<Value> = serde_json::from_str(text).ok()?;
    messages.iter().all(Value::is_object).then_some(messages)
}

/// A template may be JSON only once it is rendered: its first brackets tell what it is meant to be. A text that is not
/// raw must begin with a message, since `[{{name}}]` may be meant as it stands.
fn meant_as_messages(text: &str, raw: bool) -> bool {
    let first = text.trim_start().strip_prefix('[').map(str::trim_start);
    let first = first.and_then(|first| first.strip_prefix('{'));
    first.is_some_and(|member| raw || member.trim_start().starts_with('"'))
}

fn each_text<F>(value: &mut Value, act: &mut F) -> Result<(), BadTemplate>
where
    F: FnMut(&mut String) -> Result<(), BadTemplate>,
{
    match value {
        Value::String(text) => act(text),
        Value::Array(items) => items.iter_mut().try_for_each(|item| each_text(item, act)),
        Value::Object(members) => members
            .iter_mut()
            .try_for_each(|(_, member)| each_text(member, act)),
        _ => Ok(()),
    }
}
