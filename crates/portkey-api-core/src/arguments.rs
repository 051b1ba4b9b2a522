//! Parses and checks the arguments of a call, with tolerance for the usual deviations.

mod absent;
mod bounds;
mod host;
mod left_out;
mod names;
mod period;
mod shape;
mod spread;
mod times;

use jiff::Timestamp;
use serde_json::Value;

use self::absent::settle;
use crate::{
    Argument, Declaration, InvalidArguments, JsonObject, Problem,
    check::check_at,
    coerce::coerce,
    keywords::HIDDEN,
    more,
    node::Tasks,
    path::Path,
    problem::{Problems, Reason, nearest, shortened},
};

pub use absent::CLEAR;
pub use bounds::{check_bounds, has_more_values_than, values};

/// Arguments in the declared form.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedArguments {
    /// The arguments by their declared names, ready for a request.
    pub arguments: JsonObject,
    /// Notes for the caller about how the arguments were parsed. They do not prevent the call.
    pub notes: Vec<Problem>,
}

/// Parses the arguments of a call. Synonyms and `camelCase` become the declared names; text becomes the type in the
/// schema (`"20"`, `"true"`, `"{…}"`); lists become comma-separated text, a single value a list of one, and dates the
/// form of the API. `null` and empty values count as left out, and fields named in `clear` are emptied. Fails with all
/// problems if the result does not match the schema.
pub fn parse_arguments(
    declaration: &Declaration,
    arguments: JsonObject,
) -> Result<ParsedArguments, InvalidArguments> {
    read(declaration, arguments, Nulls::LeaveOut)
}

/// Parses arguments that this program made itself, such as those that restore an object. In these, `null` and empty
/// values are kept.
pub fn parse_arguments_exactly(
    declaration: &Declaration,
    arguments: JsonObject,
) -> Result<ParsedArguments, InvalidArguments> {
    read(declaration, arguments, Nulls::Clear)
}

/// What `null` means in the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nulls {
    LeaveOut,
    Clear,
}

fn read(
    declaration: &Declaration,
    mut arguments: JsonObject,
    nulls: Nulls,
) -> Result<ParsedArguments, InvalidArguments> {
    let mut problems = Problems::default();
    more::unfold(declaration, &mut arguments, &mut problems);
    let arguments = declared_names(declaration, arguments, &mut problems);
    let node = declaration.argument_node();
    let mut arguments = Value::Object(arguments);
    coerce(node, &mut arguments);
    if nulls == Nulls::LeaveOut {
        settle(declaration, &mut arguments, &mut problems);
        convert_deviations(declaration, &mut arguments, &mut problems);
    }
    // Text that contains an object or a list was converted to it, so the bounds are checked again.
    if let Value::Object(arguments) = &arguments {
        check_bounds(declaration.name, arguments)?;
    }
    check_at(node, &mut arguments, &Path::Root, &mut problems);
    hide_secrets(declaration, &mut arguments, &mut problems);
    note_ignored(declaration, &arguments, &mut problems);
    match arguments {
        Value::Object(arguments) if problems.is_empty() => Ok(ParsedArguments {
            arguments,
            notes: problems.into_notes(),
        }),
        _ => {
            name_listings(declaration, problems.kept_mut());
            Err(InvalidArguments::new(
                declaration.name,
                problems.into_problems(),
            ))
        }
    }
}

/// Converts the usual deviations of clients and models to the declared form.
fn convert_deviations(declaration: &Declaration, arguments: &mut Value, problems: &mut Problems) {
    let node = declaration.argument_node();
    left_out::leave_out(declaration, arguments, problems);
    shape::reshape(node, arguments);
    // Entries of a list may now be text that has to be converted.
    coerce(node, arguments);
    if !node.concerns(Tasks::TIMES) {
        return;
    }
    let now = Timestamp::now();
    times::convert(node, arguments, now, problems);
    if let Value::Object(arguments) = arguments {
        period::fill(node, arguments, now, problems);
    }
}

/// Removes secrets from the problems, which then only mention the type of the value.
fn hide_secrets(declaration: &Declaration, arguments: &mut Value, problems: &mut Problems) {
    if problems.all_mut().next().is_none() {
        return;
    }
    declaration.each_secret(arguments, &mut |path, _, _| {
        let path = path.to_string();
        for problem in problems.all_mut().filter(|problem| problem.path == path) {
            problem.reason.quote_no_text();
        }
    });
}

/// Adds a note for each argument that the vendor ignores.
fn note_ignored(declaration: &Declaration, arguments: &Value, problems: &mut Problems) {
    let members = declaration.argument_node().members.iter();
    for (name, _) in members.filter(|(_, member)| member.is_ignored) {
        if arguments.get(name).is_some() {
            problems.note(|| {
                let vendor = declaration.vendor.name;
                Problem::rule(name, format!("{vendor} ignores it, so it changes nothing"))
            });
        }
    }
}

/// Adds to problems with an id in the path which tool lists the valid ids.
fn name_listings(declaration: &Declaration, problems: &mut [Problem]) {
    let Some(operation) = declaration.vendor.operation(declaration.name) else {
        return;
    };
    for Problem { path, reason } in problems {
        if let Reason::Id { listing, .. } = reason {
            *listing = operation.listing(path);
        }
    }
}

/// Returns the arguments by their declared names. Arguments that were given by these names take precedence.
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

/// Adds an argument that was given by another name: a synonym, or an object of the API whose members are arguments
/// here. Arguments that hosts add are ignored.
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
    if let Some(instead) = declaration.instead_of(name) {
        return Problem::rule(shortened(name), instead);
    }
    let known = declaration.arguments.iter().map(|a| a.name);
    let nearest =
        inside(declaration, name).or_else(|| nearest(name, known.clone()).map(str::to_owned));
    let known = known.map(str::to_owned).collect();
    Problem::new(shortened(name), Reason::Unknown { nearest, known })
}

/// Returns the path of the member with this name, if exactly one argument has such a member.
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
