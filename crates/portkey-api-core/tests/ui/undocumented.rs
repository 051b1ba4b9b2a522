use portkey_api_core::endpoint;

fn main() {}

#[endpoint(GET "/admin/workspaces" -> (), scopes())]
pub struct ListWorkspaces {}
