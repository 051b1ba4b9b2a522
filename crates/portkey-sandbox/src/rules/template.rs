//! Prompt templates: Mustache without HTML escaping, plus Portkey's `{{>slug@version}}` and `{{>>Variable Partial}}`.
//!
//! Own code, because `variable_components` needs the parsed tree, which `mustache2` and `moostache` keep to themselves.
//! They also escape HTML without a way to turn it off, and a partial that includes itself ends the latter's stack.

mod components;
mod messages;
mod parse;
mod prompt;
mod render;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

pub(crate) use components::variable_components;
pub(crate) use prompt::{Prepared, check, prepare};

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template(Vec<Node>);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Text(String),
    /// `{{x}}`, `{{{x}}}` and `{{&x}}`, which are the same where nothing is escaped.
    Variable(String),
    Section(Section),
    /// `{{>slug}}`, with its `@version` if there is one.
    Partial(String),
    /// `{{>>Name}}`: the template is the value of a variable.
    VariablePartial(String),
}

#[derive(Debug, Clone, PartialEq)]
struct Section {
    name: String,
    /// `{{^x}}`: for values that are absent, false or empty.
    inverted: bool,
    body: Vec<Node>,
}

/// Why a template cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadTemplate {
    #[error("the tag that starts with `{0}` is never closed")]
    OpenTag(String),
    #[error("`{{{{{0}}}}}` is not a tag")]
    NoTag(String),
    #[error("the section `{0}` is never closed")]
    OpenSection(String),
    #[error("`{{{{/{0}}}}}` closes no open section")]
    NoSection(String),
    #[error("sections are nested too deeply")]
    TooDeep,
    #[error("the partial `{0}` does not exist")]
    NoPartial(String),
    #[error("the partial `{0}` includes itself")]
    Circular(String),
    #[error("the rendered prompt is too large")]
    TooLarge,
    #[error("the rendered prompt is not valid JSON ({0})")]
    NotJson(String),
    #[error("`{0}` stands outside of quotes, so its value must be a message or a list of messages")]
    NoValue(String),
    #[error("every message must be an object, which `{0}` is not")]
    NoMessage(String),
}
