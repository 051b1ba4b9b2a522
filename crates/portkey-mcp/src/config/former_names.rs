//! Variables by which another server for Portkey is set, and what the same is called here. People who move keep them in
//! their deployments, and one that is ignored can leave a server without the protection that it had.

use std::env;

/// A variable of the other server, and the one that has its place here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormerName {
    pub(crate) theirs: &'static str,
    pub(crate) ours: &'static str,
}

const NAMES: [(&str, &str); 12] = [
    ("MCP_HOST", "MCP_BIND"),
    ("MCP_PUBLIC_BASE_URL", "MCP_PUBLIC_URL"),
    ("MCP_AUTH_MODE", "MCP_AUTH"),
    ("MCP_AUTH_TOKEN", "MCP_TOKENS"),
    (
        "MCP_ALLOW_UNAUTHENTICATED_HTTP",
        "MCP_ALLOW_UNAUTHENTICATED",
    ),
    ("MCP_SESSION_MODE", "MCP_SESSIONS"),
    ("MCP_SESSION_TIMEOUT", "MCP_SESSION_IDLE"),
    ("MCP_REDIS_URL", "MCP_SHARED_STATE"),
    ("MCP_TLS_KEY_PATH", "MCP_TLS_KEY"),
    ("MCP_TLS_CERT_PATH", "MCP_TLS_CERT"),
    ("MCP_TRUST_PROXY", "MCP_TRUSTED_PROXIES"),
    ("MCP_SHUTDOWN_TIMEOUT_MS", "MCP_DRAIN"),
];

impl FormerName {
    /// Returns those that the environment sets while it does not set ours.
    pub(crate) fn ignored() -> impl Iterator<Item = Self> {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let names = NAMES.into_iter();
        names
            .filter(move |(theirs, ours)| is_set(theirs) && !is_set(ours))
            .map(|(theirs, ours)| Self { theirs, ours })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::variables;

    #[test]
    fn each_leads_to_a_setting_and_is_none_itself() {
        let known = variables();
        let has = |name: &str| known.iter().any(|known| known == name);
        for (theirs, ours) in NAMES {
            assert!(has(ours) && !has(theirs), "{theirs}: {ours}");
        }
    }
}
