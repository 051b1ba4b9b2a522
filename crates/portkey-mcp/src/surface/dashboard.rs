//! A dashboard that a client wants to be shown: `show_dashboard`, for clients that show pages.

use portkey_api::{
    Declared as _, JsonObject,
    analytics::{
        GetAnalyticsByModels, GetCostAnalytics, GetErrorAnalytics, GetLatencyAnalytics,
        GetRequestAnalytics,
    },
    policies::usage_limits::ListUsageLimits,
};
use portkey_engine::catalog::Tool;
use serde_json::{Value, json};

use crate::{access::Principal, catalog::catalog};

/// What a dashboard is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dashboard {
    pub(crate) period: &'static str,
    /// The slug of a workspace; all without it.
    pub(crate) workspace: Option<String>,
}

/// A part of the dashboard, by the tool that answers it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel {
    pub(crate) name: &'static str,
    pub(crate) tool: &'static str,
}

/// The periods that there are, each as arguments write it; the first one is usual.
const PERIODS: [&str; 4] = ["7d", "24h", "30d", "90d"];

impl Dashboard {
    pub(crate) const NAME: &str = "show_dashboard";
    /// The address of the page.
    pub(crate) const URI: &str = "ui://portkey/dashboard";
    /// What is asked for each panel. Budgets have no period.
    pub(crate) const PANELS: [Panel; 6] = [
        Panel::new("spend", GetCostAnalytics::NAME),
        Panel::new("requests", GetRequestAnalytics::NAME),
        Panel::new("errors", GetErrorAnalytics::NAME),
        Panel::new("latency", GetLatencyAnalytics::NAME),
        Panel::new("models", GetAnalyticsByModels::NAME),
        Panel::new("budgets", ListUsageLimits::NAME),
    ];

    /// The JSON schema of the arguments.
    pub(crate) fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "period": { "type": "string", "enum": PERIODS },
                "workspace": { "type": "string", "description": "Slug; all workspaces without it" },
            },
        })
    }

    /// Whether a principal may see any of it.
    pub(crate) fn is_for(principal: &Principal) -> bool {
        let tools = Self::PANELS.iter().filter_map(|panel| panel.tool());
        let mut tools = tools;
        tools.any(|tool| principal.may_call(tool))
    }

    /// Reads the arguments of a call. The error names the argument that is wrong.
    pub(super) fn read(mut arguments: JsonObject) -> Result<Self, String> {
        let period = match arguments.shift_remove("period") {
            None | Some(Value::Null) => PERIODS.first().copied().unwrap_or_default(),
            Some(asked) => PERIODS
                .into_iter()
                .find(|period| asked == *period)
                .ok_or_else(|| format!("`period` must be one of {}", PERIODS.join(", ")))?,
        };
        let workspace = match arguments.shift_remove("workspace") {
            None | Some(Value::Null) => None,
            Some(Value::String(slug)) => Some(slug).filter(|slug| !slug.is_empty()),
            Some(_) => return Err("`workspace` must be the slug of a workspace".to_owned()),
        };
        match arguments.keys().next() {
            Some(name) => Err(format!(
                "`{name}` is no argument; `{}` takes `period` and `workspace`",
                Self::NAME
            )),
            None => Ok(Self { period, workspace }),
        }
    }

    /// The arguments of the call for a panel.
    pub(crate) fn arguments(&self, panel: Panel) -> JsonObject {
        let mut arguments = JsonObject::new();
        let mut set = |name: &str, value: Value| arguments.insert(name.to_owned(), value);
        if panel.tool == ListUsageLimits::NAME {
            return arguments;
        }
        set("time_of_generation_min", self.period.into());
        set("time_of_generation_max", "now".into());
        if let Some(workspace) = &self.workspace {
            set("workspace_slug", workspace.as_str().into());
        }
        if panel.tool == GetAnalyticsByModels::NAME {
            set("columns", "cost".into());
            set("page_size", 50.into());
        } else if self.period == "24h" {
            set("granularity", "hour".into());
        }
        arguments
    }
}

impl Panel {
    const fn new(name: &'static str, tool: &'static str) -> Self {
        Self { name, tool }
    }

    fn tool(self) -> Option<Tool> {
        catalog().find(self.tool).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &Value) -> Result<Dashboard, String> {
        Dashboard::read(arguments.as_object().unwrap().clone())
    }

    #[test]
    fn a_dashboard_is_of_a_week_and_of_all_workspaces_unless_said() {
        let usual = read(&json!({ "workspace": "" })).unwrap();
        assert_eq!((usual.period, usual.workspace), ("7d", None));
        let asked = read(&json!({ "period": "24h", "workspace": "ws-1" })).unwrap();
        for panel in Dashboard::PANELS {
            let arguments = asked.arguments(panel);
            let is_budget = panel.name == "budgets";
            assert_eq!(arguments.contains_key("workspace_slug"), !is_budget);
        }
    }

    #[test]
    fn what_is_no_choice_is_refused_with_the_argument() {
        for (arguments, said) in [
            (json!({ "period": "8d" }), "`period` must be one of 7d, "),
            (json!({ "workspace": 1 }), "`workspace` must be"),
            (json!({ "days": 7 }), "`days` is no argument"),
        ] {
            let refused = read(&arguments).unwrap_err();
            assert!(refused.starts_with(said), "{refused}");
        }
    }
}
