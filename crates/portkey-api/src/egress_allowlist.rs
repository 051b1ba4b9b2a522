//! The egress allowlist: to which hosts the gateway may connect.

use portkey_api_core::{
    Done, EveryPage, Nullable, Page, PageNumber, PageSize, Path, Problem, Problems, answer,
    catalog, endpoint, id,
};
use serde_json::Value;

catalog! { "Egress allowlist":
    ListEgressAllowlist,
    CreateEgressAllowlistEntry,
    GetEgressAllowlistEntry,
    UpdateEgressAllowlistEntry,
    DeleteEgressAllowlistEntry,
}

/// List the egress allowlist
///
/// Shows to which hosts (domains) outside the gateway may connect.
#[endpoint(GET "/egress-allowlist" -> Page<EgressEntry>, scopes(), keys(admin), plan(unspecified), base(v2), extended)]
pub struct ListEgressAllowlist {
    /// Part of the domain.
    pub search: Option<String>,
    pub current_page: Option<PageNumber>,
    #[schemars(range(max = 100))]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// Allow a host for egress
///
/// Lets the gateway connect to one more host, for the whole organisation.
#[endpoint(POST "/egress-allowlist" -> NewEgressEntry, scopes(), keys(admin), plan(unspecified), base(v2), extended)]
pub struct CreateEgressAllowlistEntry {
    /// Host, IP address or wildcard such as `*.example.com`, without scheme, port or path.
    #[schemars(extend("x-advice" = "egress_domain"))]
    #[example("hooks.example.com")]
    pub domain: String,
    #[schemars(length(max = 500))]
    pub description: Option<String>,
}

/// Get an entry of the egress allowlist
///
/// Shows one allowed host: who added it, when and what for.
#[endpoint(GET "/egress-allowlist/{id}" -> EgressEntry, scopes(), keys(admin), plan(unspecified), base(v2), extended)]
pub struct GetEgressAllowlistEntry {
    #[alias("entry_id")]
    pub id: EgressEntryId,
}

/// Change an entry of the egress allowlist
///
/// Changes an allowed host or what is said of it.
#[endpoint(PUT "/egress-allowlist/{id}" -> EgressEntry, scopes(), keys(admin), plan(unspecified), base(v2), extended,
    fresh(GetEgressAllowlistEntry))]
pub struct UpdateEgressAllowlistEntry {
    #[alias("entry_id")]
    pub id: EgressEntryId,
    /// As in `create_egress_allowlist_entry`.
    #[schemars(extend("x-advice" = "egress_domain"))]
    #[example("hooks.example.com")]
    #[in_example]
    pub domain: Option<String>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 500))]
    pub description: Option<Nullable<String>>,
}

/// Remove a host from the egress allowlist
///
/// Forbids the gateway to connect to a host. What uses it, such as an MCP server or a webhook, stops working.
#[endpoint(DELETE "/egress-allowlist/{id}" -> Done, scopes(), keys(admin), plan(unspecified), base(v2), extended)]
pub struct DeleteEgressAllowlistEntry {
    #[alias("entry_id")]
    pub id: EgressEntryId,
}

id! {
    /// UUID.
    EgressEntryId: uuid
}

/// Writes a domain as Portkey keeps it, and notes what is not a host alone.
pub(crate) fn advise(domain: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let Value::String(text) = domain else {
        return;
    };
    *text = text.trim().to_lowercase();
    if !is_host(text) {
        let rule = "Portkey takes a host alone: a name such as `hooks.example.com`, an IP address or `*.example.com`, \
                    without scheme, port, path or credentials";
        problems.note(|| Problem::rule(path, rule));
    }
}

fn is_host(text: &str) -> bool {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if bare.unwrap_or(text).parse::<std::net::Ipv6Addr>().is_ok() {
        return true;
    }
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    name.split('.').all(is_label)
}

/// A host to which the gateway may connect.
#[answer(brief(id, domain, description, created_at))]
pub struct EgressEntry {
    pub id: Option<String>,
    pub domain: Option<String>,
    pub description: Option<String>,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A host that was added.
#[answer]
pub struct NewEgressEntry {
    pub id: Option<String>,
    pub domain: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn a_host_is_told_from_an_address() {
        for host in [
            "hooks.example.com",
            "*.example.com",
            "10.0.0.1",
            "::1",
            "[2001:db8::1]",
            "localhost",
        ] {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "https://example.com",
            "example.com/hook",
            "example.com:8443",
            "ada:pass@example.com",
            "a.*.example.com",
            "*",
            "example..com",
            "[::1",
            "",
        ] {
            assert!(!is_host(other), "{other}");
        }
    }
}
