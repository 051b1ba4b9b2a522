//! The scopes of keys that operations ask for.

use std::{collections::BTreeMap, sync::LazyLock};

use portkey_api_core::{Path, Problem, Problems, nearest};
use serde_json::Value;

use crate::{known_names::unknown, operations};

static SCOPES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut scopes = BTreeMap::<_, Vec<_>>::new();
    for operation in operations() {
        let declaration = &operation.declaration;
        for scope in declaration.scopes.names {
            scopes.entry(*scope).or_default().push(declaration.name);
        }
    }
    scopes
});

/// Every scope that an operation asks for, with the operations that do.
pub fn scopes() -> &'static BTreeMap<&'static str, Vec<&'static str>> {
    &SCOPES
}

pub(crate) fn advise(scope: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    if problems.notes_are_many() {
        return;
    }
    let known = scopes();
    if let Some(scope) = scope.as_str().filter(|scope| !known.contains_key(scope)) {
        let nearest = nearest(scope, known.keys().copied());
        problems.note(|| Problem::rule(path, unknown("scope", scope, nearest, "list_key_scopes")));
    }
}
