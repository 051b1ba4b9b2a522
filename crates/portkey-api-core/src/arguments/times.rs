//! Dates and times in arguments.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Problem,
    node::{Node, Tasks},
    path::Path,
    problem::{Problems, shortened},
    types::time::{Sense, is_of_the_api, meant},
    walk::walk,
};

/// Converts every date and time in the arguments to the form that the API accepts, and adds a note for each conversion.
pub(super) fn convert(node: &Node, arguments: &mut Value, now: Timestamp, problems: &mut Problems) {
    let tasks = Tasks::TIMES;
    walk(
        node,
        arguments,
        &Path::Root,
        tasks,
        &mut |node, value, path| {
            let (Some(sense), Some(text)) = (node.sense, value.as_str()) else {
                return;
            };
            if is_of_the_api(text) {
                return;
            }
            match meant(text, sense, now) {
                Some(time) => {
                    problems.note(|| {
                        let told = format!("`{}` is taken as {time}", shortened(text));
                        Problem::rule(path, told)
                    });
                    *value = time.to_string().into();
                }
                None => problems.add(|| no_time(path, text, sense)),
            }
        },
    );
}

fn no_time(path: &Path<'_>, text: &str, sense: Sense) -> Problem {
    let examples = sense.examples();
    let text = shortened(text);
    Problem::rule(
        path,
        format!("expected a date or time such as {examples}, got `{text}`"),
    )
}
