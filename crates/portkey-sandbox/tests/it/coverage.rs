//! The sandbox answers every operation of the catalog.

use std::collections::BTreeSet;

#[test]
fn every_operation_is_answered() {
    let answered: BTreeSet<_> = portkey_sandbox::answers().into_iter().collect();
    let missing: Vec<_> = portkey_api::operations()
        .map(|operation| operation.declaration.name)
        .filter(|name| !answered.contains(name))
        .collect();
    assert!(missing.is_empty(), "not answered: {missing:?}");
}
