//! One request, as far as analytics read it.

use rusqlite::Row;

use crate::rules::prices::Price;

/// What requests of a kind have in common, as far as it matters. There may be many, so it is small.
#[derive(Debug)]
pub(super) struct RequestKind {
    /// Which group they belong to; `Requests::group` has its name.
    pub(super) group: Option<u32>,
    /// Which end user they are for, as a number, where that is asked for.
    pub(super) user: Option<u32>,
    pub(super) cache: Cache,
    pub(super) price: Option<&'static Price>,
}

/// What the cache did for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    /// It found the same request.
    SimpleHit,
    /// It found a request that means the same.
    SemanticHit,
    /// Nothing.
    Other,
}

/// The figures of one request. What isn't read is zero or nothing.
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

/// What can be read of a request, besides its kind. Each costs time.
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
