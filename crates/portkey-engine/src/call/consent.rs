//! The consent to what a call destroys: a first call asks for it, a second one brings the token that proves it.

use portkey_api_core::{JsonObject, Keys};
use serde_json::{Value, json};

use super::{CallContext, Destruction, Failure, Outcome};
use crate::{
    catalog::Tool,
    confirm::Way,
    keys::{Account, Fingerprint},
};

/// Who must agree to what a call destroys, and whether they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Nobody.
    Unneeded,
    /// The user. The first call ends in [`Outcome::Unconfirmed`], and its token is brought back once they agreed.
    OfUser {
        /// The token.
        agreed: Option<String>,
    },
    /// Whoever calls. The token of the first call is brought back among the arguments.
    OfCaller,
}

impl CallContext<'_> {
    /// What ends the call for now, because somebody must agree to it first; nothing where nobody must, or they have.
    /// From then on the token is used up, however the call ends.
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
        let bound = self.bound(way, tool, arguments);
        if let Some(token) = token {
            seal.redeem(token, &bound).await?;
            self.trail.confirmed(way.as_str());
            return Ok(None);
        }
        let destruction = self.destruction(tool, arguments).await?;
        // Nobody is asked about what cannot be sent.
        if let Some(destruction) = &destruction {
            let arguments = destruction.arguments.clone();
            destruction.operation.preview(arguments)?;
        }
        let consequence = self.consequence(tool, arguments, destruction).await;
        Ok(Some(Outcome::Unconfirmed {
            consequence: Box::new(consequence),
            token: seal.seal(&bound).await?,
        }))
    }

    /// The call that destroys something: the one that is made, or the one by which a composed tool will.
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
                    // What will be refused is refused before anybody is asked.
                    self.permit(operation, arguments.clone()).await?;
                }
                Ok(destruction)
            }
        }
    }

    /// All that makes this call another than any other, as text. It is not kept.
    fn bound(&self, way: Way, tool: Tool, arguments: &JsonObject) -> String {
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

/// Whether somebody must agree to a call: it removes something, or takes away what holds back spending, traffic or access.
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
            panic!("nobody is asked: {outcome:?}");
        };
        (*consequence, token)
    }

    #[tokio::test]
    async fn what_destroys_ends_until_it_comes_with_its_token_which_counts_once() {
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
    async fn a_token_is_for_the_call_that_it_was_given_for() {
        let mut bench = bench(Consent::OfCaller).await;
        let (_, token) = asked(&bench, &delete("t1")).await;
        bench.options.confirmation = Some(token.clone());
        let tool = bench.tool("delete_toy");
        let other = bench.context().confirm(tool, &delete("t2")).await;
        assert!(matches!(other, Err(Failure::Unconfirmed(_))), "{other:?}");
        bench.by.principal = "bob".into();
        let other = bench.context().confirm(tool, &delete("t1")).await;
        assert!(matches!(other, Err(Failure::Unconfirmed(_))), "{other:?}");
        // What the caller was told is no answer of the user.
        bench.by.principal = "ada".into();
        bench.consent = Consent::OfUser {
            agreed: Some(token),
        };
        let other = bench.context().confirm(tool, &delete("t1")).await;
        assert!(matches!(other, Err(Failure::Unconfirmed(_))), "{other:?}");
    }

    #[tokio::test]
    async fn nobody_is_asked_about_what_destroys_nothing_or_where_nobody_need_agree() {
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
