//! The problems of a configuration file, each with its line.

use std::{fmt, path::PathBuf};

/// A problem in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line, counted from 1; `None` if it concerns the whole file.
    pub(crate) line: Option<usize>,
    pub(crate) text: String,
}

/// All problems of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Problems {
    pub(crate) path: PathBuf,
    /// In the order of the file.
    pub(crate) problems: Vec<Problem>,
}

impl Problem {
    /// A problem of the whole file.
    pub(super) fn of_file(text: impl Into<String>) -> Self {
        Self {
            line: None,
            text: text.into(),
        }
    }
}

/// Written as compilers do, so that editors find the line.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let before = match self.problems.as_slice() {
            [_] => "",
            several => {
                write!(f, "the configuration file has {} problems", several.len())?;
                "\n"
            }
        };
        for problem in &self.problems {
            match problem.line {
                Some(line) => write!(f, "{before}{path}:{line}: {}", problem.text)?,
                None => write!(f, "{before}{path}: {}", problem.text)?,
            }
        }
        Ok(())
    }
}
