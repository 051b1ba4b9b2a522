use portkey_api_core::endpoint;

fn main() {}

/// Get a workspace
///
/// Returns one workspace.
#[endpoint(FETCH "/admin/workspaces" -> (), scopes())]
pub struct GetWorkspace {}
