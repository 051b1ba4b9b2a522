//! All tools as documents, and an index of them.

use std::sync::LazyLock;

use portkey_search::{Document, Index};
use portkey_workflows::{catalog, search_documents};

/// Every tool that a tool set has.
pub(crate) static TOOLS: LazyLock<Vec<Document<'static>>> =
    LazyLock::new(|| search_documents(catalog()));

pub(crate) static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&TOOLS));
