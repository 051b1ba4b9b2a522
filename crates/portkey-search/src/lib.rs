//! Finds tools by what a user says.
//!
//! A tool is a [`Document`]: its name, what is said of it, what it takes, and two words it can be filtered by. An
//! [`Index`] ranks documents by BM25 over weighted fields. Words are compared by their stems; words that nobody wrote in
//! a description are understood through synonyms of the trade (`src/synonyms.txt`) or as misspellings.
//!
//! ```
//! use portkey_search::{Document, Filter, Index};
//!
//! let tools = [
//!     Document { name: "remove_workspace_member", effect: "delete", ..Document::default() },
//!     Document { name: "list_workspace_members", effect: "read", ..Document::default() },
//! ];
//! let index = Index::new(&tools);
//! let found = index.search("kick bob out of the worksapce", &Filter::default(), 3);
//! assert_eq!(found[0].name, "remove_workspace_member");
//! ```

mod document;
mod fields;
mod index;
mod query;
mod ranking;
mod spelling;
mod synonyms;
mod terms;
mod words;

pub use document::{Document, Filter};
pub use index::{Index, Match};
