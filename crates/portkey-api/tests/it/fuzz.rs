//! Arguments and answers that nobody thought of.

use portkey_api::{Edition, JsonObject, Operation, operations, parse_arguments};
use portkey_fuzz::{Corpus, check, number};
use serde_json::Value;

/// An operation, and a text made of the rest.
fn chosen<'a>(choices: &'a [u8], all: &[&'static Operation]) -> (&'static Operation, &'a [u8]) {
    let (first, rest) = choices.split_at(choices.len().min(2));
    (all[number(first) % all.len()], rest)
}

/// What the rest of the program relies on, whatever the arguments are.
fn call(operation: &Operation, arguments: JsonObject) {
    _ = operation.declaration.masked(arguments.clone());
    let understood = match parse_arguments(&operation.declaration, arguments) {
        Ok(understood) => understood.arguments,
        Err(refused) => {
            let said = refused.to_string();
            assert!(said.len() < 40_000, "{} bytes", said.len());
            return;
        }
    };
    _ = operation.preview(Edition::Classic, understood.clone());
    let Ok(request) = operation.request(understood) else {
        return;
    };
    let path = request.target.split('?').next().unwrap();
    let segments = |path: &str| path.split('/').count();
    assert_eq!(segments(path), segments(operation.path), "{path}");
    assert!(request.target.is_ascii(), "{}", request.target);
}

#[test]
fn arguments_of_every_tool() {
    let all: Vec<_> = operations().collect();
    let seeds = |operation| {
        let most = Value::Object(portkey_examples::most(operation));
        let least = Value::Object(portkey_examples::least(operation));
        [most.to_string(), least.to_string()]
    };
    let corpora = all.iter().map(|operation| Corpus::with(seeds(operation)));
    let corpora: Vec<_> = corpora.collect();
    check!().for_each(|choices| {
        let (operation, choices) = chosen(choices, &all);
        let place = all.iter().position(|other| std::ptr::eq(*other, operation));
        let text = corpora[place.unwrap()].edited(choices);
        // Of most edits the text is no JSON any longer; then it stands for one argument.
        match serde_json::from_str(&text) {
            Ok(Value::Object(arguments)) => call(operation, arguments),
            other => {
                let mut arguments = portkey_examples::most(operation);
                let count = arguments.len().max(1);
                if let Some((_, value)) = arguments.iter_mut().nth(choices.len() % count) {
                    *value = other.unwrap_or_else(|_| text.into());
                }
                call(operation, arguments);
            }
        }
    });
}

#[test]
fn answers_of_every_tool() {
    let all: Vec<_> = operations().collect();
    let corpus = Corpus::of("answers");
    check!().for_each(|choices| {
        let (operation, choices) = chosen(choices, &all);
        let text = corpus.edited(choices);
        let answer = serde_json::from_str(&text).unwrap_or_else(|_| text.into());
        let mut answer = operation.declaration.normalise(answer);
        _ = operation.declaration.lacks_list(&answer);
        operation.declaration.mask(&mut answer);
        let masked = answer.clone();
        operation.declaration.mask(&mut answer);
        assert_eq!(answer, masked, "masking what is masked changes it");
    });
}
