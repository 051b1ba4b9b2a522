//! What the program is built for.

use std::env::consts::{ARCH, OS};

use super::product::NAME;
use crate::Broken;

/// A system and a processor that a release has a program for.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// As the compiler calls it.
    pub triple: &'static str,
    /// The system, as Node.js and bundles call it.
    pub(super) platform: &'static str,
    /// The processor, as Node.js calls it.
    pub(super) processor: &'static str,
    /// The tags of a wheel: a static program needs neither glibc nor musl.
    pub(super) wheel: &'static [&'static str],
}

/// All of them.
pub const TARGETS: [Target; 5] = [
    Target {
        triple: "x86_64-unknown-linux-gnu",
        platform: "linux",
        processor: "x64",
        wheel: &["manylinux_2_17_x86_64", "musllinux_1_1_x86_64"],
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        platform: "linux",
        processor: "arm64",
        wheel: &["manylinux_2_17_aarch64", "musllinux_1_1_aarch64"],
    },
    Target {
        triple: "x86_64-apple-darwin",
        platform: "darwin",
        processor: "x64",
        wheel: &["macosx_10_12_x86_64"],
    },
    Target {
        triple: "aarch64-apple-darwin",
        platform: "darwin",
        processor: "arm64",
        wheel: &["macosx_11_0_arm64"],
    },
    Target {
        triple: "x86_64-pc-windows-msvc",
        platform: "win32",
        processor: "x64",
        wheel: &["win_amd64"],
    },
];

impl Target {
    /// The target that the compiler calls so.
    pub fn named(triple: &str) -> Result<&'static Self, Broken> {
        let found = TARGETS.iter().find(|target| target.triple == triple);
        found.ok_or_else(|| {
            let known: Vec<&str> = TARGETS.iter().map(|target| target.triple).collect();
            Broken::Target(triple.to_owned(), known.join(", "))
        })
    }

    /// The target of this machine.
    pub fn host() -> Result<&'static Self, Broken> {
        let platform = match OS {
            "macos" => "darwin",
            "windows" => "win32",
            other => other,
        };
        let mut targets = TARGETS.iter();
        let found =
            targets.find(|target| target.platform == platform && target.triple.starts_with(ARCH));
        found.map_or_else(|| Self::named(&format!("{ARCH} on {OS}")), Ok)
    }

    /// The file of the program.
    pub(super) fn program(&self) -> String {
        let extension = if self.is_windows() { ".exe" } else { "" };
        format!("{NAME}{extension}")
    }

    /// The archive of a release.
    pub(super) fn archive(&self) -> String {
        let extension = if self.is_windows() { "zip" } else { "tar.gz" };
        format!("{NAME}-{}.{extension}", self.triple)
    }

    /// The bundle of a release.
    pub(super) fn bundle(&self) -> String {
        format!("{NAME}-{}.mcpb", self.triple)
    }

    /// The package for npm that holds the program.
    pub(super) fn npm(&self) -> String {
        format!("{NAME}-{}-{}", self.platform, self.processor)
    }

    pub(super) fn is_windows(&self) -> bool {
        self.platform == "win32"
    }
}
