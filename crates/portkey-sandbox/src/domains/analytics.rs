//! Analytics: SQL picks the logs that count, and one pass adds them up.
//!
//! Everything is computed from the logs when a call asks for it; nothing is precomputed. SQLite would need seconds to
//! sort a million rows for grouping them, for ranking them by latency or for counting users. Reading a row and adding
//! it to the [`Tally`](tally::Tally) of its group takes a fraction of a microsecond. What many rows have in common,
//! their row of `log_kinds`, is read before and only once.

mod feedback;
mod figures;
mod filter;
mod graphs;
mod groups;
mod request;
mod requests;
mod tally;

use crate::routes::Routes;

pub(crate) use filter::Filter;

pub(crate) fn routes(routes: Routes) -> Routes {
    feedback::routes(groups::routes(graphs::routes(routes)))
}
