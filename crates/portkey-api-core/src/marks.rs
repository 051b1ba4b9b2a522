//! What a vendor knows about values beyond the keywords of their schemas.

use serde_json::Value;

use crate::{path::Path, problem::Problems};

/// Called for each secret with its path.
pub type VisitSecret<'a> = &'a mut dyn FnMut(&Path<'_>, &mut Value);

/// A function that checks a value beyond its schema. It adds problems and notes, and completes the value if the API
/// needs more than callers have to know.
#[derive(Debug, Clone, Copy)]
pub enum Advice {
    /// Checks the value alone.
    Value(fn(&mut Value, &Path<'_>, &mut Problems)),
    /// Checks the content of the value by another schema of the vendor, which is compiled with the marks.
    Nested(fn(&'static Marks, &mut Value, &Path<'_>, &mut Problems)),
}

/// Visits the secrets in a value that its schema alone does not reveal.
pub type FindSecrets = fn(&mut Value, &Path<'_>, VisitSecret<'_>);

/// Reads the vendor's own marks on schemas.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// Returns the check that a schema asks for.
    pub advice: fn(schema: &Value) -> Option<Advice>,
    /// Returns the search for secrets that a schema asks for.
    pub secrets: fn(schema: &Value) -> Option<FindSecrets>,
}

impl Marks {
    /// The marks of a vendor that has none of its own.
    pub const NONE: Self = Self {
        advice: |_| None,
        secrets: |_| None,
    };
}
