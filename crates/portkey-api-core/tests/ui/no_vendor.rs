use portkey_api_core::{Done, endpoint};

fn main() {}

/// Switch a lamp on
///
/// Lights one lamp.
#[endpoint(PUT "/lamp" -> Done, scopes())]
pub struct SwitchOn {}
