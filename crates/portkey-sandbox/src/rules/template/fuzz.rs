//! Fuzzing of templates: any text is read, checked and rendered.

use portkey_fuzz::{Corpus, check};
use serde_json::{Value, json};

use super::{Template, check as objection, prepare, variable_components};

#[test]
fn templates() {
    let corpus = Corpus::of("templates");
    let variables = json!({
        "name": "Ada", "list": [{ "n": 1 }, "two", null], "a": { "b": { "c": "{{x}}" } }, "raw": "\"<", "Name": "{{name}}",
    });
    // Each partial has the fuzzed text as its content, and so may include itself.
    check!().for_each(|choices| {
        let text = corpus.edited(choices);
        let partial = |_: &str| Some(text.clone());
        for raw in [true, false] {
            let is_read = objection(&text, raw).is_ok();
            _ = variable_components(&text, raw);
            let prepared = prepare(&text, raw, &variables, &partial);
            assert!(
                is_read || prepared.is_err(),
                "rendered although it cannot be read: {text}"
            );
        }
        if let Ok(template) = Template::parse(&text) {
            _ = template.render(&Value::Null, &|_| None);
        }
    });
}
