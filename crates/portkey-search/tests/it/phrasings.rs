//! What administrators say, and whether the tool they mean is found.
//!
//! `tests/phrasings/tuning` was looked at when synonyms and sayings were written; `held_out` was not, so its figures tell
//! how well words are understood that nobody has thought of. A line is a phrasing, a tab and the tools that answer it,
//! the best first.

use std::{collections::BTreeSet, fs, path::Path};

use portkey_search::Filter;

use crate::tools::{INDEX, TOOLS};

/// What someone says.
pub(crate) struct Phrasing {
    pub(crate) text: String,
    /// The tools that answer it.
    pub(crate) tools: Vec<String>,
}

/// The phrasings of a folder.
pub(crate) fn phrasings(folder: &str) -> Vec<Phrasing> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/phrasings")
        .join(folder);
    let files = fs::read_dir(folder).unwrap();
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let phrasings = lines.filter(|line| !line.starts_with('#')).map(|line| {
        let (text, tools) = line.split_once('\t').unwrap();
        Phrasing {
            text: text.to_owned(),
            tools: tools.split(',').map(str::to_owned).collect(),
        }
    });
    phrasings.collect()
}

/// Which share of phrasings finds a tool that answers it among the first so many.
fn share(phrasings: &[Phrasing], most: usize) -> f64 {
    let is_found = |phrasing: &&Phrasing| {
        let found = INDEX.search(&phrasing.text, &Filter::default(), most);
        found
            .iter()
            .any(|found| phrasing.tools.iter().any(|tool| tool == found.name))
    };
    let found = phrasings.iter().filter(is_found).count();
    f64::from(u32::try_from(found).unwrap()) / f64::from(u32::try_from(phrasings.len()).unwrap())
}

fn is_mostly_found(folder: &str) {
    let phrasings = phrasings(folder);
    let (first, top) = (share(&phrasings, 1), share(&phrasings, 3));
    println!(
        "{folder}: {} phrasings, first {first:.3}, among three {top:.3}",
        phrasings.len()
    );
    assert!(first >= 0.85, "first {first:.3}");
    assert!(top >= 0.95, "among three {top:.3}");
}

#[test]
fn phrasings_that_words_were_chosen_by_find_their_tools() {
    is_mostly_found("tuning");
}

#[test]
fn phrasings_that_nothing_was_chosen_by_find_their_tools() {
    is_mostly_found("held_out");
}

/// A new tool need not have a phrasing; one that is gone must not leave its own behind.
#[test]
fn phrasings_are_of_tools_that_there_are() {
    let all = [phrasings("tuning"), phrasings("held_out")]
        .into_iter()
        .flatten();
    let asked: BTreeSet<String> = all.flat_map(|phrasing| phrasing.tools).collect();
    let names: BTreeSet<String> = TOOLS.iter().map(|tool| tool.name.to_owned()).collect();
    let silent: Vec<&String> = names.difference(&asked).collect();
    println!("nobody asks for {silent:?}");
    assert!(asked.is_subset(&names), "{:?}", asked.difference(&names));
}

#[test]
fn nobody_asks_twice() {
    let mut asked = BTreeSet::new();
    for phrasing in [phrasings("tuning"), phrasings("held_out")]
        .into_iter()
        .flatten()
    {
        assert!(asked.insert(phrasing.text.clone()), "{}", phrasing.text);
    }
}
