use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Argument, Base, Effect, JsonObject, Keys, Method, Operation, Plan, Problem, Scopes, more,
    published, schema,
};

/// What a tool declares about itself on the struct of its arguments, by
/// [`endpoint`](macro@crate::endpoint) or [`workflow`](macro@crate::workflow).
pub trait Declared: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What a successful call answers.
    type Response: Serialize + DeserializeOwned + JsonSchema + Send + 'static;

    /// The tool's name: the struct's, in snake case.
    const NAME: &'static str;
    /// The first paragraph of the struct's documentation.
    const TITLE: &'static str;
    /// The remaining paragraphs.
    const DESCRIPTION: &'static str;
    /// The fields, in order.
    const ARGUMENTS: &'static [Argument];
    /// What a call does to the organisation.
    const EFFECT: Effect;
    /// What the key must be allowed to do.
    const SCOPES: Scopes;
    /// Which kinds of key are accepted.
    const KEYS: Keys;
    /// Which subscription is needed.
    const PLAN: Plan;
    /// Whether sending the call twice leaves the same state as sending it once.
    const REPEATABLE: bool;
    /// Whether something is lost for good.
    const DESTRUCTIVE: bool;
    /// Whether it goes beyond the default tool set.
    const EXTENDED: bool;
    /// Whether it is left out of every tool set and must be asked for by name.
    const UNLISTED: bool;

    /// The JSON Schema of the arguments, made once: inlined, free of nulls, with our own `x-` marks.
    fn input() -> &'static Value;
    /// The JSON Schema of a successful answer, likewise.
    fn output() -> &'static Value;

    /// What no schema can say about the arguments together; see [`Check`].
    fn validate(&self) -> Result<(), Problem>;
}

/// Arguments that fit their types but not each other. Endpoints marked `checked` implement it.
pub trait Check {
    /// The first thing wrong with the arguments.
    fn check(&self) -> Result<(), Problem>;
}

/// One operation of the API.
pub trait Endpoint: Declared {
    /// The HTTP method.
    const METHOD: Method;
    /// The path below the base; `{braces}` name arguments.
    const PATH: &'static str;
    /// Which of Portkey's addresses it lives at.
    const BASE: Base;
    /// The operation that reads what this one changed, where the change itself answers `{}`.
    const FRESH: Option<fn() -> &'static Operation>;
}

/// A [`Declared`] with its types erased.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the tool, independent of the others"
)]
pub struct Declaration {
    /// See [`Declared::NAME`].
    pub name: &'static str,
    /// See [`Declared::TITLE`].
    pub title: &'static str,
    /// See [`Declared::DESCRIPTION`].
    pub description: &'static str,
    /// See [`Declared::ARGUMENTS`].
    pub arguments: &'static [Argument],
    /// See [`Declared::EFFECT`].
    pub effect: Effect,
    /// See [`Declared::SCOPES`].
    pub scopes: Scopes,
    /// See [`Declared::KEYS`].
    pub keys: Keys,
    /// See [`Declared::PLAN`].
    pub plan: Plan,
    /// See [`Declared::REPEATABLE`].
    pub repeatable: bool,
    /// See [`Declared::DESTRUCTIVE`].
    pub destructive: bool,
    /// See [`Declared::EXTENDED`].
    pub extended: bool,
    /// See [`Declared::UNLISTED`].
    pub unlisted: bool,
    input: fn() -> &'static Value,
    output: fn() -> &'static Value,
}

impl Declaration {
    /// Erases the types of `D`.
    pub const fn of<D: Declared>() -> Self {
        Self {
            name: D::NAME,
            title: D::TITLE,
            description: D::DESCRIPTION,
            arguments: D::ARGUMENTS,
            effect: D::EFFECT,
            scopes: D::SCOPES,
            keys: D::KEYS,
            plan: D::PLAN,
            repeatable: D::REPEATABLE,
            destructive: D::DESTRUCTIVE,
            extended: D::EXTENDED,
            unlisted: D::UNLISTED,
            input: D::input,
            output: D::output,
        }
    }

    /// See [`Declared::input`].
    pub fn input(&self) -> &'static Value {
        (self.input)()
    }

    /// See [`Declared::output`].
    pub fn output(&self) -> &'static Value {
        (self.output)()
    }

    /// The input schema as a client sees it.
    pub fn input_schema(&self) -> JsonObject {
        let mut schema = published::arguments(self.input());
        more::advertise(self, &mut schema);
        schema
    }

    /// The output schema as a client sees it.
    pub fn output_schema(&self) -> JsonObject {
        published::answer(self.output())
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
}
