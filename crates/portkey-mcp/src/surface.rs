//! What clients see of the catalog: which names they may call, and which tool each of them means.
//!
//! Every name that a client sends is resolved here, so that policy, scopes, audit and traces agree on the tool.

use portkey_engine::{
    catalog::{Tool, UnknownTool},
    policy::MissingScopes,
};

use crate::{access::Principal, catalog::catalog};

/// The tool that a name means.
pub(crate) fn resolve(name: &str) -> Result<Tool, UnknownTool> {
    catalog().find(name)
}

/// The tool that a name means, if the principal may call it.
pub(crate) fn resolve_for(principal: &Principal, name: &str) -> Result<Tool, NotOffered> {
    let tool = resolve(name)?;
    if !principal.offered().contains(tool) {
        return Err(NotOffered::LeftOut(tool.name()));
    }
    match principal.lacks(tool) {
        Some(missing) => Err(NotOffered::Lacking(missing.clone())),
        None => Ok(tool),
    }
}

/// Why a principal cannot call a tool.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOffered {
    /// There is no such tool.
    #[error(transparent)]
    Unknown(#[from] UnknownTool),
    /// It is in none of the tool sets that the principal is offered.
    #[error(
        "the tool `{0}` is not in this server's tool sets; its operator can add it with --toolsets default,{0}"
    )]
    LeftOut(&'static str),
    /// The principal's token lacks a scope.
    #[error("{0}")]
    Lacking(MissingScopes),
}
