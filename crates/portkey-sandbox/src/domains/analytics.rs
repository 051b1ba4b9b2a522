//! Analytics: SQL picks the logs that count, and one pass adds them up.
//!
//! Everything is computed from the logs when it is asked for; nothing is kept beside them. SQLite would sort a
//! million rows to group them, to rank them by latency or to count users, which takes seconds. A row that is read
//! and added to the [`Tally`](tally::Tally) of its group costs a fraction of a microsecond, so that a million
//! take about as long as a blink. What rows have in common (their kind) is read before, and only once.

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
