use crate::Operation;

/// One argument of a tool: its name, and where its value travels.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// As the input schema names it.
    pub name: &'static str,
    /// Where the value goes.
    pub place: Place,
    /// Other spellings that are understood but not advertised.
    pub aliases: &'static [&'static str],
    /// An operation whose answer has the value under the same name, for callers that leave it out.
    pub lookup: Option<fn() -> &'static Operation>,
}

/// Where the value of an argument goes in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the path, where the braces name it.
    Path,
    /// Into the query, under this name.
    Query(&'static str),
    /// Into the JSON body at this dotted path; a number is an index (`users.0.id`).
    Body(&'static str),
    /// Its members go to the root of the JSON body.
    Spread,
    /// Into this header; anything but text as JSON.
    Header(&'static str),
    /// Nowhere: the caller's side reads it.
    Local,
}
