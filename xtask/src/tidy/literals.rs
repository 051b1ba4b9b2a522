//! Names of tools and paths of the API, which nothing but their declarations writes as text.

use std::{collections::BTreeSet, path::Path};

use portkey_workflows::catalog;
use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ImplItemFn, Item, Lit, LitStr, Macro, Meta,
    visit::{self, Visit},
};

use super::unneeded;
use crate::sources::{Crate, is_test, is_test_item, line, shown};

/// The crates that take both from the declarations.
const CRATES: &[&str] = &[
    "portkey-client",
    "portkey-engine",
    "portkey-examples",
    "portkey-mcp",
    "portkey-workflows",
    "xtask",
];

const COMPARISON: &str = "what the vendor's file says otherwise, listed by operation";

/// Files that write them all the same, by the end of their path, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("drift/known/bodies.rs", COMPARISON),
    ("drift/known/queries.rs", COMPARISON),
    ("drift/known/routes.rs", COMPARISON),
];

/// Every such text.
pub(super) fn check(crates: &[(String, Crate)]) -> Vec<String> {
    let known = Known::of_catalog();
    let mut faults = Vec::new();
    let mut excused = BTreeSet::new();
    let crates = crates
        .iter()
        .filter(|(name, _)| CRATES.contains(&name.as_str()));
    for (_, krate) in crates {
        for (file, syntax) in krate.files() {
            let name = shown(file).display().to_string();
            let exception = EXCEPTIONS.iter().find(|(end, _)| name.ends_with(end));
            for fault in of_file(file, syntax, &known) {
                match exception {
                    Some((end, _)) => _ = excused.insert(*end),
                    None => faults.push(fault),
                }
            }
        }
    }
    let ends = EXCEPTIONS.iter().map(|(end, _)| *end);
    faults.extend(unneeded(ends, |end| excused.contains(end), "EXCEPTIONS"));
    faults
}

/// The texts of a file that only declarations may write.
pub(super) fn of_file(file: &Path, syntax: &syn::File, known: &Known) -> Vec<String> {
    let mut literals = Literals::default();
    literals.visit_file(syntax);
    let faults = literals.0.into_iter().filter_map(|(line, text)| {
        let what = known.what(&text)?;
        let file = shown(file).display();
        Some(format!(
            "{file}:{line}: {text:?} is {what}; take it from its declaration in portkey-api"
        ))
    });
    faults.collect()
}

/// What the declarations say.
pub(super) struct Known {
    tools: BTreeSet<&'static str>,
    /// Paths and what they begin with, segment by segment.
    paths: BTreeSet<String>,
}

impl Known {
    pub(super) fn of_catalog() -> Self {
        let operations = portkey_api::operations().map(|operation| operation.path);
        let beginnings = operations.flat_map(|path| {
            let slashes = path.match_indices('/').map(|(at, _)| at);
            let ends = slashes.skip(1).chain([path.len()]);
            ends.filter_map(|end| path.get(..end).map(str::to_owned))
        });
        Self {
            tools: catalog().tools().map(|tool| tool.name()).collect(),
            paths: beginnings.collect(),
        }
    }

    fn what(&self, text: &str) -> Option<&'static str> {
        if self.tools.contains(text) {
            Some("the name of a tool")
        } else {
            let path = text.trim_end_matches('/');
            self.paths.contains(path).then_some("a path of the API")
        }
    }
}

/// String literals outside of tests and documentation, with their lines.
#[derive(Default)]
struct Literals(Vec<(usize, String)>);

impl Literals {
    fn read_tokens(&mut self, tokens: &TokenStream) {
        for token in tokens.clone() {
            match token {
                TokenTree::Group(group) => self.read_tokens(&group.stream()),
                TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal) {
                        self.visit_lit_str(&text);
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Literals {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_item(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_lit_str(&mut self, text: &LitStr) {
        self.0.push((line(text), text.value()));
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.read_tokens(&called.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.read_tokens(&list.tokens);
        }
    }
}
