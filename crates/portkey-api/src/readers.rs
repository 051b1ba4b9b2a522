//! Which operation reads what an id names: the one place that says so of each kind.

use portkey_api_core::{Endpoint, Operation, Refers};

use crate::{
    access_policies, api_keys, collections, configs, deployments, egress_allowlist, feedback,
    guardrails, ids, integrations, logging, mcp_integrations, mcp_servers,
    policies::{rate_limits, usage_limits},
    prompt_labels, prompt_partials, prompts, providers, scim, secret_references, users,
    virtual_keys, workspaces,
};

/// What the names of one kind name.
#[derive(Debug, Clone, Copy)]
pub enum Referent {
    /// Objects that this operation reads.
    ReadBy(&'static Operation),
    /// The organisation.
    Organisation,
    /// What no operation reads by such a name alone.
    Unread,
}

/// What the names of a kind name, as marks in schemas call the kind.
pub fn referent(kind: &str) -> Option<Referent> {
    if kind == ids::OrganisationId::KIND {
        return Some(Referent::Organisation);
    }
    if UNREAD.contains(&kind) {
        return Some(Referent::Unread);
    }
    let (_, reader) = READERS.iter().find(|(read, _)| *read == kind)?;
    Some(Referent::ReadBy(reader))
}

macro_rules! readers {
    ($($kind:ty: $reader:ty),* $(,)?) => {
        &[$((<$kind as Refers>::KIND, <$reader as Endpoint>::OPERATION)),*]
    };
}

/// Kinds of names, with the operation that reads what they name.
static READERS: &[(&str, Operation)] = readers![
    access_policies::AccessPolicyId: access_policies::GetAccessPolicy,
    api_keys::ApiKeyId: api_keys::GetApiKey,
    collections::CollectionId: collections::GetCollection,
    configs::ConfigSlug: configs::GetConfig,
    deployments::DeploymentId: deployments::GetDeployment,
    egress_allowlist::EgressEntryId: egress_allowlist::GetEgressAllowlistEntry,
    guardrails::GuardrailId: guardrails::GetGuardrail,
    integrations::IntegrationSlug: integrations::GetIntegration,
    logging::LogId: logging::GetLog,
    logging::ExportId: logging::GetLogExport,
    mcp_integrations::McpIntegrationId: mcp_integrations::GetMcpIntegration,
    mcp_servers::McpServerId: mcp_servers::GetMcpServer,
    usage_limits::UsageLimitId: usage_limits::GetUsageLimit,
    rate_limits::RateLimitId: rate_limits::GetRateLimit,
    prompt_labels::LabelId: prompt_labels::GetPromptLabel,
    prompt_partials::PartialId: prompt_partials::GetPromptPartial,
    prompts::PromptId: prompts::GetPrompt,
    providers::ProviderSlug: providers::GetProvider,
    secret_references::SecretReferenceId: secret_references::GetSecretReference,
    ids::UserId: users::GetUser,
    users::InviteId: users::GetUserInvite,
    virtual_keys::VirtualKeySlug: virtual_keys::GetVirtualKey,
    ids::WorkspaceId: workspaces::GetWorkspace,
    ids::WorkspaceSlug: workspaces::GetWorkspace,
];

/// Kinds of names by which no operation reads anything.
const UNREAD: [&str; 5] = [
    feedback::FeedbackId::KIND,
    prompts::PromptVersionId::KIND,
    scim::ScimGroupId::KIND,
    scim::ScimMappingId::KIND,
    usage_limits::EntityId::KIND,
];

#[cfg(test)]
mod tests;
