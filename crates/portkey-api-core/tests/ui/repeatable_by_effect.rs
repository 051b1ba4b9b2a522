use portkey_api_core::endpoint;

fn main() {}

/// Wind a toy up
///
/// Lets a toy run.
#[endpoint(PUT "/toys/{toy_id}/wind" -> (), scopes(), repeatable(because = "it sets"))]
pub struct WindToy {
    pub toy_id: String,
}

static VENDOR: portkey_api_core::Vendor = portkey_api_core::Vendor::new("Acme", || &[]);
