//! Operations of an HTTP API as data, whichever vendor's.
//!
//! Each operation is one struct. Its doc comment is the title and description a model reads, its fields are the arguments,
//! and [`macro@endpoint`] says where the call goes, what the key must be allowed to do and what comes back. A crate of
//! operations has a [`Vendor`] at its root, which says what this crate cannot know:
//!
//! ```
//! use portkey_api_core::{Declared as _, Done, Request, Vendor, endpoint};
//!
//! mod lamps {
//!     use super::*;
//!
//!     /// Switch a lamp on
//!     ///
//!     /// Lights one lamp.
//!     #[endpoint(PUT "/lamps/{lamp}/light" -> Done, scopes("lamps.switch"))]
//!     pub struct SwitchOn {
//!         pub lamp: String,
//!         /// Percent.
//!         pub brightness: Option<u8>,
//!     }
//!
//!     portkey_api_core::catalog! { "Lamps": SwitchOn }
//! }
//!
//! static VENDOR: Vendor = Vendor::new("Acme", || &[lamps::DOMAIN]);
//!
//! # fn main() -> Result<(), portkey_api_core::InvalidArguments> {
//! let request = Request::to(&lamps::SwitchOn { lamp: "hall".into(), brightness: Some(70) })?;
//! assert_eq!(request.to_string(), "PUT /lamps/hall/light\n\n{\n  \"brightness\": 70\n}");
//! assert_eq!(lamps::SwitchOn::NAME, "switch_on");
//! # Ok(())
//! # }
//! ```
//!
//! This crate performs no I/O and knows no vendor.

mod access;
mod answers;
mod arguments;
mod check;
mod coerce;
mod compiled;
mod edition;
mod effect;
mod endpoint;
mod flaw;
mod json;
pub mod keywords;
mod marks;
mod method;
mod more;
mod node;
mod operation;
mod outline;
mod path;
mod path_words;
mod problem;
mod projection;
mod published;
mod redact;
mod reference;
mod request;
mod schema;
mod types;
mod walk;

pub use access::{Base, Keys, Plan, Scopes};
pub use answers::Showing;
pub use arguments::{
    CLEAR, ParsedArguments, check_bounds, has_more_values_than, parse_arguments,
    parse_arguments_exactly, values,
};
pub use check::check_at;
pub use coerce::coerce;
pub use compiled::CompiledSchema;
pub use edition::{AirsPlace, Edition, Presence, UnknownEdition};
pub use effect::Effect;
pub use endpoint::Endpoint;
#[doc(hidden)]
pub use endpoint::prepare;
pub use flaw::Flaw;
pub use json::{JsonObject, rounded, serialised};
pub use marks::{Advice, FindSecrets, Marks, VisitSecret};
pub use method::Method;
pub use node::{Node, SecretNames, Sort, Tasks};
pub use operation::{
    Argument, Check, Declaration, Declared, Domain, Lists, Location, Mention, Operation, PartOf,
    Schemas, Undo, Vendor, Wide, changes_only,
};
pub use path::Path;
pub use portkey_api_macros::{answer, arguments, endpoint, workflow};
pub use problem::{InvalidArguments, Problem, Problems, Reason, nearest, shortened};
pub use projection::Projection;
pub use redact::{each_secret, last_four, masked, redact};
pub use reference::{Reference, is_reference};
pub use request::Request;
pub use schema::{required, schema_of};
pub use types::{
    Amount, Cents, CommaSeparated, Done, Due, Email, EveryPage, Expiry, Flag, Mark, MayReferTo,
    Milliseconds, Minted, Nullable, Open, Page, PageFromOne, PageNumber, PageSize, Percent,
    PeriodEnd, PeriodStart, Refers, RefersTo, RefersToVersion, Sealed, Secret, Since, Until,
    identity, is_open, mark, opened, present, under,
};
