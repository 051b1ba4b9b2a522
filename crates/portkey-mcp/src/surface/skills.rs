//! Skills: how to do what administrators do again and again. Each is a Markdown file, from which its prompt is made.
//!
//! The section `Arguments` lists what the skill is about, as `` - `NAME` (required, from `TOOL`): meaning``; `TOOL` lists what
//! there is to choose from. The tools of the section `Steps` are those that it cannot do without.

use std::sync::LazyLock;

use portkey_engine::{catalog::Tool, untrusted::quoted};

use super::collections::Collection;
use crate::{access::Principal, catalog::catalog};

/// The skills, each by its folder.
macro_rules! files {
    ($($folder:literal,)+) => {
        &[$((
            concat!("skill://", $folder, "/SKILL.md"),
            include_str!(concat!("../../../../skills/", $folder, "/SKILL.md")),
        )),+]
    };
}

const FILES: &[(&str, &str)] = files![
    "onboard-team",
    "rotate-keys",
    "investigate-cost-spike",
    "release-prompt",
    "review-access",
];

/// Every skill.
pub(crate) static SKILLS: LazyLock<Vec<Skill>> = LazyLock::new(|| {
    let read = FILES.iter().map(|(uri, file)| Skill::read(uri, file));
    read.collect::<Option<_>>().unwrap_or_default()
});

const ARGUMENTS: &str = "\n## Arguments\n";
const STEPS: &str = "\n## Steps\n";

/// How to do something with several tools.
#[derive(Debug)]
pub(crate) struct Skill {
    pub(crate) uri: String,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    /// The whole file.
    pub(crate) file: &'static str,
    pub(crate) arguments: Vec<SkillArgument>,
    /// The tools that it cannot do without.
    pub(super) tools: Vec<Tool>,
    /// The text in front of the arguments, and what follows them.
    around: [&'static str; 2],
}

/// What a skill is about, as an argument of its prompt.
#[derive(Debug)]
pub(crate) struct SkillArgument {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) required: bool,
    /// The kind of objects that it names one of.
    pub(crate) collection: Option<&'static Collection>,
}

impl Skill {
    fn read(uri: &str, file: &'static str) -> Option<Self> {
        let (head, body) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
        let of_head = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find_map(|(key, value)| (key == name).then_some(value))
        };
        let (before, rest) = body.split_once(ARGUMENTS)?;
        let (list, after) = rest.split_once("\n## ")?;
        let after = rest.get(list.len()..).filter(|_| !after.is_empty())?;
        let steps = after.split_once(STEPS)?.1;
        let steps = steps.split("\n## ").next().unwrap_or_default();
        let arguments = list.lines().filter(|line| !line.is_empty());
        Some(Self {
            uri: uri.to_owned(),
            name: of_head("name")?,
            title: before.trim().lines().next()?.trim_start_matches("# "),
            description: of_head("description")?,
            file,
            arguments: arguments.map(SkillArgument::read).collect::<Option<_>>()?,
            tools: words(steps).filter_map(tool).collect(),
            around: [before, after],
        })
    }

    /// The name of its prompt.
    pub(crate) fn prompt(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Whether a principal may call all tools that it needs.
    pub(crate) fn is_for(&self, principal: &Principal) -> bool {
        self.tools.iter().all(|tool| principal.may_call(*tool))
    }

    /// The text of its prompt, with these values of arguments by their names.
    pub(crate) fn filled<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> String {
        let [before, after] = self.around;
        let mut text = format!("{}\n\n## Given\n\n", before.trim());
        for argument in &self.arguments {
            let SkillArgument {
                name, description, ..
            } = argument;
            let line = match value(name) {
                Some(value) => format!("- `{name}`: {}\n", quoted(value)),
                None => format!("- `{name}` is not given: {description}\n"),
            };
            text.push_str(&line);
        }
        text.push_str(after.trim_end());
        text
    }
}

impl SkillArgument {
    fn read(line: &'static str) -> Option<Self> {
        let (name, rest) = line.strip_prefix("- `")?.split_once('`')?;
        let (marks, description) = rest.split_once(": ")?;
        let marks = marks.trim().trim_matches(['(', ')']);
        let listing = words(marks).next();
        let collection = match listing {
            Some(listing) => Some(Collection::listed_by(listing)?),
            None => None,
        };
        Some(Self {
            name,
            description,
            required: marks.starts_with("required"),
            collection,
        })
    }
}

/// What stands between backticks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn tool(word: &str) -> Option<Tool> {
    catalog().tools().find(|tool| tool.name() == word)
}

#[cfg(test)]
mod tests {
    use portkey_engine::catalog::common_arguments;

    use super::*;

    #[test]
    fn every_file_is_a_skill() {
        assert_eq!(SKILLS.len(), FILES.len());
        for skill in &*SKILLS {
            assert!(!skill.tools.is_empty(), "{}", skill.name);
            assert!(skill.uri.contains(skill.name), "{}", skill.name);
            assert!(!skill.description.contains(": "), "{}", skill.name);
        }
    }

    /// A tool, an argument of one that the skill names, or an argument of the skill.
    #[test]
    fn whatever_a_skill_names_exists() {
        for skill in &*SKILLS {
            let tools: Vec<Tool> = words(skill.file).filter_map(tool).collect();
            let known = |word: &str| {
                let takes = |tool: &Tool| {
                    let declaration = tool.declaration();
                    declaration.argument(word).is_some()
                        || common_arguments(*tool).any(|argument| argument.name == word)
                };
                tool(word).is_some()
                    || tools.iter().any(takes)
                    || skill.arguments.iter().any(|argument| argument.name == word)
            };
            let is_name = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            for word in words(skill.file).filter(is_name) {
                assert!(known(word), "{}: `{word}`", skill.name);
            }
        }
    }

    #[test]
    fn a_prompt_has_what_is_given_and_asks_for_the_rest() {
        let skill = SKILLS.iter().find(|skill| skill.name == "onboard-team");
        let text = skill
            .unwrap()
            .filled(|name| (name == "team").then_some("A \"B\"\nC"));
        assert!(text.contains("- `team`: \"A \\\"B\\\"\\nC\"\n"), "{text}");
        assert!(text.contains("- `members` is not given: "), "{text}");
        assert!(
            text.contains("## Steps\n") && !text.contains("## Arguments"),
            "{text}"
        );
    }
}
