//! Prepares answers to be shown: consistent form, units of numbers, no recorded bodies.

mod normalise;
mod units;
mod untrusted;
