//! What models cost.

use portkey_api_core::{Cents, JsonObject, answer, catalog, endpoint};

catalog! { "Model pricing":
    GetModelPricing,
}

/// Get model prices
///
/// Tells what a model costs: price per token in cents, input and output, from Portkey's public price list.
#[endpoint(GET "/model-configs/pricing/{provider}/{model}" -> ModelPricing,
    scopes(), keys(none), base(public), extended)]
pub struct GetModelPricing {
    /// Such as `openai`.
    #[example("openai")]
    pub provider: String,
    /// Exact name.
    #[schemars(extend("x-foreign-name" = true))]
    pub model: String,
}

/// The prices of a model.
#[answer]
pub struct ModelPricing {
    pub pay_as_you_go: Option<TokenPrices>,
    /// How the prices add up to those of a request and an answer.
    pub calculate: Option<JsonObject>,
    pub currency: Option<String>,
    pub finetune_config: Option<FinetunePrices>,
}

/// Prices of what is counted.
#[answer]
pub struct TokenPrices {
    pub request_token: Option<Price>,
    pub response_token: Option<Price>,
    pub cache_write_input_token: Option<Price>,
    pub cache_read_input_token: Option<Price>,
    pub request_audio_token: Option<Price>,
    pub response_audio_token: Option<Price>,
    pub cache_read_audio_input_token: Option<Price>,
    pub additional_units: Option<JsonObject>,
    /// By quality and size.
    pub image: Option<JsonObject>,
}

/// Prices of training.
#[answer]
pub struct FinetunePrices {
    pub pay_per_token: Option<Price>,
    pub pay_per_hour: Option<Price>,
}

/// What one unit costs.
#[answer]
pub struct Price {
    pub price: Option<Cents>,
}
