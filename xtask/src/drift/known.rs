//! Where the catalog differs from the vendor's file on purpose. Only what is true is listed: an entry that no longer
//! differs is reported.

mod bodies;
mod queries;
mod routes;

/// Differences that are meant to be: the catalog knows better, or offers less on purpose.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Why they stay.
    pub reason: &'static str,
    /// The tools that have all of them.
    pub tools: &'static [&'static str],
    /// Part and difference, as in [`Difference`](super::Difference).
    pub differences: &'static [(&'static str, &'static str)],
}

const ABSENT: &str = "not in the file";
const HERE: &str = "only in the catalog";
const THERE: &str = "only in the file";
const OPTIONAL: &str = "required by the file alone";

/// Every known difference.
pub fn known() -> impl Iterator<Item = &'static Known> {
    [routes::KNOWN, queries::KNOWN, bodies::KNOWN]
        .into_iter()
        .flatten()
}
