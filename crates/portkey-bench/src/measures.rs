//! What is measured, a file each.

pub mod growth;
pub mod lists;
pub mod load;
pub mod memory;
pub mod start;
pub mod stdio_calls;
pub mod tokens;

use std::{fmt::Write as _, io};

use crate::{
    figures::{Section, Subject},
    plot::Chart,
    subject::{Programs, Server},
};

/// What every measurement needs.
pub struct Bench {
    /// Who is measured.
    pub programs: Programs,
    /// The upstream of most measurements, a process of its own.
    pub stub: Server,
    /// Whether each takes a moment only.
    pub quick: bool,
}

impl Bench {
    /// How often something is done.
    pub const fn times(&self, thorough: usize, quick: usize) -> usize {
        if self.quick { quick } else { thorough }
    }
}

/// Everything that was measured in one run.
#[derive(Debug, Default)]
pub struct Measured {
    /// In tables.
    pub sections: Vec<Section>,
    /// In curves.
    pub charts: Vec<Chart>,
}

impl Measured {
    /// The figure of a subject in a row of a section.
    pub fn figure(&self, section: &str, what: &str, subject: Subject) -> Option<f64> {
        let section = self.sections.iter().find(|one| one.key == section)?;
        section
            .rows
            .iter()
            .find(|row| row.what == what)?
            .of(subject)
    }
}

/// The figures of one subject; what it cannot do is told below the table, and the others are measured all the same.
fn attempt(
    section: &mut Section,
    subject: Subject,
    measure: impl FnOnce(&mut Section) -> io::Result<()>,
) {
    if let Err(error) = measure(section) {
        eprintln!("  {}: {error}", subject.name());
        let name = subject.name();
        // Writing to a text does not fail.
        _ = write!(section.note, "\n\n{name}: {error}");
    }
}
