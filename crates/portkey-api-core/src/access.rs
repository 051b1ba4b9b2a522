//! What a caller needs before the API accepts a call.

/// The scopes that an API key needs, as the vendor names them (`workspaces.read`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes {
    /// The names. Empty if none is needed.
    pub names: &'static [&'static str],
    /// Whether all of them are needed, or any one.
    pub all: bool,
}

impl Scopes {
    /// No scope.
    pub const NONE: Self = Self {
        names: &[],
        all: false,
    };
}

/// The kinds of API key that an operation accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keys {
    /// Organisation and workspace keys.
    Any,
    /// Only organisation keys.
    Admin,
    /// Only workspace keys.
    Workspace,
    /// No key, because the operation is public.
    None,
}

/// The subscription that an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Every plan.
    Any,
    /// The Enterprise plan.
    Enterprise,
    /// Unknown: the vendor's documentation does not say it, and other clients report both.
    Unspecified,
}

/// The vendor's address that an operation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// The control plane, `…/v1`.
    Control,
    /// The gateway, `…/v1`. If it is self-hosted, its host differs from that of the control plane.
    Gateway,
    /// The second version of the control plane, `…/v2`.
    V2,
    /// The public catalogue at the root of the host.
    Public,
    /// The registry of MCP servers, `…/v0.1` on a separate host.
    McpRegistry,
    /// The control plane of Prisma AIRS, `…/ai_gw/v2`.
    AirsControl,
    /// The admin plane of Prisma AIRS, `…/ai_gw/admin/v2`.
    AirsAdmin,
}

impl Base {
    /// Whether this is a plane of Prisma AIRS where its objects are managed, which takes tokens and no API keys.
    pub const fn is_airs_management(self) -> bool {
        matches!(self, Self::AirsControl | Self::AirsAdmin)
    }
}
