//! A call, ready to be sent.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Base, Keys, Method};

/// A call, ready to be sent. It may carry secrets, so `Debug` shows the target alone.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Which of the vendor's addresses it goes to.
    pub base: Base,
    /// The path as it is declared, with names where ids go: the same for every request of an operation.
    pub template: &'static str,
    /// Percent-encoded path and query below that address.
    pub target: String,
    /// Headers besides authentication and content type.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body, where there is one: an object, or a list where several things travel at once.
    pub body: Option<Value>,
    /// Which key it must be sent with.
    pub keys: Keys,
    /// Whether it may be sent again after a failure that left its fate open.
    pub repeatable: bool,
}

/// Method and target, then headers, then the body: what would go over the wire.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value}")?;
        }
        match &self.body {
            Some(body) if !is_empty(body) => write!(f, "\n\n{body:#}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_tuple("Request")
            .field(&self.method)
            .field(&path)
            .finish()
    }
}

/// Whether a body says nothing.
pub(crate) fn is_empty(body: &Value) -> bool {
    body.as_object().is_some_and(Map::is_empty)
}
