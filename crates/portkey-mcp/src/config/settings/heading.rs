//! The headings that settings stand under in the help.

pub(super) const CONNECTION: &str = "Connection";
pub(super) const OFFER: &str = "What is offered";
pub(super) const SAFETY: &str = "Safety";
pub(super) const ANSWERS: &str = "Answers";
pub(super) const RECORDS: &str = "Journal and audit";
pub(super) const OBSERVABILITY: &str = "Logs and traces";
pub(super) const REQUESTS: &str = "Requests to Portkey";
pub(super) const SERVER: &str = "Server";
pub(super) const LISTENING: &str = "Listening";
pub(super) const AUTHENTICATION: &str = "Authentication";
pub(super) const TLS: &str = "TLS";
pub(super) const SCALING: &str = "Sessions and replicas";
pub(super) const LIMITS: &str = "Limits";
