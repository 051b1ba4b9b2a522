//! The public prices of models.

use portkey_api::model_pricing::GetModelPricing;
use rusqlite::Connection;
use serde_json::json;

use crate::{
    routes::Routes,
    rules::prices::PRICES,
    wire::{Answer, Call, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.on::<GetModelPricing>(get)
}

fn get(call: &Call, _: &Connection) -> Result<Answer, Refusal> {
    let (provider, model) = (call.path("provider"), call.path("model"));
    let price = PRICES
        .iter()
        .find(|price| price.provider == provider && price.model == model)
        .ok_or_else(|| Refusal::not_listed(format!("There is no price of {provider}/{model}")))?;
    let product = |tokens: &str, rate: &str| json!({ "operation": "multiply", "operands": [{ "value": tokens }, { "value": rate }] });
    Ok(json!({
        "pay_as_you_go": {
            "request_token": { "price": price.prompt },
            "response_token": { "price": price.completion },
        },
        "calculate": {
            "request": product("input_tokens", "rates.request_token"),
            "response": product("output_tokens", "rates.response_token"),
        },
        "currency": "USD",
    })
    .into())
}
