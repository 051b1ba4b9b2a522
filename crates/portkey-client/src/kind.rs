//! The kinds of errors.

/// The kinds of errors, for callers that react to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No key is set, or it is not valid.
    Unauthenticated,
    /// The key does not have the permission. The API also answers this for objects that do not exist and for operations
    /// outside the plan.
    Forbidden,
    /// The object does not exist.
    NotFound,
    /// The object already exists, or is still in use.
    Conflict,
    /// The request is not valid.
    Invalid,
    /// Too many requests.
    RateLimited,
    /// The quota of the subscription or the budget is used up.
    Exhausted,
    /// There was no answer in time.
    TimedOut,
    /// The server cannot be reached, or another server answered.
    Unreachable,
    /// The server failed, or its answer cannot be read.
    Unexpected,
}
