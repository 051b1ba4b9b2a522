//! The composed tools against the sandbox.

use serde_json::{Value, json};

use crate::process::Wire;

struct Library {
    wire: Wire,
    staging: Value,
    production: Value,
    virtual_key: Value,
}

/// Two collections in one workspace with one provider.
fn library() -> Library {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let workspace = wire.answer("create_workspace", json!({ "name": "Prompts" }))["id"].clone();
    let mut collection = |name: &str| {
        let made = wire.answer(
            "create_collection",
            json!({ "name": name, "workspace_id": workspace }),
        );
        made["id"].clone()
    };
    let (staging, production) = (collection("staging"), collection("production"));
    let key = json!({ "name": "k", "provider": "openai", "key": "sk-0123456789abcdef", "workspace_id": workspace });
    let virtual_key = wire.answer("create_virtual_key", key)["slug"].clone();
    Library {
        wire,
        staging,
        production,
        virtual_key,
    }
}

impl Library {
    fn migrate(&mut self, string: &str, more: Value) -> Value {
        let mut arguments = json!({
            "name": "greeting",
            "app": "crm",
            "env": "staging",
            "collection_id": self.staging,
            "string": string,
            "parameters": { "temperature": 0.2, "max_tokens": 50 },
            "virtual_key": self.virtual_key,
            "model": "gpt-4o",
        });
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        self.wire.answer("migrate_prompt", arguments)
    }

    fn versions(&mut self, prompt: &Value) -> usize {
        let versions = self
            .wire
            .answer("list_prompt_versions", json!({ "prompt_id": prompt }));
        versions["data"].as_array().unwrap().len()
    }
}

#[test]
fn a_migration_creates_updates_and_leaves_alone() {
    let mut library = library();
    let planned = library.migrate("Hello {{name}}", json!({ "dry_run": true }));
    assert_eq!(
        (&planned["action"], &planned["dry_run"]),
        (&json!("created"), &json!(true))
    );
    let listed = json!({ "collection_id": library.staging });
    assert_eq!(
        library.wire.answer("list_prompts", listed)["total"],
        0,
        "a dry run writes nothing"
    );

    let created = library.migrate("Hello {{name}}", json!({}));
    assert_eq!(created["action"], "created");
    let prompt = created["prompt_id"].clone();
    let again = library.migrate("Hello {{name}}", json!({ "name": "GREETING" }));
    assert_eq!(again["action"], "unchanged", "{again}");
    assert_eq!(library.versions(&prompt), 1);

    let planned = library.migrate("Good day {{name}}", json!({ "dry_run": true }));
    assert_eq!(planned["action"], "updated");
    assert_eq!(library.versions(&prompt), 1, "a dry run writes nothing");
    let updated = library.migrate("Good day {{name}}", json!({}));
    assert_eq!(
        (&updated["action"], &updated["published"]),
        (&json!("updated"), &json!(false))
    );
    let again = library.migrate("Good day {{name}}", json!({}));
    assert_eq!(
        again["action"], "unchanged",
        "the newest version counts, published or not"
    );
    assert_eq!(library.versions(&prompt), 2);

    let published = library.migrate("Good day {{name}}", json!({ "publish": true }));
    assert_eq!(published["published"], true);
    let read = library
        .wire
        .answer("get_prompt", json!({ "prompt_id": prompt }));
    assert_eq!(read["string"], "Good day {{name}}");
    assert_eq!(read["template_metadata"]["app"], "crm", "{read}");
}

#[test]
fn a_migration_finds_its_prompt_beyond_the_first_page() {
    let mut library = library();
    let created = library.migrate("Hello", json!({}));
    for number in 0..105 {
        let prompt = json!({
            "name": format!("greeting {number}"),
            "collection_id": library.staging,
            "string": "x",
            "parameters": {},
            "virtual_key": library.virtual_key,
            "model": "gpt-4o",
        });
        library.wire.answer("create_prompt", prompt);
    }
    let again = library.migrate("Hello", json!({}));
    assert_eq!(again["prompt_id"], created["prompt_id"]);
    assert_eq!(again["action"], "unchanged");
}

#[test]
fn a_promotion_copies_a_version_to_another_collection() {
    let mut library = library();
    let source = library.migrate("Hello {{name}}", json!({ "name": "greeting-staging" }));
    let mut promotion = json!({
        "source_prompt_id": source["prompt_id"],
        "target_collection_id": library.production,
        "target_env": "prod",
        "dry_run": true,
    });
    let planned = library.wire.answer("promote_prompt", promotion.clone());
    assert_eq!(
        (&planned["action"], &planned["target_name"]),
        (&json!("created"), &json!("greeting-prod"))
    );
    let listed = json!({ "collection_id": library.production });
    assert_eq!(
        library.wire.answer("list_prompts", listed)["total"],
        0,
        "a dry run writes nothing"
    );

    promotion["dry_run"] = json!(false);
    let created = library.wire.answer("promote_prompt", promotion.clone());
    assert_eq!(created["action"], "created");
    let target = created["target_prompt_id"].clone();
    let read = library
        .wire
        .answer("get_prompt", json!({ "prompt_id": target }));
    assert_eq!(read["string"], "Hello {{name}}");
    assert_eq!(read["template_metadata"]["env"], "prod");
    assert_eq!(read["template_metadata"]["promoted_from_version"], "1");

    promotion["publish"] = json!(true);
    let updated = library.wire.answer("promote_prompt", promotion);
    assert_eq!(
        (&updated["action"], &updated["published"]),
        (&json!("updated"), &json!(true))
    );
    let read = library
        .wire
        .answer("get_prompt", json!({ "prompt_id": target }));
    assert_eq!(read["prompt_version"], 2);
}

#[test]
fn versions_of_a_prompt_are_compared() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let prompt = "pp-support-reply-4c91f2";
    let mut compare = |more: Value| {
        let mut arguments = json!({ "prompt_id": prompt });
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        wire.call("diff_prompt_versions", arguments)
    };
    let mut read = |more: Value| -> Value {
        let result = compare(more);
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
    };
    let draft = read(json!({}));
    assert_eq!(
        (&draft["from"]["version"], &draft["to"]["version"]),
        (&json!(2), &json!(3))
    );
    let template = draft["template"].as_str().unwrap();
    assert!(
        template.contains("\n+You answer customers of {{company}} by email, in {{language}}.\n"),
        "{template}"
    );
    assert_eq!(draft["changes"], json!([]));

    let older = read(json!({ "to": "2" }));
    assert_eq!(older["from"]["version"], 1);
    let model = json!({ "field": "model", "from": "gpt-4o-mini", "to": "gpt-4o" });
    assert_eq!(older["changes"][0], model, "{older}");
    let same = read(json!({ "from": "2", "to": "2" }));
    assert!(
        same["template"].is_null() && same["changes"] == json!([]),
        "{same}"
    );

    let first = compare(json!({ "to": "1" }));
    assert_eq!(first["isError"], true, "{first}");
    assert!(first.to_string().contains("no version is older"), "{first}");
}

#[test]
fn metadata_is_judged_without_portkey() {
    let mut wire = Wire::initialised(&["--known-envs", "dev,prod"], &[]);
    let verdict = wire.answer(
        "validate_completion_metadata",
        json!({ "client_id": "acme", "app": "crm", "env": "production", "project_id": "p" }),
    );
    assert_eq!(verdict["valid"], true);
    assert_eq!(
        verdict["warnings"],
        json!(["env `production` is none of dev, prod"])
    );
}
