//! What the operations say of the objects that they read and list fits together.

use std::collections::HashMap;

use portkey_api::{Method, ObjectKind, Operation, operations};

/// The listing of a kind that stands by itself.
fn listing(kind: &str) -> Option<&'static Operation> {
    let mut listings = operations().filter(|one| !one.path.contains('{'));
    listings.find(|one| one.lists.is_some_and(|lists| lists.kind == kind))
}

fn is_below(operation: &Operation, listing: &Operation) -> bool {
    let rest = operation.path.strip_prefix(listing.path);
    rest.is_some_and(|rest| rest.starts_with("/{"))
}

#[test]
fn each_kind_has_one_reader_and_what_it_reads_is_listed() {
    let mut readers = HashMap::new();
    for reader in operations() {
        let (tool, Some(kind)) = (reader.declaration.name, reader.reads) else {
            continue;
        };
        let before = readers.insert(kind, tool);
        assert_eq!(before, None, "{tool} reads a {kind} too");
        assert_eq!(reader.method, Method::Get, "{tool}");
        if !reader.path.contains('{') {
            continue; // There is one of it.
        }
        let listed_as = ObjectKind::named(kind).unwrap().listed_as().name();
        let listing = listing(listed_as).unwrap_or_else(|| panic!("nothing lists {listed_as}"));
        assert!(listed_as != kind || is_below(reader, listing), "{tool}");
    }
    assert!(readers.len() > 11, "{readers:?}");
}

#[test]
fn what_completes_a_listing_reads_one_of_its_objects() {
    for operation in operations() {
        let tool = operation.declaration.name;
        if let Some(whole) = operation.lists.and_then(|lists| lists.whole) {
            let whole = whole();
            assert!(is_below(whole, operation), "{tool}");
            assert_eq!(whole.method, Method::Get, "{tool}");
            let kind = operation.lists.map(|lists| lists.kind);
            assert!(whole.reads.is_none() || whole.reads == kind, "{tool}");
        }
        if let Some(part) = operation.part_of {
            let listing = listing(part.kind).unwrap_or_else(|| panic!("{tool}"));
            assert!(is_below(operation, listing), "{tool}");
            assert!(operation.declaration.answers_page(), "{tool}");
        }
    }
}
