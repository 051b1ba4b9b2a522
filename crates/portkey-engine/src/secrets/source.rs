//! Patterns of variables and files that secrets may be read from.

use std::{
    fmt, fs,
    path::{Component, Path, PathBuf},
    str::FromStr,
};

use glob::{MatchOptions, Pattern};
use portkey_api_core::Reference;
use serde::Deserialize;

/// In names, `*` matches any text; in paths, `*` stays within one folder and `**` does not.
const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Variables or files: `env:OPENAI_*`, `file:/run/secrets/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// Environment variables whose names match.
    Variables(Pattern),
    /// Files whose paths match.
    Files {
        /// The pattern for paths.
        pattern: Pattern,
        /// The folder that the file must be in after all links are followed.
        folder: PathBuf,
    },
}

/// The text is no source of secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `env:NAME` or `file:/PATH`, where `*` stands for a part of a name; a path is absolute and without `..`"
)]
pub struct InvalidSource;

impl FromStr for SecretSource {
    type Err = InvalidSource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pattern = |text: &str| Pattern::new(text).map_err(|_| InvalidSource);
        match Reference::read(text.trim()) {
            Some(Reference::Variable(name)) if !name.is_empty() => {
                Ok(Self::Variables(pattern(name)?))
            }
            Some(Reference::File(path)) if is_plain(Path::new(path)) => Ok(Self::Files {
                pattern: pattern(path)?,
                folder: folder(Path::new(path)),
            }),
            _ => Err(InvalidSource),
        }
    }
}

/// Returns the innermost folder of a pattern whose path has no wildcards.
fn folder(pattern: &Path) -> PathBuf {
    let names_one = |part: &Component<'_>| {
        let part = part.as_os_str().to_string_lossy();
        !part.contains(['*', '?', '['])
    };
    let above = pattern.parent().unwrap_or(pattern);
    above.components().take_while(names_one).collect()
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variables(pattern) => write!(f, "env:{pattern}"),
            Self::Files { pattern, .. } => write!(f, "file:{pattern}"),
        }
    }
}

/// A list of sources, separated by commas. An empty text is an empty list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SourceList(pub Vec<SecretSource>);

impl SourceList {
    /// Whether a source allows the variable with this name.
    pub(super) fn has_variable(&self, name: &str) -> bool {
        let fits = |source: &SecretSource| matches!(source, SecretSource::Variables(pattern) if pattern.matches_with(name, MATCHING));
        self.0.iter().any(fits)
    }

    /// Whether a source allows this path, before links are followed.
    pub(super) fn has_path(&self, path: &str) -> bool {
        self.folders(path).next().is_some()
    }

    /// Whether a source allows this path, and `file`, the path after all links are followed, is in the folder of that
    /// source.
    pub(super) fn has_file(&self, path: &str, file: &Path) -> bool {
        let mut folders = self.folders(path);
        folders.any(|folder| fs::canonicalize(folder).is_ok_and(|folder| file.starts_with(folder)))
    }

    fn folders(&self, path: &str) -> impl Iterator<Item = &PathBuf> {
        self.0.iter().filter_map(move |source| match source {
            SecretSource::Files { pattern, folder } if pattern.matches_with(path, MATCHING) => {
                Some(folder)
            }
            _ => None,
        })
    }
}

impl FromStr for SourceList {
    type Err = InvalidSource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sources = text.split(',').filter(|source| !source.trim().is_empty());
        Ok(Self(sources.map(str::parse).collect::<Result<_, _>>()?))
    }
}

impl TryFrom<String> for SourceList {
    type Error = InvalidSource;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for SourceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let sources: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&sources.join(", "))
    }
}

/// Whether a path is absolute and has no `.` or `..` in it.
pub(super) fn is_plain(path: &Path) -> bool {
    let is_step = |part: Component<'_>| matches!(part, Component::ParentDir | Component::CurDir);
    path.is_absolute() && !path.components().any(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_absolute_and_plain() {
        for text in [
            "env:",
            "file:",
            "file:a/*",
            "file:/a/../b",
            "OPENAI_KEY",
            "env:[",
            "",
        ] {
            assert_eq!(text.parse::<SecretSource>(), Err(InvalidSource), "{text}");
        }
        let source: SecretSource = "file:/run/secrets/*/key".parse().unwrap();
        assert!(
            matches!(source, SecretSource::Files { folder, .. } if folder == Path::new("/run/secrets"))
        );
    }
}
