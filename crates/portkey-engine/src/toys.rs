//! A fictitious vendor for unit tests: the smallest catalog with something to read, list, create, change and remove.

use std::sync::LazyLock;

use portkey_api_core::{
    Done, EveryPage, Minted, Page, PageNumber, PageSize, Secret, Vendor, answer, endpoint,
};

use crate::catalog::Catalog;

/// The vendor that the declarations belong to; see [`Vendor`].
pub(crate) static VENDOR: Vendor = Vendor::new("Toys", || &[DOMAIN]);

portkey_api_core::catalog! { "Toys":
    ListToys,
    CreateToy,
    GetToy,
    UpdateToy,
    DeleteToy,
    WindToy,
}

/// Returns the catalog of the vendor.
pub(crate) fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(&[DOMAIN], []));
    &CATALOG
}

/// List toys
///
/// Lists all toys.
#[endpoint(GET "/toys" -> Page<Toy>, scopes())]
pub(crate) struct ListToys {
    pub name: Option<String>,
    pub current_page: Option<PageNumber>,
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// Create a toy
///
/// Makes a toy and the key that opens its box.
#[endpoint(POST "/toys" -> NewToy, scopes())]
pub(crate) struct CreateToy {
    pub name: String,
    /// What it is bought with.
    pub coupon: Option<Secret>,
}

/// Get a toy
///
/// Reads one toy.
#[endpoint(GET "/toys/{toy_id}" -> Toy, scopes())]
pub(crate) struct GetToy {
    pub toy_id: String,
}

/// Update a toy
///
/// Changes a toy.
#[endpoint(PUT "/toys/{toy_id}" -> Done, scopes(), fresh(GetToy))]
pub(crate) struct UpdateToy {
    pub toy_id: String,
    pub name: Option<String>,
    /// What its box is opened with.
    pub coupon: Option<Secret>,
}

/// Delete a toy
///
/// Removes a toy for good.
#[endpoint(DELETE "/toys/{toy_id}" -> Done, scopes())]
pub(crate) struct DeleteToy {
    pub toy_id: String,
}

/// Wind a toy up
///
/// Lets a toy run. It leaves nothing.
#[endpoint(POST "/toys/{toy_id}/wind" -> Done, scopes(), effect(execute, because = "makes nothing"))]
pub(crate) struct WindToy {
    pub toy_id: String,
}

/// A toy.
#[answer]
pub(crate) struct Toy {
    pub id: Option<String>,
    pub name: Option<String>,
    pub coupon: Option<Secret>,
}

/// A fresh toy.
#[answer]
pub(crate) struct NewToy {
    pub id: Option<String>,
    pub key: Option<Minted>,
}
