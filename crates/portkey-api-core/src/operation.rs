//! Operations of an API, as catalogs list them.

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
pub use vendor::{Domain, Vendor};

use crate::{AirsPlace, Base, Edition, InvalidArguments, JsonObject, Method, Request};

/// One operation of the API: its declaration and the request that it makes.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// What the operation does and needs.
    pub declaration: Declaration,
    /// The HTTP method.
    pub method: Method,
    /// The path below the base. `{braces}` name arguments.
    pub path: &'static str,
    /// The vendor's address that the path belongs to.
    pub base: Base,
    /// Where Prisma AIRS serves it, if that differs.
    pub airs: AirsPlace,
    /// The operation that reads the changed object, if the answer to the change is `{}`.
    pub fresh: Option<fn() -> &'static Operation>,
    /// The kind of object that the operation reads, if others may refer to objects of that kind.
    pub reads: Option<&'static str>,
    /// The kind of objects that the operation lists, if they may refer to others.
    pub lists: Option<Lists>,
    /// The object that the listed entries are a part of, if it refers to others by them.
    pub part_of: Option<PartOf>,
    /// How the effect of the operation is undone.
    pub undo: Undo,
    /// Whether the operation publishes the version that it is given as `version`.
    pub publishes: bool,
    /// Whether the operation creates an unpublished version, which is based on the latest version.
    pub drafts: bool,
    /// Whether the operation is an update that has an effect even without an argument that changes something.
    pub may_be_empty: bool,
    /// The members of the body that are merged with the current ones. All others are replaced as a whole.
    pub merges: &'static [&'static str],
    /// Makes a request from arguments; see [`Self::request`].
    pub prepare: fn(JsonObject, Edition) -> Result<Request, InvalidArguments>,
}

impl Operation {
    /// Returns an operation at the vendor's main address.
    pub const fn new(
        declaration: Declaration,
        method: Method,
        path: &'static str,
        prepare: fn(JsonObject, Edition) -> Result<Request, InvalidArguments>,
    ) -> Self {
        Self {
            declaration,
            method,
            path,
            base: Base::Control,
            airs: AirsPlace {
                base: None,
                path: None,
            },
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

    /// Returns the request for arguments by their declared names, as Portkey's own edition takes it.
    pub fn request(&self, arguments: JsonObject) -> Result<Request, InvalidArguments> {
        self.request_to(Edition::Classic, arguments)
    }

    /// Returns the request for arguments by their declared names, as this edition takes it.
    pub fn request_to(
        &self,
        edition: Edition,
        arguments: JsonObject,
    ) -> Result<Request, InvalidArguments> {
        (self.prepare)(arguments, edition)
    }

    /// The address and the path below it at which an edition serves the operation.
    pub fn place(&self, edition: Edition) -> (Base, &'static str) {
        match edition {
            Edition::Classic => (self.base, self.path),
            Edition::PrismaAirs => (
                self.airs.base.unwrap_or(self.base.in_airs()),
                self.airs.path.unwrap_or(self.path),
            ),
        }
    }

    /// Returns the path arguments of this operation, taken from the arguments of another operation on the same object.
    pub fn path_arguments(&self, arguments: &JsonObject) -> JsonObject {
        let ours = self.declaration.arguments.iter();
        ours.filter(|argument| argument.location == Location::Path)
            .filter_map(|a| Some((a.name.to_owned(), arguments.get(a.name)?.clone())))
            .collect()
    }
}
