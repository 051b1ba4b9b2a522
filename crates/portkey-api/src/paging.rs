//! The arguments that pick a page of a listing, in each of the ways in which listings take them.

use portkey_api_core::{EveryPage, PageFromOne, PageNumber, PageSize, arguments};

/// One page of a listing, or all of them at once. Listings with bounds of their own on the size of a page write the
/// three arguments out.
#[arguments]
#[derive(Default)]
pub struct Paging {
    pub current_page: Option<PageNumber>,
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

impl Paging {
    /// The first page, with at most so many entries.
    pub fn first(entries: u32) -> Self {
        Self {
            page_size: Some(PageSize(entries)),
            ..Self::default()
        }
    }
}

/// The same for listings of people, which the API spells in camel case.
#[arguments]
#[derive(Default)]
pub struct CamelCasePaging {
    #[query("currentPage")]
    pub current_page: Option<PageNumber>,
    #[query("pageSize")]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// The same for SCIM.
#[arguments]
#[derive(Default)]
pub struct ScimPaging {
    #[query("page")]
    #[alias("page")]
    pub current_page: Option<PageNumber>,
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// The same for listings whose first page the API calls 1.
#[arguments]
#[derive(Default)]
pub struct PagingFromOne {
    #[query("page")]
    pub current_page: Option<PageFromOne>,
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// What callers send out of habit to listings that the API does not page.
#[arguments]
#[derive(Default)]
pub struct Unpaged {
    #[local]
    #[hidden]
    pub current_page: Option<PageNumber>,
    #[local]
    #[hidden]
    pub page_size: Option<PageSize>,
}
