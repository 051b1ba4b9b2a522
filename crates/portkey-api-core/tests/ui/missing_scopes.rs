use portkey_api_core::endpoint;

fn main() {}

/// List workspaces
///
/// Lists all workspaces.
#[endpoint(GET "/admin/workspaces" -> ())]
pub struct ListWorkspaces {}
