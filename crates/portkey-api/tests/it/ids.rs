//! What is no id is refused before there is a request, whatever operation it is for.

use portkey_api::{
    Edition, Flaw, JsonObject, Location, Operation, Reason, Request, operations, parse_arguments,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names in paths that are not Portkey's own: a model may be called `meta-llama/Llama-3.3`.
const FOREIGN: [(&str, &str); 2] = [
    ("get_model_pricing", "model"),
    ("get_analytics_by_metadata", "metadata_key"),
];

/// Texts that lead nowhere or elsewhere in any path.
const NEVER: [&str; 14] = [
    "", " ", "\t", "\u{a0}", "\u{200b}", ".", "..", "...", "/", "//", "-", " a", "a\nb", "a\u{0}",
];

/// Texts that some servers read as several segments.
const NO_ID: [&str; 7] = ["a/b", "../a", "a/", "/a", "a\\b", "a%2Fb", "%2e%2e"];

/// Each argument in the path of each operation, with arguments that are right.
fn in_paths() -> impl Iterator<Item = (&'static Operation, &'static str, JsonObject)> {
    operations().flat_map(|operation| {
        let arguments = portkey_examples::least(operation);
        let arguments = parse_arguments(&operation.declaration, arguments)
            .unwrap()
            .arguments;
        let in_path = operation.declaration.arguments.iter();
        let in_path = in_path.filter(|argument| argument.location == Location::Path);
        in_path.map(move |argument| (operation, argument.name, arguments.clone()))
    })
}

fn is_choice(operation: &Operation, name: &str) -> bool {
    let schema = operation.declaration.input_of(name).unwrap();
    schema.get("enum").is_some()
}

fn is_uuid(operation: &Operation, name: &str) -> bool {
    let schema = operation.declaration.input_of(name).unwrap();
    schema.get("x-id").is_some_and(|kind| kind == "uuid")
}

/// What is said of an argument with this text: where arguments are understood, and where the request is built, which is
/// what tools that make several calls do.
fn flaws(
    operation: &Operation,
    name: &str,
    arguments: &JsonObject,
    text: &str,
) -> [Option<Flaw>; 2] {
    let mut arguments = arguments.clone();
    arguments.insert(name.to_owned(), text.into());
    let understood =
        parse_arguments(&operation.declaration, arguments.clone()).and_then(|understood| {
            operation.check_ids(&understood.arguments)?;
            operation.request(understood.arguments)
        });
    let built = Request::new(operation, arguments, Edition::Classic);
    [understood, built].map(|result| {
        let refused = result.err()?;
        let problem = refused.problems.into_iter().find(|p| p.path == name)?;
        match problem.reason {
            Reason::Id { flaw, .. } => Some(flaw),
            _ => None,
        }
    })
}

#[test]
fn no_operation_takes_what_is_no_id_into_its_path() {
    let long = "x".repeat(513);
    let mut seen = 0;
    for (operation, name, arguments) in in_paths() {
        let tool = operation.declaration.name;
        let is_foreign = FOREIGN.contains(&(tool, name));
        let never = NEVER.into_iter().chain([long.as_str()]);
        let no_id = NO_ID.into_iter().filter(|_| !is_foreign);
        for text in never.chain(no_id) {
            let [understood, built] = flaws(operation, name, &arguments, text);
            assert!(built.is_some(), "{tool}: {name} {text:?}");
            assert!(
                understood.is_some() || is_choice(operation, name),
                "{tool}: {name} {text:?}"
            );
        }
        let needs_uuid = is_uuid(operation, name).then_some(Flaw::NoUuid);
        for text in ["a", "prompt@12", "a b", "a?b#c", "é", &long[..512]] {
            let [understood, built] = flaws(operation, name, &arguments, text);
            assert_eq!(
                (understood, built),
                (needs_uuid, None),
                "{tool}: {name} {text:?}"
            );
        }
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn foreign_names_may_hold_slashes() {
    for (tool, name) in FOREIGN {
        let (operation, _, mut arguments) = in_paths()
            .find(|(operation, argument, _)| {
                (operation.declaration.name, *argument) == (tool, name)
            })
            .unwrap();
        arguments.insert(name.to_owned(), "meta-llama/Llama-3.3%".into());
        let request = operation.request(arguments).unwrap();
        let encoded = "/meta-llama%2FLlama-3.3%25";
        assert!(request.target.contains(encoded), "{}", request.target);
    }
}

#[test]
fn ids_outside_of_paths_are_never_blank() {
    let mut seen = 0;
    for operation in operations() {
        let arguments = portkey_examples::most(operation);
        for argument in operation.declaration.arguments {
            let schema = operation.declaration.input_of(argument.name).unwrap();
            if schema.get("x-id").is_none() || argument.location == Location::Path {
                continue;
            }
            let mut arguments = arguments.clone();
            arguments.insert(argument.name.to_owned(), " ".into());
            let refused = parse_arguments(&operation.declaration, arguments).unwrap_err();
            let said = refused.to_string();
            assert!(
                said.contains(&format!("`{}`: no id", argument.name)),
                "{said}"
            );
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn who_gives_no_id_hears_which_tool_lists_them() {
    let get = portkey_api::operation("get_workspace_member").unwrap();
    let arguments = json!({ "workspace_id": "", "user_id": "." });
    let Value::Object(arguments) = arguments else {
        unreachable!()
    };
    let said = parse_arguments(&get.declaration, arguments)
        .unwrap_err()
        .to_string();
    for part in [
        "`workspace_id`: no id: it has neither a letter nor a digit; `list_workspaces` lists",
        "`user_id`: no id: it has neither a letter nor a digit; `list_workspace_members` lists",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn what_servers_would_cut_is_refused() {
    let list = portkey_api::operation("list_prompts").unwrap();
    let searching = |length: usize| {
        let arguments = json!({ "search": "x".repeat(length) });
        list.request(arguments.as_object().unwrap().clone())
    };
    searching(8_000).unwrap();
    let said = searching(20_000).unwrap_err().to_string();
    assert!(said.contains("`search`: makes 200"), "{said}");
    let run = portkey_api::operation("run_prompt_completion").unwrap();
    let arguments =
        json!({ "prompt_id": "p", "variables": {}, "metadata": { "a": "x".repeat(9_000) } });
    let refused = run.request(arguments.as_object().unwrap().clone());
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("`metadata`: makes 90"), "{said}");
}

proptest! {
    #[test]
    fn a_path_has_as_many_segments_as_its_operation(text in ".{0,40}") {
        for (operation, name, mut arguments) in in_paths().step_by(7) {
            arguments.insert(name.to_owned(), text.clone().into());
            let Ok(request) = Request::new(operation, arguments, Edition::Classic) else { continue };
            let path = request.target.split('?').next().unwrap();
            prop_assert_eq!(path.split('/').count(), operation.path.split('/').count());
            prop_assert!(path.split('/').skip(1).all(|segment| !segment.trim_matches('.').is_empty()));
        }
    }
}

#[test]
fn where_only_uuids_are_ids_nothing_else_is_sent() {
    let mut seen = 0;
    for (operation, name, arguments) in in_paths() {
        if !is_uuid(operation, name) {
            continue;
        }
        let tool = operation.declaration.name;
        let id = "7C9e6679-7425-40de-944b-e07fc1f90ae7";
        let bare = id.replace('-', "");
        for right in [id, &id.to_lowercase(), &bare, &format!("{{{id}}}")] {
            let found = flaws(operation, name, &arguments, right);
            assert_eq!(found, [None, None], "{tool}: {name} {right}");
        }
        for wrong in [
            "3",
            "ada@example.com",
            "ws-staging-51f0ae",
            &id[1..],
            &id.replace('C', "g"),
        ] {
            let [understood, _] = flaws(operation, name, &arguments, wrong);
            assert_eq!(understood, Some(Flaw::NoUuid), "{tool}: {name} {wrong}");
        }
        let schema = operation.declaration.input_of(name).unwrap();
        let described = schema.get("description").and_then(Value::as_str).unwrap();
        assert!(described.contains("UUID"), "{tool}: {name}: {described}");
        seen += 1;
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn ids_that_may_be_slugs_stay_open() {
    for (operation, name, _) in in_paths() {
        let schema = operation.declaration.input_of(name).unwrap();
        let described = schema.get("description").and_then(Value::as_str);
        if described.is_some_and(|text| text.contains("slug")) {
            let tool = operation.declaration.name;
            assert!(!is_uuid(operation, name), "{tool}: {name}");
        }
    }
}
