//! The language of `--query`: jq, by the library of jaq.

use std::{fmt, str::FromStr};

use jaq_core::{
    Compiler, Ctx, Filter, Vars, compile,
    data::JustLut,
    load::{self, Arena, File, Loader},
    unwrap_valr,
};
use jaq_json::Val;
use portkey_engine::untrusted::quoted;
use serde_json::Value;

/// What jq has and the library lacks.
const PRELUDE: &str = include_str!("prelude.jq");

/// An expression that compiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Query(String);

/// Why an expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidQuery {
    /// It is no jq.
    #[error("expected {expected} {}", place(found))]
    Syntax { expected: String, found: String },
    /// It names what jq does not have.
    #[error("there is no {kind} `{name}`")]
    Undefined { kind: &'static str, name: String },
    /// It fails on this answer.
    #[error("{}", quoted(.0))]
    Failed(String),
}

fn place(found: &str) -> String {
    if found.is_empty() {
        "at the end".to_owned()
    } else {
        format!("at {}", quoted(found))
    }
}

impl FromStr for Query {
    type Err = InvalidQuery;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let query = Self(text.to_owned());
        query.compiled()?;
        Ok(query)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Query {
    /// What the expression makes of an answer.
    pub(super) fn of(&self, answer: &Value) -> Result<Vec<Value>, InvalidQuery> {
        let failed = |error: String| InvalidQuery::Failed(error);
        let filter = self.compiled()?;
        let input = serde_json::from_value::<Val>(answer.clone());
        let input = input.map_err(|error| failed(error.to_string()))?;
        let context = Ctx::<JustLut<Val>>::new(&filter.lut, Vars::new([]));
        let results = filter.id.run((context, input)).map(unwrap_valr);
        results
            .map(|result| match result {
                Ok(value) => json(&value).map_err(|error| failed(error.to_string())),
                Err(error) => Err(failed(error.to_string())),
            })
            .collect()
    }

    /// The standard library of jq is at hand, but no modules and no input besides the answer.
    fn compiled(&self) -> Result<Filter<JustLut<Val>>, InvalidQuery> {
        let prelude = load::parse(PRELUDE, |parser| parser.defs());
        let definitions = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs())
            .chain(prelude.into_iter().flatten());
        let functions = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs());
        let arena = Arena::default();
        let program = File {
            code: self.0.as_str(),
            path: (),
        };
        let modules = Loader::new(definitions).load(&arena, program);
        let modules = modules.map_err(|errors| first(errors).unwrap_or_else(unknown))?;
        let filter = Compiler::default().with_funs(functions).compile(modules);
        filter.map_err(|errors| {
            let mut errors = errors.into_iter().flat_map(|(_, errors)| errors);
            errors.next().map_or_else(unknown, undefined)
        })
    }
}

fn syntax(expected: &str, found: &str) -> InvalidQuery {
    InvalidQuery::Syntax {
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

fn first(errors: load::Errors<&str, ()>) -> Option<InvalidQuery> {
    errors.into_iter().find_map(|(_, error)| match error {
        load::Error::Lex(errors) => {
            let (expected, found) = errors.into_iter().next()?;
            Some(syntax(expected.as_str(), found))
        }
        load::Error::Parse(errors) => {
            let (expected, found) = errors.into_iter().next()?;
            Some(syntax(expected.as_str(), found))
        }
        load::Error::Io(errors) => {
            let (name, _) = errors.into_iter().next()?;
            Some(InvalidQuery::Undefined {
                kind: "module",
                name: name.to_owned(),
            })
        }
    })
}

fn undefined((name, kind): compile::Error<&str>) -> InvalidQuery {
    InvalidQuery::Undefined {
        kind: kind.as_str(),
        name: name.to_owned(),
    }
}

fn unknown() -> InvalidQuery {
    InvalidQuery::Failed("no jq expression".to_owned())
}

/// A result as JSON. What JSON cannot say, such as NaN, is an error.
fn json(value: &Val) -> serde_json::Result<Value> {
    serde_json::from_str(&value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn results(expression: &str, answer: &Value) -> Result<Vec<Value>, InvalidQuery> {
        expression.parse::<Query>()?.of(answer)
    }

    #[test]
    fn an_expression_makes_values_of_an_answer() {
        let answer =
            json!({ "total": 2, "data": [{ "name": "a", "n": 1.5 }, { "name": "b", "n": 2 }] });
        let made = |expression: &str| results(expression, &answer).unwrap();
        assert_eq!(made(".data[].name"), [json!("a"), json!("b")]);
        assert_eq!(made(".data | map(.n) | add"), [json!(3.5)]);
        assert_eq!(made(".").first(), Some(&answer));
        assert_eq!(
            made("[.data[] | select(.name | test(\"^b\"))] | length"),
            [json!(1)]
        );
        assert!(made("empty").is_empty());
        let row = r#"["a\"b", "c\\d\te", 1.5, null, true]"#;
        assert_eq!(
            made(&format!("{row} | @csv")),
            [json!("\"a\"\"b\",\"c\\d\te\",1.5,,true")]
        );
        assert_eq!(
            made(&format!("{row} | @tsv")),
            [json!("a\"b\tc\\\\d\\te\t1.5\t\ttrue")]
        );
    }

    #[test]
    fn what_is_wrong_with_an_expression_is_told() {
        let told = |expression: &str| expression.parse::<Query>().unwrap_err().to_string();
        assert_eq!(told(".data["), "expected closing bracket at the end");
        assert_eq!(told(".data | nmae"), "there is no filter `nmae`");
        assert_eq!(told("$x"), "there is no variable `$x`");
        assert!(told("").contains("at the end"), "{}", told(""));
        let failed = results(".data[].x", &json!({ "data": 5 })).unwrap_err();
        assert!(matches!(failed, InvalidQuery::Failed(_)), "{failed}");
    }
}
