//! The arguments of operations that are ids.

use serde_json::Value;

use super::{Declaration, Operation, Vendor};
use crate::{
    Flaw, InvalidArguments, JsonObject, Method, Problem, Reason,
    keywords::NAME_OF_OBJECT,
    types::id::{has_digits_of_uuid, is_id, is_uuid},
};

impl Declaration {
    /// Whether this argument names an object of the API, by its id or by its slug.
    pub fn takes_id(&self, argument: &str) -> bool {
        let schema = self.input_of(argument);
        is_id(schema) || schema.is_some_and(|schema| schema.get(NAME_OF_OBJECT).is_some())
    }

    /// Whether the API accepts only a UUID for this argument.
    pub fn needs_uuid(&self, argument: &str) -> bool {
        self.input_of(argument).is_some_and(is_uuid)
    }
}

impl Operation {
    /// Rejects values that are no UUIDs if the API accepts only UUIDs. This is separate from parsing, so that names can
    /// be replaced by ids in between.
    pub fn check_ids(&self, arguments: &JsonObject) -> Result<(), InvalidArguments> {
        let declaration = &self.declaration;
        let wrong = declaration.arguments.iter().filter(|argument| {
            let text = arguments.get(argument.name).and_then(Value::as_str);
            text.is_some_and(|text| !has_digits_of_uuid(text))
                && declaration.needs_uuid(argument.name)
        });
        let problems = wrong.map(|argument| {
            let reason = Reason::Id {
                flaw: Flaw::NoUuid,
                listing: self.listing(argument.name),
            };
            Problem::new(argument.name, reason)
        });
        let problems: Vec<Problem> = problems.collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(InvalidArguments::new(declaration.name, problems))
    }

    /// Returns the tool that lists the possible values of `argument` in the path.
    pub(crate) fn listing(&self, argument: &str) -> Option<&'static str> {
        let vendor: &Vendor = self.declaration.vendor;
        let (collection, _) = self.path.split_once(&format!("/{{{argument}}}"))?;
        let lists = |operation: &&Operation| {
            operation.path == collection
                && operation.method == Method::Get
                && operation.declaration.answers_page()
        };
        let listing = vendor.operations().find(lists)?;
        Some(listing.declaration.name)
    }
}
