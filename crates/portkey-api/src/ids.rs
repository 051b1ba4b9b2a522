//! Ids of the objects that many domains name.

use portkey_api_core::id;

id! {
    /// Organisation UUID.
    OrganisationId
}

id! {
    /// Workspace UUID or slug.
    WorkspaceId
}

id! {
    /// Workspace slug.
    WorkspaceSlug: slug
}

id! {
    /// User UUID.
    UserId: uuid
}
