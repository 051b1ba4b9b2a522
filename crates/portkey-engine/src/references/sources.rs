//! The operations to read for a search, as they declare it: listings of objects that can hold references, and the
//! operations that read what a listing leaves out.

use portkey_api::{ObjectKind, workspaces::WorkspaceId};
use portkey_api_core::{Edition, Operation, Presence, Refers as _};

use crate::catalog::Catalog;

/// A listing of objects that can hold references.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReferenceSource {
    /// The kind of the listed objects.
    pub(super) kind: ObjectKind,
    /// The operation that lists them.
    pub(super) list: &'static Operation,
    /// The operation that reads one whole object, if the listing leaves out members with references.
    pub(super) whole: Option<&'static Operation>,
    /// The operation that reads a list belonging to an object, and the member to store it as.
    pub(super) part: Option<(&'static Operation, &'static str)>,
    /// The operation that lists the versions of an object, and the one that reads a version.
    pub(super) versions: Option<(&'static Operation, &'static Operation)>,
    /// The argument of the listing that takes the id of a workspace.
    pub(super) workspace: Option<&'static str>,
}

impl ReferenceSource {
    /// All listings of objects that can hold references, as far as the edition has such objects.
    pub(super) fn all(catalog: &Catalog, edition: Edition) -> Vec<Self> {
        let is_there = |one: &&'static Operation| is_there(one, edition);
        let sources = catalog.operations().filter(|one| !is_below(one));
        let sources = sources.filter(is_there).filter_map(|list| {
            let lists = list.lists?;
            let versions = versions(catalog, lists.kind);
            Some(Self {
                kind: ObjectKind::named(lists.kind)?,
                list,
                whole: lists.whole.map(|whole| whole()).filter(is_there),
                part: part(catalog, lists.kind).filter(|(list, _)| is_there(list)),
                versions: versions.filter(|(list, get)| is_there(list) && is_there(get)),
                workspace: workspace_of(list),
            })
        });
        sources.collect()
    }

    /// The kinds of which an organisation has one object, each with the operation that reads it.
    pub(super) fn single(
        catalog: &Catalog,
        edition: Edition,
    ) -> Vec<(ObjectKind, &'static Operation)> {
        let readers = catalog.operations().filter(|one| !is_below(one));
        let readers = readers.filter(|one| is_there(one, edition));
        let read = readers.filter_map(|one| Some((ObjectKind::named(one.reads?)?, one)));
        read.collect()
    }
}

fn part(catalog: &Catalog, kind: &str) -> Option<(&'static Operation, &'static str)> {
    catalog.operations().find_map(|one| {
        let part = one.part_of.filter(|part| part.kind == kind)?;
        Some((one, part.name))
    })
}

fn versions(catalog: &Catalog, kind: &str) -> Option<(&'static Operation, &'static Operation)> {
    let mut below = catalog.operations().filter(|one| is_below(one));
    below.find_map(|one| {
        let lists = one.lists.filter(|lists| lists.kind == kind)?;
        Some((one, lists.whole?()))
    })
}

fn is_there(operation: &Operation, edition: Edition) -> bool {
    operation.declaration.presence(edition) != Presence::Absent
}

fn workspace_of(list: &Operation) -> Option<&'static str> {
    let declaration = &list.declaration;
    let mut names = declaration.arguments.iter().map(|argument| argument.name);
    names.find(|name| {
        declaration
            .refers(name)
            .is_some_and(|mark| mark.kind == WorkspaceId::KIND)
    })
}

/// Whether the path of `operation` names an object.
fn is_below(operation: &Operation) -> bool {
    operation.path.contains('{')
}

#[cfg(test)]
mod tests {
    use portkey_api_core::Method;

    use super::*;
    use crate::catalog::operations_alone;

    #[test]
    fn operations_declare_what_is_read_besides_their_listings() {
        let sources = ReferenceSource::all(operations_alone(), Edition::Classic);
        let source = |kind| sources.iter().find(|source| source.kind == kind).unwrap();
        let name = |operation: &Operation| operation.declaration.name;
        let prompts = source(ObjectKind::Prompt);
        assert_eq!(name(prompts.list), "list_prompts");
        assert_eq!(prompts.whole.map(name), Some("get_prompt"));
        let (list, get) = prompts.versions.unwrap();
        assert_eq!(
            (name(list), name(get)),
            ("list_prompt_versions", "get_prompt_version")
        );
        let (servers, member) = source(ObjectKind::Guardrail).part.unwrap();
        assert_eq!(name(servers), "list_guardrail_mcp_servers");
        assert_eq!(member, super::super::search::SERVERS);
        let (kind, reader) = ReferenceSource::single(operations_alone(), Edition::Classic)[0];
        assert_eq!(kind, ObjectKind::OrganisationDefaults);
        assert_eq!(name(reader), "get_organisation_defaults");
    }

    #[test]
    fn every_operation_of_a_crawl_only_reads() {
        let sources = ReferenceSource::all(operations_alone(), Edition::Classic);
        assert!(sources.len() >= 15, "{}", sources.len());
        for source in sources {
            let (list, get) = source.versions.unzip();
            let part = source.part.map(|(part, _)| part);
            let beside = [source.whole, part, list, get].into_iter().flatten();
            for operation in beside.chain([source.list]) {
                assert_eq!(
                    operation.method,
                    Method::Get,
                    "{}",
                    operation.declaration.name
                );
            }
        }
    }

    #[test]
    fn what_an_edition_lacks_is_not_read() {
        let airs = ReferenceSource::all(operations_alone(), Edition::PrismaAirs);
        assert!(airs.iter().any(|source| source.kind == ObjectKind::Config));
        assert!(!airs.iter().any(|source| source.kind == ObjectKind::Prompt));
        let wholes = airs.iter().filter_map(|source| source.whole);
        let parts = airs.iter().filter_map(|source| Some(source.part?.0));
        let lists = airs.iter().map(|source| source.list);
        for operation in lists.chain(wholes).chain(parts) {
            let presence = operation.declaration.presence(Edition::PrismaAirs);
            assert_ne!(presence, Presence::Absent, "{}", operation.declaration.name);
        }
    }
}
