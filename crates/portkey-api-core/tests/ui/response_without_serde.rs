use portkey_api_core::endpoint;

fn main() {}

pub struct Workspace;

/// Get a workspace
///
/// Returns one workspace.
#[endpoint(GET "/admin/workspaces" -> Workspace, scopes())]
pub struct GetWorkspace {}

static VENDOR: portkey_api_core::Vendor = portkey_api_core::Vendor::new("Acme", || &[]);
