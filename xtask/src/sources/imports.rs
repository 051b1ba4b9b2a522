//! What a module names of others: in `use`, in code, and in what macros and attributes are given.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Item, ItemMod, ItemUse, Macro, Path, UseTree, Visibility,
    visit::{self, Visit},
};

use super::modules::{is_test, is_test_item, line};

/// A path that a module names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
}

/// What the items of one module name.
#[derive(Default)]
pub(crate) struct Imports {
    pub(crate) imports: Vec<Import>,
    /// What `use` gives a name, with the path that it was given for.
    pub(crate) names: BTreeMap<String, Vec<String>>,
}

impl Imports {
    /// Reads an item, but neither submodules nor what only tests see.
    pub(crate) fn read(&mut self, item: &Item) {
        self.visit_item(item);
    }

    fn read_use(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &proc_macro2::Ident| {
            let mut path = before.to_vec();
            // `a::{self}` is `a`.
            if path.is_empty() || name != "self" {
                path.push(name.to_string());
            }
            path
        };
        let (path, line, name) = match tree {
            UseTree::Path(tree) => {
                return self.read_use(&tree.tree, &with(&tree.ident));
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, before);
                }
                return;
            }
            UseTree::Glob(_) => (before.to_vec(), line(tree), None),
            UseTree::Name(tree) => {
                let path = with(&tree.ident);
                let name = path.last().cloned();
                (path, line(tree), name)
            }
            UseTree::Rename(tree) => (with(&tree.ident), line(tree), Some(tree.rename.to_string())),
        };
        if let Some(name) = name {
            self.names.insert(name, path.clone());
        }
        self.imports.push(Import { line, path });
    }

    /// Paths among tokens that nobody parses as Rust before a macro does.
    fn read_tokens(&mut self, tokens: &TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut at = 0;
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.read_path(at, std::mem::take(&mut path));
                    }
                    at = line(&name);
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                other => {
                    self.read_path(at, std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.read_tokens(&group.stream());
                    }
                }
            }
        }
        self.read_path(at, path);
    }

    fn read_path(&mut self, line: usize, path: Vec<String>) {
        if path.len() > 1 {
            self.imports.push(Import { line, path });
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_item(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    /// Submodules are modules of their own.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.read_use(&item.tree, &[]);
    }

    /// `pub(in crate::a)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast Path) {
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        self.read_path(line(path), names.collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.visit_path(&called.path);
        self.read_tokens(&called.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            syn::Meta::List(list) => self.read_tokens(&list.tokens),
            other => visit::visit_meta(self, other),
        }
    }
}
