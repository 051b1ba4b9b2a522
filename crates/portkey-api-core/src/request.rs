//! Requests of the API, ready to be sent.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Base, Keys, Method, projection::Projection};

/// A request that is ready to be sent. It may contain secrets, so `Debug` shows only the target.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The vendor's address that the request goes to.
    pub base: Base,
    /// The path as it is declared, with the names of arguments in it. It is the same for all requests of an operation.
    pub template: &'static str,
    /// The percent-encoded path and query below that address.
    pub target: String,
    /// The headers, without those for authentication and content type.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body, if there is one: an object or a list.
    pub body: Option<Value>,
    /// The kind of API key that must be sent.
    pub keys: Keys,
    /// Whether the request may be sent again after a failure that leaves its outcome open.
    pub repeatable: bool,
    /// What the caller looks at of the answer, if that is not all of it.
    pub projection: Option<Projection>,
}

/// Writes the request as it would be sent: method and target, headers, body.
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

/// Whether a body is an empty object.
pub(crate) fn is_empty(body: &Value) -> bool {
    body.as_object().is_some_and(Map::is_empty)
}
