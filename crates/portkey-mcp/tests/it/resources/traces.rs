//! What a collector of traces learns of reads and prompts: names, never values.

use serde_json::json;

use crate::{collector::Collector, process::Wire, served::modern_meta};

#[tokio::test(flavor = "multi_thread")]
async fn spans_hold_templates_and_names() {
    let collector = Collector::start().await;
    let mut wire = Wire::start(&["--sandbox"], &collector.settings());
    let mut ask = |method: &str, mut params: serde_json::Value| {
        params["_meta"] = modern_meta(&json!({}));
        wire.request(method, params)
    };
    ask(
        "resources/read",
        json!({ "uri": "portkey://configs/pc-by-plan-7f0e38" }),
    );
    ask(
        "resources/read",
        json!({ "uri": "portkey://c4n4ry/c4n4ry" }),
    );
    ask(
        "prompts/get",
        json!({ "name": "onboard_team", "arguments": { "team": "c4n4ry" } }),
    );
    ask("prompts/get", json!({ "name": "c4n4ry" }));
    ask(
        "completion/complete",
        json!({ "ref": { "type": "ref/prompt", "name": "onboard_team" },
                "argument": { "name": "team", "value": "c4n4ry" } }),
    );
    let read = collector
        .span("resources/read portkey://configs/{slug}")
        .await;
    assert_eq!(read.attributes["url.template"], "portkey://configs/{slug}");
    assert!(!read.failed);
    let prompt = collector.span("prompts/get onboard_team").await;
    assert_eq!(prompt.attributes["gen_ai.prompt.name"], "onboard_team");
    let unknown = collector.span("resources/read").await;
    assert!(unknown.failed && !unknown.attributes.contains_key("url.template"));
    collector.span("completion/complete").await;
    let bytes = collector.bytes();
    let text = String::from_utf8_lossy(&bytes);
    assert!(
        !text.contains("c4n4ry") && !text.contains("pc-by-plan"),
        "{text}"
    );
}
