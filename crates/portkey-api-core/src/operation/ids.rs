//! The ids that operations take.

use serde_json::Value;

use super::{Declaration, Operation, Vendor};
use crate::{
    Flaw, InvalidArguments, JsonObject, Method, Problem, Reason,
    keywords::NAME_OF_OBJECT,
    types::id::{has_digits_of_uuid, is_id, is_uuid},
};

impl Declaration {
    /// Whether this argument names an object of the API: by its id, or by a slug beside it.
    pub fn takes_id(&self, argument: &str) -> bool {
        let schema = self.input_of(argument);
        is_id(schema) || schema.is_some_and(|schema| schema.get(NAME_OF_OBJECT).is_some())
    }

    /// Whether the API takes nothing but a UUID for this argument.
    pub fn needs_uuid(&self, argument: &str) -> bool {
        self.input_of(argument).is_some_and(is_uuid)
    }
}

impl Operation {
    /// Refuses what is no UUID where the API takes nothing else. Not part of reading the arguments, so that a name may
    /// have been looked up in between.
    pub fn check_ids(&self, arguments: &JsonObject) -> Result<(), InvalidArguments> {
        let declaration = &self.declaration;
        let wrong = declaration.arguments.iter().filter(|argument| {
            let text = arguments.get(argument.name).and_then(Value::as_str);
            declaration.needs_uuid(argument.name)
                && text.is_some_and(|text| !has_digits_of_uuid(text))
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

    /// The tool that lists what `argument` stands for in the path.
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
