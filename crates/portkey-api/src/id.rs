//! Ids: a type for each kind, and what text is none.

use std::fmt;

use serde_json::Value;

use crate::{
    Declaration, InvalidArguments, JsonObject, Method, Operation, Problem, catalog::operations,
    problem::Reason,
};

/// The schema keyword of ids.
const MARK: &str = "x-id";

/// Its value where the API takes UUIDs alone; elsewhere a slug will do.
const UUID: &str = "uuid";

/// The schema keyword of names in a path that are not Portkey's own and may hold any character, such as those of models.
const FOREIGN: &str = "x-foreign-name";

/// Characters of an id.
const LONGEST: usize = 512;

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// There is nothing in it that could name anything.
    Blank,
    /// White space around it, or a control character in it.
    Space,
    /// It is longer than any.
    Long(usize),
    /// It holds a character that has a meaning in paths.
    Character(char),
    /// Where only UUIDs are ids.
    NoUuid,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("no id: it has neither a letter nor a digit"),
            Self::Space => {
                f.write_str("no id: it has white space around it or a control character in it")
            }
            Self::Long(length) => write!(
                f,
                "no id: it has {length} characters, and an id at most {LONGEST}"
            ),
            Self::Character(found) => write!(f, "no id: it has `{found}` in it"),
            Self::NoUuid => f.write_str("no UUID"),
        }
    }
}

/// Whether a schema asks for an id.
pub(crate) fn is_id(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| schema.get(MARK).is_some())
}

impl Declaration {
    /// Whether this argument takes an id.
    pub fn takes_id(&self, argument: &str) -> bool {
        is_id(self.input_of(argument)) || argument == "workspace_slug"
    }
}

/// Why a value is none of the ids that its schema asks for. What may be null and is, names nothing on purpose.
pub(crate) fn flaw(schema: &Value, value: &Value) -> Option<Flaw> {
    schema.get(MARK)?;
    flaw_of(value.as_str()?)
}

impl Operation {
    /// Refuses what is no UUID where the API takes nothing else. Not part of understanding, so that a name may have been
    /// looked up in between.
    pub fn check_ids(&self, arguments: &JsonObject) -> Result<(), InvalidArguments> {
        let declaration = &self.declaration;
        let wrong = declaration.arguments.iter().filter(|argument| {
            let text = arguments.get(argument.name).and_then(Value::as_str);
            declaration.needs_uuid(argument.name) && text.is_some_and(|text| !is_uuid(text))
        });
        let problems = wrong.map(|argument| {
            let reason = Reason::Id {
                flaw: Flaw::NoUuid,
                listing: listing(self.path, argument.name),
            };
            Problem::new(argument.name, reason)
        });
        let problems: Vec<Problem> = problems.collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(InvalidArguments::new(declaration.name, problems))
    }
}

impl Declaration {
    /// Whether the API takes nothing but a UUID for this argument.
    pub fn needs_uuid(&self, argument: &str) -> bool {
        let schema = self.input_of(argument);
        schema.is_some_and(|schema| schema.get(MARK).is_some_and(|kind| kind == UUID))
    }
}

/// Whether a text has the digits of a UUID, however they are grouped.
fn is_uuid(text: &str) -> bool {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut digits = text.chars().filter(|letter| *letter != '-');
    digits.clone().count() == 32 && digits.all(|digit| digit.is_ascii_hexdigit())
}

/// Why a text must not stand in a path, by the schema of the argument. Escaped, a slash is still one to some servers.
pub(crate) fn flaw_in_path(schema: Option<&Value>, text: &str) -> Option<Flaw> {
    let is_foreign = schema.is_some_and(|schema| schema.get(FOREIGN).is_some());
    flaw_of(text).or_else(|| {
        let found = text.chars().find(|c| matches!(c, '/' | '\\' | '%'))?;
        (!is_foreign).then_some(Flaw::Character(found))
    })
}

fn flaw_of(text: &str) -> Option<Flaw> {
    let length = text.chars().count();
    if length > LONGEST {
        Some(Flaw::Long(length))
    } else if !text.chars().any(char::is_alphanumeric) {
        Some(Flaw::Blank)
    } else if text.trim() != text || text.chars().any(char::is_control) {
        Some(Flaw::Space)
    } else {
        None
    }
}

/// The tool that lists what `name` stands for in the path of an operation.
pub(crate) fn listing(path: &str, name: &str) -> Option<&'static str> {
    let (collection, _) = path.split_once(&format!("/{{{name}}}"))?;
    let lists = |operation: &&Operation| {
        operation.path == collection
            && operation.method == Method::Get
            && operation.declaration.answers_page()
    };
    operations()
        .find(lists)
        .map(|operation| operation.declaration.name)
}

/// Declares an id: text of its own type, so that two kinds of id cannot be mixed up. Its doc comment
/// is the description of every argument that takes it. `: uuid` marks what goes by nothing else.
macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        crate::id::id! { @ $(#[doc = $doc])+ $name, true }
    };
    ($(#[doc = $doc:literal])+ $name:ident: uuid) => {
        crate::id::id! { @ $(#[doc = $doc])+ $name, "uuid" }
    };
    (@ $(#[doc = $doc:literal])+ $name:ident, $mark:literal) => {
        $(#[doc = $doc])+
        #[derive(
            Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord,
            ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema,
        )]
        #[serde(transparent)]
        #[schemars(extend("x-id" = $mark))]
        pub struct $name(String);

        impl $name {
            /// As the API spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(id: T) -> Self {
                Self(id.into())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use id;
