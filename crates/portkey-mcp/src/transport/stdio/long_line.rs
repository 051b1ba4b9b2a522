//! Lines that are too long to be read: what is looked at of them, to answer whoever sent them.

use std::fmt;

use rmcp::model::RequestId;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

/// So much is kept of the beginning of a line, and so much of its end: some clients put the id first, others last.
const HEAD: usize = 4096;
const TAIL: usize = 512;
/// How the id is called.
const ID: &[u8] = b"\"id\"";

/// A line was too long; the id of the message in it, where it could be found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong(pub(super) Option<RequestId>);

/// What is remembered of the line that is being read.
#[derive(Debug, Default)]
pub(super) struct Measure {
    length: usize,
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Measure {
    /// Takes in what comes next of the line.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.length = self.length.saturating_add(piece.len());
        let room = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head
            .extend_from_slice(piece.get(..room).unwrap_or_default());
        let last = piece
            .get(piece.len().saturating_sub(TAIL)..)
            .unwrap_or_default();
        self.tail.extend_from_slice(last);
        self.tail.drain(..self.tail.len().saturating_sub(TAIL));
    }

    /// At its end, whether the line was longer than it may be; the next one begins.
    pub(super) fn end(&mut self, longest: usize) -> Option<TooLong> {
        let line = std::mem::take(self);
        (line.length > longest).then(|| {
            let id = at_the_beginning(&line.head).or_else(|| at_the_end(&line.tail));
            TooLong(id)
        })
    }
}

/// The id in the beginning of an object, if it is there whole.
fn at_the_beginning(head: &[u8]) -> Option<RequestId> {
    let mut id = None;
    // The text breaks off, so it never reads well to its end.
    _ = serde_json::Deserializer::from_slice(head).deserialize_map(Id(&mut id));
    id
}

struct Id<'a>(&'a mut Option<RequestId>);

impl<'de> Visitor<'de> for Id<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "id" {
                *self.0 = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The id that is the last member of an object: behind it there is nothing but the brace that ends the object.
fn at_the_end(tail: &[u8]) -> Option<RequestId> {
    let text = tail.trim_ascii_end().strip_suffix(b"}")?;
    let start = text.windows(ID.len()).rposition(|part| part == ID)?;
    let before = text.get(..start)?.trim_ascii_end().last()?;
    let value = text.get(start + ID.len()..)?.trim_ascii_start();
    let value = value.strip_prefix(b":").filter(|_| *before == b',')?;
    serde_json::from_slice(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, pieces: usize) -> Option<RequestId> {
        let mut measure = Measure::default();
        for piece in line.as_bytes().chunks(pieces) {
            measure.add(piece);
        }
        measure.end(0).unwrap().0
    }

    #[test]
    fn the_id_is_found_where_clients_put_it_and_nowhere_else() {
        let long = "x".repeat(10_000);
        let params = format!("\"params\":{{\"id\":5,\"a\":\"{long}\"}}");
        for (line, id) in [
            (format!("{{\"id\":1,{params}}}"), Some(RequestId::Number(1))),
            (
                format!(" {{ \"id\" : \"a\" ,{params}}}"),
                Some(RequestId::String("a".into())),
            ),
            (
                format!("{{{params},\"id\":2}}\r\n"),
                Some(RequestId::Number(2)),
            ),
            (
                format!("{{{params} , \"id\" : \"b\" }} "),
                Some(RequestId::String("b".into())),
            ),
            (format!("{{{params}}}"), None),
            (
                format!("{{\"params\":{{\"a\":\"{long}\",\"id\":5}}}}"),
                None,
            ),
            (format!("{{\"params\":\"{long},\\\"id\\\":5\"}}"), None),
            (format!("{{{params},\"id\":[1]}}"), None),
            (format!("[{{\"id\":1,{params}}}]"), None),
            (long, None),
        ] {
            for pieces in [1, 7, 100_000] {
                assert_eq!(found(&line, pieces), id, "{}", &line[..20]);
            }
        }
    }

    #[test]
    fn a_line_that_is_as_long_as_it_may_be_is_not_too_long() {
        let mut measure = Measure::default();
        for (length, is_too_long) in [(10, false), (11, true), (3, false)] {
            measure.add(&vec![b'x'; length]);
            assert_eq!(measure.end(10).is_some(), is_too_long);
        }
    }
}
