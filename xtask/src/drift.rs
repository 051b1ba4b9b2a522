//! Where the catalog and the vendor's OpenAPI file differ, in either direction.

mod declared_in;
mod known;
mod request;
mod shapes;
mod wire;

use std::{collections::BTreeSet, path::Path};

use portkey_api::{Operation, operations};

use crate::{
    Broken,
    openapi::{self, Described},
    table,
};

use declared_in::{declared_in, known_in};
pub use known::{Known, known};

/// One difference. The order of the fields is the order of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The tool; method and path where there is none.
    pub tool: String,
    /// What of its request, such as `body.name`; empty for the operation as a whole.
    pub part: String,
    /// In what way.
    pub what: String,
}

/// Prints what is new in the file at `path`, and what is no longer so. Fails if there is any of it.
pub fn run(path: &Path) -> Result<(), Broken> {
    let found = differences(&openapi::read(path)?);
    let report = report(&found);
    print!("{}", table(&report));
    if report.is_empty() {
        println!("no difference but the {} known ones", found.len());
        Ok(())
    } else {
        Err(Broken::Drift(report.len()))
    }
}

/// Rows for what is not known, and for what is known but not found, each with the declaration to change.
pub fn report(found: &BTreeSet<Difference>) -> Vec<[String; 4]> {
    let known: BTreeSet<Difference> = known().flat_map(Known::differences).collect();
    let new = found.difference(&known).map(Difference::row);
    let gone = known.difference(found).map(|difference| {
        let Difference { tool, part, what } = difference.clone();
        let known = known_in(&part).to_owned();
        [tool, part, format!("no longer so: {what}"), known]
    });
    new.chain(gone).collect()
}

/// The rows for a reader.
pub fn table(rows: &[[String; 4]]) -> String {
    table::render(&["tool", "part", "difference", "declaration"], rows)
}

/// Every difference between the catalog and what a file describes.
pub fn differences(file: &[Described]) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    for operation in operations() {
        let tool = operation.declaration.name;
        let mut add = |part: String, what: String| {
            let tool = tool.to_owned();
            found.insert(Difference { tool, part, what });
        };
        match described(file, operation) {
            Some(described) => {
                request::compare(operation, described, &mut add);
                wire::compare(operation, described, &mut add);
            }
            None => add(String::new(), "not in the file".to_owned()),
        }
    }
    let without_tool = file
        .iter()
        .filter(|described| !operations().any(|operation| is_same_route(operation, described)));
    found.extend(without_tool.map(|described| Difference {
        tool: format!("{} {}", described.method, described.path),
        part: String::new(),
        what: "no tool".to_owned(),
    }));
    found
}

/// What the file says of an operation.
pub fn described<'a>(file: &'a [Described], operation: &Operation) -> Option<&'a Described> {
    file.iter()
        .find(|described| is_same_route(operation, described))
}

/// Placeholders are the same by position, whatever their names.
fn is_same_route(operation: &Operation, described: &Described) -> bool {
    operation.method.as_str() == described.method
        && anonymous(operation.path).eq(anonymous(&described.path))
}

fn anonymous(path: &str) -> impl Iterator<Item = &str> {
    let segments = path.split('/');
    segments.map(|segment| {
        if segment.starts_with('{') {
            "{}"
        } else {
            segment
        }
    })
}

impl Difference {
    fn row(&self) -> [String; 4] {
        let Self { tool, part, what } = self.clone();
        let declaration = declared_in(&tool, &part, &what);
        [tool, part, what, declaration]
    }
}

impl Known {
    fn differences(&self) -> impl Iterator<Item = Difference> {
        self.tools.iter().flat_map(|tool| {
            self.differences.iter().map(|(part, what)| Difference {
                tool: (*tool).to_owned(),
                part: (*part).to_owned(),
                what: (*what).to_owned(),
            })
        })
    }
}
