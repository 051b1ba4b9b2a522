//! The dashboard: a page that clients with MCP Apps show, and the calls whose answers it draws.
//!
//! Only a client that announces the extension is told of it. The page asks nobody but its host, which calls
//! `show_dashboard` for it; each panel is a call of a tool, through the whole pipeline.

use std::sync::{Arc, LazyLock};

use futures_util::future::{join, join_all};
use portkey_api::{
    Declared as _, JsonObject, policies::usage_limits::GetUsageLimit, workspaces::ListWorkspaces,
};
use portkey_engine::{
    call::{Call, Consent, Notes, Outcome, Progress, Requester},
    untrusted::make_visible,
};
use rmcp::model::{
    Annotations, CallToolResult, ContentBlock, MetaObject, Resource, ResourceContents, Role,
    Tool as McpTool, ToolAnnotations,
};
use serde_json::{Value, json};

use super::{
    outcome,
    request::{Context, audit_refusal},
};
use crate::{
    access::Principal,
    surface::{Dashboard, offered},
    wording::Words,
};

/// The extension of pages in a client.
pub(super) const EXTENSION: &str = "io.modelcontextprotocol/ui";
/// The form of a page.
pub(super) const PAGE: &str = "text/html;profile=mcp-app";

/// The key in `_meta` of which page a tool or a resource has, and what older hosts read instead.
const UI: &str = "ui";
const OLDER: &str = "ui/resourceUri";

/// The most budgets of which is asked what is used, since each is a request.
const MOST_BUDGETS: usize = 6;

/// Whether the client of a request shows pages.
pub(super) fn is_shown(context: &Context) -> bool {
    let able = context
        .client_capabilities()
        .and_then(|able| able.extensions);
    let settings = able
        .as_ref()
        .and_then(|extensions| extensions.get(EXTENSION));
    let forms = settings.and_then(|settings| settings.get("mimeTypes")?.as_array());
    forms.is_some_and(|forms| forms.iter().any(|form| form == PAGE))
}

/// The tool, for the lists of clients that show pages.
pub(super) fn tool() -> McpTool {
    let schema = match Dashboard::schema() {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    };
    let does = "Shows the user a dashboard of spend, errors, latency, models and budgets, where they choose the period \
                and the workspace themselves. Answers the totals; for other figures use the analytics tools.";
    let meta = json!({ UI: { "resourceUri": Dashboard::URI }, OLDER: Dashboard::URI });
    let hints = ToolAnnotations::from_raw(None, Some(true), Some(false), Some(true), Some(false));
    McpTool::new(Dashboard::NAME, does, Arc::new(schema))
        .with_title("Show the dashboard")
        .with_annotations(hints)
        .with_meta(of(meta))
}

/// The page in the list of resources.
pub(super) fn resource() -> Resource {
    let shown = Annotations::default().with_audience(vec![Role::User]);
    Resource::new(Dashboard::URI, "dashboard")
        .with_title("Dashboard")
        .with_description("Spend, errors, latency, models and budgets, as a page.")
        .with_mime_type(PAGE)
        .with_size(HTML.len() as u64)
        .with_annotations(shown)
        .with_meta(looks())
}

/// The page itself.
pub(super) fn contents() -> ResourceContents {
    ResourceContents::text(HTML.as_str(), Dashboard::URI)
        .with_mime_type(PAGE)
        .with_meta(looks())
}

/// It loads nothing from anywhere, so no address is allowed.
fn looks() -> MetaObject {
    of(json!({ UI: { "csp": {}, "prefersBorder": true } }))
}

fn of(meta: Value) -> MetaObject {
    match meta {
        Value::Object(members) => MetaObject(members.into_iter().collect()),
        _ => MetaObject::default(),
    }
}

/// The page with its styles and its program in it.
static HTML: LazyLock<String> = LazyLock::new(|| {
    let script = concat!(
        include_str!("dashboard/host.js"),
        include_str!("dashboard/charts.js"),
        include_str!("dashboard/dashboard.js"),
    );
    let script = script.replace("/* version */", env!("CARGO_PKG_VERSION"));
    include_str!("dashboard/dashboard.html")
        .replace("/* style */", include_str!("dashboard/dashboard.css"))
        .replace("/* script */", &script)
});

/// The calls of one dashboard.
struct Calls<'a> {
    principal: &'a Principal,
    by: Requester,
}

/// Answers a call of the tool: the totals as text, and what the page draws.
pub(super) async fn answer(
    principal: &Principal,
    by: Requester,
    dashboard: &Dashboard,
    is_sandbox: bool,
    context: &Context,
) -> CallToolResult {
    let calls = Calls { principal, by };
    tokio::select! {
        drawn = calls.drawn(dashboard, is_sandbox) => result(drawn),
        () = context.ct.cancelled() => outcome::guided(Err("cancelled".to_owned())),
    }
}

impl Calls<'_> {
    /// What the page draws: each panel's answer, or what is wrong with it.
    async fn drawn(&self, dashboard: &Dashboard, is_sandbox: bool) -> Value {
        let asked = Dashboard::PANELS.map(async |panel| {
            let answer = self.ask(panel.tool, dashboard.arguments(panel)).await;
            let answer = match answer {
                Ok(limits) if panel.name == "budgets" => Ok(self.budgets(&limits).await),
                answer => answer,
            };
            (panel.name, answer)
        });
        let workspaces = self.ask(ListWorkspaces::NAME, JsonObject::new());
        let (panels, workspaces) = join(join_all(asked), workspaces).await;
        let mut drawn = JsonObject::new();
        let mut problems = JsonObject::new();
        drawn.insert("period".to_owned(), dashboard.period.into());
        drawn.insert("workspace".to_owned(), json!(dashboard.workspace));
        drawn.insert("sandbox".to_owned(), is_sandbox.into());
        if let Ok(workspaces) = workspaces {
            drawn.insert("workspaces".to_owned(), named(&workspaces));
        }
        for (name, answer) in panels {
            match answer {
                Ok(answer) => drawn.insert(name.to_owned(), answer),
                Err(problem) => problems.insert(name.to_owned(), problem.into()),
            };
        }
        drawn.insert("problems".to_owned(), problems.into());
        let mut drawn = Value::Object(drawn);
        make_visible(&mut drawn);
        drawn
    }

    /// Calls a tool, or says why that does not work.
    async fn ask(&self, tool: &str, arguments: JsonObject) -> Result<Value, String> {
        let (tool, arguments) = match offered(self.principal, tool, arguments) {
            Ok(call) => call,
            Err(refused) => {
                audit_refusal(self.principal, &self.by, &refused).await;
                return Err(refused.why.to_string());
            }
        };
        let call = Call {
            tool,
            arguments,
            by: self.by.clone(),
            consent: Consent::Unneeded,
            progress: Progress::default(),
            notes: Notes::default(),
        };
        match self.principal.profile().caller().call(call).await {
            Ok(Outcome::Answer(answer)) => Ok(answer),
            Ok(_) => Err(format!("`{}` answered no figures", tool.name())),
            Err(failure) => Err(failure.describe(&Words::ForAssistant).to_string()),
        }
    }

    /// What is used of the budgets, by group.
    async fn budgets(&self, limits: &Value) -> Value {
        let limits = limits.get("data").and_then(Value::as_array);
        let limits = limits.into_iter().flatten().take(MOST_BUDGETS);
        let rows = join_all(limits.map(async |limit| {
            let id = limit.get("id").cloned().unwrap_or_default();
            let arguments = [("id", id), ("include_usage", true.into())];
            let arguments = arguments.map(|(name, value)| (name.to_owned(), value));
            let whole = self.ask(GetUsageLimit::NAME, arguments.into_iter().collect());
            used(limit, whole.await.as_ref())
        }));
        json!({ "data": rows.await.concat() })
    }
}

/// The groups of a budget, and how much each has used; the budget alone if nothing was used, or if that is unknown.
fn used(limit: &Value, whole: Result<&Value, &String>) -> Vec<Value> {
    let name = limit
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or("budget");
    let row = |name: String, used: Option<f64>, status: Option<&Value>| {
        json!({
            "name": name,
            "used": used,
            "limit": limit.get("credit_limit"),
            "unit": limit.get("type"),
            "status": status,
        })
    };
    let groups = whole
        .ok()
        .and_then(|whole| whole.get("value_key_usage_map")?.as_object());
    let rows = groups.into_iter().flatten().map(|(group, usage)| {
        let used = usage.get("current_usage").and_then(Value::as_f64);
        row(format!("{name}: {group}"), used, usage.get("status"))
    });
    let rows: Vec<Value> = rows.collect();
    if rows.is_empty() {
        let nothing = whole.is_ok().then_some(0.0);
        vec![row(name.to_owned(), nothing, None)]
    } else {
        rows
    }
}

/// Workspaces by slug and name.
fn named(workspaces: &Value) -> Value {
    let listed = workspaces.get("data").and_then(Value::as_array);
    let listed = listed.into_iter().flatten();
    let named = listed.map(|one| json!({ "slug": one.get("slug"), "name": one.get("name") }));
    named.collect()
}

/// The result: a failure only if no panel can be drawn.
fn result(drawn: Value) -> CallToolResult {
    let figure = |path: &str| drawn.pointer(path).and_then(Value::as_f64);
    let totals = [
        ("spent", "$", "/spend/summary/total_usd"),
        ("requests", "", "/requests/summary/total"),
        ("errors", "", "/errors/summary/total"),
        ("ms latency (p99)", "", "/latency/summary/p99"),
    ];
    let totals = totals.into_iter().filter_map(|(what, symbol, path)| {
        let figure = (figure(path)? * 100.0).round() / 100.0;
        Some(format!("{symbol}{figure} {what}"))
    });
    let totals: Vec<String> = totals.collect();
    let problems = drawn.get("problems").and_then(Value::as_object);
    let problems = problems.into_iter().flatten();
    let problems: Vec<String> = problems
        .map(|(panel, why)| format!("{panel}: {}", why.as_str().unwrap_or_default()))
        .collect();
    if problems.len() == Dashboard::PANELS.len() {
        return outcome::guided(Err(problems.join("\n")));
    }
    let period = drawn
        .get("period")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let totals = totals.join(", ");
    let shown = format!("The user sees the dashboard of the last {period}: {totals}.");
    let missing = (!problems.is_empty()).then(|| format!("Not shown:\n{}", problems.join("\n")));
    let said: Vec<String> = [shown].into_iter().chain(missing).collect();
    let mut result = CallToolResult::success(vec![ContentBlock::text(said.join("\n"))]);
    result.structured_content = Some(drawn);
    result
}
