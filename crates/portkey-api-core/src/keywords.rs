//! Keywords of our own in schemas, as far as more than one file knows them. All begin with `x-`; none is published.

/// Marks a value that is an id; the value is `"uuid"` where only UUIDs are ids.
pub const ID: &str = "x-id";
/// Marks text that names an object without being its id, such as a slug beside an id.
pub const NAME_OF_OBJECT: &str = "x-name-of-object";
/// Marks a secret: `"masked"`, or [`MINTED`].
pub const SECRET: &str = "x-secret";
/// The value of [`SECRET`] for a secret that an answer brings once and never again.
pub const MINTED: &str = "minted";
/// Lists names under which a value, however deep, holds secrets. A name that ends in `*` is a prefix.
pub const SECRET_NAMES: &str = "x-secret-names";
/// Marks recorded traffic, whose bodies are long and may hold anybody's text.
pub const BODIES: &str = "x-bodies";
/// Marks what `null` empties.
pub const NULLABLE: &str = "x-nullable";
/// Marks several values in one text, with commas between them.
pub const COMMA_SEPARATED: &str = "x-comma-separated";
/// Marks an argument that is read but not advertised by a name of its own.
pub const HIDDEN: &str = "x-hidden";
/// Marks an argument that is read and that the vendor ignores.
pub const IGNORED: &str = "x-ignored";
/// Marks a page of a listing; the value is the name under which the API puts the entries.
pub const PAGE: &str = "x-page";
/// How many entries to ask for at most where the caller does not say and the API would answer all there are.
pub const PAGE_SIZE: &str = "x-page-size";
/// A value that fits the schema, for examples of calls.
pub const EXAMPLE: &str = "x-example";
/// What a figure counts: `"cents"`, `"percent"` or `"milliseconds"`.
pub const UNIT: &str = "x-unit";
/// Marks text that refers to an object; the value is the kind of its name, see [`Refers`](crate::Refers).
pub const REFERS: &str = "x-refers";
/// Marks text that refers to an object as `id` or, to a version of it, as `id@label`; the value likewise.
pub const VERSION_REFERS: &str = "x-version-refers";
/// Marks text that refers to an object only where it is written `@slug`; the value likewise.
pub const MAY_REFER: &str = "x-may-refer";
/// Marks an object whose members are called by ids; the value likewise.
pub const NAMES_REFER: &str = "x-names-refer";
/// Marks an object of an answer that is itself what names of this kind name.
pub const IS: &str = "x-is";
/// Marks an argument that can be about the whole organisation: `true` where any value but `null` and `false` is, and else
/// the word that is.
pub const WIDE: &str = "x-wide";
