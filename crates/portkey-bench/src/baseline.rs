//! What was measured once, to compare with: a file of the repository.

use std::{collections::BTreeMap, fs, io, path::PathBuf};

use serde::Deserialize;

/// The figures of the product, by what they are of.
#[derive(Debug, Default, Deserialize)]
pub struct Baseline {
    /// Instructions per call of the published program.
    #[serde(default)]
    pub instructions: BTreeMap<String, u64>,
    /// The same of the program that is built with the tests. They hardly depend on the machine, so they are judged.
    #[serde(default)]
    pub unoptimised: BTreeMap<String, u64>,
    /// Everything else, by section and row. It depends on the machine, so it is shown and never judged.
    #[serde(default)]
    pub figures: BTreeMap<String, f64>,
}

const HEAD: &str = "\
# What portkey-mcp cost when somebody last said that this is what it should cost: `cargo xtask bench --save` writes it.
# `cargo xtask bench --instructions` fails when a call of the unoptimised program takes over a tenth more than they say;
# with `--save` it writes these alone.
";

impl Baseline {
    /// Reads the file; a missing one is empty.
    pub fn read() -> io::Result<Self> {
        match fs::read_to_string(path()) {
            Ok(text) => toml::from_str(&text).map_err(|error| {
                io::Error::other(format!(
                    "{}: {error}; `--save` writes it anew",
                    path().display()
                ))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Writes the file.
    pub fn write(&self) -> io::Result<()> {
        fs::write(path(), self.text())
    }

    fn text(&self) -> String {
        let counts = |counts: &BTreeMap<String, u64>| {
            let lines = counts.iter();
            let lines = lines.map(|(name, count)| format!("\"{name}\" = {count}\n"));
            lines.collect::<Vec<_>>().concat()
        };
        let figures = self
            .figures
            .iter()
            .map(|(name, value)| format!("\"{name}\" = {value:?}\n"));
        let figures: String = figures.collect();
        format!(
            "{HEAD}\n[instructions]\n{}\n[unoptimised]\n{}\n[figures]\n{figures}",
            counts(&self.instructions),
            counts(&self.unoptimised),
        )
    }
}

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut baseline = Baseline::default();
        baseline
            .instructions
            .insert("tools/list".to_owned(), 1_234_567);
        baseline
            .figures
            .insert("start: start to `initialize`".to_owned(), 0.006_4);
        let read: Baseline = toml::from_str(&baseline.text()).unwrap();
        assert_eq!(read.instructions, baseline.instructions);
        assert_eq!(read.figures, baseline.figures);
    }

    #[test]
    fn the_file_reads() {
        Baseline::read().unwrap();
    }
}
