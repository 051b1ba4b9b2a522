//! Names that say nothing of the type that has them.

use std::path::Path;

use syn::{ItemEnum, ItemStruct, ItemTrait, ItemType, visit::Visit};

use crate::sources::{Crate, line, shown};

/// Names that would fit any type.
const BANNED: &[&str] = &[
    "Asking",
    "Carried",
    "Common",
    "Data",
    "Directory",
    "Element",
    "Entry",
    "Extras",
    "Held",
    "Helper",
    "Info",
    "Kind",
    "Left",
    "Limits",
    "Live",
    "Making",
    "Manager",
    "Misc",
    "Object",
    "Pass",
    "Passed",
    "Place",
    "Places",
    "Processor",
    "Refused",
    "Room",
    "Run",
    "Source",
    "Standing",
    "Stranger",
    "Stuff",
    "Told",
    "Universal",
    "Util",
    "Utils",
    "Whose",
    "Wrapper",
];

/// Every type with such a name.
pub(super) fn check(crates: &[(String, Crate)]) -> Vec<String> {
    let files = crates.iter().flat_map(|(_, krate)| krate.files());
    files
        .flat_map(|(file, syntax)| of_file(file, syntax))
        .collect()
}

pub(super) fn of_file(file: &Path, syntax: &syn::File) -> Vec<String> {
    let mut named = Named::default();
    named.visit_file(syntax);
    let faults = named.0.into_iter().map(|(line, name)| {
        let file = shown(file).display();
        format!("{file}:{line}: `{name}` fits any type; say what this one is")
    });
    faults.collect()
}

/// Where types have a banned name.
#[derive(Default)]
struct Named(Vec<(usize, String)>);

impl Named {
    fn see(&mut self, name: &proc_macro2::Ident) {
        if BANNED.iter().any(|banned| name == banned) {
            self.0.push((line(name), name.to_string()));
        }
    }
}

impl Visit<'_> for Named {
    fn visit_item_struct(&mut self, item: &ItemStruct) {
        self.see(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &ItemEnum) {
        self.see(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &ItemTrait) {
        self.see(&item.ident);
    }

    fn visit_item_type(&mut self, item: &ItemType) {
        self.see(&item.ident);
    }
}
