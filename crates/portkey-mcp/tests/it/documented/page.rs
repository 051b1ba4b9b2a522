//! A page of the documentation: its blocks of code, and what it says of them.
//!
//! A comment on the line before a block, which no reader sees, may say
//!
//! - `<!-- block: not run because REASON -->`
//! - `<!-- block: exits with CODE -->`, of its commands
//! - `<!-- block: in the file NAME… -->`, where the commands of the page find what it holds

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a block's comment begins with.
const MARK: &str = "<!-- block: ";

/// A block between three backticks.
#[derive(Default)]
pub(super) struct Block {
    pub(super) language: String,
    pub(super) text: String,
    pub(super) files: Vec<String>,
    pub(super) exits_with: i32,
    /// Why it is not executed.
    pub(super) not_run: Option<String>,
}

impl Block {
    fn mark(&mut self, mark: &str) {
        if let Some(reason) = mark.strip_prefix("not run because ") {
            self.not_run = Some(reason.to_owned());
        } else if let Some(code) = mark.strip_prefix("exits with ") {
            self.exits_with = code.parse().unwrap();
        } else if let Some(names) = mark.strip_prefix("in the file ") {
            self.files = names.split(' ').map(str::to_owned).collect();
        } else {
            panic!("`{mark}` says nothing of a block");
        }
    }
}

/// The pages of the book and the README, by their names below the root.
pub(super) fn all(root: &Path) -> Vec<(String, String)> {
    let mut paths = vec![root.join("README.md")];
    find(&root.join("docs"), &mut paths);
    let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
    let pages = paths
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()));
    pages.collect()
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut next = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        if let Some(mark) = line.strip_prefix(MARK) {
            let block: &mut Block = next.get_or_insert_default();
            block.mark(mark.strip_suffix(" -->").unwrap());
        } else if let Some(language) = line.strip_prefix("```") {
            let text = lines.by_ref().take_while(|line| line.trim_start() != "```");
            blocks.push(Block {
                language: language.to_owned(),
                text: text.flat_map(|line| [line, "\n"]).collect(),
                ..next.take().unwrap_or_default()
            });
        } else {
            assert!(next.is_none(), "a mark has no block after it: {line}");
        }
    }
    blocks
}

/// What quotations of a page say, each on one line.
pub(super) fn quotations(page: &str) -> Vec<String> {
    let mut quotations = Vec::new();
    let mut is_inside = false;
    for line in page.lines() {
        match line.strip_prefix('>') {
            Some(text) if is_inside => {
                let quotation: &mut String = quotations.last_mut().unwrap();
                quotation.push_str(text);
            }
            Some(text) => quotations.push(text.trim_start().to_owned()),
            None => {}
        }
        is_inside = line.starts_with('>');
    }
    quotations
}
