//! The lists that clients ask for. Each fits one page, depends on the principal and asks nothing of Portkey.

use rmcp::{
    ErrorData,
    model::{
        Annotations, CacheScope, ListPromptsResult, ListResourceTemplatesResult,
        ListResourcesResult, ListSkillsResult, ListToolsResult, PaginatedRequestParams, Resource,
        ResourceTemplate, Role,
    },
};

use super::{
    Server, dashboard, prompts,
    request::{Context, FRESH_FOR_MS},
    resources::MARKDOWN,
    skills,
};
use crate::surface::{Choices, Dashboard, Document, SKILLS, Skill, Template, tool_index};

/// A list of these entries as a result of the protocol.
macro_rules! page {
    ($result:ident, $entries:expr, $server:expr, $context:expr) => {{
        let mut result = $result::with_all_items($entries)
            .with_ttl_ms(FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private);
        result.meta = $server.meta_for($context);
        Ok(result)
    }};
}

impl Server {
    pub(super) fn listed_tools(
        &self,
        request: Option<&PaginatedRequestParams>,
        context: &Context,
    ) -> Result<ListToolsResult, ErrorData> {
        only_page(request)?;
        let principal = self.principal(context)?;
        page!(
            ListToolsResult,
            self.tools(&principal, context),
            self,
            context
        )
    }

    pub(super) fn listed_resources(
        &self,
        request: Option<&PaginatedRequestParams>,
        context: &Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        only_page(request)?;
        let principal = self.principal(context)?;
        let documents = Document::all().iter();
        let documents = documents.filter(|document| document.is_for(&principal));
        let shown = dashboard::is_shown(context) && Dashboard::is_for(&principal);
        let page = shown.then(dashboard::resource);
        let all = [index()]
            .into_iter()
            .chain(documents.map(document))
            .chain(page)
            .collect();
        page!(ListResourcesResult, all, self, context)
    }

    pub(super) fn listed_templates(
        &self,
        request: Option<&PaginatedRequestParams>,
        context: &Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        only_page(request)?;
        let principal = self.principal(context)?;
        let templates = Template::all().filter(|template| template.is_for(&principal));
        let all = templates.map(template).collect();
        page!(ListResourceTemplatesResult, all, self, context)
    }

    pub(super) fn listed_prompts(
        &self,
        request: Option<&PaginatedRequestParams>,
        context: &Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        only_page(request)?;
        let all = self.skills(context)?.map(prompts::described).collect();
        page!(ListPromptsResult, all, self, context)
    }

    pub(super) fn listed_skills(
        &self,
        request: Option<&PaginatedRequestParams>,
        context: &Context,
    ) -> Result<ListSkillsResult, ErrorData> {
        only_page(request)?;
        let all = self.skills(context)?.map(skills::described).collect();
        page!(ListSkillsResult, all, self, context)
    }

    /// The skills of whoever asks.
    fn skills(
        &self,
        context: &Context,
    ) -> Result<impl Iterator<Item = &'static Skill> + use<>, ErrorData> {
        let principal = self.principal(context)?;
        Ok(SKILLS.iter().filter(move |skill| skill.is_for(&principal)))
    }
}

/// Refuses a cursor: a list has one page, so none was ever handed out.
fn only_page(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    let cursor = request.and_then(|request| request.cursor.as_deref());
    if cursor.is_some_and(|cursor| !cursor.is_empty()) {
        let text = "invalid cursor: the list has one page";
        return Err(ErrorData::invalid_params(text, None));
    }
    Ok(())
}

fn index() -> Resource {
    Resource::new(tool_index(), "tools")
        .with_title("Tools")
        .with_description("Every tool that you may call, with what it does.")
        .with_mime_type(MARKDOWN)
        .with_annotations(for_assistant(0.6))
}

fn document(document: &'static Document) -> Resource {
    Resource::new(document.uri.clone(), document.name)
        .with_title(document.title)
        .with_description(document.description.clone())
        .with_mime_type(MARKDOWN)
        .with_size(document.text.len() as u64)
        .with_annotations(for_assistant(0.3))
}

fn template(template: Template) -> ResourceTemplate {
    let described = ResourceTemplate::new(template.uri, template.name)
        .with_title(template.title)
        .with_description(template.description);
    match template.choices {
        Choices::Objects(_) => described.with_mime_type("application/json"),
        Choices::Tools | Choices::Guides => described
            .with_mime_type(MARKDOWN)
            .with_annotations(for_assistant(0.3)),
    }
}

/// Texts that help a model to use tools; people have the documentation.
fn for_assistant(priority: f32) -> Annotations {
    Annotations::default()
        .with_audience(vec![Role::Assistant])
        .with_priority(priority)
}
