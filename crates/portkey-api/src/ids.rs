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

id! {
    /// Config slug or UUID.
    ConfigSlug
}

id! {
    /// Guardrail UUID or slug.
    GuardrailId
}

id! {
    /// Prompt UUID or slug.
    PromptId
}

id! {
    /// Provider slug or UUID.
    ProviderSlug
}

id! {
    /// Integration slug or UUID.
    IntegrationSlug
}

id! {
    /// Secret reference UUID or slug.
    SecretReferenceId
}
