//! Parses pages of lists without the members of entries that lists do not show. Most of a page is such members, and
//! skipping one costs a fraction of keeping it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::node::{Node, Tasks};

/// The list of a page.
pub(crate) const ENTRIES: &str = "data";

/// What a caller looks at of an answer that is a page of a list.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    page: &'static Node,
    entry: &'static Node,
}

impl PartialEq for Projection {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.page, other.page)
    }
}

impl Projection {
    /// Returns what a list shows of its entries. `None` if the answer is no page, if lists show its entries whole, or if
    /// they contain new secrets, which are kept even if they are not shown.
    pub(crate) fn of(page: &'static Node) -> Option<Self> {
        let entry = entry_of(page)?;
        let is_list = entry.tasks.contains(Tasks::LIMITS);
        let skips = entry.tasks.contains(Tasks::BRIEF) && !is_list;
        let skips = skips && !entry.concerns(Tasks::MINTED);
        skips.then_some(Self { page, entry })
    }

    /// Parses an answer. Returns with it the names of members that were skipped in any entry although they were not
    /// empty. Fails where the text is no JSON, as far as members that are kept or their ends tell.
    pub fn parse(self, body: &str) -> serde_json::Result<(Value, Vec<String>)> {
        let mut skipped = Vec::new();
        let mut parser = serde_json::Deserializer::from_str(body);
        let answer = Part {
            level: Level::Page,
            projection: self,
            skipped: &mut skipped,
        }
        .deserialize(&mut parser)?;
        parser.end()?;
        Ok((answer, skipped))
    }

    /// Whether a member of an entry is kept: lists show it, or it may have to be renamed first.
    fn keeps(&self, name: &str) -> bool {
        let member = self.entry.members.get(name);
        let mut synonyms = self.entry.synonyms.iter();
        member.is_some_and(|member| shows(member, false))
            || synonyms.any(|(synonym, declared)| name == *synonym || name == *declared)
    }

    fn is_list(&self, name: &str) -> bool {
        name == ENTRIES || self.page.page == Some(name)
    }
}

/// Returns the node of the entries, if this is the node of a page.
pub(crate) fn entry_of(page: &Node) -> Option<&Node> {
    let list = page.members.get(ENTRIES).filter(|_| page.is_page())?;
    list.items.as_deref()
}

/// Whether lists show a member of an entry. Recorded `bodies` are shown if the caller asked for them.
pub(crate) fn shows(member: &Node, bodies: bool) -> bool {
    member.is_brief || bodies && member.tasks.contains(Tasks::BODIES)
}

/// Where in an answer a value is.
#[derive(Debug, Clone, Copy)]
enum Level {
    Page,
    Entries,
    Entry,
}

/// Parses a value of an answer.
struct Part<'a> {
    level: Level,
    projection: Projection,
    skipped: &'a mut Vec<String>,
}

impl Part<'_> {
    fn at(&mut self, level: Level) -> Part<'_> {
        Part {
            level,
            projection: self.projection,
            skipped: self.skipped,
        }
    }

    fn skip(&mut self, name: Cow<'_, str>, is_empty: bool) {
        if !is_empty && !self.skipped.iter().any(|known| *known == name) {
            self.skipped.push(name.into_owned());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        if matches!(self.level, Level::Entry) {
            while let Some(item) = list.next_element()? {
                items.push(item);
            }
        } else {
            // A page may be the bare list of its entries.
            while let Some(entry) = list.next_element_seed(self.at(Level::Entry))? {
                items.push(entry);
            }
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(Name(name)) = object.next_key()? {
            let value = match self.level {
                Level::Page if self.projection.is_list(&name) => {
                    object.next_value_seed(self.at(Level::Entries))?
                }
                Level::Entry if !self.projection.keeps(&name) => {
                    let Emptiness(is_empty) = object.next_value()?;
                    self.skip(name, is_empty);
                    continue;
                }
                _ => object.next_value()?,
            };
            members.insert(name.into_owned(), value);
        }
        Ok(Value::Object(members))
    }
}

/// The name of a member, borrowed where the text has no escapes in it.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Whether a value is empty, as `json::is_empty` tells of one that was parsed.
struct Emptiness(bool);

impl<'de> Deserialize<'de> for Emptiness {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EmptinessVisitor)
    }
}

struct EmptinessVisitor;

impl<'de> Visitor<'de> for EmptinessVisitor {
    type Value = Emptiness;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Emptiness, E> {
        Ok(Emptiness(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Emptiness, E> {
        Ok(Emptiness(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Emptiness, E> {
        Ok(Emptiness(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Emptiness, E> {
        Ok(Emptiness(false))
    }

    fn visit_str<E>(self, value: &str) -> Result<Emptiness, E> {
        Ok(Emptiness(value.is_empty()))
    }

    fn visit_unit<E>(self) -> Result<Emptiness, E> {
        Ok(Emptiness(true))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Emptiness, A::Error> {
        let mut is_empty = true;
        while list.next_element::<IgnoredAny>()?.is_some() {
            is_empty = false;
        }
        Ok(Emptiness(is_empty))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Emptiness, A::Error> {
        let mut is_empty = true;
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            is_empty = false;
        }
        Ok(Emptiness(is_empty))
    }
}
