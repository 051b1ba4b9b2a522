use portkey_api::answer;

fn main() {}

/// A workspace.
#[answer]
pub struct Workspace {
    pub id: String,
}
