//! What is wrong in a configuration file, with the line of each problem.

use std::{fmt, path::PathBuf};

/// Something wrong in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where, counted from 1.
    pub(crate) line: Option<usize>,
    /// What.
    pub(crate) text: String,
}

/// Everything wrong in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Problems {
    /// Which file.
    pub(crate) path: PathBuf,
    /// In the order of the file.
    pub(crate) problems: Vec<Problem>,
}

impl Problem {
    /// One of no line in particular.
    pub(super) fn of_file(text: impl Into<String>) -> Self {
        Self {
            line: None,
            text: text.into(),
        }
    }
}

/// As compilers write it, so that editors find the place.
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
