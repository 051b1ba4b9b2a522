//! When and on what it was measured; no names and no paths.

use std::{fs, process::Command, thread};

use jiff::Timestamp;

const LOCK: &str = include_str!("../../../../Cargo.lock");

/// The date, the machine and the versions, as a paragraph; that of the peer only if it was measured, too.
pub(super) fn described(has_peer: bool) -> String {
    let date = Timestamp::now().strftime("%F");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let memory = memory().map_or(String::new(), |gibibytes| {
        format!(", {gibibytes:.0} GiB of memory")
    });
    let system = said("uname", &["-sm"]).unwrap_or_default();
    let mut versions = vec![
        format!("portkey-mcp {}", env!("CARGO_PKG_VERSION")),
        format!("rmcp {}", locked("rmcp")),
        format!("axum {}", locked("axum")),
        format!("reqwest {}", locked("reqwest")),
    ];
    let rust = said("rustc", &["--version"]);
    versions
        .extend(rust.and_then(|text| Some(format!("rustc {}", text.split_whitespace().nth(1)?))));
    versions.extend(said("node", &["--version"]).map(|version| format!("node {version}")));
    versions.extend(has_peer.then(|| "portkey-admin-mcp 0.12.0".to_owned()));
    format!(
        "Measured on {date}: {system}, {cores} cores{memory}. Versions: {}.\n",
        versions.join(", ")
    )
}

fn memory() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let total = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: f64 = total.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024.0 / 1024.0)
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The version of a package in the lock file.
fn locked(package: &str) -> &'static str {
    let name = format!("name = \"{package}\"");
    let mut lines = LOCK.lines().skip_while(|line| *line != name).skip(1);
    let version = lines
        .next()
        .and_then(|line| line.strip_prefix("version = "));
    version.map_or("?", |version| version.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_are_those_of_the_lock_file() {
        // The manifest pins it.
        let manifest = include_str!("../../../../Cargo.toml");
        let pinned = format!("rmcp = {{ version = \"={}\"", super::locked("rmcp"));
        assert!(manifest.contains(&pinned), "{pinned}");
        assert_eq!(super::locked("no such package"), "?");
    }
}
