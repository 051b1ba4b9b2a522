//! Crates with planted faults.

use std::fs;

use tempfile::TempDir;

use super::{check, circles, floors::Table};
use crate::sources::{Crate, Member};

/// Writes a crate of these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &TempDir) -> Crate {
    Crate::read("the-crate", &folder.path().join("lib.rs")).unwrap()
}

/// What the table finds, without the folder's name.
fn faults(files: &[(&str, &str)], table: &str) -> Vec<String> {
    let folder = folder(files);
    let table: Table = toml::from_str(table).unwrap();
    let root = format!("{}/", folder.path().display());
    let faults = table.check(&read(&folder), "Cargo.toml");
    let short = |fault: String| {
        let fault = fault.replace(&root, "");
        fault.split(';').next().unwrap_or_default().to_owned()
    };
    faults.into_iter().map(short).collect()
}

const LIB: (&str, &str) = ("lib.rs", "mod low;\nmod high;\npub use high::High;\n");
const HIGH: (&str, &str) = (
    "high.rs",
    "use crate::low::Low;\npub struct High(Low);\nimpl High { pub const ALL: u8 = 1; }\n",
);
const FLOORS: &str = r#"floors = [["low"], ["high"]]"#;

#[test]
fn imports_from_lower_floors_are_free() {
    let low = ("low.rs", "pub struct Low;");
    assert_eq!(faults(&[LIB, HIGH, low], FLOORS), [""; 0]);
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    for (line, text) in [
        (1, "use crate::high::High;"),
        (1, "use crate::{high};"),
        (1, "use crate::High;"),
        (1, "use super::high as up;"),
        (1, "use the_crate::High;"),
        (2, "\nfn f() -> u8 { crate::high::High::ALL }"),
        (
            3,
            "fn f() {\n    use super::{\n        high::High,\n    };\n}",
        ),
        (2, "fn f() {\n    dbg!(crate::High::ALL);\n}"),
        (2, "\n#[derive(crate::high::High)] struct S;"),
        (2, "mod inner {\n    use super::super::high::High;\n}"),
    ] {
        let faults = faults(&[LIB, HIGH, ("low.rs", text)], FLOORS);
        let fault = format!("low.rs:{line}: `low` imports `high`, which is on a floor above");
        assert_eq!(faults, [fault], "{text}");
    }
}

#[test]
fn an_import_from_the_same_floor_is_found() {
    let low = ("low.rs", "pub struct Low;");
    assert_eq!(
        faults(&[LIB, HIGH, low], r#"floors = [["low", "high"]]"#),
        ["high.rs:1: `high` imports `low`, which is on the same floor"]
    );
}

#[test]
fn tests_may_import_what_they_like() {
    let low = (
        "low.rs",
        "pub struct Low;\n#[cfg(test)]\nuse crate::High;\n#[cfg(test)]\nmod tests { use crate::High; }\n#[cfg(test)]\nmod \
         more;\n#[test]\nfn f() { crate::High::ALL; }",
    );
    assert_eq!(faults(&[LIB, HIGH, low], FLOORS), [""; 0]);
}

#[test]
fn other_crates_names_are_no_imports() {
    let low = (
        "low.rs",
        "pub struct Low;\nuse std::high::High;\nfn f() { high::f() }",
    );
    assert_eq!(faults(&[LIB, HIGH, low], FLOORS), [""; 0]);
}

#[test]
fn a_module_without_a_floor_and_a_floor_without_its_module_are_found() {
    let low = ("low.rs", "pub struct Low;");
    assert_eq!(
        faults(&[LIB, HIGH, low], r#"floors = [["low", "lower"], ["low"]]"#),
        [
            "Cargo.toml: [package.metadata.layers] places `lower`, which is no module",
            "Cargo.toml: [package.metadata.layers] places `low` twice",
            "Cargo.toml: [package.metadata.layers] places `high` on no floor",
        ]
    );
}

#[test]
fn an_exception_allows_an_import_and_goes_with_it() {
    let table = r#"
        floors = [["low"], ["high"]]
        exceptions = ["low -> high"]
    "#;
    let low = ("low.rs", "pub struct Low;\nuse crate::High;");
    assert_eq!(faults(&[LIB, HIGH, low], table), [""; 0]);
    let low = ("low.rs", "pub struct Low;");
    assert_eq!(
        faults(&[LIB, HIGH, low], table),
        ["Cargo.toml: [package.metadata.layers] needs no exception `low -> high`"]
    );
}

#[test]
fn submodules_have_floors_of_their_own() {
    let files = [
        LIB,
        ("low.rs", "pub struct Low;"),
        ("high.rs", "mod roof;\nmod cellar;\npub use roof::High;"),
        (
            "high/roof.rs",
            "pub struct High;\nuse super::cellar::Cellar;",
        ),
        ("high/cellar.rs", "pub struct Cellar;\nuse super::High;"),
    ];
    let table = r#"
        floors = [["low"], ["high"]]
        [high]
        floors = [["cellar"], ["roof"]]
    "#;
    assert_eq!(
        faults(&files, table),
        ["high/cellar.rs:2: `cellar` imports `roof`, which is on a floor above"]
    );
}

fn circle(length: usize) -> Vec<String> {
    let modules: Vec<String> = (0..length).map(|at| format!("m{at}")).collect();
    let declared: Vec<String> = modules
        .iter()
        .map(|name| format!("mod {name};\n"))
        .collect();
    let mut files = vec![("lib.rs".to_owned(), declared.concat())];
    for (at, name) in modules.iter().enumerate() {
        let next = (at + 1) % length;
        let text = format!("pub struct S;\nuse crate::m{next}::S as Next;\n");
        files.push((format!("{name}.rs"), text));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    circles::check(&read(&folder(&files)), 0, "Cargo.toml")
}

#[test]
fn circles_of_more_than_three_files_are_found() {
    assert_eq!(circle(3), [""; 0]);
    let found = circle(4);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("4 files import each other in a circle"),
        "{found:?}"
    );
    for name in ["m0.rs", "m1.rs", "m2.rs", "m3.rs"] {
        assert!(found[0].contains(name), "{found:?}");
    }
}

#[test]
fn a_module_and_its_submodules_are_no_circle() {
    let part = ("whole/a.rs", "use super::Whole;\npub struct Part;");
    let files = [
        ("lib.rs", "mod whole;"),
        (
            "whole.rs",
            "mod a; mod b; mod c;\nuse a::Part;\nuse b::Part as B;\nuse c::Part as C;\npub struct Whole(Part, B, C);",
        ),
        part,
        ("whole/b.rs", part.1),
        ("whole/c.rs", part.1),
    ];
    assert_eq!(
        circles::check(&read(&folder(&files)), 0, "Cargo.toml"),
        [""; 0]
    );
}

#[test]
fn more_circles_allowed_than_there_are_is_a_fault() {
    let small = folder(&[("lib.rs", "mod a;"), ("a.rs", "")]);
    let found = circles::check(&read(&small), 1, "Cargo.toml");
    assert!(found[0].contains("`circles = 1`"), "{found:?}");
}

#[test]
fn a_crate_of_many_modules_needs_a_table() {
    let declared = "mod a; mod b; mod c; mod d;";
    let crate_of_four = folder(&[
        ("lib.rs", declared),
        ("a.rs", ""),
        ("b.rs", ""),
        ("c.rs", ""),
        ("d.rs", ""),
    ]);
    let member = Member {
        name: "the-crate".to_owned(),
        manifest: "Cargo.toml".into(),
        source: crate_of_four.path().join("lib.rs"),
        metadata: serde_json::Value::Null,
    };
    let found = check(&member).unwrap();
    assert!(
        found[0].starts_with("Cargo.toml: a crate with more than 3 modules"),
        "{found:?}"
    );
}
