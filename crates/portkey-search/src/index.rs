//! Documents that can be searched.

use std::collections::HashSet;

use crate::{
    document::{Document, Filter},
    fields::{Fielded, postings},
    query::Reader,
    ranking::Ranking,
    synonyms::Synonyms,
    terms::Terms,
};

/// A document that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match<'i> {
    /// Its number among the documents that the index was made of.
    pub position: usize,
    /// Its name.
    pub name: &'i str,
    /// How well it fits; only worth comparing within one search.
    pub score: f32,
}

/// Documents that can be searched.
#[derive(Debug)]
pub struct Index {
    documents: Vec<Indexed>,
    terms: Terms,
    ranking: Ranking,
}

/// What is told of a document, and what it is filtered by.
#[derive(Debug)]
struct Indexed {
    name: String,
    domain: String,
    effect: String,
}

impl Index {
    /// Returns an index of these documents.
    pub fn new(documents: &[Document<'_>]) -> Self {
        let mut terms = Terms::default();
        let names: HashSet<&str> = documents.iter().map(|document| document.name).collect();
        let fielded = documents
            .iter()
            .map(|document| Fielded::new(document, &names, &mut terms));
        let fielded: Vec<Fielded> = fielded.collect();
        let postings = postings(&fielded, terms.len());
        let indexed = documents.iter().map(|document| Indexed {
            name: document.name.to_owned(),
            domain: document.domain.to_owned(),
            effect: document.effect.to_owned(),
        });
        Self {
            documents: indexed.collect(),
            terms,
            ranking: Ranking::new(fielded, postings),
        }
    }

    /// Returns the documents that fit a question best, the best first, at most so many.
    pub fn search(&self, question: &str, filter: &Filter<'_>, most: usize) -> Vec<Match<'_>> {
        let reader = Reader {
            terms: &self.terms,
            synonyms: Synonyms::of_the_trade(),
        };
        let fits = self.ranking.scores(&reader.read(question));
        let documents = self.documents.iter().zip(fits).enumerate();
        let matches = documents.map(|(position, (document, score))| {
            let found = Match {
                position,
                name: &document.name,
                score,
            };
            (document, found)
        });
        let admitted = matches.filter(|(document, found)| {
            found.score > 0.0 && filter.admits(&document.domain, &document.effect)
        });
        let mut found: Vec<Match<'_>> = admitted.map(|(_, found)| found).collect();
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found.truncate(most);
        found
    }
}
