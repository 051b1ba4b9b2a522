//! Asks for consent to destructive calls, in a way that the client supports.

use std::time::{Duration, Instant};

use portkey_engine::{
    call::{Call, Consent, Consequence, Failure, Outcome},
    confirm::{Confirm, ConfirmationRefused},
};
use rmcp::{
    model::{
        BooleanSchema, CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitResult,
        ElicitationAction, ElicitationSchemaBuilder, InputRequest, InputRequests,
        InputRequiredResult, MetaObject,
    },
    service::ServiceError,
};
use serde_json::Value;

use super::{
    Server, SingleAnswer,
    request::{Context, is_modern},
    runner::CallRunner,
};

/// How consent is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConsentMode {
    /// Not at all.
    Unneeded,
    /// By an elicitation request while the call waits, in the revisions with a handshake.
    Elicitation,
    /// By a result that is a question; the next request brings the answer. Revision 2026-07-28.
    InputRequired,
    /// By a result that says what would happen; the caller repeats the call with a confirmation token.
    Token,
}

/// The key of the question in `input_responses`.
const QUESTION: &str = "confirm";
/// The field of the form.
const AGREED: &str = "agreed";

impl ConsentMode {
    pub(super) fn of(confirm: Confirm, is_local: bool, context: &Context) -> Self {
        match (confirm, can_ask(context)) {
            (Confirm::Never, _) => Self::Unneeded,
            (_, true) if is_modern(context) => Self::InputRequired,
            (_, true) if !takes_single_answer(context) => Self::Elicitation,
            // A local client asks its user before each call, unless the user told it not to.
            (Confirm::Auto, false) if is_local => Self::Unneeded,
            _ => Self::Token,
        }
    }

    /// The consent that the request itself brings.
    pub(super) fn consent(
        self,
        request: &CallToolRequestParams,
    ) -> Result<Consent, ConfirmationRefused> {
        match self {
            Self::Unneeded => Ok(Consent::Unneeded),
            Self::Token => Ok(Consent::OfCaller),
            Self::Elicitation => Ok(Consent::OfUser { agreed: None }),
            Self::InputRequired => {
                let answers = request.input_responses.as_ref();
                let answer = answers.and_then(|answers| answers.get(QUESTION));
                let answer = answer.and_then(|a| serde_json::from_value(a.clone()).ok());
                let (Some(answer), Some(state)) = (answer, &request.request_state) else {
                    return Ok(Consent::OfUser { agreed: None });
                };
                // The question was asked in an earlier request, perhaps of another replica, so how long the answer took
                // is unknown.
                agreement(&answer, None)?;
                Ok(Consent::OfUser {
                    agreed: Some(state.clone()),
                })
            }
        }
    }
}

/// Whether the client supports elicitation by a form.
fn can_ask(context: &Context) -> bool {
    let elicitation = context
        .client_capabilities()
        .and_then(|able| able.elicitation);
    elicitation.is_some_and(|able| able.form.is_some() || able.url.is_none())
}

/// Whether the answer must be a single message, with no question before it.
fn takes_single_answer(context: &Context) -> bool {
    let parts = context.extensions.get::<http::request::Parts>();
    parts.is_some_and(|parts| parts.extensions.get::<SingleAnswer>().is_some())
}

impl Server {
    /// Makes a call, and asks for consent by elicitation if that is the mode. The wait for the user does not count as
    /// time of the call.
    pub(super) async fn confirmed(
        &self,
        mode: ConsentMode,
        consent: Result<Consent, ConfirmationRefused>,
        call: Call,
        runner: &mut CallRunner<'_>,
    ) -> Result<Outcome, Failure> {
        let consent = consent?;
        let call = Call { consent, ..call };
        let again = (mode == ConsentMode::Elicitation).then(|| call.clone());
        let outcome = runner.run(call).await?;
        let (call, consequence, token) = match (again, outcome) {
            (Some(call), Outcome::Unconfirmed { consequence, token }) => (call, consequence, token),
            (_, outcome) => return Ok(outcome),
        };
        tokio::select! {
            agreed = Box::pin(self.ask(&consequence, runner.context)) => agreed?,
            () = runner.context.ct.cancelled() => return Err(Failure::Cancelled),
        }
        let agreed = Some(token);
        let consent = Consent::OfUser { agreed };
        runner.run(Call { consent, ..call }).await
    }

    async fn ask(
        &self,
        consequence: &Consequence,
        context: &Context,
    ) -> Result<(), ConfirmationRefused> {
        let waited = self.inner.settings.patience;
        let peer = &context.peer;
        let answer = peer.create_elicitation_with_timeout(form(consequence), Some(waited));
        let asked = Instant::now();
        match answer.await {
            Ok(answer) => agreement(&answer, Some(asked.elapsed())),
            Err(ServiceError::Timeout { .. }) => Err(ConfirmationRefused::Unanswered { waited }),
            Err(error) => Err(ConfirmationRefused::Unasked(error.to_string())),
        }
    }
}

/// The question as the result of a call.
pub(super) fn question(
    consequence: &Consequence,
    token: String,
    meta: MetaObject,
) -> InputRequiredResult {
    let question = InputRequest::Elicitation(ElicitRequest::new(form(consequence)));
    let questions = InputRequests::from([(QUESTION.to_owned(), question)]);
    InputRequiredResult::new(Some(questions), Some(token)).with_meta(meta)
}

/// A form with a check box, so that submitting it by mistake is no consent.
fn form(consequence: &Consequence) -> ElicitRequestParams {
    let agreed = |tick: BooleanSchema| {
        tick.title("Yes, do this")
            .description("Without it nothing is done")
    };
    let schema = ElicitationSchemaBuilder::new().required_bool_property(AGREED, agreed);
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: consequence.to_string(),
        requested_schema: schema.build_unchecked(),
    }
}

/// Whether an answer is consent; `after` says how long it took.
fn agreement(answer: &ElicitResult, after: Option<Duration>) -> Result<(), ConfirmationRefused> {
    let ticked = answer.content.as_ref().and_then(|form| form.get(AGREED));
    match answer.action {
        ElicitationAction::Accept if ticked == Some(&Value::Bool(true)) => Ok(()),
        ElicitationAction::Cancel => Err(ConfirmationRefused::Dismissed { after }),
        _ => Err(ConfirmationRefused::Declined { after }),
    }
}
