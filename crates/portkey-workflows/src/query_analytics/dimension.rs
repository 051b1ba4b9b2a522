//! What figures can be grouped by, and how Portkey is asked for that.

use portkey_api::{
    JsonObject,
    analytics::{
        self as api, Filter, GetAnalyticsByMetadata, GetAnalyticsGroup, GetUserStats, Order, Rows,
    },
};
use portkey_api_core::{CommaSeparated, Open, PageSize};
use portkey_engine::call::{CallContext, Failure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    metric::{Metric, asked},
    period::Stretch,
};

/// What figures can be grouped by: time, or a property of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum GroupBy {
    Hour,
    Day,
    Week,
    Month,
    Model,
    AiService,
    Provider,
    Workspace,
    ApiKey,
    Config,
    Prompt,
    StatusCode,
    User,
    Metadata,
}

/// A property of requests that figures can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    /// One that Portkey has a general grouping for.
    Property(api::Dimension),
    /// The end user, which is the value of `_user` in the metadata.
    User,
    /// The value of another key of the metadata.
    Metadata,
}

/// The key of the metadata with the end user.
const USER: &str = "_user";

/// Rows that are asked for at once. Portkey says nothing of a limit, and lists of it have 100 at most.
const ROWS: u32 = 100;

/// The member of rows that says what kind of object they are.
const OBJECT: &str = "object";

impl GroupBy {
    /// The stretch of time, if that is what it groups by.
    pub(super) const fn stretch(self) -> Option<Stretch> {
        match self {
            Self::Hour => Some(Stretch::Hour),
            Self::Day => Some(Stretch::Day),
            Self::Week => Some(Stretch::Week),
            Self::Month => Some(Stretch::Month),
            _ => None,
        }
    }

    /// The property, if that is what it groups by.
    pub(super) const fn dimension(self) -> Option<Dimension> {
        let property = match self {
            Self::Hour | Self::Day | Self::Week | Self::Month => return None,
            Self::User => return Some(Dimension::User),
            Self::Metadata => return Some(Dimension::Metadata),
            Self::Model => api::Dimension::Model,
            Self::AiService => api::Dimension::AiService,
            Self::Provider => api::Dimension::Provider,
            Self::Workspace => api::Dimension::Workspace,
            Self::ApiKey => api::Dimension::ApiKey,
            Self::Config => api::Dimension::Config,
            Self::Prompt => api::Dimension::Prompt,
            Self::StatusCode => api::Dimension::StatusCode,
        };
        Some(Dimension::Property(property))
    }
}

impl Dimension {
    pub(super) const WORKSPACE: Self = Self::Property(api::Dimension::Workspace);

    /// Its name in rows.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Metadata => "metadata",
            Self::Property(property) => match property {
                api::Dimension::AiService => "ai_service",
                api::Dimension::Model => "model",
                api::Dimension::StatusCode => "status_code",
                api::Dimension::ApiKey => "api_key",
                api::Dimension::Config => "config",
                api::Dimension::Workspace => "workspace",
                api::Dimension::Provider => "provider",
                api::Dimension::Prompt => "prompt",
                api::Dimension::Mcp | api::Dimension::A2a => "name",
            },
        }
    }

    /// Whether Portkey can filter by it, so that the groups of each of its values can be asked for.
    pub(super) const fn is_filter(self) -> bool {
        use api::Dimension::{A2a, AiService, Mcp, Model};
        !matches!(self, Self::Property(AiService | Model | Mcp | A2a))
    }

    /// The filter that lets only requests with this value through. `key` is the key of the metadata.
    pub(super) fn narrowed(self, filter: &Filter, key: &str, value: &str) -> Filter {
        let mut filter = filter.clone();
        let list = Some(CommaSeparated(value.to_owned()));
        match self {
            Self::User => add_metadata(&mut filter, USER, value),
            Self::Metadata => add_metadata(&mut filter, key, value),
            Self::Property(property) => match property {
                api::Dimension::Workspace => filter.workspace_slug = Some(value.into()),
                api::Dimension::Provider => filter.virtual_keys = list,
                api::Dimension::ApiKey => filter.api_key_ids = list,
                api::Dimension::Config => filter.configs = list,
                api::Dimension::Prompt => filter.prompt_slug = list,
                api::Dimension::StatusCode => filter.status_code = list,
                api::Dimension::Model
                | api::Dimension::AiService
                | api::Dimension::Mcp
                | api::Dimension::A2a => {}
            },
        }
        filter
    }

    /// Whether Portkey's rows of this grouping can tell the metric.
    pub(super) fn tells(self, metric: Metric) -> bool {
        let columns = metric.facts().columns;
        let told: &[&str] = match self {
            Self::User => &["requests", "cost"],
            Self::Metadata => &["requests", "cost", "avg_weighted_feedback"],
            Self::Property(_) => return !columns.is_empty(),
        };
        !columns.is_empty() && columns.iter().all(|column| told.contains(column))
    }

    /// Asks for the rows of the grouping, those with most of the first metric first.
    pub(super) async fn ask(
        self,
        context: CallContext<'_>,
        filter: &Filter,
        key: &str,
        metrics: &[Metric],
    ) -> Result<Vec<Group>, Failure> {
        let filter = filter.clone();
        let rows = self.rows(metrics);
        let answer = match self {
            Self::User => asked(context, &GetUserStats { filter, rows }).await?,
            Self::Metadata => {
                let metadata_key = key.to_owned();
                let grouping = GetAnalyticsByMetadata {
                    metadata_key,
                    filter,
                    rows,
                };
                asked(context, &grouping).await?
            }
            Self::Property(group_by) => {
                let told = metrics.iter().flat_map(|metric| metric.facts().columns);
                let mut columns: Vec<&str> = Vec::new();
                for column in told {
                    if !columns.contains(column) {
                        columns.push(column);
                    }
                }
                let columns = (!columns.is_empty()).then(|| CommaSeparated(columns.join(",")));
                let grouping = GetAnalyticsGroup {
                    group_by: Open::of(&group_by),
                    filter,
                    columns,
                    include_total: None,
                    rows,
                };
                asked(context, &grouping).await?
            }
        };
        let rows = answer.get("data").and_then(Value::as_array);
        let rows = rows.into_iter().flatten().filter_map(Value::as_object);
        Ok(rows.map(|row| self.group(row)).collect())
    }

    /// Most of what first: of the first metric, if that is a column of its own; otherwise of requests, which is Portkey's
    /// order.
    fn rows(self, metrics: &[Metric]) -> Rows {
        let first = metrics.first().filter(|metric| self.tells(**metric));
        let column = match first.map(|metric| metric.facts().columns) {
            Some([column]) if *column != "success_rate" => Some((*column).to_owned()),
            _ => None,
        };
        Rows {
            order_by_type: column.as_ref().map(|_| Open::of(&Order::Desc)),
            order_by: column,
            page_size: Some(PageSize(ROWS)),
            ..Rows::default()
        }
    }

    /// Portkey does not document which member names the group: its own name, or the one text that is no figure.
    fn group(self, row: &JsonObject) -> Group {
        let members = [self.name(), "metadata_value", "ai_model"];
        let named = members.iter().find_map(|name| row.get(*name));
        let named = named.or_else(|| {
            let mut texts = row.iter().filter(|(_, value)| value.is_string());
            let text = texts.find(|(name, _)| !name.ends_with("_seen") && *name != OBJECT);
            text.map(|(_, value)| value)
        });
        let value = match named {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(value) => Some(value.to_string()),
        };
        Group {
            value,
            row: row.clone(),
        }
    }
}

/// A group as Portkey answers it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// What its requests have in common. None of requests that lack the property.
    pub(super) value: Option<String>,
    /// Its figures.
    pub(super) row: JsonObject,
}

fn add_metadata(filter: &mut Filter, key: &str, value: &str) {
    let metadata = filter.metadata.get_or_insert_default();
    metadata.insert(key.to_owned(), value.into());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn group(dimension: Dimension, row: &Value) -> Option<String> {
        dimension.group(row.as_object().unwrap()).value
    }

    #[test]
    fn a_group_is_named_by_its_dimension_or_by_the_only_text() {
        let workspace = Dimension::WORKSPACE;
        let named = json!({ "requests": 3, "workspace": "ws-1", "object": "analytics-group" });
        assert_eq!(group(workspace, &named).as_deref(), Some("ws-1"));
        let otherwise = json!({ "last_seen": "2026", "requests": 3, "slug": "ws-1" });
        assert_eq!(group(workspace, &otherwise).as_deref(), Some("ws-1"));
        let number = json!({ "status_code": 429, "requests": 3 });
        let status = Dimension::Property(api::Dimension::StatusCode);
        assert_eq!(group(status, &number).as_deref(), Some("429"));
        assert_eq!(
            group(workspace, &json!({ "workspace": null, "requests": 1 })),
            None
        );
    }

    #[test]
    fn a_filter_keeps_what_it_had() {
        let filter = Filter {
            metadata: json!({ "team": "search" }).as_object().cloned(),
            ..Filter::default()
        };
        let narrowed = Dimension::User.narrowed(&filter, "", "ann");
        let both = json!({ "team": "search", "_user": "ann" });
        assert_eq!(narrowed.metadata, both.as_object().cloned());
        let narrowed = Dimension::WORKSPACE.narrowed(&narrowed, "", "ws-1");
        assert_eq!(narrowed.workspace_slug, Some("ws-1".into()));
        assert_eq!(narrowed.metadata, both.as_object().cloned());
    }

    #[test]
    fn groups_come_in_the_order_of_the_first_metric() {
        let rows = |dimension: Dimension, metric| dimension.rows(&[metric]).order_by;
        let provider = GroupBy::Provider.dimension().unwrap();
        assert_eq!(
            rows(provider, Metric::Tokens).as_deref(),
            Some("total_tokens")
        );
        assert_eq!(rows(provider, Metric::Users), None);
        assert_eq!(rows(Dimension::User, Metric::Tokens), None);
    }
}
