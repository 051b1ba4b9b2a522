use serde_json::Value;

use crate::{
    Base, Declaration, Endpoint, InvalidArguments, JsonObject, Method, Place, Problem, Request,
};

/// An [`Endpoint`] with its types erased: what a catalog lists.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// What it is and needs.
    pub declaration: Declaration,
    /// See [`Endpoint::METHOD`].
    pub method: Method,
    /// See [`Endpoint::PATH`].
    pub path: &'static str,
    /// See [`Endpoint::BASE`].
    pub base: Base,
    /// See [`Endpoint::FRESH`].
    pub fresh: Option<fn() -> &'static Operation>,
    prepare: fn(JsonObject) -> Result<Request, InvalidArguments>,
}

impl Operation {
    /// Erases the types of `E`.
    pub const fn of<E: Endpoint>() -> Self {
        Self {
            declaration: Declaration::of::<E>(),
            method: E::METHOD,
            path: E::PATH,
            base: E::BASE,
            fresh: E::FRESH,
            prepare: |arguments| {
                let invalid = |problem| InvalidArguments::new(E::NAME, vec![problem]);
                let endpoint: E = serde_json::from_value(Value::Object(arguments))
                    .map_err(|error| invalid(Problem::unreadable(&error)))?;
                endpoint.validate().map_err(invalid)?;
                Request::to(&endpoint)
            },
        }
    }

    /// Turns understood arguments into a request.
    pub fn request(&self, arguments: JsonObject) -> Result<Request, InvalidArguments> {
        (self.prepare)(arguments)
    }

    /// The request these arguments make, with secrets masked: fit to be shown, not to be sent.
    pub fn preview(&self, arguments: JsonObject) -> Result<Request, InvalidArguments> {
        self.request(self.declaration.masked(arguments))
    }

    /// What the path of this operation takes, from the arguments of another on the same object.
    pub fn path_arguments(&self, arguments: &JsonObject) -> JsonObject {
        let ours = self.declaration.arguments.iter();
        ours.filter(|argument| argument.place == Place::Path)
            .filter_map(|a| Some((a.name.to_owned(), arguments.get(a.name)?.clone())))
            .collect()
    }
}
