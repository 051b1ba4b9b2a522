//! The kinds of objects that refer to each other, by the names that answers have for them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$attribute:meta])* $kind:ident: $name:literal,)*) => {
        /// A kind of objects: what can be referred to, and what does nothing but refer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum ObjectKind {
            $($(#[$attribute])* #[serde(rename = $name)] $kind,)*
        }

        impl ObjectKind {
            const ALL: &[Self] = &[$(Self::$kind),*];

            /// Such as `config`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A gateway config.
    Config: "config",
    /// Credentials of a provider, shared with workspaces.
    Integration: "integration",
    /// An integration as one workspace uses it.
    Provider: "provider",
    /// The older face of a provider.
    VirtualKey: "virtual_key",
    /// A prompt.
    Prompt: "prompt",
    /// A part of prompts.
    Partial: "partial",
    /// A guardrail.
    Guardrail: "guardrail",
    /// A workspace.
    Workspace: "workspace",
    /// An API key.
    ApiKey: "api_key",
    /// An MCP server of somebody else's.
    McpIntegration: "mcp_integration",
    /// What a workspace makes of one.
    McpServer: "mcp_server",
    // Nobody asks what refers to the rest, so no argument takes them.
    /// A folder of prompts.
    #[serde(skip)]
    Collection: "collection",
    /// A budget for the requests that meet its conditions.
    #[serde(skip)]
    UsageLimit: "usage_limit",
    /// A rate limit, likewise.
    #[serde(skip)]
    RateLimit: "rate_limit",
    /// Who may use which MCP servers and providers.
    #[serde(skip)]
    AccessPolicy: "access_policy",
    /// Where a credential is kept.
    #[serde(skip)]
    SecretReference: "secret_reference",
    /// A gateway of the organisation's own.
    #[serde(skip)]
    Deployment: "deployment",
    /// What holds for all workspaces.
    #[serde(skip)]
    OrganisationDefaults: "organisation_defaults",
}

impl ObjectKind {
    /// As what it is listed: providers and virtual keys are two faces of one record.
    #[must_use]
    pub const fn listed_as(self) -> Self {
        match self {
            Self::VirtualKey => Self::Provider,
            other => other,
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
