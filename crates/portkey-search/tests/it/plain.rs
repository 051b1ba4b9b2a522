//! How far the declarations alone lead: plain BM25 over name, title and description, with stems but without synonyms.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};

use crate::{phrasings::phrasings, tools::TOOLS};

/// A tool as plain BM25 sees it: how often each stem occurs, and how many there are.
struct Plain {
    name: &'static str,
    stems: HashMap<String, f64>,
    length: f64,
}

fn stems(text: &str) -> impl Iterator<Item = String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let stemmer = Stemmer::new(Algorithm::English);
    words.map(move |word| stemmer.stem(&word.to_lowercase()).into_owned())
}

fn plain() -> Vec<Plain> {
    let of = |tool: &portkey_search::Document<'static>| {
        let mut counts: HashMap<String, f64> = HashMap::new();
        for stem in stems(&[tool.name, tool.title, tool.description].join(" ")) {
            *counts.entry(stem).or_default() += 1.0;
        }
        Plain {
            name: tool.name,
            length: counts.values().sum(),
            stems: counts,
        }
    };
    TOOLS.iter().map(of).collect()
}

/// The name of the tool that fits best.
fn first(tools: &[Plain], question: &str) -> &'static str {
    let count = f64::from(u32::try_from(tools.len()).unwrap());
    let average = tools.iter().map(|tool| tool.length).sum::<f64>() / count;
    let asked: Vec<(String, f64)> = stems(question)
        .map(|stem| {
            let having = tools
                .iter()
                .filter(|tool| tool.stems.contains_key(&stem))
                .count();
            let having = f64::from(u32::try_from(having).unwrap());
            (stem, ((count - having + 0.5) / (having + 0.5)).ln_1p())
        })
        .collect();
    let score = |tool: &Plain| {
        let long = 1.2 * (0.25 + 0.75 * tool.length / average);
        let scores = asked.iter().filter_map(|(stem, rarity)| {
            let often = tool.stems.get(stem)?;
            Some(rarity * often * 2.2 / (often + long))
        });
        scores.sum::<f64>()
    };
    let best = tools
        .iter()
        .max_by(|one, other| score(one).total_cmp(&score(other)));
    best.unwrap().name
}

/// Words that a user would say belong into descriptions: whatever a client searches with, it has those.
#[test]
fn declarations_alone_lead_to_most_tools() {
    let tools = plain();
    let all: Vec<_> = [phrasings("tuning"), phrasings("held_out")]
        .into_iter()
        .flatten()
        .collect();
    let is_first =
        |text: &str, wanted: &[String]| wanted.iter().any(|tool| tool == first(&tools, text));
    let found = all
        .iter()
        .filter(|phrasing| is_first(&phrasing.text, &phrasing.tools))
        .count();
    println!("declarations alone: {found} of {}", all.len());
    assert!(found * 100 >= all.len() * LEAST, "{found} of {}", all.len());
}

/// In percent.
const LEAST: usize = 70;
