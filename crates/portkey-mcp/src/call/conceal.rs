use portkey_api::{Declaration, JsonObject, Operation, conceal};
use serde_json::Value;

use super::{Caller, Failure};
use crate::secrets::Origin;

impl Caller {
    /// Masks what must not be shown and puts new secrets where the operator wants them.
    pub(super) fn conceal(
        &self,
        declaration: &'static Declaration,
        arguments: &JsonObject,
        mut answer: Value,
    ) -> Result<Value, Failure> {
        let id = [
            answer.get("id"),
            arguments.get("id"),
            arguments.get("invite_id"),
        ];
        let id = id
            .into_iter()
            .flatten()
            .find_map(Value::as_str)
            .map(str::to_owned);
        let mut lost = None;
        conceal(declaration.output(), &mut answer, &mut |field, secret| {
            let origin = Origin {
                tool: declaration.name,
                field,
                id: id.as_deref(),
            };
            self.sink.keep(&origin, secret).unwrap_or_else(|failure| {
                lost = Some(failure);
                portkey_api::masked(secret).into()
            })
        });
        match lost {
            None => Ok(answer),
            Some(source) => Err(Failure::SecretLost { answer, source }),
        }
    }
}

/// Whether the answer brings a secret that no later call returns.
pub(super) fn mints(operation: &Operation) -> bool {
    fn marked(schema: &Value) -> bool {
        match schema {
            Value::Object(members) => {
                members.get("x-secret").is_some_and(|mark| mark == "minted")
                    || members.values().any(marked)
            }
            Value::Array(items) => items.iter().any(marked),
            _ => false,
        }
    }
    marked(operation.declaration.output())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_bring_a_secret_and_users_do_not() {
        let mints = |name| mints(portkey_api::operation(name).unwrap());
        assert!(mints("invite_user"));
        assert!(mints("create_api_key"));
        assert!(!mints("get_user"));
        assert!(!mints("get_api_key"));
    }
}
