//! Tools that make several calls, or none. Each has a file, and its calls go through the same pipeline as others.

mod diff_prompt_versions;
mod find_references;
mod get_analytics_summary;
mod get_trace;
mod jobs;
mod known_names;
mod list_changes;
mod list_traces;
mod log_export;
mod migrate_prompt;
mod promote_prompt;
mod prompt_library;
mod query_analytics;
mod spoken;
mod undo_change;
mod validate_completion_metadata;
mod whoami;

use std::sync::LazyLock;

// The attribute of each workflow expects the vendor here.
use portkey_api::{DOMAINS, Declared as _, VENDOR};
use portkey_engine::{call::ComposedTool, catalog::Catalog};

pub use jobs::JOBS;
pub use spoken::{sayings, search_documents};

/// Returns the catalog with every operation of Portkey and every workflow.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        Catalog::new(DOMAINS, WORKFLOWS.iter().map(|one| &one.workflow)).with_sets(JOBS)
    });
    &CATALOG
}

/// The name of the tool that lists the changes in the journal.
pub const LIST_CHANGES: &str = list_changes::ListChanges::NAME;

/// The name of the tool that undoes a change in the journal.
pub const UNDO_CHANGE: &str = undo_change::UndoChange::NAME;

/// Every workflow, in the order in which they are listed.
pub const WORKFLOWS: &[ComposedTool] = &[
    ComposedTool::of::<migrate_prompt::MigratePrompt>("prompts"),
    ComposedTool::of::<promote_prompt::PromotePrompt>("prompts"),
    ComposedTool::of::<diff_prompt_versions::DiffPromptVersions>("prompts"),
    ComposedTool::of::<validate_completion_metadata::ValidateCompletionMetadata>("prompts"),
    ComposedTool::of::<find_references::FindReferences>("configs"),
    ComposedTool::of::<known_names::ListKeyScopes>("api_keys"),
    ComposedTool::of::<known_names::ListAiProviders>("integrations"),
    ComposedTool::of::<known_names::ListGuardrailChecks>("guardrails"),
    ComposedTool::of::<get_analytics_summary::GetAnalyticsSummary>("analytics"),
    ComposedTool::of::<query_analytics::QueryAnalytics>("analytics"),
    ComposedTool::of::<list_traces::ListTraces>("logging"),
    ComposedTool::of::<get_trace::GetTrace>("logging"),
    ComposedTool::of::<whoami::Whoami>("organisation"),
    ComposedTool::of::<list_changes::ListChanges>("organisation"),
    ComposedTool::destructive::<undo_change::UndoChange>("organisation"),
];
