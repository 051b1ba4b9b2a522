//! Workflows: tools that make several API calls, or none. Inner calls go through the same checks as direct ones.

use std::{future::Future, pin::Pin};

use portkey_api_core::{Declaration, Declared, JsonObject, Operation};
use serde_json::Value;

use super::{CallContext, Failure, nested::parsed};
use crate::catalog::Workflow;

/// The metadata values that the operator expects of completions. An empty list accepts every value.
#[derive(Debug, Clone, Default)]
pub struct Conventions {
    /// Accepted values of the metadata key `app`.
    pub apps: Vec<String>,
    /// Accepted values of the metadata key `env`.
    pub envs: Vec<String>,
}

/// A workflow with its implementation, without the types of its arguments and answer.
#[derive(Debug, Clone, Copy)]
pub struct ComposedTool {
    /// The workflow's entry in the catalog.
    pub workflow: Workflow,
    run: for<'a> fn(JsonObject, CallContext<'a>) -> BoxedFuture<'a, Value>,
    destruction: Option<for<'a> fn(JsonObject, CallContext<'a>) -> BoxedFuture<'a, Destruction>>,
}

type BoxedFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// The implementation of a composed tool, on the struct of its arguments.
pub trait Steps: Declared {
    /// Makes the inner calls and returns the answer of the tool.
    fn run(
        self,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

/// A composed tool that destroys something.
pub trait Destroys: Steps {
    /// Returns the inner call that destroys something, as far as it is known before anything is sent. The request for
    /// consent describes it.
    fn destruction(
        &self,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<Destruction, Failure>> + Send;
}

/// The inner call with which a composed tool destroys something.
#[derive(Debug, Clone)]
pub struct Destruction {
    /// The operation that is called.
    pub operation: &'static Operation,
    /// The arguments of `operation`.
    pub arguments: JsonObject,
    /// What cannot be restored afterwards, one sentence each.
    pub lost: Vec<String>,
}

impl ComposedTool {
    /// Returns a workflow that destroys nothing.
    ///
    /// # Panics
    ///
    /// At compile time, if `S` is declared to be destructive.
    pub const fn of<S: Steps>(domain: &'static str) -> Self {
        let declaration = S::DECLARATION;
        assert!(
            !declaration.destructive,
            "a tool that destroys something says by which call: `destructive`"
        );
        Self::declared::<S>(declaration, domain)
    }

    /// Returns a workflow that destroys something.
    pub const fn destructive<S: Destroys>(domain: &'static str) -> Self {
        let workflow = Self::declared::<S>(S::DECLARATION, domain);
        Self {
            destruction: Some(|arguments, context| {
                Box::pin(async move { parsed::<S>(arguments)?.destruction(context).await })
            }),
            ..workflow
        }
    }

    const fn declared<S: Steps>(declaration: Declaration, domain: &'static str) -> Self {
        Self {
            workflow: Workflow {
                declaration,
                domain,
            },
            destruction: None,
            run: |arguments, context| {
                Box::pin(async move {
                    let steps = parsed::<S>(arguments)?;
                    let answer = steps.run(context).await?;
                    Ok(serde_json::to_value(answer).unwrap_or_default())
                })
            },
        }
    }

    /// Runs the workflow on parsed arguments.
    pub(crate) async fn run(
        &self,
        arguments: JsonObject,
        context: CallContext<'_>,
    ) -> Result<Value, Failure> {
        (self.run)(arguments, context).await
    }

    /// Returns the inner call that destroys something, or `None` if the workflow is not destructive.
    pub(crate) async fn destruction(
        &self,
        arguments: JsonObject,
        context: CallContext<'_>,
    ) -> Result<Option<Destruction>, Failure> {
        match self.destruction {
            Some(destruction) => destruction(arguments, context).await.map(Some),
            None => Ok(None),
        }
    }
}

impl<'a> CallContext<'a> {
    /// Returns the implementation of a workflow.
    pub(super) fn composed(&self, workflow: &Workflow) -> Result<&'a ComposedTool, Failure> {
        let name = workflow.declaration.name;
        let mut composed = self.caller.composed.iter();
        composed
            .find(|one| one.workflow.declaration.name == name)
            .ok_or(Failure::Unlisted(name))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use portkey_api_core::workflow;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;
    use crate::{
        call::{
            Consent, Outcome,
            testing::{Bench, arguments, not_found},
        },
        catalog::{Catalog, Tool},
        toys::{DOMAIN, DeleteToy, GetToy},
    };

    /// Praise a toy
    ///
    /// Says something nice of a toy.
    #[workflow(-> Praise, effect(read), scopes())]
    struct PraiseToy {
        pub toy_id: String,
        pub word: String,
    }

    /// What is said.
    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    struct Praise {
        said: String,
    }

    impl Steps for PraiseToy {
        async fn run(self, context: CallContext<'_>) -> Result<Praise, Failure> {
            let Self { toy_id, word } = self;
            let toy = context.ask(&GetToy { toy_id }).await?;
            let name = toy.name.unwrap_or_default();
            Ok(Praise {
                said: format!("{name} is {word}"),
            })
        }
    }

    /// Break a toy
    ///
    /// Removes a toy for good.
    #[workflow(-> Praise, effect(update), not_repeatable(because = "nothing is left"),
        destructive(because = "it removes the toy"), scopes())]
    struct BreakToy {
        pub toy_id: String,
    }

    impl Steps for BreakToy {
        async fn run(self, context: CallContext<'_>) -> Result<Praise, Failure> {
            let Self { toy_id } = self;
            context.ask(&DeleteToy { toy_id }).await?;
            Ok(Praise {
                said: "it was fun".to_owned(),
            })
        }
    }

    impl Destroys for BreakToy {
        async fn destruction(&self, context: CallContext<'_>) -> Result<Destruction, Failure> {
            Ok(Destruction {
                operation: context.catalog().operation("delete_toy").unwrap(),
                arguments: arguments(json!({ "toy_id": self.toy_id })),
                lost: vec!["its growl".to_owned()],
            })
        }
    }

    static COMPOSED: [ComposedTool; 2] = [
        ComposedTool::of::<PraiseToy>("toys"),
        ComposedTool::destructive::<BreakToy>("toys"),
    ];

    async fn bench(composed: &'static [ComposedTool]) -> Bench {
        static CATALOG: LazyLock<Catalog> =
            LazyLock::new(|| Catalog::new(&[DOMAIN], COMPOSED.iter().map(|one| &one.workflow)));
        Bench::of(&CATALOG).await.composing(composed)
    }

    async fn composed(bench: &Bench, name: &str, given: Value) -> Result<Outcome, Failure> {
        let Tool::Workflow(workflow) = bench.tool(name) else {
            panic!("`{name}` is one request");
        };
        bench.context().compose(workflow, arguments(given)).await
    }

    #[tokio::test]
    async fn a_composed_tool_answers_what_it_makes_of_its_calls() {
        let bench = bench(&COMPOSED).await;
        bench.has_bear().await;
        let given = json!({ "toy_id": "t1", "word": "brave" });
        let outcome = composed(&bench, "praise_toy", given).await;
        let Ok(Outcome::Answer(answer)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(answer, json!({ "said": "Bear is brave" }));
        assert_eq!(bench.received().await, ["GET /toys/t1"]);
    }

    #[tokio::test]
    async fn a_composed_tool_fails_as_the_call_failed_that_it_made() {
        let bench = bench(&COMPOSED).await;
        bench.answers("GET", "/toys/t1", 404, not_found()).await;
        let given = json!({ "toy_id": "t1", "word": "brave" });
        let failure = composed(&bench, "praise_toy", given).await.unwrap_err();
        assert_eq!(failure.kind(), "not found");
        let told = failure.to_string();
        assert!(told.starts_with("Portkey refused `get_toy` (404"), "{told}");
    }

    #[tokio::test]
    async fn arguments_that_cannot_be_meant_run_nothing() {
        let bench = bench(&COMPOSED).await;
        for given in [
            json!({ "toy_id": "t1" }),
            json!({ "toy_id": "t1", "word": "brave", "colour": "red" }),
        ] {
            let outcome = composed(&bench, "praise_toy", given).await;
            assert!(matches!(outcome, Err(Failure::Arguments(_))), "{outcome:?}");
        }
        assert!(bench.received().await.is_empty());
    }

    #[tokio::test]
    async fn whoever_must_agree_hears_by_which_call_it_destroys_and_nothing_is_sent_before() {
        let mut bench = bench(&COMPOSED).await;
        bench.has_bear().await;
        bench.answers("DELETE", "/toys/t1", 200, json!({})).await;
        bench.consent = Consent::OfCaller;
        let given = json!({ "toy_id": "t1" });
        let outcome = composed(&bench, "break_toy", given.clone()).await;
        let Ok(Outcome::Unconfirmed { consequence, token }) = outcome else {
            panic!("{outcome:?}");
        };
        let told = consequence.to_string();
        assert!(told.contains("By this call: Delete a toy"), "{told}");
        assert!(told.contains("its growl"), "{told}");
        let received = bench.received().await;
        assert!(
            received.iter().all(|one| one.starts_with("GET ")),
            "{received:?}"
        );
        bench.options.confirmation = Some(token);
        let outcome = composed(&bench, "break_toy", given).await;
        assert!(matches!(outcome, Ok(Outcome::Answer(_))), "{outcome:?}");
        let received = bench.received().await;
        assert_eq!(received.last().unwrap(), "DELETE /toys/t1");
    }

    #[tokio::test]
    async fn a_program_without_the_steps_of_a_listed_tool_admits_its_defect() {
        let bench = bench(&[]).await;
        let given = json!({ "toy_id": "t1", "word": "brave" });
        let failure = composed(&bench, "praise_toy", given).await.unwrap_err();
        assert!(
            matches!(failure, Failure::Unlisted("praise_toy")),
            "{failure:?}"
        );
    }

    #[test]
    #[should_panic(expected = "says by which call")]
    fn what_destroys_cannot_be_listed_without_its_destruction() {
        _ = ComposedTool::of::<BreakToy>("toys");
    }
}
