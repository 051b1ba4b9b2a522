//! The module tree of a crate, read from its sources without what only tests see.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Attribute, Item, Meta};

use super::imports::{Import, Imports};
use crate::Broken;

/// The names of a module from the crate's root on; the root itself is empty.
pub(crate) type ModulePath = Vec<String>;

/// A crate's modules.
pub(crate) struct Crate {
    /// As paths write it.
    name: String,
    modules: BTreeMap<ModulePath, Module>,
    files: BTreeMap<PathBuf, syn::File>,
}

/// What a module says of itself and of others.
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) imports: Vec<Import>,
    /// What `use` gives a name here, with the path that it was given for.
    names: BTreeMap<String, Vec<String>>,
}

/// Where a path leads.
pub(crate) struct Resolved {
    /// The modules that it passes, in order. The last one declares the item that the path names.
    pub(crate) passed: Vec<ModulePath>,
    /// Whether the path names a module, not an item of one.
    pub(crate) is_module: bool,
}

/// A chain of re-exports ends before this; only names that stand for themselves have no end.
const LONGEST_CHAIN: usize = 16;

impl Crate {
    /// Reads the crate with this root module, following its `mod` declarations.
    pub(crate) fn read(name: &str, source: &Path) -> Result<Self, Broken> {
        let mut krate = Self {
            name: name.replace('-', "_"),
            modules: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let folder = source.parent().unwrap_or(source);
        krate.read_file(source, folder, &[])?;
        Ok(krate)
    }

    fn read_file(&mut self, file: &Path, folder: &Path, path: &[String]) -> Result<(), Broken> {
        let syntax = parse(file)?;
        self.read_items(file, folder, path, &syntax.items)?;
        self.files.insert(file.to_owned(), syntax);
        Ok(())
    }

    /// `folder` is where the files of submodules are.
    fn read_items(
        &mut self,
        file: &Path,
        folder: &Path,
        path: &[String],
        items: &[Item],
    ) -> Result<(), Broken> {
        let mut found = Imports::default();
        for item in items {
            found.read(item);
        }
        let module = Module {
            file: file.to_owned(),
            imports: found.imports,
            names: found.names,
        };
        self.modules.insert(path.to_vec(), module);
        for item in items {
            let Item::Mod(declared) = item else { continue };
            if is_test(&declared.attrs) {
                continue;
            }
            let name = declared.ident.to_string();
            let inside = folder.join(&name);
            let mut path = path.to_vec();
            path.push(name.clone());
            if let Some((_, items)) = &declared.content {
                self.read_items(file, &inside, &path, items)?;
            } else {
                self.read_file(&folder.join(format!("{name}.rs")), &inside, &path)?;
            }
        }
        Ok(())
    }

    /// Every module with its path.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (&ModulePath, &Module)> {
        self.modules.iter()
    }

    /// Every file with what is in it.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, &syn::File)> {
        self.files.iter().map(|(file, syntax)| (&**file, syntax))
    }

    /// The file that a module is in.
    pub(crate) fn file(&self, path: &[String]) -> Option<&Path> {
        self.modules.get(path).map(|module| &*module.file)
    }

    /// The names of the modules of the root.
    pub(crate) fn top_level(&self) -> BTreeSet<&str> {
        self.children(&[])
    }

    /// The names of a module's submodules.
    pub(crate) fn children(&self, parent: &[String]) -> BTreeSet<&str> {
        let inside = self.modules.keys();
        inside
            .filter_map(|path| match path.strip_prefix(parent)? {
                [name] => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Where a path leads that is written in this module; nowhere if it leads out of the crate.
    pub(crate) fn resolve(&self, module: &[String], path: &[String]) -> Option<Resolved> {
        let mut passed = Vec::new();
        let is_module = self.follow(module, path, LONGEST_CHAIN, &mut passed)?;
        Some(Resolved { passed, is_module })
    }

    fn follow(
        &self,
        module: &[String],
        path: &[String],
        chain: usize,
        passed: &mut Vec<ModulePath>,
    ) -> Option<bool> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(Vec::new(), rest, chain, passed),
            "self" => self.descend(module.to_vec(), rest, chain, passed),
            "super" => {
                let (_, parent) = module.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    self.follow(parent, rest, chain, passed)
                } else {
                    self.descend(parent.to_vec(), rest, chain, passed)
                }
            }
            name if self.has(module, name) || self.named(module, name).is_some() => {
                self.descend(module.to_vec(), path, chain, passed)
            }
            name if name == self.name => self.descend(Vec::new(), rest, chain, passed),
            _ => None,
        }
    }

    /// Follows names from a module down, and to where re-exported ones come from.
    fn descend(
        &self,
        mut module: ModulePath,
        path: &[String],
        chain: usize,
        passed: &mut Vec<ModulePath>,
    ) -> Option<bool> {
        passed.push(module.clone());
        for (at, name) in path.iter().enumerate() {
            if self.has(&module, name) {
                module.push(name.clone());
                passed.push(module.clone());
                continue;
            }
            let Some(target) = self.named(&module, name) else {
                return Some(false);
            };
            let mut target = target.to_vec();
            target.extend(path.iter().skip(at + 1).cloned());
            // What another crate declares and this module passes on is this module's.
            let chain = chain.checked_sub(1)?;
            let followed = self.follow(&module, &target, chain, passed);
            return Some(followed.unwrap_or(false));
        }
        Some(true)
    }

    fn has(&self, module: &[String], name: &str) -> bool {
        let mut path = module.to_vec();
        path.push(name.to_owned());
        self.modules.contains_key(&path)
    }

    fn named(&self, module: &[String], name: &str) -> Option<&[String]> {
        let module = self.modules.get(module)?;
        module.names.get(name).map(Vec::as_slice)
    }
}

/// Reads a file of Rust.
fn parse(file: &Path) -> Result<syn::File, Broken> {
    let broken = |why: String| Broken::File(file.to_owned(), why);
    let text = fs::read_to_string(file).map_err(|error| broken(error.to_string()))?;
    syn::parse_file(&text).map_err(|error| {
        let line = error.span().start().line;
        broken(format!("line {line}: {error}"))
    })
}

/// Whether an item is there for tests only.
pub(crate) fn is_test_item(item: &Item) -> bool {
    is_test(match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return false,
    })
}

/// Whether attributes say that what they stand on is there for tests only.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Meta::List(list) = &attribute.meta else {
            return attribute.path().is_ident("test");
        };
        let condition = list.tokens.to_string();
        let mut words = condition.split(|c: char| !c.is_alphanumeric());
        let is_test = match words.next() {
            Some("all") => words.any(|word| word == "test"),
            word => word == Some("test"),
        };
        list.path.is_ident("cfg") && is_test
    })
}

/// The line that something begins on.
pub(crate) fn line(node: &impl syn::spanned::Spanned) -> usize {
    node.span().start().line
}
