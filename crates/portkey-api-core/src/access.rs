//! What a caller must have before the API lets a call through.

/// Scopes of an API key, as the vendor names them (`workspaces.read`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes {
    /// The names; empty where none is needed.
    pub names: &'static [&'static str],
    /// Whether all of them are needed, rather than any one.
    pub all: bool,
}

impl Scopes {
    /// None is needed.
    pub const NONE: Self = Self {
        names: &[],
        all: false,
    };
}

/// Which kinds of API key an operation accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keys {
    /// Organisation and workspace keys.
    Any,
    /// Organisation keys alone.
    Admin,
    /// Workspace keys alone.
    Workspace,
    /// The operation is public and gets no key.
    None,
}

/// Which subscription an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Every plan.
    Any,
    /// The Enterprise plan.
    Enterprise,
    /// The vendor does not say; peers saw both.
    Unspecified,
}

/// Which of the vendor's addresses an operation lives at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// The control plane, `…/v1`.
    Control,
    /// The gateway, `…/v1`; another host than the control plane when self-hosted.
    Gateway,
    /// The control plane's second version, `…/v2`.
    V2,
    /// The public catalogue at the host's root.
    Public,
    /// The registry of MCP servers, `…/v0.1` on a host of its own.
    McpRegistry,
}
