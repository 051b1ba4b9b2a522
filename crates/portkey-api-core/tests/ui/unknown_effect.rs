use portkey_api_core::endpoint;

fn main() {}

/// Get a workspace
///
/// Returns one workspace.
#[endpoint(GET "/admin/workspaces" -> (), scopes(), effect(reads))]
pub struct GetWorkspace {}
