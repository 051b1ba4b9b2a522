use portkey_api::{JsonObject, Operation, Problem};
use serde_json::Value;

use super::{Failure, Run};

impl Run<'_> {
    /// Fills in the arguments that the API wants but the caller need not know, from where they can be read.
    pub(super) async fn look_up(
        &self,
        operation: &'static Operation,
        mut arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        for argument in operation.declaration.arguments {
            let Some(source) = argument.lookup else {
                continue;
            };
            if arguments.contains_key(argument.name) {
                continue;
            }
            let source = source();
            let permit = self.permit(source, source.path_arguments(&arguments)).await;
            let permit =
                permit.map_err(|failure| unreadable(operation, argument.name, source, failure))?;
            let answer = permit.read().await?;
            if let Some(value) = answer.get(argument.name) {
                let value = without_icon(&answer, value);
                arguments.insert(argument.name.to_owned(), value);
            }
        }
        self.complete_parts(operation, &mut arguments).await?;
        Ok(arguments)
    }
}

/// Says which argument to give, where the caller may not use the tool that would tell its value.
fn unreadable(
    operation: &Operation,
    argument: &str,
    source: &Operation,
    failure: Failure,
) -> Failure {
    match failure {
        Failure::Forbidden(_) | Failure::Lacking { .. } => {
            let rule = format!(
                "is missing, and `{}`, which tells it, may not be used here; give it yourself",
                source.declaration.name
            );
            Failure::invalid(operation.declaration.name, Problem::rule(argument, rule))
        }
        other => other,
    }
}

/// Names are shown with their icon in front but confirmed without it.
fn without_icon(answer: &Value, value: &Value) -> Value {
    let plain = answer
        .get("icon")
        .and_then(Value::as_str)
        .filter(|icon| !icon.is_empty())
        .and_then(|icon| value.as_str()?.strip_prefix(icon));
    plain.map_or_else(|| value.clone(), |plain| plain.trim_start().into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_icon_is_no_part_of_the_name() {
        let answer = json!({ "icon": "🔬", "name": "🔬 Research" });
        assert_eq!(without_icon(&answer, &answer["name"]), "Research");
        let answer = json!({ "icon": null, "name": "Research" });
        assert_eq!(without_icon(&answer, &answer["name"]), "Research");
    }
}
