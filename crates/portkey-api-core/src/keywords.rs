//! Internal keywords in schemas that several files use. All begin with `x-`, and none is published.

/// Marks a value that is an id; the value is `"uuid"` where only UUIDs are ids.
pub const ID: &str = "x-id";
/// Marks text that names an object without being its id, such as a slug.
pub const NAME_OF_OBJECT: &str = "x-name-of-object";
/// Marks a secret: `"masked"`, or [`MINTED`].
pub const SECRET: &str = "x-secret";
/// The value of [`SECRET`] for a secret that one answer contains and no later one.
pub const MINTED: &str = "minted";
/// Lists the names of members that are secret, at any depth. A name that ends in `*` is a prefix.
pub const SECRET_NAMES: &str = "x-secret-names";
/// Marks recorded traffic, whose bodies are long and may contain any text.
pub const BODIES: &str = "x-bodies";
/// Marks values that `null` empties.
pub const NULLABLE: &str = "x-nullable";
/// Marks text that contains several values, separated by commas.
pub const COMMA_SEPARATED: &str = "x-comma-separated";
/// Marks an argument that is accepted but not advertised under its own name: `true`, or [`OUTLINED`].
pub const HIDDEN: &str = "x-hidden";
/// The value of [`HIDDEN`] for what callers are told of in short: its content stands where its name does.
pub const OUTLINED: &str = "outlined";
/// Marks an argument that is accepted but that the vendor ignores.
pub const IGNORED: &str = "x-ignored";
/// Maps values and arguments that the vendor's API certainly lacks to advice on what to use instead: `{"rps": "…"}`.
pub const INSTEAD: &str = "x-instead";
/// Marks a page of a listing. The value is the name under which the API returns the entries.
pub const PAGE: &str = "x-page";
/// The number of entries to request if the caller gives none and the API would otherwise return all.
pub const PAGE_SIZE: &str = "x-page-size";
/// Marks a member that lists show of an entry. The others are left out unless they are asked for.
pub const BRIEF: &str = "x-brief";
/// A valid value, for examples of calls.
pub const EXAMPLE: &str = "x-example";
/// The unit of a number: `"cents"`, `"percent"` or `"milliseconds"`.
pub const UNIT: &str = "x-unit";
/// Marks text that refers to an object. The value is the kind of its name, see [`Refers`](crate::Refers).
pub const REFERS: &str = "x-refers";
/// Marks text that refers to an object as `id`, or to a version of it as `id@label`. The value is the kind of the name.
pub const VERSION_REFERS: &str = "x-version-refers";
/// Marks text that refers to an object only if it has the form `@slug`. The value is the kind of the name.
pub const MAY_REFER: &str = "x-may-refer";
/// Marks an object whose members are named by ids. The value is the kind of these names.
pub const NAMES_REFER: &str = "x-names-refer";
/// Marks an object in an answer. The value is the kind of the names that name it.
pub const IS: &str = "x-is";
/// The name that answers have for a member of an entry, where it is another than requests have.
pub const READS_AS: &str = "x-reads-as";
/// Marks a member that answers have and requests do not take, by the keyword of JSON Schema. Requests that write back
/// what was read leave it out.
pub const READ_ONLY: &str = "readOnly";
/// Marks an argument that can concern the whole organisation: `true` if every value except `null` and `false` does, or
/// the word that does.
pub const WIDE: &str = "x-wide";
