//! Texts for fuzz targets: seeds, edited as an engine chooses. Bytes at random are hardly ever JSON or TOML, and nothing
//! behind the parser would be reached.

use std::{fs, path::Path};

pub use bolero::check;

/// What a target begins with.
#[derive(Debug)]
pub struct Corpus {
    seeds: Vec<Vec<char>>,
    words: Vec<String>,
}

/// What has a meaning to some parser, and what is easily forgotten.
const WORDS: [&str; 40] = [
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
    #[expect(clippy::panic, reason = "only tests call it")]
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
        if seeds.is_empty() {
            panic!("no seeds in {}", folder.display());
        }
        Self::with(seeds)
    }

    /// These seeds.
    pub fn with(seeds: impl IntoIterator<Item = String>) -> Self {
        let seeds: Vec<String> = seeds.into_iter().collect();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
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
        match kind % 6 {
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
        check!().with_type::<Vec<u8>>().for_each(|choices| {
            assert!(corpus.edited(choices).len() < 2 * LONGEST);
        });
    }
}
