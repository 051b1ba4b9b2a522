//! Files with planted faults.

use std::path::Path;

use super::{
    literals::{self, Known},
    text, types, unneeded,
};

/// What a check finds in this code, without what to do about it.
fn found(code: &str, check: impl Fn(&Path, &syn::File) -> Vec<String>) -> Vec<String> {
    let faults = check(Path::new("code.rs"), &syn::parse_str(code).unwrap());
    let short = |fault: &String| fault.split(';').next().unwrap().to_owned();
    faults.iter().map(short).collect()
}

fn literals_in(code: &str) -> Vec<String> {
    let known = Known::of_catalog();
    found(code, |file, syntax| literals::of_file(file, syntax, &known))
}

#[test]
fn a_file_has_a_header_and_an_end_in_sight() {
    let files = |text: &str| [("crates/portkey-client/src/a.rs".to_owned(), text.to_owned())];
    let faults = |text: &str| {
        let faults = text::check(&files(text)).into_iter();
        // Of the folders that are not given, exceptions are not needed.
        let of_file = faults.filter(|fault| fault.starts_with("crates/"));
        of_file.collect::<Vec<_>>()
    };
    assert_eq!(faults("//! What it is for.\n"), [""; 0]);
    assert!(faults("use std::path::Path;\n")[0].contains("`//! …`"));
    assert!(faults("\n//! Too late.\n")[0].contains("`//! …`"));
    let long = format!("//! Long.\n{}", "\n".repeat(400));
    assert!(faults(&long)[0].contains("401 lines are more than 400"));
}

#[test]
fn exceptions_go_when_nothing_needs_them() {
    assert_eq!(
        unneeded(
            ["needed", "idle"].into_iter(),
            |one| one == "needed",
            "LIST"
        ),
        ["LIST needs no exception `idle` any more; take it out"]
    );
}

#[test]
fn the_name_of_a_tool_is_found_wherever_it_is_written() {
    for (line, code) in [
        (1, r#"const TOOL: &str = "create_config";"#),
        (2, "fn f() {\n    g(\"create_config\")\n}"),
        (2, "fn f() {\n    json!({ \"tool\": \"create_config\" })\n}"),
        (1, r#"#[tool("create_config")] struct S;"#),
        (1, r##"const TOOL: &str = r#"create_config"#;"##),
        (1, r#"const TOOL: &str = "find_references";"#),
    ] {
        let faults = literals_in(code);
        assert_eq!(faults.len(), 1, "{code}");
        let begin = format!("code.rs:{line}: ");
        assert!(
            faults[0].starts_with(&begin) && faults[0].ends_with("the name of a tool"),
            "{faults:?}"
        );
    }
}

#[test]
fn a_path_of_the_api_is_found_and_so_is_its_beginning() {
    for path in [
        "/configs",
        "/admin",
        "/admin/workspaces/",
        "/admin/workspaces/{workspace_id}",
    ] {
        let faults = literals_in(&format!("const PATH: &str = {path:?};"));
        assert_eq!(
            faults,
            [format!("code.rs:1: {path:?} is a path of the API")]
        );
    }
}

#[test]
fn other_texts_documentation_and_tests_are_free() {
    for code in [
        r#"const TEXT: &str = "create_config fails";"#,
        r#"const PATH: &str = "/";"#,
        r#"const PATH: &str = "/mcp";"#,
        "/// create_config\nfn f() {}",
        r#"#[cfg(test)] mod tests { const TOOL: &str = "create_config"; }"#,
        r#"#[test] fn f() { g("create_config") }"#,
    ] {
        assert_eq!(literals_in(code), [""; 0], "{code}");
    }
}

#[test]
fn a_type_that_could_be_called_anything_is_found() {
    let faults = found(
        "struct Info;\nenum Manager {}\nstruct Config;",
        types::of_file,
    );
    assert_eq!(
        faults,
        [
            "code.rs:1: `Info` fits any type",
            "code.rs:2: `Manager` fits any type"
        ]
    );
}
