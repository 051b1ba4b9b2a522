//! Where references can stand, as the operations declare it: each listing, and what has to be asked beside it because the
//! listing leaves it out.

use portkey_api::ObjectKind;
use portkey_api_core::Operation;

use crate::catalog::Catalog;

/// A listing of things that can refer to others.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReferenceSource {
    /// What they are.
    pub(super) kind: ObjectKind,
    /// Lists them.
    pub(super) list: &'static Operation,
    /// Reads the whole of one, where the listing leaves out what refers.
    pub(super) whole: Option<&'static Operation>,
    /// Reads a list that is a part of one, to be kept under this name.
    pub(super) part: Option<(&'static Operation, &'static str)>,
    /// What lists the versions of one, and what reads a version.
    pub(super) versions: Option<(&'static Operation, &'static Operation)>,
}

impl ReferenceSource {
    /// Every listing that stands by itself.
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

    /// What there is one of, which no listing has, and what reads it.
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

/// Whether it is about something below an object, which its path names.
fn is_below(operation: &Operation) -> bool {
    operation.path.contains('{')
}

#[cfg(test)]
mod tests {
    use portkey_api_core::Method;

    use super::*;
    use crate::catalog::operations_alone;

    #[test]
    fn the_operations_say_what_is_asked_beside_their_listings() {
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
    fn every_operation_that_is_asked_only_reads() {
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
