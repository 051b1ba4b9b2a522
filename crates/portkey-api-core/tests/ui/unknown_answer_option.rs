use portkey_api_core::answer;

fn main() {}

/// A workspace.
#[answer(short(id))]
pub struct Workspace {
    pub id: Option<String>,
}
