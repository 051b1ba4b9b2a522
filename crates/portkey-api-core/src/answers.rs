//! Prepares answers to be shown: consistent form, secrets masked, units of numbers, no recorded bodies, short
//! entries of lists.

mod bodies;
mod brief;
mod normalise;
#[cfg(test)]
mod rules;
mod show;
#[cfg(test)]
mod tests;
mod units;

pub use show::Showing;
