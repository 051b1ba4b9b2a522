//! Fuzz target: the configuration file.

use portkey_fuzz::{Corpus, check};

use super::*;

#[test]
fn configuration_files() {
    let corpus = Corpus::of("configuration");
    check!().for_each(|choices| {
        let text = corpus.edited(choices);
        let last = text.lines().count().max(1) + 1;
        match Reader::new(&text).read("portkey.toml".into()) {
            Ok(file) => assert_eq!(file.path(), "portkey.toml"),
            Err(problems) => {
                assert!(!problems.is_empty(), "refused without a reason: {text}");
                assert!(
                    problems
                        .iter()
                        .all(|problem| problem.line.is_none_or(|line| line <= last)),
                    "{text}"
                );
            }
        }
    });
}
