//! Problems with the arguments of a call, described so that the caller can correct them.

use std::fmt;

use crate::Flaw;

/// The arguments are not valid for a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidArguments {
    /// The name of the tool.
    pub tool: &'static str,
    /// The problems that were found, at least one.
    pub problems: Vec<Problem>,
}

/// One problem with one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path of the value, such as `config.targets[0].weight`. Empty for the arguments as a whole.
    pub path: String,
    /// The reason.
    pub reason: Reason,
}

/// Why an argument was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The tool has no such argument.
    Unknown {
        /// The most similar name, if one is similar enough.
        nearest: Option<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A required argument was left out.
    Missing,
    /// The value has the wrong type.
    WrongType {
        /// The type in the schema.
        expected: String,
        /// A short description of the value.
        got: String,
    },
    /// The value is not among the allowed ones.
    NotAllowed {
        /// A short description of the value.
        got: String,
        /// The allowed values.
        allowed: Vec<String>,
        /// The most similar of them, if one is similar enough.
        nearest: Option<String>,
    },
    /// A number is outside its range, or a text or list is too short or too long.
    OutOfRange {
        /// The bound in words.
        bound: String,
    },
    /// The same argument was given twice, once by another name.
    Twice {
        /// The other name.
        alias: String,
    },
    /// The text is not a valid id.
    Id {
        /// The reason.
        flaw: Flaw,
        /// The tool that lists valid ids, if there is one.
        listing: Option<&'static str>,
    },
    /// A rule is broken that concerns several arguments or that a schema cannot express.
    Rule(String),
    /// The value does not match its schema for this reason, but it is sent unchanged, because the vendor defines its
    /// form.
    PassedOn(Box<Reason>),
}

/// The problems and the notes so far. The first of each are kept and further ones only counted, so that an endless list
/// of mistakes costs no more than the first few.
#[derive(Debug, Default)]
pub struct Problems {
    problems: Findings,
    notes: Findings,
}

#[derive(Debug, Default)]
struct Findings {
    first: Vec<Problem>,
    others: usize,
}

/// The largest number of names in a note.
const LISTED: usize = 24;

/// The largest number of problems or notes that are kept. More would not help the caller.
const MOST_KEPT: usize = 20;

impl Problems {
    /// Adds a problem, which rejects the call. `problem` is only called if the result is kept.
    pub fn add(&mut self, problem: impl FnOnce() -> Problem) {
        self.problems.add(problem);
    }

    /// Adds a note, which is shown beside the answer. `note` is only called if the result is kept.
    pub fn note(&mut self, note: impl FnOnce() -> Problem) {
        self.notes.add(note);
    }

    /// Adds a note if the vendor defines the form of the value, and a problem otherwise.
    pub fn report(&mut self, is_vendors: bool, problem: impl FnOnce() -> Problem) {
        if is_vendors {
            self.note(|| {
                let Problem { path, reason } = problem();
                Problem::new(path, Reason::PassedOn(Box::new(reason)))
            });
        } else {
            self.add(problem);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.problems.first.is_empty()
    }

    /// Whether no more notes are kept.
    pub fn notes_are_many(&self) -> bool {
        self.notes.are_many()
    }

    /// Returns the problems that are kept.
    pub(crate) fn kept_mut(&mut self) -> &mut [Problem] {
        &mut self.problems.first
    }

    /// Returns the problems and notes that are kept.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Problem> {
        self.problems.first.iter_mut().chain(&mut self.notes.first)
    }

    /// Returns the problems that are kept, and one with the number of further problems.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.and_others("problems")
    }

    /// Returns the notes that are kept, and one with the number of further notes.
    pub(crate) fn into_notes(self) -> Vec<Problem> {
        self.notes.and_others("notes")
    }
}

impl Findings {
    fn are_many(&self) -> bool {
        self.first.len() >= MOST_KEPT
    }

    fn add(&mut self, problem: impl FnOnce() -> Problem) {
        if self.are_many() {
            self.others = self.others.saturating_add(1);
            return;
        }
        let problem = problem();
        if !self.first.contains(&problem) {
            self.first.push(problem);
        }
    }

    fn and_others(self, what: &str) -> Vec<Problem> {
        let Self { mut first, others } = self;
        if others > 0 {
            first.push(Problem::rule("", format!("and {others} more {what}")));
        }
        first
    }
}

impl Problem {
    /// Returns a problem at `path` for a broken rule. The text says what is wrong and what to do.
    pub fn rule(path: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: Reason::Rule(rule.into()),
        }
    }

    /// Returns a problem at `path`.
    pub fn new(path: impl Into<String>, reason: Reason) -> Self {
        Self {
            path: path.into(),
            reason,
        }
    }

    // The walk along the schema should have found the mistake before serde does.
    pub(crate) fn unreadable(error: &serde_json::Error) -> Self {
        Self::rule("", error.to_string())
    }
}

impl InvalidArguments {
    pub(crate) fn new(tool: &'static str, problems: Vec<Problem>) -> Self {
        Self { tool, problems }
    }
}

impl std::error::Error for InvalidArguments {}

impl fmt::Display for InvalidArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid arguments for `{}`", self.tool)?;
        for problem in &self.problems {
            write!(f, "\n- {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        match &self.reason {
            Reason::Unknown { nearest, known } => {
                f.write_str("unknown argument; ")?;
                match nearest {
                    Some(nearest) => write!(f, "did you mean `{nearest}`?"),
                    None if known.is_empty() => f.write_str("there are none here"),
                    None => write!(f, "known: {}", known.join(", ")),
                }
            }
            Reason::Missing => f.write_str("required but missing"),
            Reason::WrongType { expected, got } => write!(f, "expected {expected}, got {got}"),
            Reason::NotAllowed {
                got,
                allowed,
                nearest,
            } => {
                write!(f, "{got} is not one of {}", allowed.join(", "))?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean {nearest}?"),
                    None => Ok(()),
                }
            }
            Reason::OutOfRange { bound } => write!(f, "must be {bound}"),
            Reason::Twice { alias } => write!(f, "given twice, also as `{alias}`; send it once"),
            Reason::Id { flaw, listing } => match listing {
                Some(tool) => write!(f, "{flaw}; `{tool}` lists the ids there are"),
                None => write!(f, "{flaw}"),
            },
            Reason::Rule(rule) => f.write_str(rule),
            Reason::PassedOn(reason) => reason.fmt_as_note(f),
        }
    }
}

impl Reason {
    /// Removes texts of the caller from the message.
    pub(crate) fn quote_no_text(&mut self) {
        match self {
            Self::WrongType { got, .. } | Self::NotAllowed { got, .. } if got.starts_with('`') => {
                "a text".clone_into(got);
            }
            Self::PassedOn(reason) => reason.quote_no_text(),
            _ => {}
        }
    }

    /// Writes the reason for a note. The value is not rejected, so the words leave open whether it is wrong.
    fn fmt_as_note(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { nearest, known } => {
                f.write_str("not known here and passed on as it is")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None if known.is_empty() || known.len() > LISTED => Ok(()),
                    None => write!(f, "; known: {}", known.join(", ")),
                }
            }
            Self::Missing => f.write_str("left out, though it is usually needed"),
            Self::NotAllowed {
                got,
                allowed,
                nearest,
            } => {
                write!(f, "{got} is not known here and passed on as it is; ")?;
                if let Some(nearest) = nearest {
                    return write!(f, "did you mean {nearest}?");
                }
                let more = if allowed.len() > LISTED { ", …" } else { "" };
                let first: Vec<_> = allowed.iter().take(LISTED).map(String::as_str).collect();
                write!(f, "known: {}{more}", first.join(", "))
            }
            Self::OutOfRange { bound } => write!(f, "usually {bound}; passed on as it is"),
            Self::Rule(rule) => f.write_str(rule),
            other => write!(f, "{}; passed on as it is", Problem::new("", other.clone())),
        }
    }
}

/// The longest text that is compared, in bytes. No name is as long.
const LONGEST_COMPARED: usize = 64;

/// Returns the most similar of `known`, if it is similar enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let is_short = |word: &str| word.len() <= LONGEST_COMPARED;
    if !is_short(word) {
        return None;
    }
    let word = word.to_lowercase();
    known
        .into_iter()
        .filter(|candidate| is_short(candidate))
        .map(|candidate| {
            let likeness = strsim::jaro_winkler(&word, &candidate.to_lowercase());
            (likeness, candidate)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Returns the beginning of a caller's text, as errors quote it.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_COMPARED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
