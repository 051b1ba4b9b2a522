//! How the effect of each operation is undone, or why it cannot be undone.

use portkey_api_core::{
    Effect,
    Method::{Delete, Post},
    Operation, Undo,
};

use crate::catalog::Catalog;

/// How the effect of an operation is undone.
#[derive(Debug, Clone, Copy)]
pub enum UndoStrategy {
    /// By writing the earlier values.
    Restore {
        /// The operation that writes them.
        by: &'static Operation,
    },
    /// By publishing the version that was published before.
    Republish,
    /// By creating a similar object.
    Recreate {
        /// The operation that creates it.
        by: &'static Operation,
        /// What the new object lacks, as a sentence.
        lost: Option<&'static str>,
    },
    /// By removing what was created.
    Remove {
        /// The operation that removes it.
        by: &'static Operation,
    },
    /// The effect cannot be undone, for this reason.
    Never(&'static str),
}

const NO_OPPOSITE: &str = "the API has no operation that takes it back";

/// Returns how the effect of `operation` is undone.
pub fn strategy(catalog: &Catalog, operation: &'static Operation) -> UndoStrategy {
    if let Undo::Never(reason) = operation.undo {
        return UndoStrategy::Never(reason);
    }
    if operation.publishes {
        return UndoStrategy::Republish;
    }
    let other = declared(operation);
    match operation.declaration.effect {
        Effect::Update => UndoStrategy::Restore {
            by: other.unwrap_or(operation),
        },
        Effect::Delete => match other.or_else(|| catalog.counterpart(Post, operation)) {
            Some(by) if by.declaration.effect == Effect::Update => UndoStrategy::Restore { by },
            Some(by) => UndoStrategy::Recreate {
                by,
                lost: match operation.undo {
                    Undo::Loses(lost) => Some(lost),
                    _ => None,
                },
            },
            None => UndoStrategy::Never(NO_OPPOSITE),
        },
        Effect::Create => match remover(catalog, operation) {
            Some(by) => UndoStrategy::Remove { by },
            None => UndoStrategy::Never(NO_OPPOSITE),
        },
        Effect::Read | Effect::Execute => {
            UndoStrategy::Never("it leaves nothing that could be taken back")
        }
    }
}

/// Returns the operation that removes what `operation` creates.
pub(crate) fn remover(catalog: &Catalog, operation: &Operation) -> Option<&'static Operation> {
    declared(operation).or_else(|| catalog.counterpart(Delete, operation))
}

/// Returns the operation that undoes this one according to its declaration.
fn declared(operation: &Operation) -> Option<&'static Operation> {
    match operation.undo {
        Undo::By(other) => Some(other()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::operations_alone, journal::is_kept};

    fn kept() -> impl Iterator<Item = &'static Operation> {
        let catalog = operations_alone();
        catalog.operations().filter(|one| is_kept(catalog, one))
    }

    #[test]
    fn every_kept_change_has_a_strategy_or_declares_why_not() {
        for operation in kept() {
            let is_never = matches!(operation.undo, Undo::Never(_));
            if let UndoStrategy::Never(reason) = strategy(operations_alone(), operation) {
                assert!(is_never, "{}: {reason}", operation.declaration.name);
            }
        }
    }

    #[test]
    fn what_is_declared_of_undo_makes_a_difference() {
        let catalog = operations_alone();
        for operation in catalog.operations() {
            let name = operation.declaration.name;
            let implied: &'static Operation = Box::leak(Box::new(Operation {
                undo: Undo::Implied,
                ..*operation
            }));
            let implied = strategy(catalog, implied);
            match operation.undo {
                Undo::Implied => {}
                Undo::Never(_) => assert!(is_kept(catalog, operation), "{name}"),
                Undo::Loses(_) => {
                    let is_made_again = matches!(implied, UndoStrategy::Recreate { .. });
                    assert!(is_made_again, "{name} loses nothing by {implied:?}");
                }
                Undo::By(by) => {
                    let by = by().declaration.name;
                    assert_ne!(by_of(implied), Some(by), "{name}");
                }
            }
        }
    }

    fn by_of(strategy: UndoStrategy) -> Option<&'static str> {
        match strategy {
            UndoStrategy::Restore { by }
            | UndoStrategy::Recreate { by, .. }
            | UndoStrategy::Remove { by } => Some(by.declaration.name),
            UndoStrategy::Republish | UndoStrategy::Never(_) => None,
        }
    }

    #[test]
    fn strategies_follow_from_the_declarations() {
        let catalog = operations_alone();
        let of = |name| strategy(catalog, catalog.operation(name).unwrap());
        for (name, by) in [
            ("update_config", "update_config"),
            ("delete_config", "create_config"),
            ("create_config", "delete_config"),
            ("create_api_key", "delete_api_key"),
            ("archive_deployment", "update_deployment"),
            ("remove_workspace_member", "add_workspace_member"),
            ("add_workspace_member", "remove_workspace_member"),
        ] {
            assert_eq!(by_of(of(name)), Some(by), "{name}");
        }
        assert!(matches!(of("publish_prompt"), UndoStrategy::Republish));
        assert!(matches!(of("rotate_api_key"), UndoStrategy::Never(_)));
    }
}
