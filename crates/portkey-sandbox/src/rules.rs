//! Rules that every domain shares: authority, the workspace of a call, limits, names, templates, the audit.

pub(crate) mod audit;
pub(crate) mod authority;
pub(crate) mod in_use;
pub(crate) mod limits;
pub(crate) mod naming;
pub(crate) mod periods;
pub(crate) mod prices;
pub(crate) mod provider_settings;
pub(crate) mod tags;
pub(crate) mod template;
pub(crate) mod workspace_scope;
