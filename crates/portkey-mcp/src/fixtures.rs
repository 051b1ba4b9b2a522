//! The tools, prompts and resources that the official conformance suite expects of a server, beside our own.
//!
//! Compiled with the feature `conformance-fixtures` alone, which no released program has. They are mounted where our
//! own handler is, so that the suite judges everything in front of it: the transport, sessions, headers, streams.

#![expect(
    deprecated,
    reason = "the suite tests sampling and logging, which older revisions have"
)]

mod actions;
mod data;
mod rounds;

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, CompletionInfo, ContentBlock, CustomRequest, CustomResult, DiscoverResult,
        GetPromptRequestParams, GetPromptResponse, GetPromptResult, GetSkillRequestParams,
        GetSkillResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
        ListSkillsResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
        ReadResourceResponse, ReadResourceResult, Reference, RequestStateCodec, ServerCapabilities,
        ServerConfig, SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool,
        UnsubscribeRequestParams,
    },
    service::{RequestContext, SubscriptionContext, SubscriptionSink},
};
use tokio::sync::Mutex;

use crate::server::Server;
use data::{Action, Fixtures, List};

type Context = RequestContext<RoleServer>;

/// How long a client may keep what is listed or read.
const FRESH_FOR_MS: u64 = 60_000;

/// Our server with the fixtures beside its tools.
#[derive(Clone)]
pub(crate) struct Mounted {
    server: Server,
    fixtures: &'static Fixtures,
    codec: RequestStateCodec,
    listeners: Arc<Mutex<Vec<SubscriptionSink>>>,
}

impl Mounted {
    /// Puts the fixtures beside the tools of `server`.
    pub(crate) fn on(server: Server) -> Self {
        Self {
            server,
            fixtures: data::fixtures(),
            // A key for tests, which has no secret to keep.
            codec: RequestStateCodec::new_unchecked(*b"conformance fixtures seal nothing secret"),
            listeners: Arc::default(),
        }
    }

    /// Notifies all subscribers that a list changed; those that are gone are ignored.
    async fn tell(&self, list: List) -> CallToolResult {
        for listener in self.listeners.lock().await.iter() {
            _ = match list {
                List::Tools => listener.notify_tool_list_changed().await,
                List::Prompts => listener.notify_prompt_list_changed().await,
            };
        }
        CallToolResult::success(vec![ContentBlock::text("told")])
    }
}

impl ServerHandler for Mounted {
    fn get_info(&self) -> ServerConfig {
        let mut info = self.server.get_info();
        info.capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .enable_skills()
            .build();
        info
    }

    async fn discover(&self, context: Context) -> Result<DiscoverResult, ErrorData> {
        let mut discovered = self.server.discover(context).await?;
        discovered.capabilities = self.get_info().capabilities;
        Ok(discovered)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let fixture = self.fixtures.tools.iter().find(|tool| tool.name == name);
        match fixture {
            Some(fixture) => Some(fixture.tool()),
            None => self.server.get_tool(name),
        }
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.server.list_tools(request, context).await?;
        let fixtures = self.fixtures.tools.iter().map(data::ToolFixture::tool);
        listed.tools.extend(fixtures);
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let fixture = self
            .fixtures
            .tools
            .iter()
            .find(|tool| tool.name == request.name);
        match fixture.map(|fixture| &fixture.does) {
            None => self.server.call_tool(request, context).await,
            Some(Action::Rounds(rounds)) => rounds.call(&self.codec, &request, &context),
            Some(Action::Change(list)) => Ok(self.tell(*list).await.into()),
            Some(action) => Ok(actions::perform(action, request, &context).await?.into()),
        }
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        let mut listed = self.server.list_prompts(request, context).await?;
        let fixtures = self.fixtures.prompts.iter().map(|one| one.prompt.clone());
        listed.prompts.extend(fixtures);
        Ok(listed)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let prompts = &self.fixtures.prompts;
        let Some(fixture) = prompts.iter().find(|one| one.prompt.name == request.name) else {
            return self.server.get_prompt(request, context).await;
        };
        if let Some(asked) =
            rounds::missing(&fixture.ask, request.input_responses.as_ref(), &context)
        {
            return Ok(asked.into());
        }
        let messages = fixture.filled(&request.arguments.unwrap_or_default());
        let messages = messages.map_err(|e| ErrorData::invalid_params(e.to_string(), None))?;
        Ok(GetPromptResult::new(messages).into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut listed = self.server.list_resources(request, context).await?;
        let fixtures = self.fixtures.resources.iter();
        listed
            .resources
            .extend(fixtures.map(|one| one.resource.clone()));
        Ok(listed)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut listed = self
            .server
            .list_resource_templates(request, context)
            .await?;
        let fixtures = self.fixtures.templates.iter();
        listed
            .resource_templates
            .extend(fixtures.map(|one| one.template.clone()));
        Ok(listed)
    }

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListSkillsResult, ErrorData> {
        self.server.list_skills(request, context).await
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: Context,
    ) -> Result<GetSkillResult, ErrorData> {
        self.server.get_skill(request, context).await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let Some(contents) = self.fixtures.read(&request.uri) else {
            return self.server.read_resource(request, context).await;
        };
        Ok(ReadResourceResult::new(vec![contents])
            .with_ttl_ms(FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private)
            .into())
    }

    fn accepted_subscription_filter(
        &self,
        asked: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(asked.supported_by(&self.get_info().capabilities))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.listeners.lock().await.push(context.sink().clone());
        context.cancelled().await;
        Ok(())
    }

    async fn subscribe(&self, _: SubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(&self, _: UnsubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn set_level(&self, _: SetLevelRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: Context,
    ) -> Result<CompleteResult, ErrorData> {
        let is_fixture = match &request.r#ref {
            Reference::Prompt(named) => {
                let mut prompts = self.fixtures.prompts.iter();
                prompts.any(|one| one.prompt.name == named.name)
            }
            Reference::Resource(named) => {
                let mut templates = self.fixtures.templates.iter();
                templates.any(|one| one.template.uri_template == named.uri)
            }
            _ => false,
        };
        if !is_fixture {
            return self.server.complete(request, context).await;
        }
        let begun = request.argument.value;
        let values = ["paris", "park", "party"].into_iter();
        let values = values.filter(|value| value.starts_with(&begun));
        CompletionInfo::new(values.map(str::to_owned).collect())
            .map(CompleteResult::new)
            .map_err(|e| ErrorData::internal_error(e, None))
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: Context,
    ) -> Result<CustomResult, ErrorData> {
        self.server.on_custom_request(request, context).await
    }
}
