//! Fuzz target: the token file.

use portkey_fuzz::{Corpus, check};

use super::*;

#[test]
fn token_files() {
    let corpus = Corpus::of("tokens");
    assert_eq!(Tokens::read(&corpus.edited(&[])).unwrap().by_hash.len(), 2);
    check!().for_each(|choices| {
        let text = corpus.edited(choices);
        if let Ok(tokens) = Tokens::read(&text) {
            let named = tokens
                .by_hash
                .values()
                .all(|token| !token.name.trim().is_empty());
            assert!(named, "a token of nobody: {text}");
            assert!(tokens.identify("a token that is in no file").is_err());
        }
    });
}
