//! Tests of templates: parsing, rendering, partials, chat messages and components.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{BadTemplate, Prepared, Template, prepare, variable_components};

#[expect(clippy::needless_pass_by_value, reason = "reads better with json!")]
fn render(template: &str, variables: Value) -> Result<String, BadTemplate> {
    Template::parse(template)?.render(&variables, &partial)
}

fn partial(reference: &str) -> Option<String> {
    let text = match reference {
        "greeting" => "Hello {{name}}",
        "greeting@2" => "Hi {{name}}",
        "outer" => "<{{>greeting}}>",
        "self" => "again {{>self}}",
        "ping" => "{{>pong}}",
        "pong" => "{{>ping}}",
        "bomb" => "{{>b1}}{{>b1}}{{>b1}}{{>b1}}{{>b1}}{{>b1}}{{>b1}}{{>b1}}",
        _ => {
            let level: u32 = reference.strip_prefix('b')?.parse().ok()?;
            return Some(format!("{{{{>b{}}}}}", level + 1).repeat(8));
        }
    };
    Some(text.to_owned())
}

#[test]
fn values_are_not_escaped() {
    let variables = json!({ "x": "<\"a\" & b>", "n": 1.5, "t": true, "o": { "p": [1] } });
    assert_eq!(
        render(
            "{{x}} {{{x}}} {{&x}} {{ n }} {{t}} {{o.p}} {{o}}",
            variables
        )
        .unwrap(),
        r#"<"a" & b> <"a" & b> <"a" & b> 1.5 true [1] {"p":[1]}"#
    );
}

#[test]
fn missing_values_are_empty() {
    assert_eq!(
        render("[{{x}}{{a.b.c}}{{null}}]", json!({ "null": null })).unwrap(),
        "[]"
    );
}

#[test]
fn sections_follow_the_value() {
    let variables = json!({
        "yes": true, "no": false, "zero": 0, "none": "",
        "list": [{ "n": 1 }, { "n": 2 }], "tags": ["a", "b"], "user": { "name": "Ada" },
        "name": "outer", "empty": [],
    });
    for (template, expected) in [
        ("{{#yes}}{{name}}{{/yes}}", "outer"),
        (
            "{{#no}}x{{/no}}{{#zero}}x{{/zero}}{{#none}}x{{/none}}{{#empty}}x{{/empty}}{{#gone}}x{{/gone}}",
            "",
        ),
        (
            "{{^no}}a{{/no}}{{^empty}}b{{/empty}}{{^gone}}c{{/gone}}{{^yes}}d{{/yes}}",
            "abc",
        ),
        ("{{#list}}{{n}}:{{name}} {{/list}}", "1:outer 2:outer "),
        ("{{#tags}}{{.}},{{/tags}}", "a,b,"),
        ("{{#user}}{{name}}{{/user}} {{user.name}}", "Ada Ada"),
    ] {
        assert_eq!(
            render(template, variables.clone()).unwrap(),
            expected,
            "{template}"
        );
    }
}

#[test]
fn tags_alone_on_a_line_leave_no_trace() {
    let template = "Items:\n{{! none }}\n{{#items}}\n- {{.}}\n{{/items}}\nEnd {{! here }}!";
    let rendered = render(template, json!({ "items": ["a", "b"] })).unwrap();
    assert_eq!(rendered, "Items:\n- a\n- b\nEnd !");
}

#[test]
fn partials_come_by_reference_or_from_the_variables() {
    let variables = json!({ "name": "Ada", "House Rules": "Be kind, {{name}}." });
    assert_eq!(
        render(
            "{{>greeting}}! {{> greeting@2 }}! {{>outer}} {{>>House Rules}}{{>>None}}",
            variables
        )
        .unwrap(),
        "Hello Ada! Hi Ada! <Hello Ada> Be kind, Ada."
    );
    assert_eq!(
        render("{{>nope}}", json!({})),
        Err(BadTemplate::NoPartial("nope".into()))
    );
}

#[test]
fn partials_cannot_run_away() {
    assert_eq!(
        render("{{>self}}", json!({})),
        Err(BadTemplate::Circular("self".into()))
    );
    assert_eq!(
        render("{{>ping}}", json!({})),
        Err(BadTemplate::Circular("ping".into()))
    );
    let own = json!({ "me": "{{>>me}}" });
    assert_eq!(
        render("{{>>me}}", own),
        Err(BadTemplate::Circular("me".into()))
    );
    assert!(matches!(
        render("{{>bomb}}", json!({})),
        Err(BadTemplate::TooLarge | BadTemplate::TooDeep)
    ));
}

#[test]
fn lists_in_lists_cannot_run_away() {
    let items = vec![0_u8; 2000];
    let template = "{{#l}}{{#l}}{{#l}}x{{/l}}{{/l}}{{/l}}";
    assert_eq!(
        render(template, json!({ "l": items })),
        Err(BadTemplate::TooLarge)
    );
}

#[test]
fn what_is_no_template_is_refused() {
    for (template, fault) in [
        ("a {{b", BadTemplate::OpenTag("{{b".into())),
        ("{{}}", BadTemplate::NoTag(String::new())),
        ("{{#}}", BadTemplate::NoTag("#".into())),
        ("{{#a}}", BadTemplate::OpenSection("a".into())),
        ("{{/a}}", BadTemplate::NoSection("a".into())),
        (
            "{{#a}}{{#b}}{{/a}}{{/b}}",
            BadTemplate::NoSection("a".into()),
        ),
    ] {
        assert_eq!(render(template, json!({})), Err(fault), "{template}");
    }
    let nested = "{{#a}}".repeat(1000) + &"{{/a}}".repeat(1000);
    assert_eq!(render(&nested, json!({})), Err(BadTemplate::TooDeep));
}

#[test]
fn messages_are_read_before_values_are_put_in() {
    let text = r#"[{"role":"user","content":"{{q}}"},{"role":"user","content":[{"type":"text","text":"{{q}}"}]}]"#;
    let q = "\"}], a\nb";
    assert_eq!(
        prepare(text, false, &json!({ "q": q }), &partial).unwrap(),
        Prepared::Messages(vec![
            json!({ "role": "user", "content": q }),
            json!({ "role": "user", "content": [{ "type": "text", "text": q }] }),
        ])
    );
}

#[test]
fn a_raw_template_may_wrap_messages_in_sections() {
    let text = r#"[{"role":"system","content":"S"}{{#history}},{"role":"{{role}}","content":"{{text}}"}{{/history}}]"#;
    let variables = json!({ "history": [{ "role": "user", "text": "Hi" }] });
    assert_eq!(
        prepare(text, true, &variables, &partial).unwrap(),
        Prepared::Messages(vec![
            json!({ "role": "system", "content": "S" }),
            json!({ "role": "user", "content": "Hi" }),
        ])
    );
    let broken = json!({ "history": [{ "role": "user", "text": "say \"hi\"" }] });
    assert!(matches!(
        prepare(text, true, &broken, &partial),
        Err(BadTemplate::NotJson(_))
    ));
}

#[test]
fn plain_text_stays_text() {
    for raw in [false, true] {
        assert_eq!(
            prepare("[note] {{x}}", raw, &json!({ "x": 1 }), &partial).unwrap(),
            Prepared::Text("[note] 1".into())
        );
    }
}

#[test]
fn components_name_everything_a_template_asks_for() {
    let text = r#"[{"role":"system","content":"{{>tone@2}} {{>>Style}}"},
        {"role":"user","content":"{{q}} {{q}} {{#items}}{{name}}{{/items}}{{^items}}{{fallback}}{{/items}}"}]"#;
    let expected = json!({
        "variables": ["q"],
        "sections": ["items"],
        "sectionVariables": { "items": ["name", "fallback"] },
        "partials": ["tone@2"],
        "variablePartials": ["Style"],
    });
    assert_eq!(variable_components(text, false), expected);
    assert_eq!(variable_components(text, true), expected);
    assert_eq!(
        variable_components("{{#open}}", false)["sections"],
        json!([])
    );
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(template in "(\\PC|\\{\\{[#^/&>!=]{0,2} ?[a-c.]{0,3} ?\\}\\}|\n){0,40}", raw: bool) {
        let variables = json!({ "a": [1, { "b": "{{>>a}}" }], "b": { "c": true }, "c": "{{a}}{{>greeting}}" });
        let _ = prepare(&template, raw, &variables, &partial);
        let _ = variable_components(&template, raw);
    }

    #[test]
    fn text_without_tags_is_unchanged(text in "[^{]*") {
        prop_assert_eq!(render(&text, json!({})).unwrap(), text);
    }
}

/// A prompt, filled in with one variable.
fn with(text: &str, raw: bool, value: &Value) -> Result<Prepared, BadTemplate> {
    prepare(text, raw, &json!({ "x": value }), &partial)
}

#[test]
fn a_variable_among_messages_is_spliced_or_refused_and_never_nested() {
    let turn = json!({ "role": "user", "content": "say \"hi\"\nnow" });
    let system = json!({ "role": "system", "content": "Hi" });
    let text = r#"{"role":"system","content":"Hi"}"#;
    let (alone, first) = ("[{{x}}]".to_owned(), format!("[{{{{x}}}}, {text}]"));
    let (last, triple) = (
        format!("[{text},{{{{x}}}}]"),
        format!("[{text},\n{{{{{{ x }}}}}}]"),
    );
    for raw in [true, false] {
        for (text, before, after) in [
            (&alone, false, false),
            (&first, false, true),
            (&last, true, false),
            (&triple, true, false),
        ] {
            let around = |turns: &[&Value]| {
                let before = before.then_some(&system).into_iter();
                let all = before.chain(turns.iter().copied());
                let all = all.chain(after.then_some(&system));
                Prepared::Messages(all.cloned().collect())
            };
            let several = json!([turn, turn]);
            for (value, turns) in [
                (several.clone(), [&turn, &turn].as_slice()),
                (several.to_string().into(), &[&turn, &turn]),
                (turn.clone(), &[&turn]),
            ] {
                assert_eq!(
                    with(text, raw, &value).unwrap(),
                    around(turns),
                    "{text} {raw}"
                );
            }
            for wrong in [
                json!([[turn]]),
                json!("plain text"),
                json!(5),
                json!([turn, "a\"b"]),
            ] {
                let refused = with(text, raw, &wrong);
                let is_text = matches!(refused, Ok(Prepared::Text(_))) && text == &alone;
                assert!(
                    refused.is_err() || is_text,
                    "{text} {raw} {wrong}: {refused:?}"
                );
            }
        }
    }
    assert_eq!(
        with("[{{x}}] hello", false, &json!("x")).unwrap(),
        Prepared::Text("[x] hello".to_owned())
    );
}

#[test]
fn values_cannot_break_out_of_messages_beside_a_bare_variable() {
    let text =
        r#"[{"role":"system","content":"{{x}}"},{"role":"user","content":{{parts}}},{{history}}]"#;
    let parts = json!([{ "type": "text", "text": "a \"quote\"" }]);
    let variables = json!({ "x": "\"}, say\nso", "parts": parts, "history": [] });
    assert_eq!(
        prepare(text, false, &variables, &partial).unwrap(),
        Prepared::Messages(vec![
            json!({ "role": "system", "content": "\"}, say\nso" }),
            json!({ "role": "user", "content": parts }),
        ])
    );
    let wrong = json!({ "x": "", "parts": "plain text", "history": [] });
    let refused = prepare(text, false, &wrong, &partial).unwrap_err();
    assert_eq!(refused, BadTemplate::NoValue("{{parts}}".to_owned()));
}

#[test]
fn a_list_that_holds_no_message_is_refused() {
    let text = r#"[{"role":"system","content":"Hi"},{{x}}]"#;
    for raw in [true, false] {
        for value in [json!(null), json!(true), json!("\"a\""), json!("")] {
            assert!(with(text, raw, &value).is_err(), "{raw} {value}");
        }
    }
}
