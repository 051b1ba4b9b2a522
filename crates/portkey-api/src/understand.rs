//! Reads the arguments of a call as they were meant, and says what cannot be meant.

mod host;
mod left_out;
mod names;
mod shape;
mod spread;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    Argument, Declaration, InvalidArguments, Problem,
    absent::{CLEAR, NULLABLE, settle},
    bounds::bounded,
    catalog::operation,
    comma_separated::COMMA_SEPARATED,
    conceal::each_secret,
    id,
    more::unfold,
    open,
    problem::{Problems, Reason, nearest, shortened},
    published::HIDDEN,
    request::text,
    schema_check::check,
    time,
    walk::walk,
};

/// Arguments by name.
pub type JsonObject = Map<String, Value>;

/// Arguments as they were meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// By their declared names, fit for a request.
    pub arguments: JsonObject,
    /// What whoever called should know of how they were read. Nothing of it hinders the call.
    pub notes: Vec<Problem>,
}

/// Understands the arguments of a call: synonyms and `camelCase` become the declared names, text becomes
/// the type a schema asks for (`"20"`, `"true"`, `"{…}"`), lists become comma-separated text, one value a list of one, and
/// dates the form of the API; `null` and what is empty count as left out, and fields named in `clear` are emptied. What
/// then does not fit the schema is refused, all of it at once.
pub fn understand(
    declaration: &Declaration,
    arguments: JsonObject,
) -> Result<Understood, InvalidArguments> {
    read(declaration, arguments, Nulls::LeaveOut)
}

/// The same for arguments that this program made itself, such as those that restore an object: `null` and what is empty
/// mean what they say.
pub fn understand_exactly(
    declaration: &Declaration,
    arguments: JsonObject,
) -> Result<Understood, InvalidArguments> {
    read(declaration, arguments, Nulls::Clear)
}

/// What `null` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nulls {
    LeaveOut,
    Clear,
}

fn read(
    declaration: &Declaration,
    mut arguments: JsonObject,
    nulls: Nulls,
) -> Result<Understood, InvalidArguments> {
    let mut problems = Problems::default();
    unfold(declaration, &mut arguments, &mut problems);
    let arguments = declared_names(declaration, arguments, &mut problems);
    let schema = declaration.input();
    let mut arguments = Value::Object(arguments);
    coerce(schema, &mut arguments);
    if nulls == Nulls::LeaveOut {
        settle(declaration, &mut arguments, &mut problems);
        take_habits(schema, &mut arguments, &mut problems);
    }
    // Text that was meant as an object or a list has become one.
    if let Value::Object(arguments) = &arguments {
        bounded(declaration.name, arguments)?;
    }
    check(schema, &mut arguments, &mut problems);
    quote_no_secrets(schema, &mut arguments, &mut problems);
    note_ignored(schema, &arguments, &mut problems);
    match arguments {
        Value::Object(arguments) if problems.is_empty() => Ok(Understood {
            arguments,
            notes: problems.into_notes(),
        }),
        _ => {
            name_listings(declaration, problems.told_mut());
            Err(InvalidArguments::new(
                declaration.name,
                problems.into_told(),
            ))
        }
    }
}

/// Takes what clients and people are used to write as what they mean by it.
fn take_habits(schema: &Value, arguments: &mut Value, problems: &mut Problems) {
    left_out::leave_out(schema, arguments, problems);
    shape::reshape(schema, arguments);
    // What is inside a list now may be text that is meant as something else.
    coerce(schema, arguments);
    let now = Timestamp::now();
    time::read(schema, arguments, now, problems);
    if let Value::Object(arguments) = arguments {
        time::fill(schema, arguments, now, problems);
    }
}

/// Of a secret in the wrong form, its kind has to do.
fn quote_no_secrets(schema: &Value, arguments: &mut Value, problems: &mut Problems) {
    if problems.all_mut().next().is_none() {
        return;
    }
    each_secret(schema, arguments, &mut |path, _, _| {
        for problem in problems.all_mut().filter(|problem| problem.path == path) {
            problem.reason.quote_no_text();
        }
    });
}

/// The schema keyword of arguments that are understood and that Portkey ignores.
pub(crate) const IGNORED: &str = "x-ignored";

/// Says of arguments without an effect that they have none.
fn note_ignored(schema: &Value, arguments: &Value, problems: &mut Problems) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if property.get(IGNORED).is_some() && arguments.get(name).is_some() {
            problems.note(|| Problem::rule(name, "Portkey ignores it, so it changes nothing"));
        }
    }
}

/// Of what is no id in a path, says where the ids are.
fn name_listings(declaration: &Declaration, problems: &mut [Problem]) {
    let Some(operation) = operation(declaration.name) else {
        return;
    };
    for Problem { path, reason } in problems {
        if let Reason::Id { listing, .. } = reason {
            *listing = id::listing(operation.path, path);
        }
    }
}

/// Makes one consistent form of a value by its schema. Arguments arrive as text from flags, query strings and
/// some models; answers arrive with 0 and 1 for booleans, text for numbers and JSON inside text. What does not
/// read as the type asked for stays as it is.
pub(crate) fn coerce(schema: &Value, value: &mut Value) {
    walk(
        schema,
        value,
        &mut String::new(),
        &mut |schema, value, _| {
            drop_nulls(schema, value);
            if value.is_array() && schema.get(COMMA_SEPARATED).is_some() {
                *value = text(value).into();
            }
            // What the vendor may know better is read only where it was plainly written as text.
            if (value.is_string() || !open::is_inside(schema))
                && let Some(better) = kinds(schema).find_map(|kind| read_as(kind, value))
            {
                *value = better;
            }
            use_declared_names(schema, value);
            drop_nulls(schema, value);
        },
    );
}

/// The types a value may have, text last: anything can be read as text, so it must not win over an object.
fn kinds(schema: &Value) -> impl Iterator<Item = &str> {
    let kinds = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    };
    let names = kinds.iter().filter_map(Value::as_str);
    let others = names.clone().filter(|kind| *kind != "string");
    others.chain(names.filter(|kind| *kind == "string"))
}

fn read_as(kind: &str, value: &Value) -> Option<Value> {
    match (kind, value) {
        ("integer" | "number", Value::String(text)) => {
            let read: Value = serde_json::from_str(text.trim()).ok()?;
            read.is_number().then_some(read)
        }
        ("integer", Value::Number(number)) => whole(number.as_f64()?),
        ("boolean", Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        ("boolean", Value::Number(number)) => match number.as_u64() {
            Some(0) => Some(false.into()),
            Some(1) => Some(true.into()),
            _ => None,
        },
        ("object", Value::String(text)) => parsed(text).filter(Value::is_object),
        ("array", Value::String(text)) => parsed(text).filter(Value::is_array),
        ("string", Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        _ => None,
    }
}

/// `3.0` is how some languages write 3.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked: whole and within an f64's exact range"
)]
pub(crate) fn whole(number: f64) -> Option<Value> {
    (number.fract() == 0.0 && number.abs() < 9e15).then(|| (number as i64).into())
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// The schema keyword for synonyms of members: `{"model_id": "slug"}`. Arguments themselves declare an `alias`.
const SYNONYMS: &str = "x-synonyms";

/// Renames members that go by a synonym, unless the declared name is there too.
fn use_declared_names(schema: &Value, value: &mut Value) {
    let (Some(Value::Object(synonyms)), Value::Object(members)) = (schema.get(SYNONYMS), value)
    else {
        return;
    };
    for (synonym, name) in synonyms {
        if let Some(name) = name.as_str()
            && !members.contains_key(name)
            && let Some(member) = members.remove(synonym)
        {
            members.insert(name.to_owned(), member);
        }
    }
}

/// Takes out members that are `null` where the schema has no use for it, and that nothing requires.
fn drop_nulls(schema: &Value, value: &mut Value) {
    let (Some(properties), Value::Object(members)) =
        (schema.get("properties").and_then(Value::as_object), value)
    else {
        return;
    };
    // Answers keep their nulls: only a schema that refuses unknown members describes arguments.
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        members.retain(|name, member| {
            !member.is_null()
                || properties
                    .get(name)
                    .is_none_or(|p| p.get(NULLABLE).is_some())
        });
    }
}

/// Arguments by their declared names, those first that come by them.
fn declared_names(
    declaration: &Declaration,
    arguments: JsonObject,
    problems: &mut Problems,
) -> JsonObject {
    let mut named = JsonObject::new();
    let mut others = Vec::new();
    for (name, value) in arguments {
        if name == CLEAR && declaration.can_clear() {
            named.insert(name, value);
            continue;
        }
        let argument = declaration
            .argument(&name)
            .or_else(|| declaration.argument(&names::respelt(&name)));
        match argument {
            Some(argument) => put(&mut named, argument, &name, value, problems),
            None => others.push((name, value)),
        }
    }
    if !others.is_empty() {
        let synonyms = declaration.synonyms();
        for (name, value) in others {
            by_synonym(declaration, &synonyms, &mut named, (&name, value), problems);
        }
    }
    named
}

fn put(
    named: &mut JsonObject,
    argument: &Argument,
    name: &str,
    value: Value,
    problems: &mut Problems,
) {
    if named.contains_key(argument.name) {
        let alias = shortened(name);
        problems.add(|| Problem::new(argument.name, Reason::Twice { alias }));
    } else {
        named.insert(argument.name.to_owned(), value);
    }
}

/// Takes an argument that goes by no declared name: by a synonym, or as an object of the API whose members are arguments
/// here. What hosts add is left out.
fn by_synonym(
    declaration: &Declaration,
    synonyms: &[(String, &'static Argument)],
    named: &mut JsonObject,
    (name, value): (&str, Value),
    problems: &mut Problems,
) {
    let meant = |name: &str| synonyms.iter().find(|(synonym, _)| synonym == name);
    if let Some((synonym, argument)) = meant(name).or_else(|| meant(&names::respelt(name))) {
        if argument.name == CURRENT_PAGE && synonym != argument.name {
            let note = "is taken as `current_page`, which counts from 0";
            problems.note(|| Problem::rule(shortened(name), note));
        }
        put(named, argument, name, value, problems);
    } else if let Some(members) = spread::members(declaration, name, &value) {
        for (argument, name, value) in members {
            match argument {
                Some(argument) => put(named, argument, &name, value, problems),
                None => problems.add(|| unknown(declaration, &name)),
            }
        }
    } else if host::is_added(declaration, name) {
        let note =
            "is no argument of this tool and seems to be added by the client; it is left out";
        problems.note(|| Problem::rule(shortened(name), note));
    } else {
        problems.add(|| unknown(declaration, name));
    }
}

const CURRENT_PAGE: &str = "current_page";

fn unknown(declaration: &Declaration, name: &str) -> Problem {
    let known = declaration.arguments.iter().map(|a| a.name);
    let nearest =
        inside(declaration, name).or_else(|| nearest(name, known.clone()).map(str::to_owned));
    let known = known.map(str::to_owned).collect();
    Problem::new(shortened(name), Reason::Unknown { nearest, known })
}

/// The path of a member that goes by this name, where one argument alone has such a member.
fn inside(declaration: &Declaration, name: &str) -> Option<String> {
    let properties = declaration.input().get("properties")?.as_object()?;
    let has_it = |schema: &Value| {
        let members = schema
            .get("properties")
            .and_then(|members| members.get(name));
        members.is_some_and(|member| member.get(HIDDEN).is_none())
    };
    let mut found = properties.iter().filter(|(_, schema)| has_it(schema));
    match (found.next(), found.next()) {
        (Some((argument, _)), None) => Some(format!("{argument}.{name}")),
        _ => None,
    }
}
