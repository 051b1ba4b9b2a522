//! Where a value is inside arguments or an answer.

use std::fmt;

/// The path of a value, such as `targets[0].weight`. It refers to the path of the value around it, so that entering a
/// value costs nothing; the text is only made where something is reported.
#[derive(Debug, Clone, Copy)]
pub enum Path<'a> {
    /// The value as a whole, whose path is the empty text.
    Root,
    /// A member of an object.
    Member(&'a Path<'a>, &'a str),
    /// An entry of a list.
    Entry(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// Returns the path of a member of the value.
    pub const fn member<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path::Member(self, name)
    }

    /// Returns the path of an entry of the value.
    pub const fn entry(&self, index: usize) -> Path<'_> {
        Path::Entry(self, index)
    }

    /// Whether this is the value as a whole.
    pub const fn is_root(&self) -> bool {
        matches!(self, Self::Root)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Path::Root, name) => f.write_str(name),
            Self::Member(around, name) => write!(f, "{around}.{name}"),
            Self::Entry(around, index) => write!(f, "{around}[{index}]"),
        }
    }
}

impl From<&Path<'_>> for String {
    fn from(path: &Path<'_>) -> Self {
        path.to_string()
    }
}

impl From<Path<'_>> for String {
    fn from(path: Path<'_>) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_members_and_entries() {
        let root = Path::Root;
        let targets = root.member("targets");
        let first = targets.entry(0);
        assert_eq!(root.to_string(), "");
        assert_eq!(first.member("weight").to_string(), "targets[0].weight");
        assert_eq!(root.entry(3).member("id").to_string(), "[3].id");
    }
}
