//! Requests as handlers get them.

use jiff::Timestamp;
use portkey_api::{Edition, JsonObject, Operation};
use serde_json::Value;

use super::{distortion::Distortion, fields::Fields, principal::Principal, refusal::Refusal};
use crate::identity::iso;

/// One request, authorised and parsed.
#[derive(Debug)]
pub(crate) struct Call {
    /// The caller.
    pub(crate) principal: Principal,
    /// When it was received, by the sandbox's clock.
    pub(crate) now: Timestamp,
    pub(crate) request: Incoming,
    pub(crate) operation: Option<&'static Operation>,
    /// The edition that the sandbox stands in for.
    pub(crate) edition: Edition,
}

/// A request as it was received, with the parameters of its path by name.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    pub(crate) path: String,
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) query: JsonObject,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) raw_query: String,
    pub(crate) raw_body: String,
    /// An empty object when there is none.
    pub(crate) body: Value,
    /// The faults that act where it is executed.
    pub(crate) distortion: Distortion,
}

impl Incoming {
    /// A header of the request, named in lowercase.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// What the header `Authorization` holds after the word for its scheme.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (named, content) = self.header("authorization")?.split_once(' ')?;
        named.eq_ignore_ascii_case(scheme).then_some(content.trim())
    }
}

impl Call {
    /// A parameter of the path, by its name in the catalog.
    pub(crate) fn path(&self, name: &str) -> &str {
        let mut parameters = self.request.parameters.iter();
        parameters
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// The parameters of the query, without empty ones.
    pub(crate) fn query(&self) -> Fields<'_> {
        Fields::of_query(&self.request.query)
    }

    /// The fields of the JSON body.
    pub(crate) fn body(&self) -> Result<Fields<'_>, Refusal> {
        match &self.request.body {
            Value::Object(values) => Ok(Fields::of(values)),
            _ => Err(Refusal::invalid(
                "Invalid request. The body must be an object",
            )),
        }
    }

    /// The fields of each object in the body, which is one object or a list of several.
    pub(crate) fn one_or_more(&self) -> Result<Vec<Fields<'_>>, Refusal> {
        let Value::Array(items) = &self.request.body else {
            return Ok(vec![self.body()?]);
        };
        let fields = items.iter().map(|item| match item {
            Value::Object(values) => Ok(Fields::of(values)),
            _ => Err(Refusal::invalid(
                "Invalid request. The body must hold objects",
            )),
        });
        match items.len() {
            0 => Err(Refusal::invalid(
                "Invalid request. The body must not be empty",
            )),
            _ => fields.collect(),
        }
    }

    /// The JSON body of any type.
    pub(crate) fn whole_body(&self) -> &Value {
        &self.request.body
    }

    /// A header of the request, named in lowercase.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// Whether it was sent to Prisma AIRS.
    pub(crate) fn is_in_airs(&self) -> bool {
        self.edition == Edition::PrismaAirs
    }

    /// The operation; `None` for the sandbox's own controls.
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// When it was received, as the API writes moments.
    pub(crate) fn timestamp(&self) -> String {
        iso(self.now)
    }
}
