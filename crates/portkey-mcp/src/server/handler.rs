//! Answers the requests of the protocol.

use std::{borrow::Cow, future::pending, pin::pin};

use portkey_api::{JsonObject, shortened};
use portkey_client::offload::before_computing;
use portkey_engine::{
    call::{
        Call, Caller, Consent, Failure, Notes, Outcome, Progress, Requester, Step, asks_for_dry_run,
    },
    catalog,
    untrusted::brief,
};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CustomRequest,
        CustomResult, DiscoverResult, ErrorCode, InitializeRequestParams, InitializeResult,
        ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
        MetaObject, PaginatedRequestParams, ProgressNotificationParam, ServerConfig,
        SubscriptionFilter, Tool,
    },
    service::{RequestContext, SubscriptionContext},
};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    Server,
    confirm::{self, ConsentMode},
    outcome,
    scripts::run_script,
    subscriptions, trace,
};
use crate::{
    access::Principal,
    surface::{self, Asked, CallRefusal},
};

pub(super) type Context = RequestContext<RoleServer>;

/// Runs the engine's call of a request, and passes its progress to the client.
pub(super) struct CallRunner<'a> {
    caller: &'a Caller,
    pub(super) context: &'a Context,
    /// The steps of the call, if the client asked for its progress.
    steps: Option<UnboundedReceiver<Step>>,
    notes: Notes,
}

/// How long a client may keep the list of tools, unless it hears that it has changed.
const LIST_FRESH_FOR_MS: u64 = 300_000;

/// The key in `_meta` of which organisation, workspace and key a result comes from.
const ORIGIN: &str = "portkey-mcp/origin";

/// Methods this server answers; with parameters that cannot be read they arrive as custom requests.
const METHODS: [&str; 4] = [
    "server/discover",
    "tools/call",
    "tools/list",
    "notifications/cancelled",
];

/// The same, only in the revisions with a handshake.
const HANDSHAKE_METHODS: [&str; 2] = ["initialize", "ping"];

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.config(None)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: Context,
    ) -> Result<InitializeResult, ErrorData> {
        let span = trace::of("initialize", &context);
        trace::traced(span, async { self.initialized(request, &context) }).await
    }

    async fn discover(&self, context: Context) -> Result<DiscoverResult, ErrorData> {
        let span = trace::of("server/discover", &context);
        trace::traced(span, async { self.discovered(&context) }).await
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tool(name)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        let span = trace::of("tools/list", &context);
        trace::traced(span, async { self.list(request.as_ref(), &context) }).await
    }

    fn accepted_subscription_filter(
        &self,
        asked: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        let tells = self.inner.about.notifies_changes;
        tells.then(|| asked.supported_by(&self.config(None).capabilities))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        subscriptions::listen(&context).await;
        Ok(())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        empty_list("prompts/list", &context)
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        empty_list("resources/list", &context)
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        empty_list("resources/templates/list", &context)
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: Context,
    ) -> Result<CustomResult, ErrorData> {
        let method = request.method;
        let handshake = !is_modern(&context) && HANDSHAKE_METHODS.contains(&method.as_str());
        if handshake || METHODS.contains(&method.as_str()) {
            let text =
                format!("the params of {method} do not have the form the protocol gives them");
            return Err(ErrorData::invalid_params(text, None));
        }
        let text: Cow<'static, str> = format!("unknown method {}", shortened(&method)).into();
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, text, None))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let span = trace::of_call(&request, &context);
        trace::traced(span, Box::pin(self.call(request, context))).await
    }
}

impl Server {
    fn initialized(
        &self,
        request: InitializeRequestParams,
        context: &Context,
    ) -> Result<InitializeResult, ErrorData> {
        let mut result = self.negotiate_initialize(&request)?;
        context.peer.set_peer_info(request);
        let principal = self.principal(context)?;
        result.instructions = self.config(Some(&principal)).instructions;
        Ok(result)
    }

    fn discovered(&self, context: &Context) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let principal = self.principal(context)?;
        let config = self.config(Some(&principal));
        Ok(DiscoverResult::from_server_info(versions, config)
            .with_ttl_ms(LIST_FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private))
    }

    fn list(
        &self,
        request: Option<&PaginatedRequestParams>,
        context: &Context,
    ) -> Result<ListToolsResult, ErrorData> {
        // The list fits one page, so no cursor was ever handed out.
        let cursor = request.and_then(|request| request.cursor.as_deref());
        if cursor.is_some_and(|cursor| !cursor.is_empty()) {
            return Err(ErrorData::invalid_params(
                "invalid cursor: the list has one page",
                None,
            ));
        }
        let principal = self.principal(context)?;
        let mut result = ListToolsResult::with_all_items(self.tools(&principal))
            .with_ttl_ms(LIST_FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private);
        if is_modern(context) {
            result.meta = Some(self.meta());
        }
        Ok(result)
    }

    async fn call(
        &self,
        mut request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let principal = self.principal(&context)?;
        let client = context.client_info().map(|client| brief(&client.name));
        let by = principal.requester(client.as_deref());
        let arguments = request.arguments.take().unwrap_or_default();
        let surface = self.surface(&principal);
        let asked = surface::read(&principal, surface, &request.name, arguments);
        let (tool, arguments) = match asked {
            Ok(Asked::Call(tool, arguments)) => (tool, arguments),
            Ok(Asked::Guide(guide, arguments)) => {
                let answer = guide.answer(&principal, surface, arguments);
                return Ok(self.told(outcome::guided(answer), &context));
            }
            Ok(Asked::Script(script)) => {
                let mode = ConsentMode::of(principal.policy().confirm(), self.is_local(), &context);
                let ran = run_script(&principal, by, mode, script, &context);
                return Ok(self.told(Box::pin(ran).await, &context));
            }
            Err(refused) => {
                audit_refusal(&principal, &by, &refused).await;
                let why = refused.why.to_string();
                return if refused.is_inner {
                    Ok(self.told(outcome::guided(Err(why)), &context))
                } else {
                    Err(ErrorData::invalid_params(why, None))
                };
            }
        };
        let mode = ConsentMode::of(principal.policy().confirm(), self.is_local(), &context);
        let consent = mode.consent(&request);
        let (progress, steps) = if context.meta.get_progress_token().is_some() {
            let (progress, steps) = Progress::heard();
            (progress, Some(steps))
        } else {
            (Progress::default(), None)
        };
        let notes = Notes::default();
        let workspace = workspace(&arguments).map(str::to_owned);
        let dry_run = asks_for_dry_run(&arguments);
        let call = Call {
            tool,
            arguments,
            by,
            consent: Consent::Unneeded,
            progress,
            notes: notes.clone(),
        };
        let mut runner = CallRunner {
            caller: principal.profile().caller(),
            context: &context,
            steps,
            notes,
        };
        let outcome = self.confirmed(mode, consent, call, &mut runner).await;
        // Whose a key is, is only asked of Portkey after a call with it succeeded: no other request is sent unasked.
        let used = matches!(outcome, Ok(Outcome::Answer(_) | Outcome::Table { .. })) && !dry_run;
        let profile = principal.profile();
        let origin = profile.origin(tool, workspace.as_deref(), used).await;
        Ok(self.respond(tool, outcome, mode, origin, &runner).await)
    }

    /// The response of a tool that is in no catalog, or of a call that named none rightly.
    fn told(&self, mut result: CallToolResult, context: &Context) -> CallToolResponse {
        if is_modern(context) {
            result.meta.get_or_insert_default().0.extend(self.meta().0);
        }
        result.into()
    }

    /// Turns an outcome into a response: a result, or a question to the user.
    async fn respond(
        &self,
        tool: catalog::Tool,
        outcome: Result<Outcome, Failure>,
        mode: ConsentMode,
        origin: Value,
        runner: &CallRunner<'_>,
    ) -> CallToolResponse {
        let mut meta = MetaObject([(ORIGIN.to_owned(), origin)].into_iter().collect());
        if is_modern(runner.context) {
            meta.0.extend(self.meta().0);
        }
        match outcome {
            Ok(Outcome::Unconfirmed { consequence, token })
                if mode == ConsentMode::InputRequired =>
            {
                confirm::question(&consequence, token, meta).into()
            }
            outcome => {
                let structured = self.inner.settings.structured;
                let notes = runner.notes.take();
                let mut result = if outcome::is_large(&outcome) {
                    let writing = async move {
                        before_computing().await;
                        outcome::result(tool, outcome, notes, structured)
                    };
                    runner.caller.workers().run(writing).await
                } else {
                    outcome::result(tool, outcome, notes, structured)
                };
                result.meta.get_or_insert_default().0.extend(meta.0);
                result.into()
            }
        }
    }
}

impl CallRunner<'_> {
    /// Makes a call, and notifies the client of its progress.
    pub(super) async fn run(&mut self, call: Call) -> Result<Outcome, Failure> {
        let mut calling = pin!(self.caller.call(call));
        let outcome = loop {
            tokio::select! {
                outcome = &mut calling => break outcome,
                Some(step) = next(&mut self.steps) => notify_progress(self.context, step).await,
                // A client that cancelled does not listen any more, so nothing else is sent.
                () = self.context.ct.cancelled() => break Err(Failure::Cancelled),
            }
        };
        // The last step may have come together with the result; it is sent first.
        while let Some(step) = self.steps.as_mut().and_then(|steps| steps.try_recv().ok()) {
            notify_progress(self.context, step).await;
        }
        outcome
    }
}

/// The next step; never comes if nobody asked for steps.
async fn next(steps: &mut Option<UnboundedReceiver<Step>>) -> Option<Step> {
    match steps {
        Some(steps) => steps.recv().await,
        None => pending().await,
    }
}

/// An empty list of what this server does not have. Clients of older revisions ask for it without the capability, and
/// some give up on an error; those of 2026-07-28 expect the error.
fn empty_list<T: Default>(method: &str, context: &Context) -> Result<T, ErrorData> {
    if is_modern(context) {
        let text = format!("this server has tools alone, so it does not answer {method}");
        return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, text, None));
    }
    Ok(T::default())
}

/// Audits a call of a tool that exists but that the principal may not use.
pub(super) async fn audit_refusal(principal: &Principal, by: &Requester, refused: &CallRefusal) {
    if let Some(call) = &refused.call {
        let (tool, arguments) = call.as_ref();
        let caller = principal.profile().caller();
        caller
            .refused(*tool, by, arguments, refused.why.to_string())
            .await;
    }
}

/// Sends a step of the progress to a client that asked for it.
pub(super) async fn notify_progress(context: &Context, step: Step) {
    let Some(token) = context.meta.get_progress_token() else {
        return;
    };
    let mut progress =
        ProgressNotificationParam::new(token, precise(step.done)).with_message(step.message);
    if let Some(total) = step.total {
        progress = progress.with_total(precise(total));
    }
    // If the client is gone, the call notices that by itself.
    _ = context.peer.notify_progress(progress).await;
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of pages and entries are far from 2^53"
)]
fn precise(count: u64) -> f64 {
    count as f64
}

/// The workspace that a call names.
fn workspace(arguments: &JsonObject) -> Option<&str> {
    arguments.get("workspace_id")?.as_str()
}

/// Whether the client speaks 2026-07-28 or later, where every result names the server.
pub(super) fn is_modern(context: &Context) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| !version.has_initialize())
}
