//! Texts for fuzz targets: seeds, edited as an engine chooses. Bytes at random are hardly ever JSON or TOML, and nothing
//! behind the parser would be reached.

use std::{fs, ops::Range, path::Path};

/// Begins a target: as much as a second allows, unless the environment says otherwise.
#[macro_export]
macro_rules! check {
    () => {
        $crate::bolero::check!()
            .with_iterations(100_000)
            .with_test_time(::std::time::Duration::from_secs(1))
            .with_type::<Vec<u8>>()
    };
}

#[doc(hidden)]
pub use bolero;

/// What a target begins with.
#[derive(Debug)]
pub struct Corpus {
    seeds: Vec<Vec<char>>,
    words: Vec<String>,
}

/// What has a meaning to some parser, and what is easily forgotten.
const WORDS: [&str; 42] = [
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ",",
    ":",
    "=",
    "\n",
    "\r\n",
    "\u{0}",
    "{{",
    "}}",
    "{{#",
    "{{/",
    "{{>",
    "{{^",
    ".",
    "..",
    "/",
    "%2F",
    "@",
    "$",
    "*****",
    "env:A",
    "file:/",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "0",
    "-1",
    "1e309",
    "18446744073709551616",
    "\u{202e}",
    "\u{1f3f4}\u{e0067}",
    "⟨U+",
    "é",
];
/// How far an edit reaches.
const REACH: usize = 24;
/// Edits stop here, so that a text doubled again and again stays small.
const LONGEST: usize = 20_000;

impl Corpus {
    /// The files of a folder in `corpus/`.
    ///
    /// # Panics
    ///
    /// Where there are none: the target would try nothing.
    pub fn of(target: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(target);
        let files = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = files.map(|file| file.path()).collect();
        paths.sort();
        let seeds: Vec<String> = paths
            .iter()
            .filter_map(|path| fs::read_to_string(path).ok())
            .collect();
        assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
        Self::with(seeds)
    }

    /// These seeds.
    pub fn with(seeds: impl IntoIterator<Item = String>) -> Self {
        let seeds: Vec<String> = seeds.into_iter().collect();
        let words = seeds.iter().flat_map(|seed| seed.split(|c| !is_word(c)));
        let mut words: Vec<String> = words
            .filter(|word| word.len() > 1)
            .map(str::to_owned)
            .collect();
        words.extend(WORDS.map(str::to_owned));
        words.sort();
        words.dedup();
        Self {
            seeds: seeds.iter().map(|seed| seed.chars().collect()).collect(),
            words,
        }
    }

    /// A seed with some edits: the first two bytes choose the seed, and each four after them an edit.
    pub fn edited(&self, choices: &[u8]) -> String {
        let (first, edits) = choices.split_at_checked(2).unwrap_or_default();
        let mut text = self.seed(number(first)).to_vec();
        for edit in edits.chunks_exact(4) {
            if text.len() < LONGEST {
                self.edit(&mut text, edit);
            }
        }
        text.into_iter().collect()
    }

    fn edit(&self, text: &mut Vec<char>, edit: &[u8]) {
        let [kind, high, low, more] = *edit else {
            return;
        };
        let place = number(&[high, low]) % (text.len() + 1);
        let more = usize::from(more);
        let end = text.len().min(place + more % REACH);
        let span: Vec<char> = text.get(place..end).unwrap_or_default().to_vec();
        let word = self
            .words
            .get((more + 256 * usize::from(kind)) % self.words.len());
        let word = word.into_iter().flat_map(|word| word.chars());
        match kind % 8 {
            0 => drop(text.splice(place..place, word)),
            1 => drop(text.drain(place..end)),
            2 => drop(text.splice(place..end, word)),
            3 => drop(text.splice(place..place, span)),
            4 => {
                let other = self.seed(more);
                let rest = other.get(place.min(other.len())..).unwrap_or_default();
                text.truncate(place);
                text.extend(rest);
            }
            5 => {
                let around = around(text, place, |c| !is_word(c));
                text.splice(around, word);
            }
            6 => {
                // A whole line goes, or to elsewhere.
                let mut line = around(text, place, |c| c == '\n');
                line.end = text.len().min(line.end + 1);
                let line: Vec<char> = text.drain(line).collect();
                let elsewhere = around(text, more * REACH, |c| c == '\n').start;
                if more % 2 == 1 {
                    text.splice(elsewhere..elsewhere, line);
                }
            }
            _ => {
                let again = word.collect::<String>().repeat(more);
                text.splice(place..place, again.chars());
            }
        }
    }

    fn seed(&self, choice: usize) -> &[char] {
        let count = self.seeds.len().max(1);
        self.seeds.get(choice % count).map_or(&[], Vec::as_slice)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// What is around a place between two that `ends`.
fn around(text: &[char], place: usize, ends: impl Fn(char) -> bool) -> Range<usize> {
    let place = place.min(text.len());
    let (before, after) = text.split_at(place);
    let start = before
        .iter()
        .rposition(|c| ends(*c))
        .map_or(0, |end| end + 1);
    let length = after.iter().position(|c| ends(*c));
    start..place + length.unwrap_or(after.len())
}

/// The number that the first two bytes spell.
pub fn number(bytes: &[u8]) -> usize {
    let digits = bytes.iter().take(2);
    digits.fold(0, |number, byte| number * 256 + usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_choices_leave_a_seed_as_it_is() {
        let corpus = Corpus::with(["{\"a\": 1}".to_owned(), "b".to_owned()]);
        assert_eq!(corpus.edited(&[]), "{\"a\": 1}");
        assert_eq!(corpus.edited(&[0, 1]), "b");
    }

    #[test]
    fn every_choice_makes_a_text() {
        let corpus = Corpus::with(["{\"a\": 1}".to_owned(), String::new()]);
        check!().for_each(|choices| {
            assert!(corpus.edited(choices).len() < 2 * LONGEST);
        });
    }
}
