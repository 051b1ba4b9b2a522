//! The text of a prompt version: plain text, or a JSON array of chat messages encoded as text.

use serde_json::Value;

use super::{
    BadTemplate, Template,
    messages::{Messages, spliced},
    render::Partials,
};

/// A prompt with its variables filled in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Prepared {
    Text(String),
    Messages(Vec<Value>),
}

/// Fills in a prompt. A `raw` text is rendered as a whole before it is read as JSON, so that sections may wrap
/// messages; otherwise messages are read first, and values cannot break out of the text they stand in. A tag among
/// messages, such as a chat history, stands for the message or the list of messages that it renders to.
pub(crate) fn prepare(
    text: &str,
    raw: bool,
    variables: &Value,
    partials: &Partials<'_>,
) -> Result<Prepared, BadTemplate> {
    let render = |text: &str| Template::parse(text)?.render(variables, partials);
    if !raw && let Some(messages) = Messages::read(text) {
        let messages = messages.filled(&render)?;
        return only_messages(messages).map(Prepared::Messages);
    }
    let rendered = render(text)?;
    let read = serde_json::from_str(&rendered)
        .map_err(|error| BadTemplate::NotJson(error.to_string()))
        .and_then(|messages| only_messages(spliced(messages)));
    match read {
        Ok(messages) if raw || is_list(text) => Ok(Prepared::Messages(messages)),
        Err(problem) if meant_as_messages(text, raw) => Err(problem),
        _ => Ok(Prepared::Text(rendered)),
    }
}

/// Refuses messages that are not objects.
fn only_messages(messages: Vec<Value>) -> Result<Vec<Value>, BadTemplate> {
    match messages.iter().find(|message| !message.is_object()) {
        Some(other) => Err(BadTemplate::NoMessage(other.to_string())),
        None => Ok(messages),
    }
}

/// Whether the text can be read as a template.
pub(crate) fn check(text: &str, raw: bool) -> Result<(), BadTemplate> {
    templates(text, raw).map(drop)
}

/// The templates a prompt consists of.
pub(super) fn templates(text: &str, raw: bool) -> Result<Vec<Template>, BadTemplate> {
    match Messages::read(text) {
        Some(messages) if !raw => {
            let templates = messages.templates();
            let templates = templates.iter().map(|text| Template::parse(text));
            templates.collect()
        }
        _ => Ok(vec![Template::parse(text)?]),
    }
}

/// Whether the text is one JSON list with any content.
fn is_list(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('[') && text.ends_with(']')
}

/// A template may be JSON only once it is rendered: its first brackets tell what it is meant to be. A text that is not
/// raw must begin with a message, since `[{{name}}]` may be meant as it stands.
fn meant_as_messages(text: &str, raw: bool) -> bool {
    let first = text.trim_start().strip_prefix('[').map(str::trim_start);
    let first = first.and_then(|first| first.strip_prefix('{'));
    first.is_some_and(|member| raw || member.trim_start().starts_with('"'))
}
