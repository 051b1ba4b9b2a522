use portkey_api_core::endpoint;

fn main() {}

/// Wind a toy up
///
/// Lets a toy run.
#[endpoint(POST "/toys/{toy_id}/wind" -> (), scopes(), repeatable)]
pub struct WindToy {
    pub toy_id: String,
}
