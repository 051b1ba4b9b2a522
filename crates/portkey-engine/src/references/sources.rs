//! The operations to read for a search, as they declare it: listings of objects that can hold references, and the
//! operations that read what a listing leaves out.

use portkey_api::ObjectKind;
use portkey_api_core::Operation;

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
}

impl ReferenceSource {
    /// All listings of objects that can hold references.
    pub(super) fn all(catalog: &Catalog) -> Vec<Self> {
        let sources = catalog.operations().filter(|one| !is_below(one));
        let sources = sources.filter_map(|list| {
            let lists = list.lists?;
            Some(Self {
                kind: ObjectKind::named(lists.kind)?,
                list,
                whole: lists.whole.map(|whole| whole()),
                part: part(catalog, lists.kind),
                versions: versions(catalog, lists.kind),
            })
        });
        sources.collect()
    }

    /// The kinds of which an organisation has one object, each with the operation that reads it.
    pub(super) fn single(catalog: &Catalog) -> Vec<(ObjectKind, &'static Operation)> {
        let readers = catalog.operations().filter(|one| !is_below(one));
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
        let sources = ReferenceSource::all(operations_alone());
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
        let (kind, reader) = ReferenceSource::single(operations_alone())[0];
        assert_eq!(kind, ObjectKind::OrganisationDefaults);
        assert_eq!(name(reader), "get_organisation_defaults");
    }

    #[test]
    fn every_operation_of_a_crawl_only_reads() {
        let sources = ReferenceSource::all(operations_alone());
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
}
