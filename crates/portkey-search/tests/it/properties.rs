//! What holds for every question.

use portkey_search::{Document, Filter, Index};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::tools::{INDEX, TOOLS};

fn words() -> impl Strategy<Value = String> {
    let word = select(vec![
        "list", "kick", "out", "keys", "budgett", "the", "apikey", "work", "space", "é’s", "429",
        "+", "~",
    ]);
    vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_searched_for(text in ".*", most in 0..300_usize) {
        let found = INDEX.search(&text, &Filter::default(), most);
        prop_assert!(found.len() <= most);
        prop_assert!(found.iter().all(|found| found.score.is_finite()));
    }

    #[test]
    fn what_is_found_is_sorted_and_told_once(text in words()) {
        let found = INDEX.search(&text, &Filter::default(), TOOLS.len());
        prop_assert!(found.is_sorted_by(|one, next| one.score >= next.score));
        let mut positions: Vec<usize> = found.iter().map(|found| found.position).collect();
        positions.sort_unstable();
        positions.dedup();
        prop_assert_eq!(positions.len(), found.len());
        prop_assert!(found.iter().all(|found| TOOLS[found.position].name == found.name));
    }

    #[test]
    fn a_filter_only_leaves_out(
        text in words(),
        domains in vec(select(vec!["prompts", "users", "analytics", "none"]), 0..3),
        effects in vec(select(vec!["read", "create", "delete"]), 0..3),
    ) {
        let filter = Filter { domains, effects };
        let all = INDEX.search(&text, &Filter::default(), TOOLS.len());
        let admitted = all.iter().filter(|found| {
            let tool = &TOOLS[found.position];
            filter.admits(tool.domain, tool.effect)
        });
        let found = INDEX.search(&text, &filter, TOOLS.len());
        prop_assert_eq!(found, admitted.copied().collect::<Vec<_>>());
    }

    #[test]
    fn any_document_is_indexed(name in ".{0,40}", description in ".{0,200}", question in ".{0,80}") {
        let document = Document {
            name: &name,
            description: &description,
            ..Document::default()
        };
        let index = Index::new(&[document]);
        let found = index.search(&question, &Filter::default(), 1);
        prop_assert!(found.iter().all(|found| found.name == name));
    }
}

#[test]
fn nothing_is_found_among_nothing() {
    let index = Index::new(&[]);
    assert!(index.search("list keys", &Filter::default(), 3).is_empty());
}

#[test]
fn misspelt_and_joined_words_are_understood() {
    let first = |question| INDEX.search(question, &Filter::default(), 1)[0].name;
    assert_eq!(first("lsit apikeys"), first("list api keys"));
    assert_eq!(
        first("delete the work space"),
        first("delete the workspace")
    );
    assert_eq!(first("creat gaurdrail"), first("create guardrail"));
}
