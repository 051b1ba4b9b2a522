use portkey_api_core::endpoint;

fn main() {}

/// Get a workspace
///
/// Returns one workspace.
#[endpoint(GET "/admin/workspaces/{workspace}" -> (), scopes())]
pub struct GetWorkspace {
    /// Which one.
    pub workspace_id: String,
}
