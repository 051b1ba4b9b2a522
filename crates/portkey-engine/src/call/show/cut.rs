//! Cuts a list at an entry, and finds the arguments that go on with exactly the rest.

use portkey_api_core::{Declaration, JsonObject};
use serde_json::{Value, json};

use super::fields::Fields;

const PAGE: &str = "current_page";
const SIZE: &str = "page_size";
const ALL: &str = "all";

/// The largest page that is suggested to listings that do not declare one.
const LARGEST_PAGE: usize = 100;

/// A list that is too large, with what was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) declaration: &'static Declaration,
    pub(super) arguments: &'a JsonObject,
    pub(super) fields: Option<&'a Fields>,
    /// Whether entries of the page are missing that the caller may not see, so that positions cannot be computed.
    pub(super) has_gaps: bool,
}

/// How many entries are shown, and the arguments that go on after them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    pub(super) shown: usize,
    pub(super) next: Value,
}

impl List<'_> {
    /// Cuts the list of an answer after at most `fitting` entries, of which there is at least one.
    pub(super) fn cut(&self, answer: &Value, member: &str, fitting: usize) -> Cut {
        match self.position(answer, member) {
            Some(position) => {
                let (shown, size) = going_on(position, fitting, self.largest_page());
                let page = (position + shown) / size;
                Cut {
                    shown,
                    next: json!({ PAGE: page, SIZE: size }),
                }
            }
            None => Cut {
                shown: fitting,
                next: json!({ "fields": self.rest(member, fitting) }),
            },
        }
    }

    /// The `fields` that show the rest of the same answer.
    fn rest(&self, member: &str, shown: usize) -> String {
        match self.fields {
            Some(fields) => fields.going_on(member, shown),
            None => format!("{member}[{shown}:]"),
        }
    }

    /// The number of entries on the pages before this one, if the listing has pages and the number is known.
    fn position(&self, answer: &Value, member: &str) -> Option<usize> {
        let is_paged = [PAGE, SIZE].into_iter().all(|name| {
            let schema = self.declaration.input_of(name);
            schema.is_some_and(|schema| schema.get(portkey_api_core::keywords::HIDDEN).is_none())
        });
        let takes_part = self.fields.is_some_and(Fields::takes_part_of_list);
        if !is_paged || self.has_gaps || takes_part {
            return None;
        }
        let page = self.number(PAGE).unwrap_or(0);
        if page == 0 || self.arguments.get(ALL) == Some(&Value::Bool(true)) {
            return Some(0);
        }
        let held = answer.get(member)?.as_array()?.len();
        let has_next = answer.get("next_page").is_some();
        let size = self.number(SIZE);
        // The API may return smaller pages than it was asked for.
        let of_page = size
            .filter(|size| !has_next || held >= *size)
            .unwrap_or(held);
        let total = answer.get("total").and_then(Value::as_u64);
        let before = total.and_then(|total| usize::try_from(total).ok()?.checked_sub(held));
        match before.filter(|before| !has_next && *before >= page) {
            Some(before) => Some(before),
            None if has_next || size.is_some() => Some(page * of_page),
            None => None,
        }
    }

    fn number(&self, name: &str) -> Option<usize> {
        usize::try_from(self.arguments.get(name)?.as_u64()?).ok()
    }

    fn largest_page(&self) -> usize {
        let most = self
            .declaration
            .input_of(SIZE)
            .and_then(|size| size.get("maximum")?.as_u64());
        most.and_then(|most| usize::try_from(most).ok())
            .unwrap_or(LARGEST_PAGE)
    }
}

/// Returns how many of the `fitting` entries after `position` to show, and the page size with which a page begins right
/// after them. At least half of the entries are shown, and pages are at least half as large, because among any
/// `fitting / 2` numbers in a row one is a multiple of `fitting / 2`. Entries beyond the largest page are cut off too.
fn going_on(position: usize, fitting: usize, largest: usize) -> (usize, usize) {
    let most = fitting.min(largest).max(1);
    let least = most.div_ceil(2);
    for shown in (1..=fitting).rev() {
        let fits = |size: &usize| (position + shown).is_multiple_of(*size);
        if let Some(size) = (least..=most).rev().find(fits) {
            return (shown, size);
        }
    }
    (1, 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list<'a>(tool: &str, arguments: &'a JsonObject) -> List<'a> {
        List {
            declaration: &portkey_api::operation(tool).unwrap().declaration,
            arguments,
            fields: None,
            has_gaps: false,
        }
    }

    fn cut(tool: &str, arguments: &Value, answer: &Value, fitting: usize) -> Cut {
        list(tool, arguments.as_object().unwrap()).cut(answer, "data", fitting)
    }

    #[test]
    fn a_page_goes_on_with_a_page_that_begins_after_what_was_shown() {
        let page = json!({ "total": 250, "data": vec![json!({}); 100], "next_page": 1 });
        let first = cut("list_configs", &json!({}), &page, 37);
        assert_eq!(
            first,
            Cut {
                shown: 37,
                next: json!({ "current_page": 1, "page_size": 37 })
            }
        );
        let all = cut("list_configs", &json!({ "all": true }), &page, 70);
        assert_eq!(all.next, json!({ "current_page": 1, "page_size": 70 }));
        let second = cut(
            "list_configs",
            &json!({ "current_page": 1, "page_size": 100 }),
            &page,
            40,
        );
        assert_eq!(
            second,
            Cut {
                shown: 40,
                next: json!({ "current_page": 4, "page_size": 35 })
            }
        );
    }

    #[test]
    fn a_list_without_pages_goes_on_with_the_rest_of_the_same_answer() {
        let list = json!({ "data": vec![json!({}); 9] });
        let versions = cut(
            "list_prompt_versions",
            &json!({ "prompt_id": "p" }),
            &list,
            4,
        );
        assert_eq!(
            versions,
            Cut {
                shown: 4,
                next: json!({ "fields": "data[4:]" })
            }
        );
    }

    #[test]
    fn positions_are_not_computed_where_entries_were_taken_out() {
        let arguments = JsonObject::new();
        let list = List {
            has_gaps: true,
            ..list("list_configs", &arguments)
        };
        let cut = list.cut(&json!({ "data": [{}, {}, {}] }), "data", 2);
        assert_eq!(cut.next, json!({ "fields": "data[2:]" }));
    }

    proptest! {
        /// Whoever follows `next` and `next_page` sees every entry once, however much fits each time.
        #[test]
        fn every_entry_is_shown_exactly_once(
            total in 1_usize..400,
            size in 1_usize..120,
            limit in 1_usize..120,
            fits in proptest::collection::vec(1_usize..60, 1..50),
        ) {
            let (mut page, mut size) = (0, size);
            let mut seen = Vec::new();
            let mut fits = fits.iter().cycle();
            loop {
                // A listing that returns smaller pages than it was asked for.
                let effective = size.min(limit);
                let begin = (page * effective).min(total);
                let held = begin..(begin + effective).min(total);
                let mut answer = json!({ "total": total, "data": vec![Value::Null; held.len()] });
                let has_next = held.end < total;
                if has_next {
                    answer["next_page"] = (page + 1).into();
                }
                let fitting = *fits.next().unwrap();
                if held.len() <= fitting {
                    seen.extend(held);
                    if !has_next {
                        break;
                    }
                    page += 1;
                    continue;
                }
                let arguments = json!({ "current_page": page, "page_size": size });
                let cut = cut("list_configs", &arguments, &answer, fitting);
                prop_assert!(cut.shown * 2 >= fitting);
                seen.extend(held.take(cut.shown));
                let next = |name: &str| usize::try_from(cut.next[name].as_u64().unwrap()).unwrap();
                page = next("current_page");
                size = next("page_size");
            }
            prop_assert_eq!(seen, (0..total).collect::<Vec<_>>());
        }
    }
}
