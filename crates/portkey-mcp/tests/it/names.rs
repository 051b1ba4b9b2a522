//! Names as they are shown and as the API wants them.

use serde_json::json;

use crate::process::Wire;

#[test]
fn a_workspace_is_deleted_under_the_name_that_it_shows() {
    let mut wire = Wire::initialised(&["--sandbox", "--confirm", "never"], &[]);
    for name in [
        "Launch",
        "\u{1f680} Launch",
        "\u{1f469}\u{200d}\u{1f52c} Lab",
        "\u{1f1eb}\u{1f1f7} Paris",
        "Caf\u{e9} \u{1f680}",
        "Cafe\u{301}",
        "Trailing  ",
    ] {
        let made = wire.answer("create_workspace", json!({ "name": name }));
        let path = json!({ "workspace_id": made["id"] });
        let shown = wire.answer("get_workspace", path)["name"].clone();
        let spaced = json!(format!("{} ", shown.as_str().unwrap()));
        let wrong = json!({ "workspace_id": made["id"], "name": "Another" });
        let refused = wire.failure("delete_workspace", wrong);
        assert!(refused.contains("does not match"), "{refused}");
        let given = json!({ "workspace_id": made["id"], "name": spaced });
        wire.answer("delete_workspace", given);
        let made = wire.answer("create_workspace", json!({ "name": name }));
        let given = json!({ "workspace_id": made["id"], "name": shown });
        wire.answer("delete_workspace", given);
    }
}

#[test]
fn accents_may_be_put_together_otherwise() {
    let mut wire = Wire::initialised(&["--sandbox", "--confirm", "never"], &[]);
    let made = wire.answer("create_workspace", json!({ "name": "Cafe\u{301}" }));
    let given = json!({ "workspace_id": made["id"], "name": "Caf\u{e9}" });
    wire.answer("delete_workspace", given);
}
