//! The declaration of a tool and of its arguments.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Operation, Vendor};
use crate::{
    Edition, Effect, Keys, Plan, Presence, Problem, Scopes,
    compiled::CompiledSchema,
    keywords::{INSTEAD, PAGE_SIZE},
    node::Node,
    schema,
};

/// A tool, declared on the struct of its arguments by [`endpoint`](macro@crate::endpoint) or
/// [`workflow`](macro@crate::workflow).
pub trait Declared: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The type of a successful answer.
    type Response: Serialize + DeserializeOwned + JsonSchema + Send + 'static;

    /// The declaration of the tool.
    const DECLARATION: Declaration;

    /// The name of the tool.
    const NAME: &'static str = Self::DECLARATION.name;

    /// Checks rules about several arguments that a schema cannot express; see [`Check`].
    fn validate(&self) -> Result<(), Problem>;
}

/// A check of rules about several arguments. Endpoints marked `checked` implement it.
pub trait Check {
    /// Returns the first problem with the arguments.
    fn check(&self) -> Result<(), Problem>;
}

/// What a tool does and needs, without the types of its arguments and its answer.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the tool, independent of the others"
)]
pub struct Declaration {
    /// The name of the struct in snake case.
    pub name: &'static str,
    /// The title: the first paragraph of the struct's documentation.
    pub title: &'static str,
    /// The description: the remaining paragraphs.
    pub description: &'static str,
    /// The arguments in the order of the struct's fields.
    pub arguments: &'static [Argument],
    /// What a call does to the organisation.
    pub effect: Effect,
    /// The scopes that the API key needs.
    pub scopes: Scopes,
    /// The kinds of API key that are accepted.
    pub keys: Keys,
    /// The subscription that is needed.
    pub plan: Plan,
    /// Whether sending the call twice leaves the same state as sending it once.
    pub repeatable: bool,
    /// Whether a call destroys something that cannot be restored.
    pub destructive: bool,
    /// Whether the tool is only in the extended tool set.
    pub extended: bool,
    /// Whether the tool is in no tool set and must be selected by name.
    pub unlisted: bool,
    /// Whether Prisma AIRS has the tool.
    pub airs: Presence,
    /// Whether everyday administration needs the tool. Clients with a small limit of tools get only such tools.
    pub essential: bool,
    /// Whether the answer contains recorded bodies of requests and answers. The schema says so too, but making it takes
    /// long.
    pub answers_bodies: bool,
    /// Other names by which the tool can be called. They are never listed.
    pub aliases: &'static [&'static str],
    /// The vendor whose API is called.
    pub vendor: &'static Vendor,
    /// The JSON Schemas of the arguments and of the answer; see [`Self::input`] and [`Self::output`].
    pub schemas: Schemas,
}

/// The schemas of a tool. Each is made and compiled once.
#[derive(Debug, Clone, Copy)]
pub struct Schemas {
    /// Returns the schema of the arguments.
    pub input: fn() -> &'static CompiledSchema,
    /// Returns the schema of a successful answer.
    pub output: fn() -> &'static CompiledSchema,
}

impl Declaration {
    /// Returns the declaration of a tool that does what its effect implies and needs no scopes.
    pub const fn new(
        name: &'static str,
        effect: Effect,
        vendor: &'static Vendor,
        schemas: Schemas,
    ) -> Self {
        Self {
            name,
            title: "",
            description: "",
            arguments: &[],
            effect,
            scopes: Scopes::NONE,
            keys: Keys::Any,
            plan: Plan::Any,
            repeatable: effect.is_repeatable(),
            destructive: effect.is_destructive(),
            extended: false,
            unlisted: false,
            airs: Presence::Served,
            essential: false,
            answers_bodies: false,
            aliases: &[],
            vendor,
            schemas,
        }
    }

    /// Whether an edition has the tool.
    pub const fn presence(&self, edition: Edition) -> Presence {
        match edition {
            Edition::Classic => Presence::Served,
            Edition::PrismaAirs => self.airs,
        }
    }

    /// Returns the JSON Schema of the arguments: without references and nulls, with internal `x-` marks.
    pub fn input(&self) -> &'static Value {
        (self.schemas.input)().json()
    }

    /// Returns the JSON Schema of a successful answer, in the same form.
    pub fn output(&self) -> &'static Value {
        (self.schemas.output)().json()
    }

    /// Returns the compiled schema of the arguments.
    pub fn argument_node(&self) -> &'static Node {
        (self.schemas.input)().root()
    }

    /// Returns the compiled schema of a successful answer.
    pub fn answer_node(&self) -> &'static Node {
        (self.schemas.output)().root()
    }

    /// Returns the schema of one argument.
    pub fn input_of(&self, argument: &str) -> Option<&'static Value> {
        self.input().get("properties")?.get(argument)
    }

    /// Whether a call must give this argument.
    pub fn requires(&self, argument: &str) -> bool {
        schema::requires(self.input(), argument)
    }

    /// Returns the argument with this name or alias.
    pub fn argument(&self, name: &str) -> Option<&'static Argument> {
        let exact = self.arguments.iter().find(|a| a.name == name);
        exact.or_else(|| self.arguments.iter().find(|a| a.aliases.contains(&name)))
    }

    /// Returns what to use instead of an argument that the vendor's API lacks and other clients know.
    pub fn instead_of(&self, name: &str) -> Option<&'static str> {
        self.input().get(INSTEAD)?.get(name)?.as_str()
    }

    /// Whether the answer is a page of a listing.
    pub fn answers_page(&self) -> bool {
        self.answer_node().is_page()
    }

    /// Returns the number of entries to request if the caller gives none and the API would otherwise return all.
    pub fn page_size_otherwise(&self) -> Option<u64> {
        self.input_of("page_size")?.get(PAGE_SIZE)?.as_u64()
    }
}

/// One argument of a tool.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the argument, independent of the others"
)]
pub struct Argument {
    /// The name in the input schema.
    pub name: &'static str,
    /// The part of the request that the value becomes.
    pub location: Location,
    /// The part of a request to Prisma AIRS that the value becomes, if it is another one.
    pub in_airs: Option<Location>,
    /// Whether the tenant is the default in Prisma AIRS.
    pub tenant_in_airs: bool,
    /// Other names that are accepted but not advertised.
    pub aliases: &'static [&'static str],
    /// An operation whose answer contains the value under the same name, for callers that leave the argument out.
    pub lookup: Option<fn() -> &'static Operation>,
    /// Whether the organisation of the API key is the default.
    pub of_key: bool,
    /// Whether 0 is rejected if it is below the minimum, rather than counting as left out.
    pub zero_counts: bool,
    /// The name under which answers contain the value, if it is neither the argument's name nor the name in the body.
    pub reads_as: Option<&'static str>,
    /// Whether the argument controls the write and is not stored.
    pub instruction: bool,
    /// Whether `true` makes the operation replace lists that it otherwise adds to.
    pub replaces: bool,
    /// Whether the argument controls the write and an undo cannot reverse its effect.
    pub irreversible: bool,
    /// The argument whose list this one removes the named entries from, or all entries if it is `true`.
    pub shortens: Option<&'static str>,
    /// The member of listed entries whose values are the keys of this map. The map contains all entries.
    pub keyed_by: Option<&'static str>,
    /// The arguments that cannot be combined with this one.
    pub excludes: &'static [&'static str],
    /// Whether examples of calls contain it although the schema does not require it, because a call needs it or an
    /// alternative.
    pub in_example: bool,
}

impl Argument {
    /// The part of a request to this edition that the value becomes.
    pub fn location(&self, edition: Edition) -> Location {
        match (edition, self.in_airs) {
            (Edition::PrismaAirs, Some(location)) => location,
            _ => self.location,
        }
    }

    /// Returns an argument without other names and without a default.
    pub const fn new(name: &'static str, location: Location) -> Self {
        Self {
            name,
            location,
            in_airs: None,
            tenant_in_airs: false,
            aliases: &[],
            lookup: None,
            of_key: false,
            zero_counts: false,
            reads_as: None,
            instruction: false,
            replaces: false,
            irreversible: false,
            shortens: None,
            keyed_by: None,
            excludes: &[],
            in_example: false,
        }
    }

    /// Returns the number of arguments in all lists.
    pub const fn count(mut lists: &[&[Self]]) -> usize {
        let mut count = 0;
        while let [list, others @ ..] = lists {
            count += list.len();
            lists = others;
        }
        count
    }

    /// Returns the lists as one. `N` is their [`count`](Self::count).
    pub const fn joined<const N: usize>(mut lists: &[&[Self]]) -> [Self; N] {
        let mut all = [Self::new("", Location::Local); N];
        let mut filled = 0;
        while let [list, others @ ..] = lists {
            let mut list = *list;
            while let [argument, rest @ ..] = list {
                if let (_, [slot, ..]) = all.split_at_mut(filled) {
                    *slot = *argument;
                }
                filled += 1;
                list = rest;
            }
            lists = others;
        }
        all
    }
}

/// The part of the request that an argument becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A part of the path, in the place of the braces with its name.
    Path,
    /// A parameter of the query with this name.
    Query(&'static str),
    /// A member of the JSON body at this dotted path. A number is an index (`users.0.id`).
    Body(&'static str),
    /// Several members at the root of the JSON body, or the body itself if the value is a list.
    Spread,
    /// A header with this name. Values other than text are sent as JSON.
    Header(&'static str),
    /// No part. The value is used before the request is made, or not at all.
    Local,
}
