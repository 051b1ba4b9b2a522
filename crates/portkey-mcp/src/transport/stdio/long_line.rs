//! Finds the id of a message whose line is too long, so that its sender gets an answer.

use std::fmt;

use rmcp::model::RequestId;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

/// How many bytes of the beginning and of the end of a line are kept: some clients put the id first, others last.
const HEAD: usize = 4096;
const TAIL: usize = 512;
/// The name of the id, as it stands in a line.
const ID: &[u8] = b"\"id\"";

/// A line was too long; with the id of its message, if it could be found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong(pub(super) Option<RequestId>);

/// Length, beginning and end of the line that is being read.
#[derive(Debug, Default)]
pub(super) struct Measure {
    length: usize,
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Measure {
    /// Adds the next piece of the line.
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

    /// Ends the line and begins the next; returns whether it was too long.
    pub(super) fn end(&mut self, longest: usize) -> Option<TooLong> {
        let line = std::mem::take(self);
        (line.length > longest).then(|| {
            let id = at_the_beginning(&line.head).or_else(|| at_the_end(&line.tail));
            TooLong(id)
        })
    }
}

/// The id in the beginning of an object, if all of it is there.
fn at_the_beginning(head: &[u8]) -> Option<RequestId> {
    let mut id = None;
    // The text is cut off, so parsing it always fails in the end.
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

/// The id that is the last member of an object, followed by nothing but the closing brace.
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
