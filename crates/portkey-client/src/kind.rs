//! The kinds of errors.

/// Kinds of errors, for callers that decide by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// There is no key, or not a valid one.
    Unauthenticated,
    /// The key may not do this; the API also says so of what does not exist or is not part of the plan.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It exists already, or is still in use.
    Conflict,
    /// The request is wrong.
    Invalid,
    /// Too many requests.
    RateLimited,
    /// The subscription or the budget is used up.
    Exhausted,
    /// No answer in time.
    TimedOut,
    /// Nobody there, or not those who should be.
    Unreachable,
    /// The server failed, or answered what cannot be understood.
    Unexpected,
}
