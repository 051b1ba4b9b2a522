//! Secrets in what Portkey recorded of a request: they are where the operation takes some that its method and path name.

mod harmless;

use portkey_api_core::{Location, Operation, Path, SecretNames, VisitSecret, keywords::SECRET};
use serde_json::Value;

use crate::{config_object, operations};

/// The schema keyword of an answer that tells of a request, by `method`, `uri` and `request_body`.
pub(crate) const RECORDED: &str = "x-recorded";

const BODY: &str = "request_body";

/// Visits every text in the recorded body that may be a secret. What the operation declares to be none stays, and what
/// it leaves open is one unless its name is known to be harmless.
pub(crate) fn each_secret(recorded: &mut Value, path: &Path<'_>, visit: VisitSecret<'_>) {
    let text = |name: &str| recorded.get(name)?.as_str();
    let operation = text("method").zip(text("uri"));
    let operation = operation.and_then(|(method, uri)| named(method, uri));
    let Some(body) = recorded.get_mut(BODY) else {
        return;
    };
    if let Value::String(text) = &*body {
        match parsed(text) {
            Some(parsed) => *body = parsed,
            // Cut off, or of another form: nobody knows what is in it.
            None if !text.is_empty() => return visit(&path.member(BODY), body),
            None => return,
        }
    }
    Body { operation, visit }.descend(body, &mut Vec::new(), &path.member(BODY));
}

/// An object or a list that was written as text.
fn parsed(text: &str) -> Option<Value> {
    let value = serde_json::from_str(text).ok()?;
    matches!(value, Value::Object(_) | Value::Array(_)).then_some(value)
}

/// The operation that is called so. What stands before its path is the version, or where a proxy puts the API.
fn named(method: &str, uri: &str) -> Option<&'static Operation> {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let called = operations().filter(|one| one.method.as_str().eq_ignore_ascii_case(method));
    // The longest path, and among those the one that leaves least open: `/users/invites` before `/users/{id}`.
    called
        .filter_map(|operation| Some((fit(operation.path, &segments)?, operation)))
        .max_by_key(|(fit, _)| *fit)
        .map(|(_, operation)| operation)
}

/// How many segments a path has that fits the end of another, and how many of them it names.
fn fit(template: &str, segments: &[&str]) -> Option<(usize, usize)> {
    let template: Vec<&str> = template
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let end = segments.get(segments.len().checked_sub(template.len())?..)?;
    let is_open = |part: &str| part.starts_with('{');
    let fits = template
        .iter()
        .zip(end)
        .all(|(ours, theirs)| is_open(ours) || ours == theirs);
    let named = template.iter().filter(|part| !is_open(part)).count();
    fits.then_some((template.len(), named))
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
}

/// What a text is, by the schema of where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Nothing is declared about it.
    Open,
    /// It is declared, and no secret.
    Plain,
    Secret,
}

struct Body<'a> {
    operation: Option<&'static Operation>,
    visit: VisitSecret<'a>,
}

impl Body<'_> {
    /// Visits what is secret in `value`, which is at `steps` in the body and at `path` in the answer.
    fn descend(&mut self, value: &mut Value, steps: &mut Vec<Step>, path: &Path<'_>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    steps.push(Step::Member(name.clone()));
                    self.descend(member, steps, &path.member(name));
                    steps.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    steps.push(Step::Item(index));
                    self.descend(item, steps, &path.entry(index));
                    steps.pop();
                }
            }
            Value::String(text) => match self.verdict(steps) {
                Verdict::Plain => {}
                Verdict::Secret => (self.visit)(path, value),
                Verdict::Open => match parsed(text) {
                    Some(mut inner) => {
                        self.descend(&mut inner, steps, path);
                        *value = inner.to_string().into();
                    }
                    None if self.is_harmless(steps) => {}
                    None => (self.visit)(path, value),
                },
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// What is declared of the text there, by whichever argument travels there.
    fn verdict(&self, steps: &[Step]) -> Verdict {
        let Some(operation) = self.operation else {
            return Verdict::Open;
        };
        let declaration = &operation.declaration;
        let arguments = declaration.arguments.iter().filter_map(|argument| {
            let rest = match argument.location {
                Location::Body(place) => below(place, steps)?,
                Location::Spread => steps,
                Location::Path | Location::Query(_) | Location::Header(_) | Location::Local => {
                    return None;
                }
            };
            Some(judge(declaration.input_of(argument.name)?, rest))
        });
        arguments.max().unwrap_or(Verdict::Open)
    }

    /// Whether nobody files a secret there. Of an operation that is not known, that is only told of the outermost names.
    fn is_harmless(&self, steps: &[Step]) -> bool {
        let mut names = steps.iter().filter_map(Step::member);
        let is_named = names.next_back().is_some_and(harmless::is_harmless);
        let is_known = self.operation.is_some() || steps.len() == 1;
        is_named && is_known && !names.any(harmless::is_secret)
    }
}

impl Step {
    fn member(&self) -> Option<&str> {
        match self {
            Self::Member(name) => Some(name),
            Self::Item(_) => None,
        }
    }

    fn is(&self, segment: &str) -> bool {
        match self {
            Self::Member(name) => name == segment,
            Self::Item(index) => segment.parse() == Ok(*index),
        }
    }
}

/// The steps that are left below a dotted place in the body; nothing where they lead elsewhere.
fn below<'a>(place: &str, steps: &'a [Step]) -> Option<&'a [Step]> {
    place.split('.').try_fold(steps, |steps, segment| {
        let (step, rest) = steps.split_first()?;
        step.is(segment).then_some(rest)
    })
}

fn judge(schema: &Value, steps: &[Step]) -> Verdict {
    if schema.get(SECRET).is_some() {
        return Verdict::Secret;
    }
    if let Some(names) = SecretNames::of(schema)
        && steps
            .iter()
            .filter_map(Step::member)
            .any(|step| names.contains(step))
    {
        return Verdict::Secret;
    }
    let schema = config_object::level(schema).unwrap_or(schema);
    let choices = ["anyOf", "oneOf", "allOf"].into_iter();
    let choices = choices.filter_map(|name| schema.get(name)?.as_array());
    let inner = choices.flatten().map(|choice| judge(choice, steps)).max();
    inner
        .unwrap_or(Verdict::Open)
        .max(judge_alone(schema, steps))
}

fn judge_alone(schema: &Value, steps: &[Step]) -> Verdict {
    let Some((step, rest)) = steps.split_first() else {
        return if is_text(schema) {
            Verdict::Plain
        } else {
            Verdict::Open
        };
    };
    let inner = match step {
        Step::Member(name) => {
            let declared = schema.get("properties").and_then(|all| all.get(name));
            declared.or_else(|| schema.get("additionalProperties"))
        }
        Step::Item(_) => schema.get("items"),
    };
    inner.map_or(Verdict::Open, |inner| judge(inner, rest))
}

fn is_text(schema: &Value) -> bool {
    let is_string = |kind: &Value| kind == "string";
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_string),
        Some(kind) => is_string(kind),
        None => schema.get("enum").is_some() || schema.get("const").is_some(),
    }
}

#[cfg(test)]
mod tests;
