use portkey_api::endpoint;

fn main() {}

pub struct Workspace;

/// Get a workspace
///
/// Returns one workspace.
#[endpoint(GET "/admin/workspaces" -> Workspace, scopes())]
pub struct GetWorkspace {}
