use portkey_api_core::answer;

fn main() {}

/// A workspace.
#[answer]
pub struct Workspace {
    pub id: String,
}
