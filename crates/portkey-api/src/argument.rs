use crate::Operation;

/// One argument of a tool: its name, and where its value travels.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// As the input schema names it.
    pub name: &'static str,
    /// Where the value goes.
    pub place: Place,
    /// Other spellings that are understood but not advertised.
    pub aliases: &'static [&'static str],
    /// An operation whose answer has the value under the same name, for callers that leave it out.
    pub lookup: Option<fn() -> &'static Operation>,
    /// Whether it names the organisation whose key the call is made with, for callers that leave it out.
    pub of_key: bool,
}

impl Argument {
    const BLANK: Self = Self {
        name: "",
        place: Place::Local,
        aliases: &[],
        lookup: None,
        of_key: false,
    };

    /// How many arguments there are in all lists.
    pub const fn count(mut lists: &[&[Self]]) -> usize {
        let mut count = 0;
        while let [list, others @ ..] = lists {
            count += list.len();
            lists = others;
        }
        count
    }

    /// One list of several; `N` is their [`count`](Self::count).
    pub const fn joined<const N: usize>(mut lists: &[&[Self]]) -> [Self; N] {
        let mut all = [Self::BLANK; N];
        let mut filled = 0;
        while let [list, others @ ..] = lists {
            let mut list = *list;
            while let [argument, rest @ ..] = list {
                if let (_, [slot, ..]) = all.split_at_mut(filled) {
                    *slot = *argument;
                }
                filled += 1;
                list = rest;
            }
            lists = others;
        }
        all
    }
}

/// Where the value of an argument goes in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the path, where the braces name it.
    Path,
    /// Into the query, under this name.
    Query(&'static str),
    /// Into the JSON body at this dotted path; a number is an index (`users.0.id`).
    Body(&'static str),
    /// Its members go to the root of the JSON body; a list is the body.
    Spread,
    /// Into this header; anything but text as JSON.
    Header(&'static str),
    /// Nowhere: the caller's side reads it.
    Local,
}
