//! One request, as far as analytics read it.

use rusqlite::Row;

use crate::rules::prices::Price;

/// What requests with the same row of `log_kinds` have in common. It is small, because there may be many.
#[derive(Debug)]
pub(super) struct RequestKind {
    /// The number of their group; `Requests::group` has its name.
    pub(super) group: Option<u32>,
    /// The number of their end user, if users are counted.
    pub(super) user: Option<u32>,
    pub(super) cache: Cache,
    pub(super) price: Option<&'static Price>,
}

/// Whether the cache answered them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    /// The cache held the same request.
    SimpleHit,
    /// The cache held a request with the same meaning.
    SemanticHit,
    /// The cache did not answer.
    Other,
}

/// The figures of one request. Columns that are not read are zero or `None`.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// Milliseconds since 1970.
    pub(super) created_at: Option<i64>,
    pub(super) status_code: u16,
    pub(super) prompt_tokens: u32,
    pub(super) completion_tokens: u32,
    pub(super) cost: f64,
    pub(super) latency: Option<u32>,
    pub(super) retries: u32,
    pub(super) is_fallback: bool,
    pub(super) weighted_feedback: Option<f64>,
}

/// A column that can be read of each request. Reading fewer is faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    CreatedAt,
    StatusCode,
    PromptTokens,
    CompletionTokens,
    Cost,
    Latency,
    Retries,
    IsFallback,
    WeightedFeedback,
}

impl Cache {
    pub(super) fn of(status: &str) -> Self {
        match status {
            "hit" => Self::SimpleHit,
            "semantic hit" => Self::SemanticHit,
            _ => Self::Other,
        }
    }
}

impl Request {
    pub(super) fn set(
        &mut self,
        column: Column,
        row: &Row<'_>,
        index: usize,
    ) -> rusqlite::Result<()> {
        match column {
            Column::CreatedAt => self.created_at = row.get(index)?,
            Column::StatusCode => self.status_code = row.get(index)?,
            Column::PromptTokens => self.prompt_tokens = row.get(index)?,
            Column::CompletionTokens => self.completion_tokens = row.get(index)?,
            Column::Cost => self.cost = row.get(index)?,
            Column::Latency => self.latency = row.get(index)?,
            Column::Retries => self.retries = row.get(index)?,
            Column::IsFallback => self.is_fallback = row.get(index)?,
            Column::WeightedFeedback => self.weighted_feedback = row.get(index)?,
        }
        Ok(())
    }
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::StatusCode => "status_code",
            Self::PromptTokens => "prompt_tokens",
            Self::CompletionTokens => "completion_tokens",
            Self::Cost => "cost",
            Self::Latency => "latency",
            Self::Retries => "retries",
            Self::IsFallback => "is_fallback",
            Self::WeightedFeedback => "weighted_feedback",
        }
    }
}
