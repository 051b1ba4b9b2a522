//! Prepares answers to be shown: consistent form, secrets masked, units of numbers, no recorded bodies.

mod bodies;
mod normalise;
mod show;
mod units;

pub use show::Showing;
