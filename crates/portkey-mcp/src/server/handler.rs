//! Answers the requests of the protocol.

use std::borrow::Cow;

use portkey_api::{Effect, shortened};
use portkey_engine::{
    call::{Failure, Outcome, asks_for_dry_run},
    catalog,
};
use rmcp::{
    ErrorData, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode,
        GetPromptRequestParams, GetPromptResponse, GetSkillRequestParams, GetSkillResult,
        InitializeRequestParams, InitializeResult, ListPromptsResult, ListResourceTemplatesResult,
        ListResourcesResult, ListSkillsResult, ListToolsResult, MetaObject, PaginatedRequestParams,
        ReadResourceRequestParams, ReadResourceResponse, ServerConfig, SubscriptionFilter, Tool,
    },
    service::SubscriptionContext,
};
use serde_json::Value;

use super::{
    Server,
    confirm::{self, ConsentMode},
    dashboard, outcome,
    request::{Context, FRESH_FOR_MS, ORIGIN, audit_refusal, is_modern, requester, workspace},
    runner::CallRunner,
    scripts::run_script,
    subscriptions, trace,
};
use crate::surface::{self, Asked};

/// Methods this server answers; with parameters that cannot be read they arrive as custom requests.
const METHODS: [&str; 12] = [
    "server/discover",
    "tools/call",
    "tools/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "prompts/get",
    "prompts/list",
    "completion/complete",
    "skills/get",
    "skills/list",
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
        trace::traced(span, async {
            self.listed_tools(request.as_ref(), &context)
        })
        .await
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
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        let span = trace::of("prompts/list", &context);
        trace::traced(span, async {
            self.listed_prompts(request.as_ref(), &context)
        })
        .await
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        let span = trace::of("resources/list", &context);
        trace::traced(span, async {
            self.listed_resources(request.as_ref(), &context)
        })
        .await
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let span = trace::of("resources/templates/list", &context);
        trace::traced(span, async {
            self.listed_templates(request.as_ref(), &context)
        })
        .await
    }

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListSkillsResult, ErrorData> {
        let span = trace::of("skills/list", &context);
        trace::traced(span, async {
            self.listed_skills(request.as_ref(), &context)
        })
        .await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let span = trace::of_read(&request.uri, &context);
        trace::traced(span, Box::pin(self.read(&request.uri, &context))).await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let span = trace::of_prompt(&request.name, &context);
        trace::traced(span, async { self.prompt(&request, &context) }).await
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: Context,
    ) -> Result<GetSkillResult, ErrorData> {
        let span = trace::of("skills/get", &context);
        trace::traced(span, async { self.skill(&request.uri, &context) }).await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: Context,
    ) -> Result<CompleteResult, ErrorData> {
        let span = trace::of("completion/complete", &context);
        trace::traced(span, Box::pin(self.completed(&request, &context))).await
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
            .with_ttl_ms(FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn call(
        &self,
        mut request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let principal = self.principal(&context)?;
        let by = requester(&principal, &context);
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
                let ran = Box::pin(run_script(&principal, by, mode, script, &context)).await;
                self.inner.recent.forget();
                return Ok(self.told(ran, &context));
            }
            Ok(Asked::Dashboard(asked)) => {
                let is_sandbox = self.is_sandbox();
                let drawn = dashboard::answer(&principal, by, &asked, is_sandbox, &context);
                return Ok(self.told(Box::pin(drawn).await, &context));
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
        let workspace = workspace(&arguments).map(str::to_owned);
        let dry_run = asks_for_dry_run(&arguments);
        let mut runner = CallRunner::new(principal.profile().caller(), &context);
        let call = runner.call(tool, arguments, by);
        let outcome = self.confirmed(mode, consent, call, &mut runner).await;
        if tool.declaration().effect != Effect::Read {
            self.inner.recent.forget();
        }
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
                let mut result = runner.written(tool, outcome, structured).await;
                result.meta.get_or_insert_default().0.extend(meta.0);
                result.into()
            }
        }
    }
}
