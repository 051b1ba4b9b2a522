//! Feedback: how well requests were answered.

use portkey_api_core::{Check, JsonObject, Problem, answer, catalog, endpoint, id};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

catalog! { "Feedback", also "tracing":
    CreateFeedback,
    UpdateFeedback,
}

/// Give feedback on an answer
///
/// Gives an answer a thumbs up or thumbs down (rates a response) by `trace_id` and `value`, or several by `feedback`.
#[endpoint(POST "/feedback" -> FeedbackGiven, scopes("logs.write"), keys(workspace), checked)]
pub struct CreateFeedback {
    #[in_example]
    pub trace_id: Option<String>,
    #[schemars(range(min = -10, max = 10))]
    #[in_example]
    pub value: Option<i32>,
    /// Default 1.
    #[schemars(range(min = 0, max = 1))]
    pub weight: Option<f64>,
    pub metadata: Option<JsonObject>,
    /// Instead of the rest.
    #[spread]
    #[excludes(trace_id, value, weight, metadata)]
    pub feedback: Option<Vec<NewFeedback>>,
}

impl Check for CreateFeedback {
    fn check(&self) -> Result<(), Problem> {
        match self {
            Self {
                trace_id: Some(_),
                value: Some(_),
                feedback: None,
                ..
            } => Ok(()),
            Self {
                trace_id: None,
                value: None,
                weight: None,
                metadata: None,
                feedback: Some(feedback),
            } if !feedback.is_empty() => Ok(()),
            _ => Err(Problem::rule(
                "feedback",
                "give `trace_id` and `value`, or a non-empty list `feedback` alone",
            )),
        }
    }
}

/// Correct feedback
///
/// Corrects feedback (a wrong rating) given before: its value, and its weight and metadata where given.
#[endpoint(PUT "/feedback/{id}" -> FeedbackGiven, scopes("logs.write"), keys(workspace),
    undo(never = "feedback cannot be read, so what it was is not known"))]
pub struct UpdateFeedback {
    #[alias("feedback_id")]
    pub id: FeedbackId,
    #[schemars(range(min = -10, max = 10))]
    pub value: i32,
    #[schemars(range(min = 0, max = 1))]
    pub weight: Option<f64>,
    pub metadata: Option<JsonObject>,
}

id! {
    /// UUID.
    FeedbackId: uuid
}

/// Feedback on one trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct NewFeedback {
    pub trace_id: String,
    #[schemars(range(min = -10, max = 10))]
    pub value: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub weight: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<JsonObject>,
}

/// What became of feedback.
#[answer]
pub struct FeedbackGiven {
    pub status: Option<String>,
    pub message: Option<String>,
    /// In the order it was given.
    pub feedback_ids: Option<Vec<String>>,
}
