//! Analytics: sums over the logs, by SQL.

mod feedback;
mod figures;
mod filter;
mod graphs;
mod groups;

use crate::routes::Routes;

pub(crate) use filter::Filter;

pub(crate) fn routes(routes: Routes) -> Routes {
    feedback::routes(groups::routes(graphs::routes(routes)))
}
