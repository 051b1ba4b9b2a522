//! Operations of an API as a catalog lists them.

mod changes;
mod declaration;
mod ids;
mod lists;
mod mentions;
mod undo;
mod vendor;

pub use changes::changes_only;
pub use declaration::{Argument, Check, Declaration, Declared, Location, Schemas};
pub use lists::{Lists, PartOf};
pub use mentions::{Mention, Wide};
pub use undo::Undo;
pub use vendor::{Advice, Domain, Vendor, VisitSecret};

use crate::{Base, InvalidArguments, JsonObject, Method, Request};

/// One operation of the API: what it is, and where the call goes.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// What it is and needs.
    pub declaration: Declaration,
    /// The HTTP method.
    pub method: Method,
    /// The path below the base; `{braces}` name arguments.
    pub path: &'static str,
    /// Which of the vendor's addresses it lives at.
    pub base: Base,
    /// The operation that reads what this one changed, where the change itself answers `{}`.
    pub fresh: Option<fn() -> &'static Operation>,
    /// The kind of objects that it reads one of, where others may refer to it.
    pub reads: Option<&'static str>,
    /// The objects that it lists, where they may refer to others.
    pub lists: Option<Lists>,
    /// The object that its list is a part of, where that may refer to others by it.
    pub part_of: Option<PartOf>,
    /// How what it does is undone.
    pub undo: Undo,
    /// Whether it makes the version it is given (`version`) the published one.
    pub publishes: bool,
    /// Whether it makes a version that is not published yet, so that what it starts from is the latest version.
    pub drafts: bool,
    /// Whether it is an update that does something even where it is given nothing to change.
    pub may_be_empty: bool,
    /// Members of the body whose own members are written one by one; all others are replaced as a whole.
    pub merges: &'static [&'static str],
    /// Makes a request of arguments; see [`Self::request`].
    pub prepare: fn(JsonObject) -> Result<Request, InvalidArguments>,
}

impl Operation {
    /// An operation at the vendor's main address.
    pub const fn new(
        declaration: Declaration,
        method: Method,
        path: &'static str,
        prepare: fn(JsonObject) -> Result<Request, InvalidArguments>,
    ) -> Self {
        Self {
            declaration,
            method,
            path,
            base: Base::Control,
            fresh: None,
            reads: None,
            lists: None,
            part_of: None,
            undo: Undo::Implied,
            publishes: false,
            drafts: false,
            may_be_empty: false,
            merges: &[],
            prepare,
        }
    }

    /// Turns arguments by their declared names into a request.
    pub fn request(&self, arguments: JsonObject) -> Result<Request, InvalidArguments> {
        (self.prepare)(arguments)
    }

    /// What the path of this operation takes, from the arguments of another on the same object.
    pub fn path_arguments(&self, arguments: &JsonObject) -> JsonObject {
        let ours = self.declaration.arguments.iter();
        ours.filter(|argument| argument.location == Location::Path)
            .filter_map(|a| Some((a.name.to_owned(), arguments.get(a.name)?.clone())))
            .collect()
    }
}
