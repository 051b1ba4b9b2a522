//! The paths of the argument `fields`, such as `data.name`, `data[20:]` or `string[0:4000]`.

use std::{collections::BTreeMap, fmt};

/// A part of a list or text: its entries or characters from `start` until before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: usize,
    pub(super) end: Option<usize>,
}

impl Range {
    /// Everything.
    pub(super) const ALL: Self = Self {
        start: 0,
        end: None,
    };

    /// The rest of this range after so many entries of it.
    pub(super) fn after(self, entries: usize) -> Self {
        Self {
            start: self.start + entries,
            ..self
        }
    }

    /// The same range within what has `length` entries.
    pub(super) fn within(self, length: usize) -> std::ops::Range<usize> {
        let end = self.end.unwrap_or(length).min(length);
        self.start.min(end)..end
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            Some(end) => write!(f, "[{}:{end}]", self.start),
            None => write!(f, "[{}:]", self.start),
        }
    }
}

/// A step of a path: a member, and the part of it that is meant if it is a list or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) range: Option<Range>,
}

/// A path into an answer. Lists need no step of their own: the next one is a member of their entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(pub(super) Vec<Step>);

impl Path {
    /// Parses a path; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut steps: Vec<Step> = Vec::new();
        for part in text.trim().split('.') {
            match (part.parse::<usize>(), steps.last_mut()) {
                // `data.0` is another way to write `data[0]`.
                (Ok(index), Some(before)) if before.range.is_none() => {
                    before.range = Some(only(index));
                }
                _ => steps.push(step(part)?),
            }
        }
        Ok(Self(steps))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at > 0 { "." } else { "" };
            write!(f, "{dot}{}", step.name)?;
            if let Some(range) = step.range {
                write!(f, "{range}")?;
            }
        }
        Ok(())
    }
}

fn only(index: usize) -> Range {
    Range {
        start: index,
        end: Some(index.saturating_add(1)),
    }
}

fn step(part: &str) -> Result<Step, String> {
    let expected = || {
        format!(
            "`{part}` is no part of a path; write names with dots between them, and parts of lists and texts as \
             `data[20:40]`"
        )
    };
    let (name, range) = match part.split_once('[') {
        None => (part, None),
        Some((name, range)) => {
            let range = range.strip_suffix(']').and_then(parse_range);
            (name, Some(range.ok_or_else(expected)?))
        }
    };
    if name.is_empty() || name.contains(']') {
        return Err(expected());
    }
    Ok(Step {
        name: name.to_owned(),
        range,
    })
}

/// Parses `20:40`, `20:`, `:40` or `20`.
fn parse_range(text: &str) -> Option<Range> {
    let Some((start, end)) = text.split_once(':') else {
        return text.trim().parse().ok().map(only);
    };
    let number = |text: &str, otherwise| match text.trim() {
        "" => Some(otherwise),
        digits => digits.parse().ok().map(Some),
    };
    let start = number(start, Some(0))??;
    let end = number(end, None)?;
    end.is_none_or(|end| start <= end)
        .then_some(Range { start, end })
}

/// What several paths choose of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// The part of a list or text.
    pub(super) range: Option<Range>,
    /// Whether a path ends here, so that everything inside is chosen.
    pub(super) whole: bool,
    /// What is chosen of the members.
    pub(super) members: BTreeMap<String, Self>,
}

impl Part {
    /// What these paths choose of an answer. The error says which two contradict each other.
    pub(super) fn of(paths: &[Path]) -> Result<Self, String> {
        let mut root = Self::default();
        for path in paths {
            let mut part = &mut root;
            for step in &path.0 {
                let is_new = !part.members.contains_key(&step.name);
                part = part.members.entry(step.name.clone()).or_default();
                if is_new {
                    part.range = step.range;
                } else if part.range != step.range {
                    return Err(format!(
                        "gives two parts of `{}`; ask for one at a time",
                        step.name
                    ));
                }
            }
            part.whole = true;
        }
        Ok(root)
    }

    /// What is chosen of the member of this name, also if the member is that amount in dollars.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        let named = self.members.get(name);
        named.or_else(|| self.members.get(name.strip_suffix(super::DOLLARS)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_names_and_ranges() {
        for (text, written) in [
            ("data.name", "data.name"),
            (
                " data[20:].config.targets[3] ",
                "data[20:].config.targets[3:4]",
            ),
            ("string[:10]", "string[0:10]"),
            ("data.0.name", "data[0:1].name"),
        ] {
            assert_eq!(Path::parse(text).unwrap().to_string(), written);
        }
        for text in ["", "a..b", "data[", "data[x]", "data[3:1]", "[0:1]", "a]b"] {
            let error = Path::parse(text).unwrap_err();
            assert!(error.contains("data[20:40]"), "{text}: {error}");
        }
    }

    #[test]
    fn paths_are_joined_and_must_not_contradict() {
        let paths = |texts: &[&str]| -> Vec<Path> {
            texts
                .iter()
                .map(|text| Path::parse(text).unwrap())
                .collect()
        };
        let part = Part::of(&paths(&["data.name", "data.cost", "total"])).unwrap();
        let data = part.member("data").unwrap();
        assert!(!data.whole && data.member("name").unwrap().whole);
        assert!(data.member("cost_usd").is_some() && data.member("id").is_none());
        let error = Part::of(&paths(&["data[0:2].name", "data.cost"])).unwrap_err();
        assert!(error.contains("`data`"), "{error}");
    }

    #[test]
    fn a_range_ends_with_the_list() {
        let range = |text| parse_range(text).unwrap();
        assert_eq!(range("2:9").within(5), 2..5);
        assert_eq!(range("7:").within(5), 5..5);
    }
}
