use std::{borrow::Cow, pin::pin};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CustomRequest,
        CustomResult, DiscoverResult, ErrorCode, ListPromptsRequestMethod, ListPromptsResult,
        ListResourceTemplatesRequestMethod, ListResourceTemplatesResult,
        ListResourcesRequestMethod, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
        ProgressNotificationParam, ServerConfig, Tool,
    },
    service::RequestContext,
};

use super::{Server, find, outcome};
use portkey_api::JsonObject;

use crate::{
    call::{Call, Consent, Failure, Outcome, Progress, Step, asks_for_dry_run},
    catalog,
};

type Context = RequestContext<RoleServer>;

/// How long a client may keep the list of tools, which changes with the process alone.
const LIST_FRESH_FOR_MS: u64 = 300_000;

/// Where results say which organisation, workspace and key they come from.
const ORIGIN: &str = "portkey-mcp/origin";

/// Methods this server answers; with parameters that cannot be read they arrive as custom requests.
const METHODS: [&str; 4] = [
    "server/discover",
    "tools/call",
    "tools/list",
    "notifications/cancelled",
];

/// The same, of the revisions with a handshake alone.
const HANDSHAKE_METHODS: [&str; 2] = ["initialize", "ping"];

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.config()
    }

    async fn discover(&self, _: Context) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.config())
            .with_ttl_ms(LIST_FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let tool = catalog::find(name).ok()?;
        Some(self.inner.descriptions.of(tool))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        // The list fits one page, so no cursor was ever handed out.
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(ErrorData::invalid_params(
                "invalid cursor: the list has one page",
                None,
            ));
        }
        let principal = self.principal(&context)?;
        let mut result = ListToolsResult::with_all_items(self.tools(&principal))
            .with_ttl_ms(LIST_FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private);
        if is_modern(&context) {
            result.meta = Some(self.meta());
        }
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let principal = self.principal(&context)?;
        let tool = find(&principal, &request.name)
            .map_err(|unknown| ErrorData::invalid_params(unknown.to_string(), None))?;
        let (progress, mut steps) = Progress::heard();
        let arguments = request.arguments.unwrap_or_default();
        let workspace = workspace(&arguments).map(str::to_owned);
        let dry_run = asks_for_dry_run(&arguments);
        let client = context.client_info().map(|client| client.name);
        let call = Call {
            tool,
            arguments,
            by: principal.requester(client.as_deref()),
            consent: Consent::Unneeded,
            progress,
        };
        let mut calling = pin!(principal.profile().caller().call(call));
        let outcome = loop {
            tokio::select! {
                outcome = &mut calling => break outcome,
                Some(step) = steps.recv() => tell(&context, step).await,
                // Whoever cancelled has stopped listening; what is sent now reaches nobody.
                () = context.ct.cancelled() => break Err(Failure::Cancelled),
            }
        };
        // The last step may have come together with the end; it is told before the result.
        while let Ok(step) = steps.try_recv() {
            tell(&context, step).await;
        }
        // A key that has just answered may be asked whose it is; before that nothing is sent that was not asked for.
        let used = matches!(outcome, Ok(Outcome::Answer(_))) && !dry_run;
        let profile = principal.profile();
        let origin = profile.told(tool, workspace.as_deref(), used).await;
        let mut result: CallToolResult = outcome::result(tool, outcome, self.inner.structured);
        let meta = result.meta.get_or_insert_default();
        meta.0.insert(ORIGIN.to_owned(), origin);
        if is_modern(&context) {
            meta.0.extend(self.meta().0);
        }
        Ok(result.into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<
            ListResourceTemplatesRequestMethod,
        >())
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
        let text: Cow<'static, str> = format!("unknown method {method}").into();
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, text, None))
    }
}

/// Passes a step on to a client that asked for progress.
async fn tell(context: &Context, step: Step) {
    let Some(token) = context.meta.get_progress_token() else {
        return;
    };
    let mut progress =
        ProgressNotificationParam::new(token, precise(step.done)).with_message(step.message);
    if let Some(total) = step.total {
        progress = progress.with_total(precise(total));
    }
    // A client that is gone hears no more; the call itself notices by its own means.
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
fn is_modern(context: &Context) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| !version.has_initialize())
}
