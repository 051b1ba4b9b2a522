//! The guide to adding a tool: which edits and which commands it asks for.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::Broken;

/// How the part of the page begins that is rehearsed.
const SECTION: &str = "\n## Add a tool";
const FENCE: &str = "```";
/// The language of blocks with commands; all others are edits.
const COMMANDS: &str = "sh";

/// What the guide asks for, in its order.
#[derive(Debug)]
pub(super) struct Guide {
    page: PathBuf,
    pub(super) edits: Vec<Edit>,
    pub(super) commands: Vec<String>,
}

/// A block of code, and where the sentence before it says that it goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) file: String,
    anchor: Anchor,
    text: String,
}

/// Where in a file; lines are given without their indentation.
#[derive(Debug, PartialEq, Eq)]
enum Anchor {
    Above(String),
    Below(String),
    InsteadOf(String),
    End,
}

impl Guide {
    pub(super) fn read(page: &Path) -> Result<Self, Broken> {
        let broken = |why: String| Broken::File(page.to_owned(), why);
        let text = fs::read_to_string(page).map_err(|error| broken(error.to_string()))?;
        let (edits, commands) = parse(&text).map_err(broken)?;
        Ok(Self {
            page: page.to_owned(),
            edits,
            commands,
        })
    }

    /// What is wrong with the guide.
    pub(super) fn broken(&self, why: String) -> Broken {
        Broken::File(self.page.clone(), why)
    }

    /// The files that its reader touches.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        self.edits.iter().map(|edit| edit.file.as_str()).collect()
    }
}

/// The edits and the commands of a page.
fn parse(page: &str) -> Result<(Vec<Edit>, Vec<String>), String> {
    let (_, section) = page
        .split_once(SECTION)
        .ok_or_else(|| format!("there is no section `{}`", SECTION.trim()))?;
    let section = section.split("\n## ").next().unwrap_or(section);
    let (mut edits, mut commands) = (Vec::new(), Vec::new());
    let mut before = "";
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix(FENCE) {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            if language == COMMANDS {
                commands.extend(block.into_iter().map(str::to_owned));
            } else {
                edits.push(edit(before, &block)?);
            }
        } else if !line.is_empty() {
            before = line;
        }
    }
    Ok((edits, commands))
}

/// The edit of a block after a line such as ``In `FILE`, below `LINE`:``.
fn edit(sentence: &str, block: &[&str]) -> Result<Edit, String> {
    let spans: Vec<&str> = sentence.split('`').collect();
    let (file, anchor) = match spans.as_slice() {
        ["In ", file, ", above ", line, ":"] => (file, Anchor::Above((*line).to_owned())),
        ["In ", file, ", below ", line, ":"] => (file, Anchor::Below((*line).to_owned())),
        ["In ", file, ", instead of ", line, ":"] => (file, Anchor::InsteadOf((*line).to_owned())),
        ["At the end of ", file, ":"] => (file, Anchor::End),
        _ => {
            return Err(format!(
                "before a block of code stands ``In `FILE`, above `LINE`:`` with `above`, `below` or `instead of`, or \
                 ``At the end of `FILE`:``, and not: {sentence}"
            ));
        }
    };
    Ok(Edit {
        file: (*file).to_owned(),
        anchor,
        text: block.join("\n"),
    })
}

impl Edit {
    /// The text of the file with the edit made, or why it cannot be made.
    pub(super) fn made(&self, text: &str) -> Result<String, String> {
        let Self {
            file,
            anchor,
            text: new,
        } = self;
        let mut lines: Vec<&str> = text.lines().collect();
        let (at, replaced) = match anchor {
            Anchor::Above(line) => (only(&lines, line, file)?, 0),
            Anchor::Below(line) => (only(&lines, line, file)? + 1, 0),
            Anchor::InsteadOf(line) => (only(&lines, line, file)?, 1),
            Anchor::End => (lines.len(), 0),
        };
        lines.splice(at..at + replaced, new.lines());
        Ok(lines.join("\n") + "\n")
    }
}

/// Where the only such line is.
fn only(lines: &[&str], line: &str, file: &str) -> Result<usize, String> {
    let numbered = lines.iter().enumerate();
    let found: Vec<usize> = numbered
        .filter(|(_, found)| found.trim() == line)
        .map(|(at, _)| at)
        .collect();
    match found.as_slice() {
        [at] => Ok(*at),
        _ => Err(format!(
            "{file} has {} lines `{line}`, and an edit needs one",
            found.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Page\n\n## Add a tool\n\nIn `a.rs`, below `one`:\n\n```rust\n    two\n```\n\nThen:\n\n```sh\ncargo xtask bless\n```\n\n\
                        ## Next\n\n```text\nnot read\n```\n";

    #[test]
    fn edits_and_commands_are_read_from_their_section() {
        let (edits, commands) = parse(PAGE).unwrap();
        assert_eq!(commands, ["cargo xtask bless"]);
        let [edit] = edits.as_slice() else {
            unreachable!("one edit, not {edits:?}")
        };
        assert_eq!(edit.file, "a.rs");
        assert_eq!(
            edit.made("  one\nthree\n").unwrap(),
            "  one\n    two\nthree\n"
        );
    }

    #[test]
    fn a_block_goes_where_the_sentence_says() {
        for (sentence, made) in [
            ("In `f`, above `b`:", "a\nnew\nb\nc\n"),
            ("In `f`, below `b`:", "a\nb\nnew\nc\n"),
            ("In `f`, instead of `b`:", "a\nnew\nc\n"),
            ("At the end of `f`:", "a\nb\nc\nnew\n"),
        ] {
            let edit = edit(sentence, &["new"]).unwrap();
            assert_eq!(edit.made("a\nb\nc\n").unwrap(), made, "{sentence}");
        }
    }

    #[test]
    fn an_edit_that_finds_no_one_place_says_so() {
        let edit = edit("In `f.rs`, below `b`:", &["new"]).unwrap();
        for (text, count) in [("a\n", "0 lines"), ("b\nb\n", "2 lines")] {
            let why = edit.made(text).unwrap_err();
            assert!(why.contains("f.rs") && why.contains(count), "{why}");
        }
        let why = super::edit("Somewhere in `f.rs`:", &["new"]).unwrap_err();
        assert!(why.contains("Somewhere"), "{why}");
    }
}
