//! Consent to a destructive call: a first call asks for it, and a second one carries the token that proves it.

use portkey_api_core::{JsonObject, Keys};
use serde_json::{Value, json};

use super::{CallContext, Destruction, Failure, Outcome};
use crate::{
    catalog::Tool,
    confirm::Way,
    keys::{Account, Fingerprint},
};

/// Who must agree to a destructive call, and whether they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// No consent is needed.
    Unneeded,
    /// The user must agree. The first call ends in [`Outcome::Unconfirmed`]; the surface asks the user and then repeats
    /// the call with the token.
    OfUser {
        /// The token of the first call, once the user agreed.
        agreed: Option<String>,
    },
    /// The requester must agree, by repeating the call with the token as its `confirmation` argument.
    OfCaller,
}

impl CallContext<'_> {
    /// Returns [`Outcome::Unconfirmed`] if the call needs consent and has no token, and `None` if it may go on. A token
    /// is used up by this check, however the call ends. Fails if the token is not valid for this call.
    pub(super) async fn confirm(
        &self,
        tool: Tool,
        arguments: &JsonObject,
    ) -> Result<Option<Outcome>, Failure> {
        if !destroys(tool, arguments) {
            return Ok(None);
        }
        let (way, token) = match self.consent {
            Consent::Unneeded => return Ok(None),
            Consent::OfUser { agreed } => (Way::User, agreed.as_deref()),
            Consent::OfCaller => (Way::Caller, self.options.confirmation.as_deref()),
        };
        let seal = &self.caller.services.seal;
        let binding = self.binding(way, tool, arguments);
        if let Some(token) = token {
            seal.redeem(token, &binding).await?;
            self.trail.confirmed(way.as_str());
            return Ok(None);
        }
        let destruction = Box::pin(self.destruction(tool, arguments)).await?;
        // Invalid arguments are refused before consent is asked for.
        if let Some(destruction) = &destruction {
            let arguments = destruction.arguments.clone();
            destruction.operation.preview(self.edition(), arguments)?;
        }
        let consequence = Box::pin(self.consequence(tool, arguments, destruction)).await;
        Ok(Some(Outcome::Unconfirmed {
            consequence: Box::new(consequence),
            token: seal.seal(&binding).await?,
        }))
    }

    /// Returns the API call that destroys something: this call, or the inner one of a composed tool.
    async fn destruction(
        &self,
        tool: Tool,
        arguments: &JsonObject,
    ) -> Result<Option<Destruction>, Failure> {
        match tool {
            Tool::Operation(operation) => Ok(Some(Destruction {
                operation,
                arguments: arguments.clone(),
                lost: Vec::new(),
            })),
            Tool::Workflow(workflow) => {
                let destruction = self
                    .composed(workflow)?
                    .destruction(arguments.clone(), *self)
                    .await?;
                if let Some(Destruction {
                    operation,
                    arguments,
                    ..
                }) = &destruction
                {
                    // A forbidden inner call is refused before consent is asked for.
                    self.permit(operation, arguments.clone()).await?;
                }
                Ok(destruction)
            }
        }
    }

    /// Returns a text that identifies this call: the tool, the arguments, the principal, the addresses and the keys. A
    /// token is valid only for the text that it was issued for. The text contains arguments, so it is never stored.
    fn binding(&self, way: Way, tool: Tool, arguments: &JsonObject) -> String {
        let gateway = self.caller.settings().gateway_url.as_ref();
        let [own, of_workspace] =
            [Keys::Any, Keys::Workspace].map(|keys| self.caller.account(keys));
        let digits = |account: &Account| account.key.as_ref().map(Fingerprint::digits);
        let mut arguments = Value::Object(arguments.clone());
        arguments.sort_all_objects();
        json!([
            way.as_str(),
            tool.name(),
            arguments,
            *self.by.principal,
            own.portkey,
            gateway.map(ToString::to_string),
            digits(&own),
            digits(&of_workspace),
        ])
        .to_string()
    }
}

/// Whether a call needs consent: it removes something, or lifts a limit on spending, traffic or access.
fn destroys(tool: Tool, arguments: &JsonObject) -> bool {
    let declaration = tool.declaration();
    declaration.destructive || !declaration.unprotected(arguments).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{
        Consequence,
        testing::{Bench, arguments},
    };

    fn delete(toy: &str) -> JsonObject {
        arguments(json!({ "toy_id": toy }))
    }

    async fn bench(consent: Consent) -> Bench {
        let mut bench = Bench::new().await;
        bench.consent = consent;
        let toy = json!({ "id": "t1", "name": "Bear" });
        bench.answers("GET", "/toys/t1", 200, toy).await;
        bench
    }

    async fn asked(bench: &Bench, arguments: &JsonObject) -> (Consequence, String) {
        let tool = bench.tool("delete_toy");
        let outcome = bench.context().confirm(tool, arguments).await.unwrap();
        let Some(Outcome::Unconfirmed { consequence, token }) = outcome else {
            panic!("consent is not asked for: {outcome:?}");
        };
        (*consequence, token)
    }

    #[tokio::test]
    async fn a_destructive_call_needs_a_token_that_is_valid_once() {
        let mut bench = bench(Consent::OfCaller).await;
        let (consequence, token) = asked(&bench, &delete("t1")).await;
        assert!(consequence.to_string().contains("Bear"), "{consequence}");
        assert_eq!(bench.received().await, ["GET /toys/t1"]);
        bench.options.confirmation = Some(token);
        let (context, tool) = (bench.context(), bench.tool("delete_toy"));
        assert!(
            context
                .confirm(tool, &delete("t1"))
                .await
                .unwrap()
                .is_none()
        );
        let again = context.confirm(tool, &delete("t1")).await;
        assert!(matches!(again, Err(Failure::Unconfirmed(_))), "{again:?}");
        assert_eq!(bench.noted().confirmed.as_deref(), Some("caller"));
    }

    #[tokio::test]
    async fn a_token_is_valid_only_for_the_call_that_it_was_issued_for() {
        let mut bench = bench(Consent::OfCaller).await;
        let (_, token) = asked(&bench, &delete("t1")).await;
        bench.options.confirmation = Some(token.clone());
        let tool = bench.tool("delete_toy");
        let other = bench.context().confirm(tool, &delete("t2")).await;
        assert!(matches!(other, Err(Failure::Unconfirmed(_))), "{other:?}");
        bench.by.principal = "bob".into();
        let other = bench.context().confirm(tool, &delete("t1")).await;
        assert!(matches!(other, Err(Failure::Unconfirmed(_))), "{other:?}");
        // A token issued to the requester does not prove the consent of the user.
        bench.by.principal = "ada".into();
        bench.consent = Consent::OfUser {
            agreed: Some(token),
        };
        let other = bench.context().confirm(tool, &delete("t1")).await;
        assert!(matches!(other, Err(Failure::Unconfirmed(_))), "{other:?}");
    }

    #[tokio::test]
    async fn a_harmless_call_and_one_without_required_consent_ask_for_none() {
        let bench = bench(Consent::OfCaller).await;
        let update = arguments(json!({ "toy_id": "t1", "name": "Ox" }));
        let asked = bench
            .context()
            .confirm(bench.tool("update_toy"), &update)
            .await;
        assert!(asked.unwrap().is_none());
        let bench = Bench::new().await;
        let asked = bench
            .context()
            .confirm(bench.tool("delete_toy"), &delete("t1"))
            .await;
        assert!(asked.unwrap().is_none());
        assert!(bench.received().await.is_empty());
    }
}
