use portkey_api_core::answer;

fn main() {}

/// A workspace.
#[answer(brief(id, nmae))]
pub struct Workspace {
    pub id: Option<String>,
    pub name: Option<String>,
}
