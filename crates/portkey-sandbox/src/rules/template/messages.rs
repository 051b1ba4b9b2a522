//! Chat messages as JSON in which tags may stand outside of quotes: `[{"role": "system"}, {{chat_history}}]`.

use serde_json::Value;

use super::BadTemplate;

/// The messages of a template, read before it is rendered.
pub(super) struct Messages<'a> {
    /// The messages, with marks in the places of tags.
    values: Vec<Value>,
    tags: Vec<&'a str>,
}

impl<'a> Messages<'a> {
    /// The messages of a text; `None` if it has none, or if sections stand around or between them.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (json, tags) = marked(text)?;
        let values = serde_json::from_str(&json).ok()?;
        let messages = Self { values, tags };
        let mut values = messages.values.iter();
        let are_messages = values.all(|each| each.is_object() || messages.tag(each).is_some());
        let has_one = messages.tags.len() < messages.values.len() || messages.tags.is_empty();
        (are_messages && has_one).then_some(messages)
    }

    /// The messages with every text and every tag rendered. A tag outside of quotes renders to JSON.
    pub(super) fn filled<F>(mut self, render: &F) -> Result<Vec<Value>, BadTemplate>
    where
        F: Fn(&str) -> Result<String, BadTemplate>,
    {
        let mut values = std::mem::take(&mut self.values);
        for value in &mut values {
            each_text(value, &mut |value| {
                *value = match (self.tag(value), value.as_str()) {
                    (Some(tag), _) => serde_json::from_str(&render(tag)?)
                        .map_err(|_| BadTemplate::NoValue(tag.to_owned()))?,
                    (None, text) => render(text.unwrap_or_default())?.into(),
                };
                Ok(())
            })?;
        }
        Ok(spliced(values))
    }

    /// The templates in the messages: every text and every tag.
    pub(super) fn templates(mut self) -> Vec<String> {
        let mut templates = Vec::new();
        let mut values = std::mem::take(&mut self.values);
        for value in &mut values {
            let noted: Result<(), BadTemplate> = each_text(value, &mut |value| {
                let text = self.tag(value).or(value.as_str());
                templates.push(text.unwrap_or_default().to_owned());
                Ok(())
            });
            drop(noted); // Rendering only collects the templates here, and cannot fail.
        }
        templates
    }

    /// The tag for which the value is a mark.
    fn tag(&self, value: &Value) -> Option<&'a str> {
        let number = value.as_str()?.strip_prefix(MARK)?;
        self.tags.get(number.parse::<usize>().ok()?).copied()
    }
}

/// The messages as one flat list: a tag may render to a list of several messages.
pub(super) fn spliced(messages: Vec<Value>) -> Vec<Value> {
    let parts = messages.into_iter().map(|message| match message {
        Value::Array(several) => several,
        one => vec![one],
    });
    parts.flatten().collect()
}

/// The beginning of the text that marks the place of a tag.
const MARK: char = '\0';

/// The text with a mark in the place of each tag outside of quotes, and these tags; `None` if there are sections.
fn marked(text: &str) -> Option<(String, Vec<&str>)> {
    let (mut marked, mut tags) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '{']) {
        let (before, found) = rest.split_at(start);
        marked.push_str(before);
        let length = if found.starts_with('"') {
            quoted(found)
        } else if found.starts_with("{{") {
            tag(found)
        } else {
            Some(1)
        };
        let (piece, after) = found.split_at(length?);
        match piece.strip_prefix("{{").map(|inside| inside.chars().next()) {
            Some(Some('#' | '^' | '/')) => return None,
            Some(Some('!')) => {}
            Some(_) => {
                marked.push_str(&Value::from(format!("{MARK}{}", tags.len())).to_string());
                tags.push(piece);
            }
            None => marked.push_str(piece),
        }
        rest = after;
    }
    marked.push_str(rest);
    Some((marked, tags))
}

/// How long the quoted text at the beginning is, with its quotes.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let mut inside = text.char_indices().skip(1);
    let end = inside.find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 1)
}

/// How long the tag at the beginning is, with its braces.
fn tag(text: &str) -> Option<usize> {
    let end = if text.starts_with("{{{") { "}}}" } else { "}}" };
    text.find(end).map(|at| at + end.len())
}

fn each_text<F>(value: &mut Value, act: &mut F) -> Result<(), BadTemplate>
where
    F: FnMut(&mut Value) -> Result<(), BadTemplate>,
{
    match value {
        Value::String(_) => act(value),
        Value::Array(items) => items.iter_mut().try_for_each(|item| each_text(item, act)),
        Value::Object(members) => members
            .iter_mut()
            .try_for_each(|(_, member)| each_text(member, act)),
        _ => Ok(()),
    }
}
