use portkey_api::endpoint;

fn main() {}

#[endpoint(GET "/admin/workspaces" -> (), scopes())]
pub struct ListWorkspaces {}
