use portkey_api_core::endpoint;

fn main() {}

/// Wind a toy up
///
/// Lets a toy run.
#[endpoint(POST "/toys/{toy_id}/wind" -> (), scopes(), effect(execute))]
pub struct WindToy {
    pub toy_id: String,
}
