//! Checks that answers with arbitrary text contain no hidden characters when a model gets them.

use portkey_api::operations;
use portkey_api_core::{Path, Showing, last_four};
use portkey_fuzz::{Corpus, check, number};

use super::*;

#[test]
fn answers_on_their_way_to_a_model() {
    let all: Vec<_> = operations().collect();
    let corpus = Corpus::of("answers");
    check!().for_each(|choices| {
        let declaration = &all[number(choices) % all.len()].declaration;
        let text = corpus.edited(choices);
        let answer = serde_json::from_str(&text).unwrap_or_else(|_| text.into());
        let mut answer = declaration.normalise(answer);
        let minted = &mut |_: &Path<'_>, secret: &str| last_four(secret).into();
        declaration.show(
            &mut answer,
            Showing {
                bodies: false,
                cents: true,
                brief: false,
                minted,
            },
        );
        make_visible(&mut answer);
        assert_eq!(
            make_visible(&mut answer),
            0,
            "something is still hidden in {answer}"
        );
        let told = answer.to_string();
        assert!(
            !told.contains(['\u{202e}', '\u{e0041}', '\u{200b}']),
            "{told}"
        );
    });
}
