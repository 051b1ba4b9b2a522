//! Prices of models.

use serde_json::{Value, json};

use crate::client::sandbox;

#[tokio::test]
async fn prices_are_public() {
    let nobody = sandbox().await.with_key("");
    let price = nobody.get("/model-configs/pricing/openai/gpt-4o").await;
    assert_eq!(
        price["pay_as_you_go"],
        json!({ "request_token": { "price": 0.000_25 }, "response_token": { "price": 0.001 } })
    );
    assert_eq!(price["currency"], "USD");
    let (status, answer) = nobody
        .send(
            reqwest::Method::GET,
            "/model-configs/pricing/anthropic/gpt-4o",
            None,
        )
        .await;
    assert_eq!(status, 404);
    assert!(matches!(answer["error"], Value::String(_)), "{answer}");
}
