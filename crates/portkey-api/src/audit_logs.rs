//! Audit logs: who changed what.

use portkey_api_core::{
    EveryPage, Open, Page, PageNumber, PageSize, PeriodEnd, PeriodStart, RefersTo, Secret, answer,
    catalog, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{OrganisationId, UserId, WorkspaceId},
    logging::Traffic,
    under,
};

catalog! { "Audit logs", also "audit":
    ListAuditLogs,
}

/// List the audit trail
///
/// Audit trail of the org: who did what, who created, changed, deleted, removed or turned off something, and when.
/// Admin activity log for compliance; reads are not recorded.
#[endpoint(GET "/audit-logs" -> Page<AuditLog, under::Records>,
    scopes("audit_logs.list"), keys(admin), plan(enterprise), essential, bodies, airs(absent))]
#[schemars(extend("x-instead" = {
    "resource_id": "Portkey's API has no such filter: `uri` takes the path of a call, which names the object, and \
                    `resource_type` its kind"
}))]
pub struct ListAuditLogs {
    pub start_time: Option<PeriodStart>,
    pub end_time: Option<PeriodEnd>,
    /// UUID; that of your key when left out.
    #[of_key]
    pub organisation_id: Option<RefersTo<OrganisationId>>,
    pub workspace_id: Option<WorkspaceId>,
    #[alias("actor_id")]
    pub user_id: Option<UserId>,
    pub user_type: Option<Open<ActorType>>,
    /// Such as `create`.
    pub action: Option<String>,
    /// Such as `virtual_keys`.
    pub resource_type: Option<String>,
    pub method: Option<Open<ChangeMethod>>,
    /// Path of the call.
    pub uri: Option<String>,
    #[hidden]
    pub request_id: Option<String>,
    pub response_status_code: Option<u32>,
    #[hidden]
    pub client_ip: Option<String>,
    #[hidden]
    pub country: Option<String>,
    pub current_page: Option<PageNumber>,
    #[schemars(range(max = 100))]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum ActorType {
    User,
    ApiKey,
}

/// How a change was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum ChangeMethod {
    Post,
    Put,
    Delete,
}

/// One change, or the attempt at it.
#[answer(brief(
    timestamp,
    method,
    uri,
    user_id,
    user_type,
    workspace_id,
    response_status_code,
    resource_type,
    action
))]
#[schemars(extend("x-recorded" = true))]
pub struct AuditLog {
    pub timestamp: Option<String>,
    pub method: Option<String>,
    pub uri: Option<String>,
    pub request_id: Option<String>,
    pub request_body: Option<Traffic>,
    pub query_params: Option<String>,
    pub request_headers: Option<Secret>,
    pub user_id: Option<String>,
    pub user_type: Option<String>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub response_status_code: Option<u16>,
    pub resource_type: Option<String>,
    pub action: Option<String>,
    pub client_ip: Option<Secret>,
    pub country: Option<String>,
}
