use portkey_api_core::endpoint;

fn main() {}

/// List workspaces
///
/// Lists all workspaces.
#[endpoint(GET "/admin/workspaces" -> (), scopes("workspaces.list"), retryable)]
pub struct ListWorkspaces {}
