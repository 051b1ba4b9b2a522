//! Ids of the objects that many domains name.

use portkey_api_core::id;

id! {
    /// UUID.
    OrganisationId
}

id! {
    /// UUID or slug.
    WorkspaceId
}

id! {
    /// Workspace slug.
    WorkspaceSlug: slug
}

id! {
    /// UUID.
    UserId: uuid
}

id! {
    /// Slug or UUID.
    ConfigSlug
}

id! {
    /// UUID or slug.
    GuardrailId
}

id! {
    /// UUID or slug.
    PromptId
}

id! {
    /// Slug or UUID.
    ProviderSlug
}

id! {
    /// Slug or UUID.
    IntegrationSlug
}

id! {
    /// UUID or slug.
    SecretReferenceId
}
