//! What a question means: terms, and how much each counts.

use crate::{
    spelling::{Spelling, Word},
    synonyms::{MEANT, Meanings, Meant, Saying, Synonyms},
    terms::{Term, Terms},
    words::{is_idle, is_plural},
};

/// How many words may stand between two words of a saying: `kick bob out`.
const GAP: usize = 2;

/// How much it counts that something is only to be read, where nothing says what is to be done.
const READING: f32 = 0.5;

/// How much less it counts to read one thing where several are spoken of, and the other way round.
const OTHER_NUMBER: f32 = 0.5;

/// What reads one thing.
const ONE: &str = "get";

/// What reads several things.
const SEVERAL: &str = "list";

/// Words that begin a question, which wants to know something.
const ASKING: &[&str] = &[
    "are", "did", "does", "has", "have", "is", "was", "were", "what", "when", "where", "which",
    "who", "whose",
];

/// What only wants to know something.
const READING_ACTIONS: &[&str] = &["check", "download", "find", "get", "list", "search", "test"];

/// How much less it counts what is told to have been done, or asked about.
const TOLD: f32 = 0.4;

/// How much less it counts what is to be done after something else.
const LATER: f32 = 0.6;

/// Words that speak of several things.
const EACH: &[&str] = &["all", "every", "list"];

/// What a question means.
#[derive(Debug)]
pub(crate) struct Question {
    /// Its parts; each counts.
    pub(crate) parts: Vec<Part>,
    /// Its words as they are, as far as documents have them.
    pub(crate) words: Vec<Weighted>,
}

/// A part of a question, with all that it may mean; the best meaning for a document counts.
#[derive(Debug)]
pub(crate) struct Part {
    /// All words of a meaning count together.
    pub(crate) meanings: Vec<Vec<Weighted>>,
}

/// A term and how much it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighted {
    pub(crate) term: Term,
    pub(crate) weight: f32,
    /// Whether it is what is to be done.
    pub(crate) is_action: bool,
}

/// A saying that was found in a question.
struct Said<'a> {
    meanings: &'a Meanings,
    /// The numbers of its words in the question.
    places: Vec<usize>,
    /// How sure it is that it was said.
    weight: f32,
}

/// Whether a saying is what the question is about doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// It is, or it does not say what is to be done.
    First,
    /// Something else was to be done before.
    Later,
    /// It is told or asked about: `who deleted the stored key`.
    Told,
}

/// Reads questions with the terms of an index.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) synonyms: &'a Synonyms,
}

impl<'a> Reader<'a> {
    /// What a question means.
    pub(crate) fn read(self, text: &str) -> Question {
        let spelling = Spelling {
            terms: self.terms,
            synonyms: self.synonyms,
        };
        let words = spelling.understood(text);
        let said = self.sayings(&words);
        let several = speaks_of_several(&said, &words);
        let rest = unused(&words, &said).filter(|word| !is_idle(&word.text));
        let literal = rest.filter_map(|word| self.literal(word));
        let orders = orders(&said, &words);
        let meant = said.iter().zip(&orders);
        let meant = meant.map(|(said, order)| self.meant(said, *order, &words, several));
        let mut parts: Vec<Part> = literal
            .map(|word| Part {
                meanings: vec![vec![word]],
            })
            .chain(meant)
            .collect();
        let is_order = |(said, order): (&Said<'_>, &Order)| {
            said.meanings.have_action() && *order != Order::Told
        };
        if !said.iter().zip(&orders).any(is_order) {
            parts.push(self.reading(several));
        }
        let telling = words.iter().filter(|word| !is_idle(&word.text));
        Question {
            parts,
            words: telling.filter_map(|word| self.literal(word)).collect(),
        }
    }

    /// The sayings in a question, at each word the longest.
    fn sayings(self, words: &[Word]) -> Vec<Said<'a>> {
        let mut said: Vec<Said<'a>> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let found = self.synonyms.beginning(&word.stem).filter_map(|saying| {
                // `called` is not `call`.
                let is_alone = saying.stems.len() == 1 && saying.first != word.text;
                if is_alone && is_idle(&word.text) {
                    return None;
                }
                let places = places(saying, words, at)?;
                let is_free = |place| !said.iter().any(|said| said.places.contains(place));
                places.iter().all(is_free).then_some((saying, places))
            });
            let longest =
                found.max_by_key(|(saying, _)| (saying.stems.len(), saying.first == word.text));
            if let Some((saying, places)) = longest
                && let Some(meanings) = self.synonyms.meanings(saying)
            {
                let weights = places
                    .iter()
                    .filter_map(|place| Some(words.get(*place)?.weight));
                said.push(Said {
                    meanings,
                    weight: weights.fold(1.0, f32::min),
                    places,
                });
            }
        }
        said
    }

    /// All that a saying may mean, and itself if it is one word for a thing.
    fn meant(self, said: &Said<'_>, order: Order, words: &[Word], several: bool) -> Part {
        let is_order = is_order(said, words);
        let alternatives = said.meanings.alternatives.iter().map(|alternative| {
            let weighted = alternative
                .iter()
                .filter_map(|meant| self.weighted(meant, order, is_order, several));
            weighted
                .map(|weighted| scaled(weighted, said.weight))
                .collect()
        });
        let mut meanings: Vec<Vec<Weighted>> = alternatives.collect();
        if let [only] = said.places.as_slice()
            && said.meanings.have_thing()
        {
            let word = words.get(*only).and_then(|word| self.literal(word));
            meanings.extend(word.map(|word| vec![word]));
        }
        Part { meanings }
    }

    fn weighted(
        self,
        meant: &Meant,
        order: Order,
        is_order: bool,
        several: bool,
    ) -> Option<Weighted> {
        if !meant.is_action {
            return Some(Weighted {
                term: self.terms.find(meant.word)?,
                weight: meant.weight,
                is_action: false,
            });
        }
        let weight = if is_order { MEANT } else { meant.weight };
        let counts = match order {
            Order::First => 1.0,
            Order::Later => LATER,
            Order::Told if READING_ACTIONS.contains(&meant.word) => 1.0,
            Order::Told => TOLD,
        };
        self.action(meant.word, weight * counts, several)
    }

    fn action(self, word: &str, weight: f32, several: bool) -> Option<Weighted> {
        let other = if several { ONE } else { SEVERAL };
        let number = if word == other { OTHER_NUMBER } else { 1.0 };
        Some(Weighted {
            term: self.terms.find_action(word)?,
            weight: weight * number,
            is_action: true,
        })
    }

    /// The word itself.
    fn literal(self, word: &Word) -> Option<Weighted> {
        Some(Weighted {
            term: self.terms.find(&word.text)?,
            weight: word.weight,
            is_action: false,
        })
    }

    /// That something is to be read.
    fn reading(self, several: bool) -> Part {
        let actions = [ONE, SEVERAL].map(|word| self.action(word, READING, several));
        Part {
            meanings: actions
                .into_iter()
                .flatten()
                .map(|action| vec![action])
                .collect(),
        }
    }
}

fn scaled(weighted: Weighted, by: f32) -> Weighted {
    Weighted {
        weight: weighted.weight * by,
        ..weighted
    }
}

/// Which of these sayings are what the question is about doing.
fn orders(said: &[Said<'_>], words: &[Word]) -> Vec<Order> {
    let begins = words.first().map(|word| word.text.as_str());
    let is_question = begins.is_some_and(|word| ASKING.contains(&word));
    let mut was_ordered = false;
    let orders = said.iter().map(|said| {
        if is_question || is_told(said, words) {
            Order::Told
        } else if was_ordered {
            Order::Later
        } else {
            was_ordered = said.meanings.have_action();
            Order::First
        }
    });
    orders.collect()
}

/// Whether a saying tells what was done, or names things: `stored keys`, `rate limits`, `routing`.
fn is_told(said: &Said<'_>, words: &[Word]) -> bool {
    let first = said.places.first().and_then(|first| words.get(*first));
    let last = said.places.last().and_then(|last| words.get(*last));
    let ends = |end| first.is_some_and(|word| word.text.ends_with(end));
    // `export logs` is neither.
    let is_name = said.places.len() == 1 || !said.meanings.have_sure_action();
    let is_plural = last.is_some_and(|word| is_plural(&word.text));
    let are_things = is_name && is_plural && said.meanings.have_thing();
    are_things || ends("ed") || ends("ing")
}

/// Whether a question begins with a word for a thing that also says what is to be done with it: `throttle the team` is
/// an order, `throttles of the team` is none.
fn is_order(said: &Said<'_>, words: &[Word]) -> bool {
    let first = words.iter().position(|word| !is_idle(&word.text));
    first == said.places.first().copied() && !said.meanings.have_sure_action()
}

/// The words of a question that no saying has.
fn unused<'a>(words: &'a [Word], said: &'a [Said<'_>]) -> impl Iterator<Item = &'a Word> {
    let is_said = |at: &usize| said.iter().any(|said| said.places.contains(at));
    let unused = words.iter().enumerate().filter(move |(at, _)| !is_said(at));
    unused.map(|(_, word)| word)
}

/// Whether a question speaks of several things.
fn speaks_of_several(said: &[Said<'_>], words: &[Word]) -> bool {
    let things = said.iter().filter(|said| said.meanings.have_thing());
    let named = things
        .flat_map(|said| &said.places)
        .filter_map(|place| words.get(*place));
    let mut named = named
        .chain(unused(words, said))
        .filter(|word| !is_idle(&word.text));
    named.any(|word| is_plural(&word.text))
        || said.iter().any(|said| said.meanings.are_plural())
        || words.iter().any(|word| EACH.contains(&word.text.as_str()))
}

/// Where the words of a saying stand that begins at a word: in their order, with few others between them.
fn places(saying: &Saying, words: &[Word], start: usize) -> Option<Vec<usize>> {
    let mut places = vec![start];
    let mut from = start + 1;
    for stem in saying.stems.iter().skip(1) {
        let place = next(stem, words, from)?;
        places.push(place);
        from = place + 1;
    }
    Some(places)
}

/// Where a word comes next, with few others before it. Idle words and figures do not count.
fn next(stem: &str, words: &[Word], from: usize) -> Option<usize> {
    let mut skipped = 0;
    for (place, word) in words.iter().enumerate().skip(from) {
        if word.stem == stem {
            return Some(place);
        }
        let is_figure = !word.text.contains(char::is_alphabetic);
        skipped += usize::from(!is_figure && !is_idle(&word.text));
        if skipped > GAP {
            return None;
        }
    }
    None
}
