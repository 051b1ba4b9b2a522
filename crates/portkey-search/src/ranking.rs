//! How well documents fit a question: BM25, and four things that are known of tools.
//!
//! A tool that does something else than was asked for counts less, and so does one whose name says more than was asked
//! for. A tool counts more if the question is like one of its keywords. And an action is as rare as all actions together
//! that the same word may mean: that only one tool of many is called `remove_…` says nothing.

use crate::{
    fields::{Fielded, Posting},
    query::{Part, Question, Weighted},
    terms::Term,
};

/// How soon it stops mattering how often a term occurs.
const SATURATION: f32 = 1.5;

/// How much a question counts that is like a keyword.
const LIKE: f32 = 8.0;

/// How much it counts there that a word is only meant.
const ONLY_MEANT: f32 = 0.5;

/// How much of the score is lost by what does nothing that was asked for.
const OTHER_ACTION: f32 = 0.4;

/// How much of the score is lost by what has nothing in its name that was asked for.
const OTHER_THING: f32 = 0.2;

/// What the ranking knows of the documents.
#[derive(Debug)]
pub(crate) struct Ranking {
    documents: Vec<Ranked>,
    /// By term.
    postings: Vec<Vec<Posting>>,
    /// How much it tells that a document has a term.
    rarities: Vec<f32>,
}

/// What the ranking knows of a document.
#[derive(Debug)]
struct Ranked {
    things: Vec<Term>,
    sayings: Vec<Vec<Term>>,
}

impl Ranking {
    pub(crate) fn new(documents: Vec<Fielded>, postings: Vec<Vec<Posting>>) -> Self {
        let rarities = postings
            .iter()
            .map(|having| rarity(documents.len(), named(having)));
        let ranked = |fielded: Fielded| Ranked {
            things: fielded.things,
            sayings: fielded.sayings,
        };
        Self {
            rarities: rarities.collect(),
            documents: documents.into_iter().map(ranked).collect(),
            postings,
        }
    }

    /// How well each document fits.
    pub(crate) fn scores(&self, question: &Question) -> Vec<f32> {
        let mut scores = self.parts(question);
        let weights = self.weights(question);
        let whole: f32 = question
            .words
            .iter()
            .map(|word| word.weight * self.rarity(word.term))
            .sum();
        let actions = self.actions(question);
        let asked = actions.iter().copied().fold(0.0, f32::max);
        let documents = self.documents.iter().zip(actions);
        for (score, (document, action)) in scores.iter_mut().zip(documents) {
            *score += LIKE * self.likeness(document, &weights, whole);
            *score *= 1.0 - OTHER_ACTION * (asked - action);
            *score *= 1.0 - OTHER_THING * self.unasked(document, &weights);
        }
        scores
    }

    /// How well each document fits the parts of a question: of each its best meaning.
    fn parts(&self, question: &Question) -> Vec<f32> {
        let mut scores = vec![0.0; self.documents.len()];
        for part in &question.parts {
            let mut best = vec![0.0; self.documents.len()];
            let rarity_of_action = self.rarity_of_action(part);
            for meaning in &part.meanings {
                let meant = self.meaning(meaning, rarity_of_action);
                raise(&mut best, meant);
            }
            for (score, best) in scores.iter_mut().zip(best) {
                *score += best;
            }
        }
        scores
    }

    /// How well each document fits a meaning: all its words together.
    fn meaning(&self, meaning: &[Weighted], rarity_of_action: f32) -> Vec<f32> {
        let mut scores = vec![0.0; self.documents.len()];
        for weighted in meaning {
            let rarity = if weighted.is_action {
                rarity_of_action
            } else {
                self.rarity(weighted.term)
            };
            for posting in self.postings(weighted.term) {
                if let Some(score) = scores.get_mut(posting.document) {
                    *score += weighted.weight * rarity * posting.frequency
                        / (SATURATION + posting.frequency);
                }
            }
        }
        scores
    }

    /// How much it tells that a document does one of the things which a part may mean.
    fn rarity_of_action(&self, part: &Part) -> f32 {
        let actions = part
            .meanings
            .iter()
            .flatten()
            .filter(|meant| meant.is_action);
        let having: usize = actions.map(|meant| self.postings(meant.term).len()).sum();
        rarity(self.documents.len(), having.min(self.documents.len()))
    }

    /// How much each document does of what is to be done.
    fn actions(&self, question: &Question) -> Vec<f32> {
        let mut done = vec![0.0; self.documents.len()];
        for meant in meant(question).filter(|meant| meant.is_action) {
            for posting in self.postings(meant.term) {
                if let Some(done) = done.get_mut(posting.document) {
                    *done = f32::max(*done, meant.weight);
                }
            }
        }
        done
    }

    /// How much each term was said or meant.
    fn weights(&self, question: &Question) -> Vec<f32> {
        let mut weights = vec![0.0; self.postings.len()];
        let said = question.words.iter().map(|word| (word.term, word.weight));
        let things = meant(question).filter(|meant| !meant.is_action);
        let meant = things.map(|meant| (meant.term, meant.weight * ONLY_MEANT));
        for (term, weight) in said.chain(meant) {
            if let Some(known) = weights.get_mut(term) {
                *known = f32::max(*known, weight);
            }
        }
        weights
    }

    /// How much the question is like one of the document's keywords, from 0 to 1.
    fn likeness(&self, document: &Ranked, weights: &[f32], whole: f32) -> f32 {
        let likeness = document.sayings.iter().map(|saying| {
            let all: f32 = saying.iter().map(|term| self.rarity(*term)).sum();
            let shared = saying
                .iter()
                .map(|term| weights.get(*term).unwrap_or(&0.0) * self.rarity(*term));
            let largest = f32::max(all * whole, f32::EPSILON).sqrt();
            f32::min(shared.sum::<f32>() / largest, 1.0)
        });
        likeness.fold(0.0, f32::max)
    }

    /// How much of a document's name was not asked for, from 0 to 1.
    fn unasked(&self, document: &Ranked, weights: &[f32]) -> f32 {
        let is_asked = |term: &&Term| weights.get(**term).is_some_and(|weight| *weight > 0.0);
        let all: f32 = document.things.iter().map(|term| self.rarity(*term)).sum();
        let asked: f32 = document
            .things
            .iter()
            .filter(is_asked)
            .map(|term| self.rarity(*term))
            .sum();
        1.0 - asked / f32::max(all, f32::EPSILON)
    }

    fn postings(&self, term: Term) -> &[Posting] {
        self.postings.get(term).map_or(&[], Vec::as_slice)
    }

    fn rarity(&self, term: Term) -> f32 {
        self.rarities.get(term).copied().unwrap_or_default()
    }
}

/// All words that a question may mean.
fn meant(question: &Question) -> impl Iterator<Item = &Weighted> {
    question
        .parts
        .iter()
        .flat_map(|part| part.meanings.iter().flatten())
}

fn raise(best: &mut [f32], scores: Vec<f32>) {
    for (best, score) in best.iter_mut().zip(scores) {
        *best = f32::max(*best, score);
    }
}

fn named(having: &[Posting]) -> usize {
    let named = having
        .iter()
        .filter(|posting| posting.frequency >= 1.3)
        .count();
    if named == 0 {
        having.len()
    } else {
        named + (having.len() - named) / 3
    }
}

/// How much it tells that a document has a term which so many of all have.
#[allow(clippy::cast_precision_loss, reason = "there are few documents")]
fn rarity(all: usize, having: usize) -> f32 {
    let (all, having) = (all as f32, having as f32);
    ((all - having + 0.5) / (having + 0.5)).ln_1p()
}
