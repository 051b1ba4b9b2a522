//! What is wrong with the arguments of a call, told so that the caller can mend it.

use std::fmt;

use crate::Flaw;

/// Arguments that do not fit a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidArguments {
    /// The tool.
    pub tool: &'static str,
    /// Everything found wrong, at least one.
    pub problems: Vec<Problem>,
}

/// One thing wrong with one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `config.targets[0].weight`; empty for the arguments as a whole.
    pub path: String,
    /// What.
    pub reason: Reason,
}

/// Why an argument was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is no such argument.
    Unknown {
        /// The most similar name there is.
        nearest: Option<String>,
        /// All the names.
        known: Vec<String>,
    },
    /// A required argument was left out.
    Missing,
    /// The value has another type.
    WrongType {
        /// What the schema asks for.
        expected: String,
        /// What came, in short.
        got: String,
    },
    /// The value is none of those allowed.
    NotAllowed {
        /// What came.
        got: String,
        /// What may come.
        allowed: Vec<String>,
        /// The most similar of those.
        nearest: Option<String>,
    },
    /// A number is outside its range, or a text or list too short or too long.
    OutOfRange {
        /// The bound, in words.
        bound: String,
    },
    /// The same argument came twice, once by another spelling.
    Twice {
        /// The other spelling.
        alias: String,
    },
    /// Text that is no id.
    Id {
        /// Why not.
        flaw: Flaw,
        /// The tool that lists the ids there are, where there is one.
        listing: Option<&'static str>,
    },
    /// A rule that spans arguments, or that no schema can say.
    Rule(String),
    /// For this reason a value would be refused if its form were not the vendor's. It travels as it is.
    PassedOn(Box<Reason>),
}

/// What is wrong so far, and what is only worth a note. The first of each are told; more of them are only counted, so that
/// an endless list of mistakes costs no more than the first few.
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

/// A note lists no more names than this.
const LISTED: usize = 24;

/// More than this helps nobody to mend them.
const TOLD: usize = 20;

impl Problems {
    /// Adds a problem, for which the call is refused. It is only made if it will be told.
    pub fn add(&mut self, problem: impl FnOnce() -> Problem) {
        self.problems.add(problem);
    }

    /// Adds a note: the call is made, and its answer says this beside it.
    pub fn note(&mut self, note: impl FnOnce() -> Problem) {
        self.notes.add(note);
    }

    /// Adds a note where the form of the value is the vendor's, else a problem.
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

    /// Whether no more notes will be told.
    pub fn notes_are_many(&self) -> bool {
        self.notes.are_many()
    }

    /// Those that are told.
    pub(crate) fn told_mut(&mut self) -> &mut [Problem] {
        &mut self.problems.first
    }

    /// Problems and notes, as far as they are told.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Problem> {
        self.problems.first.iter_mut().chain(&mut self.notes.first)
    }

    /// Those that are told, and how many more there are.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.and_others("problems")
    }

    /// The notes, and how many more there are.
    pub(crate) fn into_notes(self) -> Vec<Problem> {
        self.notes.and_others("notes")
    }
}

impl Findings {
    fn are_many(&self) -> bool {
        self.first.len() >= TOLD
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
    /// A rule about `path` that the arguments break: what is wrong and what to do.
    pub fn rule(path: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: Reason::Rule(rule.into()),
        }
    }

    /// A problem with the argument at `path`.
    pub fn new(path: impl Into<String>, reason: Reason) -> Self {
        Self {
            path: path.into(),
            reason,
        }
    }

    // The schema walk has found everything serde could; this is the net below it.
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
    /// Leaves a text that came out of the message.
    pub(crate) fn quote_no_text(&mut self) {
        match self {
            Self::WrongType { got, .. } | Self::NotAllowed { got, .. } if got.starts_with('`') => {
                "a text".clone_into(got);
            }
            Self::PassedOn(reason) => reason.quote_no_text(),
            _ => {}
        }
    }

    /// The reason for a note: the value is not refused, so the words leave open whether it is wrong.
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

/// Longer words are compared with nothing: no name that could be meant is as long.
const COMPARED: usize = 64;

/// The most similar of `known`, when it is similar enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let is_short = |word: &str| word.len() <= COMPARED;
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

/// As much of a text that a caller chose as an error shows.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(COMPARED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
