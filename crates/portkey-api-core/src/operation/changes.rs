//! Which arguments of an update change something, and the refusal of one that gives none of them.

use super::{Argument, Declaration, Declared, Location, Operation};
use crate::{Effect, JsonObject, Problem, json::serialised};

/// Whether this argument is all that an update was given to change.
pub fn changes_only<E: Declared>(update: &E, argument: &str) -> bool {
    E::DECLARATION.changes(&serialised(update)).eq([argument])
}

impl Argument {
    /// Whether it is part of what is written, rather than which object is meant or how to write it.
    fn is_change(&self) -> bool {
        let is_written = matches!(self.location, Location::Body(_) | Location::Spread);
        is_written && (!self.instruction || self.irreversible)
    }
}

impl Declaration {
    /// The names of those arguments that change something.
    fn changes(&self, arguments: &JsonObject) -> impl Iterator<Item = &'static str> {
        self.arguments
            .iter()
            .filter(|argument| argument.is_change() && arguments.contains_key(argument.name))
            .map(|argument| argument.name)
    }
}

impl Operation {
    /// Refuses an update that gives none of the fields it could change. `arguments` are as the struct of the operation is
    /// serialised.
    pub(crate) fn check_change(&self, arguments: &JsonObject) -> Result<(), Problem> {
        let declaration = &self.declaration;
        let needs_change = declaration.effect == Effect::Update
            && !self.may_be_empty
            && declaration.arguments.iter().any(Argument::is_change);
        if needs_change && declaration.changes(arguments).next().is_none() {
            return Err(Problem::rule(
                "",
                "nothing to change: give at least one field besides the id",
            ));
        }
        Ok(())
    }
}
