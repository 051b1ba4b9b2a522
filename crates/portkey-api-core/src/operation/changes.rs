//! Which arguments of an update change something, and the rejection of an update without any.

use super::{Argument, Declaration, Declared, Location, Operation};
use crate::{Effect, JsonObject, Problem, json::serialised};

/// Whether this argument is the only one of the update that changes something.
pub fn changes_only<E: Declared>(update: &E, argument: &str) -> bool {
    E::DECLARATION.changes(&serialised(update)).eq([argument])
}

impl Argument {
    /// Whether the argument is written to the object, rather than selecting the object or controlling the write.
    fn is_change(&self) -> bool {
        let is_written = matches!(self.location, Location::Body(_) | Location::Spread);
        is_written && (!self.instruction || self.irreversible)
    }
}

impl Declaration {
    /// Returns the names of the arguments that change something.
    fn changes(&self, arguments: &JsonObject) -> impl Iterator<Item = &'static str> {
        self.arguments
            .iter()
            .filter(|argument| argument.is_change() && arguments.contains_key(argument.name))
            .map(|argument| argument.name)
    }
}

impl Operation {
    /// Rejects an update without any argument that changes something. `arguments` is the serialised struct of the
    /// operation.
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
