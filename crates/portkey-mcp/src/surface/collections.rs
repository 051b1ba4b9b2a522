//! The kinds of objects that clients read as resources and choose from. One row says which tool reads such an object,
//! at which address, and which tool lists what there is to choose.

use portkey_api::{
    Declared,
    analytics::GetAnalyticsByModels,
    api_keys::{GetApiKey, ListApiKeys},
    collections::{GetCollection, ListCollections},
    configs::{GetConfig, ListConfigs},
    guardrails::{GetGuardrail, ListGuardrails},
    integrations::{GetIntegration, ListIntegrations},
    prompt_labels::ListPromptLabels,
    prompt_partials::{GetPromptPartial, ListPromptPartials},
    prompts::{GetPrompt, ListPrompts},
    providers::{GetProvider, ListProviders},
    users::ListAllUsers,
    workspaces::{GetWorkspace, ListWorkspaces},
};
use portkey_engine::catalog::Tool;

use crate::catalog::catalog;

/// What the addresses of this server's own resources begin with.
pub(super) const SCHEME: &str = "portkey://";

/// Objects of one kind.
#[derive(Debug)]
pub(crate) struct Collection {
    /// The name in the addresses of its objects, such as `configs`.
    pub(crate) name: &'static str,
    /// The tool that lists the objects.
    listing: &'static str,
    /// The member of an entry by which tools name the object.
    pub(crate) value: &'static str,
    /// The members by which people know it.
    pub(crate) known_by: &'static [&'static str],
    /// The tool that reads an object, and the name of its id in the address, if the objects are resources.
    reader: Option<(&'static str, &'static str)>,
}

/// Every kind.
pub(crate) const COLLECTIONS: &[Collection] = &[
    Collection::of::<ListWorkspaces>("workspaces", "slug").read_by::<GetWorkspace>("id"),
    Collection::of::<ListPrompts>("prompts", "slug").read_by::<GetPrompt>("id"),
    Collection::of::<ListPromptPartials>("partials", "slug").read_by::<GetPromptPartial>("id"),
    Collection::of::<ListCollections>("collections", "id").read_by::<GetCollection>("id"),
    Collection::of::<ListConfigs>("configs", "slug").read_by::<GetConfig>("slug"),
    Collection::of::<ListGuardrails>("guardrails", "slug").read_by::<GetGuardrail>("id"),
    Collection::of::<ListProviders>("providers", "slug").read_by::<GetProvider>("slug"),
    Collection::of::<ListIntegrations>("integrations", "slug").read_by::<GetIntegration>("slug"),
    Collection::of::<ListApiKeys>("api-keys", "id").read_by::<GetApiKey>("id"),
    Collection::of::<ListPromptLabels>("labels", "name"),
    Collection::of::<ListAllUsers>("users", "email").known_by(&["first_name", "last_name"]),
    Collection::of::<GetAnalyticsByModels>("models", "ai_model").known_by(&[]),
];

impl Collection {
    const fn of<L: Declared>(name: &'static str, value: &'static str) -> Self {
        Self {
            name,
            listing: L::NAME,
            value,
            known_by: &["id", "name"],
            reader: None,
        }
    }

    const fn read_by<R: Declared>(self, variable: &'static str) -> Self {
        Self {
            reader: Some((R::NAME, variable)),
            ..self
        }
    }

    const fn known_by(self, known_by: &'static [&'static str]) -> Self {
        Self { known_by, ..self }
    }

    /// The one of this name whose objects are resources.
    pub(super) fn of_resources(name: &str) -> Option<&'static Self> {
        let mut all = COLLECTIONS.iter();
        all.find(|one| one.name == name && one.reader.is_some())
    }

    /// The one that this tool lists.
    pub(super) fn listed_by(tool: &str) -> Option<&'static Self> {
        COLLECTIONS.iter().find(|one| one.listing == tool)
    }

    /// The tool that lists the objects.
    pub(crate) fn listing(&self) -> Option<Tool> {
        catalog().find(self.listing).ok()
    }

    /// The tool that reads an object, and its argument for the id.
    pub(crate) fn reader(&self) -> Option<(Tool, &'static str)> {
        let (tool, _) = self.reader?;
        let operation = catalog().operation(tool)?;
        let (_, argument) = catalog().collection(operation)?;
        Some((Tool::Operation(operation), argument))
    }

    /// The name of the id in the address.
    pub(super) fn variable(&self) -> Option<&'static str> {
        self.reader.map(|(_, variable)| variable)
    }

    /// The address of its objects, such as `portkey://configs/{slug}`.
    pub(super) fn template(&self) -> String {
        let variable = self.variable().unwrap_or_default();
        format!("{SCHEME}{}/{{{variable}}}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_an_object_and_what_lists_it_belong_together() {
        for collection in COLLECTIONS {
            assert!(collection.listing().is_some(), "{}", collection.name);
            let Some((reader, _)) = collection.reader else {
                continue;
            };
            let operation = catalog().operation(reader).unwrap();
            let (listing, _) = catalog().collection(operation).unwrap();
            assert_eq!(listing.declaration.name, collection.listing, "{reader}");
        }
    }
}
