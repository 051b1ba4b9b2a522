//! What a check finds.

use std::{fmt, time::Duration};

use portkey_engine::untrusted::visible;
use serde::Serialize;

/// How long a check may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What a check found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub(super) check: &'static str,
    pub(super) verdict: Verdict,
    pub(super) says: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
    /// A sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

/// Whether something has to be done; the last is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It works.
    Ok,
    /// It works, but not for all, or not for long.
    Warning,
    /// It does not work.
    Problem,
}

/// How many problems there are; what they are was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unwell {
    problems: usize,
}

impl Finding {
    pub(super) fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, says, None)
    }

    pub(super) fn warning(
        check: &'static str,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(check, Verdict::Warning, says, Some(remedy.into()))
    }

    pub(super) fn problem(
        check: &'static str,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(check, Verdict::Problem, says, Some(remedy.into()))
    }

    fn new(
        check: &'static str,
        verdict: Verdict,
        says: impl Into<String>,
        remedy: Option<String>,
    ) -> Self {
        // Portkey and clients wrote parts of it.
        Self {
            check,
            verdict,
            says: visible(&says.into()).into_owned(),
            details: Vec::new(),
            remedy,
        }
    }

    #[must_use]
    pub(super) fn with_details(self, details: impl IntoIterator<Item = String>) -> Self {
        let details = details.into_iter();
        let shown = details.map(|detail| visible(&detail).into_owned());
        Self {
            details: shown.collect(),
            ..self
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<12} {}", self.verdict, self.check, self.says)?;
        let more = self.details.iter().cloned();
        let more = more.chain(self.remedy.as_ref().map(|remedy| format!("-> {remedy}")));
        for line in more {
            write!(f, "\n{:<21} {line}", "")?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

impl Unwell {
    /// The problems among some findings, if there are any.
    pub(super) fn of(findings: &[Finding]) -> Option<Self> {
        let problems = findings.iter();
        let problems = problems.filter(|finding| finding.verdict == Verdict::Problem);
        let problems = problems.count();
        (problems > 0).then_some(Self { problems })
    }
}

impl fmt::Display for Unwell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems {
            1 => f.write_str("there is a problem"),
            many => write!(f, "there are {many} problems"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_problems_make_it_unwell() {
        let ok = Finding::ok("a", "fine");
        let warning = Finding::warning("b", "hm", "Look.");
        let problem = Finding::problem("c", "bad", "Mend it.");
        assert_eq!(Unwell::of(&[ok.clone(), warning.clone()]), None);
        let unwell = Unwell::of(&[ok, warning, problem]).unwrap();
        assert_eq!(unwell.to_string(), "there is a problem");
    }

    #[test]
    fn a_finding_is_a_line_with_what_belongs_to_it_below() {
        let finding = Finding::problem("key", "bad\u{202e}", "Replace it.");
        let text = finding.with_details(vec!["more".to_owned()]).to_string();
        let expected = "problem  key          bad⟨U+202E⟩\n                      more\n                      -> Replace it.";
        assert_eq!(text, expected);
    }
}
