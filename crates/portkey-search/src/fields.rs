//! The fields of documents, and how much each tells.

use std::collections::HashSet;

use rustc_hash::FxHashMap;

use crate::{
    document::Document,
    terms::{Term, Terms},
    words::words,
};

/// A part of a document.
struct Field {
    /// How much it tells that a term is in it.
    weight: f32,
    /// How much less a term tells in a long one, from 0 to 1.
    by_length: f32,
}

const COUNT: usize = 6;

/// Fields in the order of [`Fielded::terms`].
const FIELDS: [Field; COUNT] = [
    Field::new(3.0, 0.0), // what it does: the first word of the name
    Field::new(4.0, 0.6), // with what: the rest of the name
    Field::new(2.0, 0.5), // title
    Field::new(2.0, 0.3), // keywords
    Field::new(1.0, 0.5), // description
    Field::new(0.3, 0.5), // arguments
];

impl Field {
    const fn new(weight: f32, by_length: f32) -> Self {
        Self { weight, by_length }
    }
}

/// The terms of a document.
pub(crate) struct Fielded {
    /// By field.
    terms: [Vec<Term>; COUNT],
    /// What the name has besides what the document does.
    pub(crate) things: Vec<Term>,
    /// Of each keyword, and of the title, which is what one might say, too.
    pub(crate) sayings: Vec<Vec<Term>>,
}

impl Fielded {
    /// The terms of a document among others of these names.
    pub(crate) fn new(document: &Document<'_>, names: &HashSet<&str>, terms: &mut Terms) -> Self {
        let name = words(document.name);
        let (action, thing) = name.split_at(usize::from(name.len() > 1));
        let mut actions: Vec<Term> = action.iter().map(|word| terms.of_action(word)).collect();
        actions.extend(action.iter().filter_map(|word| terms.of(word)));
        let things: Vec<Term> = thing.iter().filter_map(|word| terms.of(word)).collect();
        let title = of_text(document.title, terms);
        let mut sayings: Vec<Vec<Term>> = document
            .keywords
            .iter()
            .map(|saying| of_text(saying, terms))
            .collect();
        let keywords = sayings.concat();
        for saying in &mut sayings {
            saying.sort_unstable();
            saying.dedup();
        }
        sayings.push(title.clone());
        let pieces = document
            .description
            .split('`')
            .filter(|piece| !names.contains(piece));
        let description = pieces.flat_map(|piece| of_text(piece, terms)).collect();
        let arguments = document
            .arguments
            .iter()
            .flat_map(|name| of_text(name, terms))
            .collect();
        Self {
            terms: [
                actions,
                things.clone(),
                title,
                keywords,
                description,
                arguments,
            ],
            things,
            sayings,
        }
    }
}

fn of_text(text: &str, terms: &mut Terms) -> Vec<Term> {
    words(text)
        .iter()
        .filter_map(|word| terms.of(word))
        .collect()
}

/// How often a document has a term, each time by the weight of the field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) document: usize,
    pub(crate) frequency: f32,
}

/// The documents that have each term.
#[allow(clippy::cast_precision_loss, reason = "fields are short")]
pub(crate) fn postings(documents: &[Fielded], terms: usize) -> Vec<Vec<Posting>> {
    let averages = averages(documents);
    let mut postings: Vec<Vec<Posting>> = vec![Vec::new(); terms];
    for (document, fielded) in documents.iter().enumerate() {
        let mut frequencies: FxHashMap<Term, f32> = FxHashMap::default();
        for ((terms, average), field) in fielded.terms.iter().zip(averages).zip(&FIELDS) {
            let length = terms.len() as f32 / f32::max(average, 1.0);
            let weight = field.weight / (1.0 - field.by_length + field.by_length * length);
            for term in terms {
                *frequencies.entry(*term).or_default() += weight;
            }
        }
        for (term, frequency) in frequencies {
            if let Some(postings) = postings.get_mut(term) {
                postings.push(Posting {
                    document,
                    frequency,
                });
            }
        }
    }
    postings
}

/// How long each field is on average.
#[allow(clippy::cast_precision_loss, reason = "fields are short")]
fn averages(documents: &[Fielded]) -> [f32; COUNT] {
    let mut averages = [0.0; COUNT];
    for fielded in documents {
        for (average, terms) in averages.iter_mut().zip(&fielded.terms) {
            *average += terms.len() as f32 / documents.len() as f32;
        }
    }
    averages
}
