//! What answers become before they are shown: one form, units beside figures, bodies of traffic left out.

mod normalise;
mod units;
mod untrusted;
