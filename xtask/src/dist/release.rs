//! What is known of a release once it is built: the checksums of its files.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{formula, pretty, product::Product, registry, target::TARGETS, write_file};
use crate::Broken;

/// As `sha256sum` writes them.
const FILE: &str = "SHA256SUMS";

/// SHA-256 by the name of a file.
#[derive(Debug, Default)]
pub(super) struct Checksums(BTreeMap<String, String>);

impl Checksums {
    /// Those that a file lists.
    fn read(path: &Path) -> Result<Self, Broken> {
        let broken = |why: String| Broken::File(path.to_owned(), why);
        let text = fs::read_to_string(path).map_err(|error| broken(error.to_string()))?;
        let lines = text.lines().map(|line| {
            let (checksum, file) = line.split_once([' ', '\t'])?;
            let is_checksum =
                checksum.len() == 64 && checksum.chars().all(|c| c.is_ascii_hexdigit());
            let file = file.trim_start_matches([' ', '*']);
            is_checksum.then(|| (file.to_owned(), checksum.to_owned()))
        });
        let read = lines.collect::<Option<_>>();
        Ok(Self(read.ok_or_else(|| {
            broken("is not what `sha256sum` writes".to_owned())
        })?))
    }

    pub(super) fn of(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(String::as_str)
    }
}

/// Writes what needs the checksums of a release into its folder, beside `SHA256SUMS`: `server.json` and the formula.
pub(super) fn complete(folder: &Path) -> Result<(), Broken> {
    let sums = folder.join(FILE);
    let checksums = Checksums::read(&sums)?;
    for file in TARGETS
        .iter()
        .flat_map(|target| [target.archive(), target.bundle()])
    {
        if checksums.of(&file).is_none() {
            return Err(Broken::File(sums, format!("lacks {file}")));
        }
    }
    let product = Product::read()?;
    let formula_name = Path::new(formula::PATH).file_name().map(PathBuf::from);
    let formula_name = formula_name.unwrap_or_default();
    write_file(
        &folder.join("server.json"),
        &pretty(&registry::entry(&product, &checksums)),
    )?;
    write_file(
        &folder.join(formula_name),
        &formula::formula(&product, &checksums),
    )
}
