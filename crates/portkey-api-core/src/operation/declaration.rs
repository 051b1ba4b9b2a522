//! What a tool declares about itself, and about each of its arguments.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Operation, Vendor};
use crate::{
    Effect, Keys, Plan, Problem, Scopes,
    keywords::{PAGE, PAGE_SIZE},
    schema,
};

/// A tool, declared on the struct of its arguments by [`endpoint`](macro@crate::endpoint) or
/// [`workflow`](macro@crate::workflow).
pub trait Declared: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What a successful call answers.
    type Response: Serialize + DeserializeOwned + JsonSchema + Send + 'static;

    /// What the tool is and needs.
    const DECLARATION: Declaration;

    /// The tool's name.
    const NAME: &'static str = Self::DECLARATION.name;

    /// What no schema can say about the arguments together; see [`Check`].
    fn validate(&self) -> Result<(), Problem>;
}

/// Arguments that fit their types but not each other. Endpoints marked `checked` implement it.
pub trait Check {
    /// The first thing wrong with the arguments.
    fn check(&self) -> Result<(), Problem>;
}

/// What a tool is and needs, whatever the types of its arguments and its answer.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the tool, independent of the others"
)]
pub struct Declaration {
    /// The struct's name in snake case.
    pub name: &'static str,
    /// The first paragraph of the struct's documentation.
    pub title: &'static str,
    /// The remaining paragraphs.
    pub description: &'static str,
    /// The fields of the struct, in order.
    pub arguments: &'static [Argument],
    /// What a call does to the organisation.
    pub effect: Effect,
    /// What the key must be allowed to do.
    pub scopes: Scopes,
    /// Which kinds of key are accepted.
    pub keys: Keys,
    /// Which subscription is needed.
    pub plan: Plan,
    /// Whether sending the call twice leaves the same state as sending it once.
    pub repeatable: bool,
    /// Whether something is lost for good.
    pub destructive: bool,
    /// Whether it goes beyond the default tool set.
    pub extended: bool,
    /// Whether it is left out of every tool set and must be asked for by name.
    pub unlisted: bool,
    /// Whether everyday administration takes it, for clients that hold few tools.
    pub essential: bool,
    /// Other names by which callers may know it. They are understood and never listed.
    pub aliases: &'static [&'static str],
    /// Whose API it calls.
    pub vendor: &'static Vendor,
    /// Answers the JSON Schema of the arguments and that of the answer; see [`Self::input`] and [`Self::output`].
    pub schemas: Schemas,
}

/// The schemas of a tool, each made once.
#[derive(Debug, Clone, Copy)]
pub struct Schemas {
    /// Of the arguments.
    pub input: fn() -> &'static Value,
    /// Of a successful answer.
    pub output: fn() -> &'static Value,
}

impl Declaration {
    /// A tool that does what its effect says and needs nothing.
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
            essential: false,
            aliases: &[],
            vendor,
            schemas,
        }
    }

    /// The JSON Schema of the arguments: inlined, free of nulls, with our own `x-` marks.
    pub fn input(&self) -> &'static Value {
        (self.schemas.input)()
    }

    /// The JSON Schema of a successful answer, likewise.
    pub fn output(&self) -> &'static Value {
        (self.schemas.output)()
    }

    /// The schema of one argument.
    pub fn input_of(&self, argument: &str) -> Option<&'static Value> {
        self.input().get("properties")?.get(argument)
    }

    /// Whether a call must give this argument.
    pub fn requires(&self, argument: &str) -> bool {
        schema::requires(self.input(), argument)
    }

    /// The argument of this name or alias.
    pub fn argument(&self, name: &str) -> Option<&'static Argument> {
        let exact = self.arguments.iter().find(|a| a.name == name);
        exact.or_else(|| self.arguments.iter().find(|a| a.aliases.contains(&name)))
    }

    /// Whether the answer is a page of a listing.
    pub fn answers_page(&self) -> bool {
        self.output().get(PAGE).is_some()
    }

    /// How many entries to ask for, where the caller does not say and the API would answer all there are.
    pub fn page_size_otherwise(&self) -> Option<u64> {
        self.input_of("page_size")?.get(PAGE_SIZE)?.as_u64()
    }
}

/// One argument of a tool: its name, and where its value travels.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the argument, independent of the others"
)]
pub struct Argument {
    /// As the input schema names it.
    pub name: &'static str,
    /// Where the value goes.
    pub location: Location,
    /// Other spellings that are understood but not advertised.
    pub aliases: &'static [&'static str],
    /// An operation whose answer has the value under the same name, for callers that leave it out.
    pub lookup: Option<fn() -> &'static Operation>,
    /// Whether it names the organisation whose key the call is made with, for callers that leave it out.
    pub of_key: bool,
    /// Whether 0 is meant as 0 even where the schema wants more, rather than as left out.
    pub zero_counts: bool,
    /// The name under which answers have it, where that is neither the argument's nor the body's.
    pub reads_as: Option<&'static str>,
    /// Whether it says how to write and is kept nowhere.
    pub instruction: bool,
    /// Whether `true` replaces lists that the operation adds to otherwise.
    pub replaces: bool,
    /// Whether it is an instruction whose effect stays when the call is undone.
    pub irreversible: bool,
    /// The argument for a list from which this one takes the entries it names, or all where it is `true`.
    pub shortens: Option<&'static str>,
    /// The member of listed entries by which this map names them. It holds all there are.
    pub keyed_by: Option<&'static str>,
    /// The arguments that it cannot be given together with.
    pub excludes: &'static [&'static str],
    /// Whether examples of calls give it although the schema does not require it: a call needs it, or something in its place.
    pub in_example: bool,
}

impl Argument {
    /// An argument without further names that is not looked up anywhere.
    pub const fn new(name: &'static str, location: Location) -> Self {
        Self {
            name,
            location,
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

    /// How many arguments there are in all lists.
    pub const fn count(mut lists: &[&[Self]]) -> usize {
        let mut count = 0;
        while let [list, others @ ..] = lists {
            count += list.len();
            lists = others;
        }
        count
    }

    /// One list of several; `N` is their [`count`](Self::count).
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

/// Where the value of an argument goes in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// Into the path, where the braces name it.
    Path,
    /// Into the query, under this name.
    Query(&'static str),
    /// Into the JSON body at this dotted path; a number is an index (`users.0.id`).
    Body(&'static str),
    /// Its members go to the root of the JSON body; a list is the body.
    Spread,
    /// Into this header; anything but text as JSON.
    Header(&'static str),
    /// Nowhere: the caller's side reads it.
    Local,
}
