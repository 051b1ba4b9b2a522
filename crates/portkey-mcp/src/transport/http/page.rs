//! `/`: a page that says what this server is and how to connect to it.

mod snippets;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri, header},
    response::{IntoResponse as _, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use portkey_api::{DOMAINS, Edition};
use portkey_engine::catalog::Tool;
use rmcp::model::ProtocolVersion;
use tokio::sync::watch;
use uuid::Uuid;

use super::host_policy;
use crate::{
    access::Access,
    auth::Credential,
    catalog::catalog,
    config::{HttpSettings, PublicUrl},
    server::Server,
    surface::first_sentence,
};

const STYLE: &str = include_str!("page/page.css");
const ICON: &str = include_str!("page/icon.svg");
/// Copies the text beside a button; without it, a click selects the text.
const COPY: &str = include_str!("page/copy.js");

/// What the page needs to be rendered.
#[derive(Debug)]
pub(super) struct Page {
    access: watch::Receiver<Arc<Access>>,
    public: Option<PublicUrl>,
    sandbox: bool,
}

impl Page {
    pub(super) fn new(
        server: &Server,
        access: watch::Receiver<Arc<Access>>,
        settings: &HttpSettings,
    ) -> Self {
        Self {
            access,
            public: settings.auth.public_url.clone(),
            sandbox: server.is_sandbox(),
        }
    }

    /// The address for clients: that of `--public-url`, or the one that the browser used.
    fn endpoint(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        if let Some(public) = &self.public {
            return Some(public.endpoint());
        }
        let host = host_policy::host(uri, headers)?;
        let secure = headers
            .get("x-forwarded-proto")
            .is_some_and(|scheme| scheme == "https");
        let scheme = if secure { "https" } else { "http" };
        Some(format!("{scheme}://{host}/mcp"))
    }
}

pub(super) async fn show(State(page): State<Arc<Page>>, request: Request) -> Response {
    let (uri, headers) = (request.uri(), request.headers());
    let endpoint = page.endpoint(uri, headers).unwrap_or_default();
    let (credential, edition) = {
        let access = page.access.borrow();
        (access.credential(), access.everybody().profile().edition())
    };
    let nonce = Uuid::new_v4().simple().to_string();
    let markup = whole(page.sandbox, edition, &endpoint, credential, &nonce);
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, markup.into_string()).into_response()
}

fn whole(
    sandbox: bool,
    edition: Edition,
    endpoint: &str,
    credential: Credential,
    nonce: &str,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Portkey Admin over MCP" }
                link rel="icon" href=(icon());
                style nonce=(nonce) { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (head(sandbox))
                    (connect(endpoint, credential))
                    (tools())
                    (facts(edition))
                }
                script nonce=(nonce) { (PreEscaped(COPY)) }
            }
        }
    }
}

fn head(sandbox: bool) -> Markup {
    html! {
        header {
            (PreEscaped(ICON))
            div {
                h1 { "Portkey Admin" }
                p.lead { "The Portkey AI gateway's Admin API as tools of the Model Context Protocol." }
            }
            span.state { "running" }
        }
        @if sandbox {
            p.sandbox {
                strong { "Sandbox. " }
                "An emulated organisation with made-up data; nothing reaches Portkey."
            }
        }
    }
}

fn connect(endpoint: &str, credential: Credential) -> Markup {
    let advice = match credential {
        Credential::Nothing => "Add this address to your client. It asks for no credentials.",
        Credential::Token => {
            "Add this address to your client, with the token that you were given in place of YOUR_TOKEN."
        }
        Credential::SignIn => {
            "Add this address to your client. It opens a browser for you to sign in."
        }
    };
    let snippets = snippets::all(endpoint, credential);
    html! {
        section {
            h2 { "Connect" }
            p { (advice) }
            div.copied.endpoint { pre { code { (endpoint) } } (copy()) }
            p.links {
                @for (link, does) in snippets.iter().filter_map(|snippet| snippet.link.as_ref()) {
                    a.button href=(link) { (does) } " "
                }
            }
            @for (place, snippet) in snippets.iter().enumerate() {
                details open[place == 0] {
                    summary { (snippet.client) span.where { (snippet.place) } }
                    div.copied { pre { code { (snippet.text) } } (copy()) }
                }
            }
        }
    }
}

/// Is shown where it works.
fn copy() -> Markup {
    html! { button type="button" data-copy hidden { "Copy" } }
}

/// What there is to call: the domains at a glance, and every tool behind a click.
fn tools() -> Markup {
    let domains: Vec<(&str, Vec<Tool>)> = DOMAINS
        .iter()
        .map(|domain| {
            let entries = catalog()
                .entries()
                .filter(|entry| entry.domain == domain.name());
            let tools = entries.map(|entry| entry.tool);
            let listed = tools.filter(|tool| !tool.declaration().unlisted);
            (domain.title, listed.collect())
        })
        .collect();
    html! {
        section {
            h2 { "Tools" }
            p { "What an assistant can do for you here, as far as the operator offers it to you." }
            p.domains {
                @for (title, tools) in &domains { span.chip { (title) " " b { (tools.len()) } } " " }
            }
            details {
                summary { "Every tool" }
                @for (title, tools) in &domains {
                    h3 { (title) }
                    dl.tools {
                        @for tool in tools {
                            dt { code { (tool.name()) } }
                            dd { (first_sentence(tool.declaration().description)) "." }
                        }
                    }
                }
            }
        }
    }
}

fn facts(edition: Edition) -> Markup {
    let revisions = ProtocolVersion::KNOWN_VERSIONS.iter().rev();
    html! {
        section {
            h2 { "About" }
            dl {
                dt { "Version" }
                dd { (env!("CARGO_PKG_VERSION")) }
                dt { "Edition" }
                dd { (edition) @if edition == Edition::PrismaAirs { " (a preview)" } }
                dt { "Tools" }
                dd { (catalog().tools().count()) " at most; what you are offered is up to the operator" }
                dt { "Protocol" }
                dd { @for revision in revisions { span.revision { (revision) } " " } }
                dt { "Probes" }
                dd { a href="health" { "/health" } " " a href="ready" { "/ready" } }
                dt { "Metrics" }
                dd { a href="metrics" { "/metrics" } ", for Prometheus" }
                dt { "Guides" }
                dd {
                    "Your client reads them as resources: " code { "portkey://tools" } ", "
                    code { "portkey://guides/{name}" } ". In a shell: " code { "portkey-mcp --help" }
                }
            }
        }
    }
}

/// The page's icon, as a `data:` URL.
fn icon() -> String {
    let mut url = "data:image/svg+xml,".to_owned();
    url.extend(ICON.chars().map(|c| match c {
        '#' => "%23".to_owned(),
        '<' => "%3C".to_owned(),
        '>' => "%3E".to_owned(),
        '"' => "'".to_owned(),
        other => other.to_string(),
    }));
    url
}
