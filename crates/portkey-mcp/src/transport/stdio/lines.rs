//! Splits standard input into lines of limited length.

use std::io;

use rmcp::transport::async_rw::DEFAULT_MAX_LINE_LENGTH;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder;

use super::long_line::{Measure, TooLong};

/// A line of input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Whole(BytesMut),
    /// The line was too long and is discarded.
    TooLong(TooLong),
}

/// Decodes lines.
#[derive(Debug)]
pub(super) struct Lines {
    longest: usize,
    measure: Measure,
    /// How many bytes of the buffer were searched for an end before.
    seen: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            longest: DEFAULT_MAX_LINE_LENGTH,
            measure: Measure::default(),
            seen: 0,
        }
    }
}

impl Decoder for Lines {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, text: &mut BytesMut) -> io::Result<Option<Line>> {
        let fresh = text.get(self.seen..).unwrap_or_default();
        let Some(end) = fresh.iter().position(|byte| *byte == b'\n') else {
            self.measure.add(fresh);
            if text.len() > self.longest {
                // The measure keeps counting its length.
                text.clear();
            }
            self.seen = text.len();
            return Ok(None);
        };
        self.measure.add(fresh.get(..=end).unwrap_or_default());
        let line = text.split_to(self.seen + end + 1);
        self.seen = 0;
        Ok(Some(match self.measure.end(self.longest) {
            Some(too_long) => Line::TooLong(too_long),
            None => Line::Whole(line),
        }))
    }

    /// The last line may lack its end.
    fn decode_eof(&mut self, text: &mut BytesMut) -> io::Result<Option<Line>> {
        if let Some(line) = self.decode(text)? {
            return Ok(Some(line));
        }
        self.seen = 0;
        let rest = text.split();
        Ok(match self.measure.end(self.longest) {
            Some(too_long) => Some(Line::TooLong(too_long)),
            None => (!rest.is_empty()).then_some(Line::Whole(rest)),
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use proptest::prelude::*;
    use tokio_util::codec::FramedRead;

    use super::*;

    fn read(pieces: &[&[u8]], longest: usize) -> Vec<Line> {
        let mut lines = Lines {
            longest,
            ..Lines::default()
        };
        let mut text = BytesMut::new();
        let mut read = Vec::new();
        for piece in pieces {
            text.extend_from_slice(piece);
            while let Some(line) = lines.decode(&mut text).unwrap() {
                read.push(line);
            }
        }
        read.extend(lines.decode_eof(&mut text).unwrap());
        read
    }

    #[tokio::test]
    async fn the_last_line_needs_no_end() {
        let lines = FramedRead::new(b"a\n\nb".as_slice(), Lines::default());
        let lines: Vec<_> = lines.map(Result::unwrap).collect().await;
        let whole = |text: &str| Line::Whole(text.as_bytes().into());
        assert_eq!(lines, [whole("a\n"), whole("\n"), whole("b")]);
    }

    proptest! {
        #[test]
        fn where_the_text_is_cut_makes_no_difference(
            text in "([a-z]{0,12}\n?){0,8}", cuts in proptest::collection::vec(1_usize..9, 1..60), longest in 1_usize..20,
        ) {
            let whole = read(&[text.as_bytes()], longest);
            let mut rest = text.as_bytes();
            let mut pieces = Vec::new();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, more) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = more;
            }
            prop_assert_eq!(read(&pieces, longest).len(), whole.len());
            let ended = |lines: &[Line]| lines.iter().filter(|line| matches!(line, Line::TooLong(_))).count();
            prop_assert_eq!(ended(&read(&pieces, longest)), ended(&whole));
        }
    }
}
