//! The default period of calls that leave out an end of their period.

use jiff::{SignedDuration, Timestamp};

use crate::{JsonObject, Problem, node::Node, problem::Problems, types::time::Sense};

/// The length of a period if one of its ends was left out.
const USUAL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Fills in the ends of the period that a call leaves out, and adds a note.
pub(super) fn fill(
    schema: &Node,
    arguments: &mut JsonObject,
    now: Timestamp,
    problems: &mut Problems,
) {
    let (Some(start), Some(end)) = (end_of(schema, Sense::Start), end_of(schema, Sense::End))
    else {
        return;
    };
    let time = |name: &str| arguments.get(name)?.as_str()?.parse::<Timestamp>().ok();
    let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let (name, value, note) = match (arguments.contains_key(start), arguments.contains_key(end)) {
        (true, true) => {
            if let (Some(from), Some(to)) = (time(start), time(end))
                && from > to
            {
                let note = format!("lies after `{end}`, so nothing can be found");
                problems.note(|| Problem::rule(start, note));
            }
            return;
        }
        (true, false) => (end, now, format!("{now} (now), since it was left out")),
        (false, given) => {
            let to = if given { time(end) } else { Some(now) };
            let Some(from) = to.and_then(|to| to.checked_sub(USUAL).ok()) else {
                return; // The given end is no time, which was reported already.
            };
            if !given {
                arguments.insert(end.to_owned(), now.to_string().into());
            }
            let what = if given { "before that" } else { "before now" };
            let note = format!("{from}, 7 days {what}, since it was left out");
            (start, from, note)
        }
    };
    arguments.insert(name.to_owned(), value.to_string().into());
    problems.note(|| Problem::rule(name, note));
}

/// Returns the name of the argument that is this end of the period.
fn end_of(node: &Node, sense: Sense) -> Option<&'static str> {
    let mut ends = node.members.iter();
    ends.find(|(_, member)| member.ends_period && member.sense == Some(sense))
        .map(|(name, _)| name)
}
