//! Dates and times: one type for each of their meanings, parsed as people and models write them.

mod form;

use serde_json::Value;

use crate::schema::keyword;

pub(crate) use form::{is_of_the_api, meant};

/// The schema keyword of dates and times; its value is the meaning.
const MARK: &str = "x-time";

/// What a date or time is used for. It determines the meaning of a date without a time and of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// The start of a period: a date is its first moment, and a span reaches back from now.
    Start,
    /// The end of a period: a date is its last moment, and a span reaches back from now.
    End,
    /// The end of an object's life: a date is its last moment, and a span begins now.
    Expiry,
    /// The time of an event: a date is its first moment, and a span begins now.
    Due,
}

impl Sense {
    /// Returns the meaning that a schema declares.
    pub(crate) fn of(schema: &Value) -> Option<Self> {
        match keyword(schema, MARK)?.as_str()? {
            "start" => Some(Self::Start),
            "end" => Some(Self::End),
            "expiry" => Some(Self::Expiry),
            "due" => Some(Self::Due),
            _ => None,
        }
    }

    fn reaches_back(self) -> bool {
        matches!(self, Self::Start | Self::End)
    }

    pub(crate) fn examples(self) -> &'static str {
        if self.reaches_back() {
            "`2026-11-21`, `2026-11-21T10:00:00Z`, `7d` (back from now), `yesterday` or `now`"
        } else {
            "`2026-11-21`, `2026-11-21T10:00:00Z` or `90d` (from now on)"
        }
    }
}

/// Whether a schema describes a time with this meaning.
pub(crate) fn is_time(schema: Option<&Value>, sense: Sense) -> bool {
    schema.and_then(Sense::of) == Some(sense)
}

/// Declares a date or time as a type of its own. Its doc comment is the description of every argument that takes it.
macro_rules! times {
    ($($(#[doc = $doc:literal])+ $name:ident: $($mark:literal = $value:literal),+;)*) => {$(
        $(#[doc = $doc])+
        #[derive(
            Debug, Clone, PartialEq, Eq,
            ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema,
        )]
        #[serde(transparent)]
        #[schemars(extend($($mark = $value),+))]
        pub struct $name(String);

        impl $name {
            /// Returns the time as it was given or converted.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(time: T) -> Self {
                Self(time.into())
            }
        }
    )*};
}

times! {
    /// Date or span back; default `7d`.
    PeriodStart: "x-time" = "start", "x-period" = true, "x-example" = "2026-01-01T00:00:00Z";
    /// Default now.
    PeriodEnd: "x-time" = "end", "x-period" = true, "x-example" = "2026-02-01T00:00:00Z";
    /// Date or span back, such as `7d`.
    Since: "x-time" = "start", "x-example" = "2026-01-01T00:00:00Z";
    /// Date or time.
    Until: "x-time" = "end", "x-example" = "2026-02-01T00:00:00Z";
    /// Date or span from now, such as `90d`.
    Expiry: "x-time" = "expiry", "x-example" = "2026-02-01T00:00:00Z";
    /// Date or span from now, such as `30d`.
    Due: "x-time" = "due", "x-example" = "2026-01-01T00:00:00Z";
}
