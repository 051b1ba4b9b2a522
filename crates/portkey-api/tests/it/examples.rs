//! What the declarations say of examples holds.

use portkey_api::{Declaration, JsonObject, Location, Operation, operations, parse_arguments};
use portkey_api_core::keywords::{EXAMPLE, HIDDEN};
use portkey_examples::{every, most};

fn accepts(operation: &Operation, arguments: &JsonObject) -> bool {
    parse_arguments(&operation.declaration, arguments.clone())
        .and_then(|understood| operation.request(understood.arguments))
        .is_ok()
}

fn schema_of<'a>(declaration: &Declaration, argument: &str) -> &'a serde_json::Value {
    declaration.input_of(argument).unwrap()
}

#[test]
fn every_example_is_accepted() {
    for operation in operations() {
        let tool = operation.declaration.name;
        for arguments in every(operation) {
            let read = parse_arguments(&operation.declaration, arguments.clone());
            let request = read.and_then(|understood| operation.request(understood.arguments));
            assert!(request.is_ok(), "{tool} {arguments:?}: {request:?}");
        }
    }
}

#[test]
fn the_examples_of_an_operation_give_every_argument() {
    for operation in operations() {
        let declaration = &operation.declaration;
        let calls = every(operation);
        for argument in declaration.arguments {
            let schema = schema_of(declaration, argument.name);
            let is_fixed = argument.location == Location::Local && schema.get(HIDDEN).is_some();
            let is_given = calls.iter().any(|call| call.contains_key(argument.name));
            let (tool, name) = (declaration.name, argument.name);
            assert!(is_given || is_fixed, "no example of {tool} gives {name}");
        }
    }
}

#[test]
fn what_excludes_an_argument_is_refused_beside_it() {
    let mut tried = 0;
    for operation in operations() {
        let declaration = &operation.declaration;
        for argument in declaration.arguments {
            for excluded in argument.excludes {
                let (tool, name) = (declaration.name, argument.name);
                assert!(
                    declaration
                        .argument(excluded)
                        .is_some_and(|other| other.name == *excluded),
                    "{tool} has no {excluded}"
                );
                let of = every(operation).into_iter();
                let beside = of.filter(|call| call.contains_key(name)).map(|mut call| {
                    call.insert((*excluded).to_owned(), most(operation)[*excluded].clone());
                    call
                });
                for call in beside {
                    assert!(
                        !accepts(operation, &call),
                        "{tool} takes {name} beside {excluded}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn types_and_arguments_have_examples_that_can_be_printed() {
    let declared = operations().flat_map(|operation| {
        let declaration = &operation.declaration;
        let arguments = declaration.arguments.iter();
        arguments.filter_map(move |one| schema_of(declaration, one.name).get(EXAMPLE))
    });
    assert!(declared.count() > 100);
}
