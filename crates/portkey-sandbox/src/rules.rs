//! What holds in every domain: who may do what, which workspace is meant, limits, names, the audit.

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
