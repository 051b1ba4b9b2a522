//! Why a chore stops.

use std::{io, path::PathBuf};

/// Why a chore stopped.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The command line names no chore.
    #[error(
        "usage: cargo xtask ci | published | bless | layers | tidy | docs [--check] | rehearse | tokens | size \
         | dist [--check | bundle PROGRAM [TARGET] | npm PROGRAM [TARGET] | pypi PROGRAM [TARGET] | release FOLDER] \
         | bench [--instructions] [--save] … | api-diff FILE"
    )]
    Usage,
    /// A step failed.
    #[error("`{0}` failed")]
    Step(String),
    /// A step could not be started.
    #[error("cannot run `{0}`: {1}")]
    Start(String, #[source] io::Error),
    /// A step would be skipped where everything is required.
    #[error("`{0}` is required by TEST_REQUIRED=all, and {1}")]
    Required(String, String),
    /// What breaks rules of how the sources are laid out.
    #[error("{}", .0.join("\n"))]
    Faults(Vec<String>),
    /// A file could not be read, understood or written.
    #[error("{path}: {1}", path = .0.display())]
    File(PathBuf, String),
    /// What is generated is not what its sources say now; and the chore that writes it.
    #[error("{path} is stale: run `cargo xtask {1}`", path = .0.display())]
    Stale(PathBuf, &'static str),
    /// A release has no program for this.
    #[error("there is no target `{0}`; there are {1}")]
    Target(String, String),
    /// The tool list costs a model more than it may.
    #[error("the {list} tools cost {cost} tokens; {budget} is the most they may")]
    Costly {
        /// Which list.
        list: &'static str,
        /// What it costs.
        cost: usize,
        /// What it may cost.
        budget: usize,
    },
    /// The published program no longer fits its image.
    #[error(
        "the published program has {bytes} bytes; {largest} is the most it may: look for a dependency or a feature that it \
         can do without"
    )]
    Large {
        /// How many it has.
        bytes: u64,
        /// How many it may have.
        largest: u64,
    },
    /// Calls take more instructions than they did.
    #[error(
        "these calls take over a tenth more instructions than `crates/portkey-bench/baseline.toml` says, or it does not \
         name them: {calls}; look for what was added to them (`valgrind --tool=callgrind`), or run `cargo xtask bench \
         --instructions --save` and say in the commit what is worth it",
        calls = .0.join(", ")
    )]
    Grown(Vec<String>),
    /// Something could not be measured.
    #[error("cannot measure: {0}")]
    Bench(#[source] io::Error),
    /// The catalog and the vendor's file disagree.
    #[error("the catalog differs from the file in {0} places")]
    Drift(usize),
}
