//! What is shown of an answer: the members that the caller asked for or that lists show, as many entries as fit the
//! budget, in the format that was asked for.
//!
//! Only the outcome of a call is shown. Inner calls, the journal and searches for references see whole answers.

mod checks;
mod cut;
mod fields;
mod outline;
mod paths;
mod table;

use std::num::NonZeroUsize;

use portkey_api_core::{Declaration, Effect, JsonObject, Method};
use serde_json::Value;

use super::{
    CallContext, Outcome,
    chart::{self, Drawing, DrawingForm},
    permit::Permit,
};
use crate::{catalog::Tool, tokens, untrusted::make_visible};

pub(crate) use fields::Fields;
pub(crate) use table::Format;
pub use table::Table;

use cut::List;
use outline::{Outline, Trim};

/// The suffix of members with an amount in dollars.
const DOLLARS: &str = "_usd";

/// The list of an answer that is a list.
const LIST: &str = "data";

/// The lists of answers that can be tables: that one, and the points of a graph.
const LISTS: [&str; 2] = [LIST, "data_points"];

/// What is said of a list beside its table.
const BESIDES: [&str; 4] = ["total", "next_page", "next", "truncated"];

/// Most names of members that the note on what was left out lists.
const MOST_NAMED: usize = 8;

/// Tokens that are kept for what is said about the rest of an answer.
const RESERVE: usize = 100;

/// Tokens of a large entry of a shortened list. The usual page has as many entries as fit if all were as large.
const ENTRY: usize = 200;
/// The least and the most entries of the usual page.
const USUAL_PAGES: std::ops::RangeInclusive<usize> = 10..=100;

/// How many tokens an answer may have. Tokens are estimated, see [`crate::tokens`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ResultTokens {
    /// The limit for calls that say nothing about it. `None` for no limit.
    pub usual: Option<NonZeroUsize>,
    /// The highest limit that a call may ask for. `None` for any.
    pub most: Option<NonZeroUsize>,
}

/// What a call wants to see of its answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    /// Whether entries of lists are shown whole, and amounts in cents too.
    pub(crate) verbose: bool,
    /// The only members to show.
    pub(crate) fields: Option<Fields>,
    pub(crate) format: Format,
    pub(crate) tokens: Tokens,
    /// The form in which the answer is drawn too.
    pub(crate) chart: Option<DrawingForm>,
}

/// How many tokens a call wants its answer to have at most.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Tokens {
    #[default]
    Usual,
    Asked(usize),
    Any,
}

impl View {
    /// The view of an inner call, which sees all of its answer.
    pub(crate) fn whole() -> Self {
        Self {
            verbose: true,
            tokens: Tokens::Any,
            ..Self::default()
        }
    }

    /// Whether entries of lists are shortened: unless they are asked for whole or by their members.
    pub(crate) fn shortens_entries(&self) -> bool {
        let takes_whole = self.fields.as_ref().is_none_or(Fields::takes_whole_entries);
        !self.verbose && takes_whole
    }
}

/// The member of an answer that is a list or the points of a graph, if it has one.
pub fn list_in(declaration: &Declaration) -> Option<&'static str> {
    let members = declaration.output().get("properties")?;
    let is_list = |name: &&str| {
        let kind = members.get(*name).and_then(|member| member.get("type"));
        kind.is_some_and(|kind| kind == "array")
    };
    LISTS.into_iter().find(is_list)
}

impl Permit<'_> {
    /// Asks for a page that fits the budget, if the operation has pages and the caller did not say how large they are.
    pub(super) fn with_usual_page(&self, mut arguments: JsonObject) -> JsonObject {
        let usual = self.context.caller.result_tokens.usual;
        let has_page = ["all", "page_size"]
            .iter()
            .any(|name| arguments.contains_key(*name));
        if let (Some(usual), false) = (usual, has_page) {
            let most = self.operation.declaration.input_of("page_size");
            let most = most.and_then(|size| size.get("maximum")?.as_u64());
            let entries = usual.get() / ENTRY;
            let entries = entries.clamp(*USUAL_PAGES.start(), *USUAL_PAGES.end()) as u64;
            let entries = most.map_or(entries, |most| entries.min(most));
            arguments.insert("page_size".to_owned(), entries.into());
        }
        arguments
    }
}

/// Whether a name or path is one word, as the API names members. Others are text of others, which notes must not hold.
fn is_plain(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.[:]".contains(&byte);
    name.len() <= 80 && name.bytes().all(is_part)
}

/// What a table does not say of a list: its length, and how to go on.
fn besides(answer: &Value) -> Option<Value> {
    let members = BESIDES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), answer.get(name)?.clone())));
    let members: JsonObject = members.collect();
    (!members.is_empty()).then_some(Value::Object(members))
}

impl CallContext<'_> {
    /// Turns an answer into what the caller sees of it. `has_gaps` says that entries of the list were taken out.
    pub(super) fn show(
        &self,
        tool: Tool,
        arguments: &JsonObject,
        has_gaps: bool,
        mut answer: Value,
    ) -> Outcome {
        self.draw(tool, arguments, &answer);
        self.choose(&mut answer);
        let list = List {
            declaration: tool.declaration(),
            arguments,
            fields: self.options.view.fields.as_ref(),
            has_gaps,
        };
        let budget = self.budget();
        let rows = list_in(tool.declaration()).filter(|list| answer.get(list).is_some());
        if let (Some(member), false) = (rows, self.options.view.format == Format::Json) {
            return self.table(tool, list, member, budget, answer);
        }
        if let Some(budget) = budget
            && tokens::exceed(&answer, budget)
        {
            self.reduce(tool, list, budget, &mut answer);
        }
        Outcome::Answer(answer)
    }

    /// Draws the whole answer, if the caller asked for that.
    fn draw(&self, tool: Tool, arguments: &JsonObject, answer: &Value) {
        let Some(form) = self.options.view.chart else {
            return;
        };
        match chart::of(tool, arguments, answer) {
            Some(chart) => self.notes.draw(Drawing { chart, form }),
            None => self
                .notes
                .add("there is nothing to draw: the answer has no points or groups"),
        }
    }

    /// Adds the note on what was left out of the entries of a list.
    pub(super) fn tell_left_out(&self, left_out: Vec<String>) {
        if left_out.is_empty() {
            return;
        }
        let mut all: Vec<String> = Vec::new();
        for name in left_out {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let named = all.iter().filter(|name| is_plain(name));
        let named: Vec<&str> = named.take(MOST_NAMED).map(String::as_str).collect();
        let more = match all.len() - named.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        self.notes.add(format!(
            "entries are shortened: `verbose: true` shows {}{more} too, `fields: \"data.name\"` only what you name",
            named.join(", ")
        ));
    }

    /// Reduces an answer to the fields that the caller asked for.
    fn choose(&self, answer: &mut Value) {
        let Some(fields) = &self.options.view.fields else {
            return;
        };
        let found = fields.choose(answer);
        let parts = found.parts.into_iter();
        parts.for_each(|part| self.notes.add(part));
        if !found.missing.is_empty() {
            let missing = found.missing.join("`, `");
            self.notes.add(format!("not in this answer: `{missing}`"));
        }
    }

    /// The tokens that the answer may have. Adds a note if the caller asked for more.
    fn budget(&self) -> Option<usize> {
        let ResultTokens { usual, most } = self.caller.result_tokens;
        match self.options.view.tokens {
            Tokens::Any => None,
            Tokens::Usual => usual.map(NonZeroUsize::get),
            Tokens::Asked(asked) => match most.max(usual.filter(|_| most.is_some())) {
                Some(most) if asked > most.get() => {
                    self.notes
                        .add(format!("`result_tokens` is at most {most} on this server"));
                    Some(most.get())
                }
                _ => Some(asked),
            },
        }
    }

    /// Writes the list of an answer as a table. What else the answer says is a note.
    fn table(
        &self,
        tool: Tool,
        list: List<'_>,
        member: &str,
        budget: Option<usize>,
        mut answer: Value,
    ) -> Outcome {
        make_visible(&mut answer);
        let entries = |answer: &Value| -> Vec<Value> {
            answer
                .get(member)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let format = self.options.view.format;
        let write = |entries: &[Value]| Table::of(entries).write(format);
        let all = entries(&answer);
        let mut text = write(&all);
        if let Some(budget) = budget
            && tokens::of_text(&text) > budget
        {
            let mut fitting = all.len();
            while fitting > 1 && tokens::of_text(&text) + RESERVE > budget {
                fitting = (fitting * 9 / 10).max(1);
                text = write(all.get(..fitting).unwrap_or_default());
            }
            self.cut(tool, list, member, budget, fitting, &mut answer);
            text = write(&entries(&answer));
        }
        if let Some(besides) = besides(&answer) {
            self.notes.add(format!("besides the table: {besides}"));
        }
        Outcome::Table { answer, text }
    }

    /// Reduces an answer that is too large: a list to its first entries, an object to its small members.
    fn reduce(&self, tool: Tool, list: List<'_>, budget: usize, answer: &mut Value) {
        let Some(Value::Array(entries)) = answer.get_mut(LIST).map(Value::take) else {
            return self.outline(tool, budget, answer);
        };
        let around = tokens::of_json(answer);
        let mut left = budget.saturating_sub(around + RESERVE);
        // Entries behind the first that does not fit are not looked at.
        let fits = |entry: &&Value| {
            let cost = tokens::of_json_up_to(entry, left).map(|cost| cost + 1);
            let rest = cost.and_then(|cost| left.checked_sub(cost));
            left = rest.unwrap_or(left);
            rest.is_some()
        };
        let fitting = entries.iter().take_while(fits).count();
        if let Some(list) = answer.get_mut(LIST) {
            *list = Value::Array(entries);
        }
        self.cut(tool, list, LIST, budget, fitting.max(1), answer);
        if fitting == 0 {
            self.outline(tool, budget, answer);
        }
    }

    /// Cuts the list of an answer, and adds the arguments that go on.
    fn cut(
        &self,
        tool: Tool,
        list: List<'_>,
        member: &str,
        budget: usize,
        fitting: usize,
        answer: &mut Value,
    ) {
        let held = answer
            .get(member)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        if fitting >= held {
            return;
        }
        let cut = list.cut(answer, member, fitting);
        let Some(members) = answer.as_object_mut() else {
            return;
        };
        if let Some(Value::Array(entries)) = members.get_mut(member) {
            entries.truncate(cut.shown);
        }
        members.shift_remove("next_page");
        let go_on = if tool.declaration().effect == Effect::Read {
            members.insert("next".to_owned(), cut.next);
            "call again with the arguments in `next` for the rest".to_owned()
        } else {
            self.read_instead(tool, None)
        };
        self.notes.add(format!(
            "{} of {held} entries are shown, since more exceed {budget} tokens (`result_tokens`); {go_on}",
            cut.shown
        ));
    }

    /// Leaves large parts out of an answer, and names them.
    fn outline(&self, tool: Tool, budget: usize, answer: &mut Value) {
        let mut outline = Outline::default();
        let mut trim = Trim {
            budget,
            outline: &mut outline,
        };
        let chosen = self.options.view.fields.as_ref().map(Fields::part);
        let allowed = (budget * 4 / 5).saturating_sub(RESERVE);
        trim.trim(answer, chosen, "", allowed);
        let (Some(part), Some(members)) = (outline.largest(), answer.as_object_mut()) else {
            return;
        };
        members.insert("left_out".to_owned(), outline.to_json());
        let fields = if is_plain(&part) {
            format!("`fields: \"{part}\"`")
        } else {
            "`fields`".to_owned()
        };
        let go_on = if tool.declaration().effect == Effect::Read {
            format!("{fields} reads a part of it")
        } else {
            self.read_instead(tool, Some(&fields))
        };
        self.notes.add(format!(
            "the whole answer exceeds {budget} tokens (`result_tokens`), so `left_out` names what is not shown; {go_on}"
        ));
    }

    /// Says how to read what a change answered: not by repeating the change.
    fn read_instead(&self, tool: Tool, fields: Option<&str>) -> String {
        let reader = match tool {
            Tool::Operation(operation) => {
                let same = |other: &&portkey_api_core::Operation| {
                    other.method == Method::Get && other.path == operation.path
                };
                let fresh = operation.fresh.map(|fresh| fresh());
                fresh.or_else(|| self.caller.catalog.operations().find(same))
            }
            Tool::Workflow(_) => None,
        };
        let with = fields
            .map(|fields| format!(" with {fields}"))
            .unwrap_or_default();
        match reader {
            Some(reader) => format!(
                "`{}`{with} reads it. The change is done: do not repeat it",
                reader.declaration.name
            ),
            None => "the change is done: do not repeat it".to_owned(),
        }
    }
}
