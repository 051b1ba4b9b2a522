use portkey_api_core::endpoint;

fn main() {}

/// Wind a toy up
///
/// Lets a toy run.
#[endpoint(POST "/toys/{toy_id}/wind" -> (), scopes(), effect(create, because = "it makes"))]
pub struct WindToy {
    pub toy_id: String,
}

static VENDOR: portkey_api_core::Vendor = portkey_api_core::Vendor::new("Acme", || &[]);
