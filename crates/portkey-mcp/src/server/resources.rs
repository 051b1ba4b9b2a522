//! Reads resources. An object of Portkey is read by a call of the tool that gets it, through the whole pipeline; the rest
//! are texts of this server.

use portkey_client::ErrorKind;
use portkey_engine::{call::Failure, untrusted::brief};
use rmcp::{
    ErrorData,
    model::{
        CacheScope, CallToolResult, ContentBlock, ErrorCode, MetaObject, ReadResourceResponse,
        ReadResourceResult, ResourceContents,
    },
};
use serde_json::json;

use super::{
    Server, dashboard, reference,
    request::{Context, FRESH_FOR_MS, ORIGIN, audit_refusal, requester, workspace},
    runner::CallRunner,
};
use crate::{
    access::Principal,
    config::Structured,
    surface::{self, Collection, Dashboard, Resource, Template, tool_index},
};

pub(super) const MARKDOWN: &str = "text/markdown";
const JSON: &str = "application/json";

impl Server {
    /// Reads what is at an address.
    pub(super) async fn read(
        &self,
        uri: &str,
        context: &Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let principal = self.principal(context)?;
        let text = match Resource::at(uri) {
            Some(Resource::Object(collection, id)) => {
                return self.object(collection, id, uri, &principal, context).await;
            }
            Some(Resource::ToolIndex) => reference::index(&principal),
            Some(Resource::Tool(tool)) if principal.lists(tool) => reference::page(tool),
            Some(Resource::Document(document)) if document.is_for(&principal) => {
                document.text.clone()
            }
            Some(Resource::Dashboard) if Dashboard::is_for(&principal) => {
                let page = vec![dashboard::contents()];
                return Ok(self.contents(page, FRESH_FOR_MS, None, context));
            }
            Some(Resource::Tool(_) | Resource::Document(_) | Resource::Dashboard) | None => {
                return Err(unknown(uri, &principal));
            }
        };
        let contents = ResourceContents::text(text, uri).with_mime_type(MARKDOWN);
        Ok(self.contents(vec![contents], FRESH_FOR_MS, None, context))
    }

    /// Reads an object of Portkey.
    async fn object(
        &self,
        collection: &Collection,
        id: String,
        uri: &str,
        principal: &Principal,
        context: &Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let Some((reader, argument)) = collection.reader() else {
            return Err(unknown(uri, principal));
        };
        let by = requester(principal, context);
        let arguments = [(argument.to_owned(), id.into())].into_iter().collect();
        let (tool, arguments) = match surface::offered(principal, reader.name(), arguments) {
            Ok(asked) => asked,
            Err(refused) => {
                audit_refusal(principal, &by, &refused).await;
                return Err(ErrorData::invalid_params(refused.why.to_string(), None));
            }
        };
        let mut runner = CallRunner::new(principal.profile().caller(), context);
        let workspace = workspace(&arguments).map(str::to_owned);
        let call = runner.call(tool, arguments, by);
        let outcome = runner.run(call).await;
        let code = outcome.as_ref().err().map(code);
        let result = runner.written(tool, outcome, Structured::Never).await;
        if let Some(code) = code {
            return Err(ErrorData::new(
                code,
                said(result),
                Some(json!({ "uri": uri })),
            ));
        }
        let profile = principal.profile();
        let origin = profile.origin(tool, workspace.as_deref(), true).await;
        let meta = MetaObject([(ORIGIN.to_owned(), origin)].into_iter().collect());
        Ok(self.contents(blocks(result, uri), 0, Some(meta), context))
    }

    fn contents(
        &self,
        contents: Vec<ResourceContents>,
        fresh_for_ms: u64,
        meta: Option<MetaObject>,
        context: &Context,
    ) -> ReadResourceResponse {
        let mut result = ReadResourceResult::new(contents)
            .with_ttl_ms(fresh_for_ms)
            .with_cache_scope(CacheScope::Private);
        result.meta = meta;
        if let Some(own) = self.meta_for(context) {
            result.meta.get_or_insert_default().0.extend(own.0);
        }
        result.into()
    }
}

/// The answer of a tool as the contents of a resource: the object, and notes of this server beside it.
fn blocks(result: CallToolResult, uri: &str) -> Vec<ResourceContents> {
    let texts = result.content.into_iter().filter_map(|block| match block {
        ContentBlock::Text(text) => Some(text),
        _ => None,
    });
    let contents = texts.enumerate().map(|(place, text)| {
        if place > 0 {
            return ResourceContents::text(text.text, format!("{uri}#note"));
        }
        let object = ResourceContents::text(text.text, uri).with_mime_type(JSON);
        match text.meta {
            Some(mark) => object.with_meta(mark),
            None => object,
        }
    });
    contents.collect()
}

/// What a tool said that failed.
fn said(result: CallToolResult) -> String {
    let contents = result.content.into_iter().filter_map(|block| match block {
        ContentBlock::Text(text) => Some(text.text),
        _ => None,
    });
    contents.collect::<Vec<_>>().join("\n\n")
}

/// The code of the protocol for a read that failed.
fn code(failure: &Failure) -> ErrorCode {
    match failure {
        Failure::Upstream { error, .. } if error.kind() == ErrorKind::NotFound => {
            ErrorCode::RESOURCE_NOT_FOUND
        }
        Failure::Arguments(_) | Failure::Forbidden(_) | Failure::Lacking { .. } => {
            ErrorCode::INVALID_PARAMS
        }
        _ => ErrorCode::INTERNAL_ERROR,
    }
}

/// The error for an address at which a principal finds nothing. The SDK gives it the code of the client's revision.
pub(super) fn unknown(uri: &str, principal: &Principal) -> ErrorData {
    let templates = Template::all().filter(|template| template.is_for(principal));
    let templates: Vec<String> = templates.map(|template| template.uri).collect();
    let text = format!(
        "there is no resource `{}`; there is {}, and what `resources/list` lists. {} names your tools",
        brief(uri),
        templates.join(", "),
        tool_index(),
    );
    ErrorData::resource_not_found(text, Some(json!({ "uri": uri })))
}
