//! The names by which arguments are accepted besides their declared names: those of the API and common ones.

use crate::{
    Argument, Declaration, Location, Operation,
    types::{
        id,
        time::{Sense, is_time},
    },
};

/// Common names for the page, the page size, and the ends of a period or of an object's life.
const PAGE: [&str; 3] = ["page", "page_number", "current_page"];
const PAGE_SIZE: [&str; 5] = ["limit", "per_page", "page_size", "max_results", "size"];
const START: [&str; 11] = [
    "start_time",
    "start",
    "from",
    "since",
    "start_date",
    "from_date",
    "date_from",
    "after",
    "time_min",
    "time_of_generation_min",
    "time_start",
];
const END: [&str; 11] = [
    "end_time",
    "end",
    "to",
    "until",
    "end_date",
    "to_date",
    "date_to",
    "before",
    "time_max",
    "time_of_generation_max",
    "time_end",
];
const EXPIRY: [&str; 5] = [
    "expires_at",
    "expires",
    "expiry",
    "expiration",
    "expires_in",
];

impl Declaration {
    /// Returns the names that are accepted without being declared, each with its argument. None is the name of another
    /// argument, and none has two meanings.
    pub fn synonyms(&self) -> Vec<(String, &'static Argument)> {
        let operation = self.vendor.operation(self.name);
        // If two rules yield the same name, the earlier rule wins.
        let rules = [
            self.api_names(),
            operation
                .map(|operation| self.path_names(operation))
                .unwrap_or_default(),
            self.kind_names(),
            self.common_names(),
            self.object_names(operation),
        ];
        let mut synonyms: Vec<(String, &'static Argument)> = Vec::new();
        for rule in rules {
            let is_given = |name: &str| synonyms.iter().any(|(given, _)| given == name);
            let is_ambiguous = |name: &str, argument: &Argument| {
                rule.iter()
                    .any(|(other, means)| other == name && means.name != argument.name)
            };
            let mut new: Vec<_> = rule
                .iter()
                .filter(|(name, argument)| {
                    self.argument(name).is_none()
                        && !is_given(name)
                        && !is_ambiguous(name, argument)
                })
                .cloned()
                .collect();
            new.dedup_by(|(a, _), (b, _)| a == b);
            synonyms.extend(new);
        }
        synonyms
    }

    /// Returns the argument that is given by this name: its own, an alias, a synonym or another spelling of one.
    pub fn accepts(&self, name: &str) -> Option<&'static Argument> {
        let spellings = [name, &respelt(name)];
        let declared = spellings.iter().find_map(|name| self.argument(name));
        declared.or_else(|| {
            let synonyms = self.synonyms();
            let meant = |name: &str| synonyms.iter().find(|(synonym, _)| synonym == name);
            let (_, argument) = spellings.iter().find_map(|name| meant(name))?;
            Some(argument)
        })
    }

    /// The names in the query or the body, with and without the objects around them.
    fn api_names(&self) -> Vec<(String, &'static Argument)> {
        let mut names = Vec::new();
        for argument in self.arguments {
            let (Location::Query(wire) | Location::Body(wire)) = argument.location else {
                continue;
            };
            names.push((wire.to_owned(), argument));
            let has_index = wire.split('.').any(|part| part.parse::<u32>().is_ok());
            if let Some((_, last)) = wire.rsplit_once('.')
                && !has_index
            {
                names.push((last.to_owned(), argument));
            }
        }
        names
    }

    /// Names of ids in the path by the kind of object: `config`, `config_id` and `config_slug` for `/configs/{slug}`.
    fn path_names(&self, operation: &Operation) -> Vec<(String, &'static Argument)> {
        let parts: Vec<&str> = operation.path.split('/').collect();
        let pairs = parts.iter().zip(parts.iter().skip(1));
        let ids = pairs.filter_map(|(collection, id)| {
            let argument = self.argument(id.strip_prefix('{')?.strip_suffix('}')?)?;
            Some((singular(collection)?, argument))
        });
        let ids = ids.filter(|(_, argument)| is_id(self, argument));
        ids.flat_map(|(kind, argument)| {
            [kind.clone(), format!("{kind}_id"), format!("{kind}_slug")]
                .map(|name| (name, argument))
        })
        .collect()
    }

    /// Names without or with another suffix: `workspace` and `workspace_slug` for `workspace_id`.
    fn kind_names(&self) -> Vec<(String, &'static Argument)> {
        let kinds = self.arguments.iter().filter_map(|argument| {
            let name = argument.name;
            let kind = name
                .strip_suffix("_id")
                .or_else(|| name.strip_suffix("_slug"))?;
            Some((kind, argument))
        });
        kinds
            .flat_map(|(kind, argument)| {
                [
                    kind.to_owned(),
                    format!("{kind}_id"),
                    format!("{kind}_slug"),
                ]
                .map(|name| (name, argument))
            })
            .collect()
    }

    /// Common names for pages and times.
    fn common_names(&self) -> Vec<(String, &'static Argument)> {
        let of_sense = |sense| {
            let mut times = self.arguments.iter();
            let first = times.find(|argument| is_time(self.input_of(argument.name), sense))?;
            let is_only = times.all(|argument| !is_time(self.input_of(argument.name), sense));
            is_only.then_some(first)
        };
        let words: [(&[&str], Option<&'static Argument>); 5] = [
            (&PAGE, self.argument("current_page")),
            (&PAGE_SIZE, self.argument("page_size")),
            (&START, of_sense(Sense::Start)),
            (&END, of_sense(Sense::End)),
            (&EXPIRY, of_sense(Sense::Expiry)),
        ];
        let meant = words
            .into_iter()
            .filter_map(|(words, argument)| Some((words, argument?)));
        meant
            .flat_map(|(words, argument)| {
                words.iter().map(move |word| ((*word).to_owned(), argument))
            })
            .collect()
    }

    /// `id` and `slug` for the object that the path leads to, or that the only required argument identifies.
    fn object_names(&self, operation: Option<&Operation>) -> Vec<(String, &'static Argument)> {
        let last = operation.and_then(|operation| {
            let (_, last) = operation.path.rsplit_once('{')?;
            self.argument(last.split('}').next()?)
        });
        let mut required = self
            .arguments
            .iter()
            .filter(|argument| self.requires(argument.name));
        let only = match (required.next(), required.next()) {
            (Some(only), None) if only.name.ends_with("_id") => Some(only),
            _ => None,
        };
        let of_path = operation.is_some_and(|operation| operation.path.contains('{'));
        let object = if of_path {
            last.filter(|last| is_id(self, last))
        } else {
            only
        };
        let object = object.into_iter();
        object
            .flat_map(|argument| ["id", "slug"].map(|name| (name.to_owned(), argument)))
            .collect()
    }
}

fn is_id(declaration: &Declaration, argument: &Argument) -> bool {
    id::is_id(declaration.input_of(argument.name))
}

/// Returns the name of one entry of a collection, as arguments spell it: `api_key` for `api-keys`.
fn singular(collection: &str) -> Option<String> {
    let collection = collection.replace('-', "_");
    let one = match collection.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => collection.strip_suffix('s')?.to_owned(),
    };
    Some(one)
}

/// Returns a name in snake case and in British English.
pub(super) fn respelt(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c == '-' {
            snake.push('_');
        } else {
            if c.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(c.to_lowercase());
        }
    }
    snake.replace("organization", "organisation")
}
