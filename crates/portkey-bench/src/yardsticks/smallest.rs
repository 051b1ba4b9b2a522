//! The smallest server that the SDK makes: one tool, which makes the call and answers the text it got.

use std::{io, sync::Arc};

use axum::Router;
use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt as _,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
        ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use serde_json::{Map, json};
use tokio::net::TcpListener;

use super::{Upstream, serve};

#[derive(Clone)]
struct Smallest {
    upstream: Upstream,
    tool: Tool,
}

/// Serves one client on standard input and output.
pub async fn stdio() -> io::Result<()> {
    let transport = rmcp::transport::stdio_pipes();
    let serving = Smallest::new().serve(transport).await;
    let ended = serving.map_err(io::Error::other)?.waiting().await;
    ended.map(|_| ()).map_err(io::Error::other)
}

/// Serves Streamable HTTP: sessions for older clients, none for those of 2026-07-28.
pub async fn http(listener: TcpListener) -> io::Result<()> {
    let server = Smallest::new();
    let config = StreamableHttpServerConfig::default().with_json_response(true);
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    serve(listener, Router::new().route_service("/mcp", service)).await
}

impl Smallest {
    fn new() -> Self {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        Self {
            upstream: Upstream::from_environment(),
            tool: Tool::new("list_workspaces", "List workspaces", Arc::new(schema)),
        }
    }
}

impl ServerHandler for Smallest {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("smallest", env!("CARGO_PKG_VERSION")))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        (name == self.tool.name).then(|| self.tool.clone())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![self.tool.clone()]))
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let answer = async { self.upstream.workspaces().await?.text().await };
        let result = match answer.await {
            Ok(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_string())]),
        };
        Ok(result.into())
    }
}
