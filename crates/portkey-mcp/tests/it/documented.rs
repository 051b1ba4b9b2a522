//! Every block of the book and the README is executed as it is printed, or its page says why it cannot be; and what the
//! book quotes of messages is what the program says.

mod page;
mod place;

use std::{fs, path::Path, sync::Mutex, thread};

use page::{Block, blocks, quotations};
use place::{Place, root};

use crate::process::{run, text};

/// How many pages are executed at once. Each has a place of its own, and mostly waits for programs that start.
const AT_ONCE: usize = 4;

/// The page that says what messages mean.
const MESSAGES: &str = "docs/troubleshooting.md";
const MIGRATION: &str = "docs/migration.md";
const PICTURE: &str = "docs/images/session.svg";

/// Executes the blocks of a page in their order, and returns what they printed.
fn execute(blocks: &[Block]) -> String {
    if blocks.iter().all(|block| block.not_run.is_some()) {
        return String::new();
    }
    let place = Place::new();
    for block in blocks {
        for file in &block.files {
            place.hold(file, &block.text);
        }
    }
    let executed = blocks.iter().filter(|block| block.not_run.is_none());
    executed.map(|block| place.execute(block)).collect()
}

#[test]
fn every_block_is_executed_or_says_why_not() {
    let pages = page::all(&root());
    let pages: Vec<(&str, Vec<Block>)> = pages
        .iter()
        .map(|(name, text)| (name.as_str(), blocks(text)))
        .collect();
    let left = Mutex::new(pages.iter());
    let next = || left.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((name, blocks)) = next() {
                    eprintln!("{name}: {} blocks", blocks.len());
                    execute(blocks);
                }
            });
        }
    });
    let not_run = pages.iter().flat_map(|(name, blocks)| {
        let reasons = blocks.iter().filter_map(|block| block.not_run.as_ref());
        reasons.map(move |reason| format!("{name}: a block is not run because {reason}"))
    });
    let not_run: Vec<String> = not_run.collect();
    eprintln!(
        "{}\n{} blocks are not run",
        not_run.join("\n"),
        not_run.len()
    );
}

#[test]
fn every_message_in_the_book_is_one_that_the_program_says() {
    let page = fs::read_to_string(root().join(MESSAGES)).unwrap();
    let printed = execute(&blocks(&page));
    let mut texts = vec![printed];
    sources(&root().join("crates"), &mut texts);
    let quotations = quotations(&page);
    assert!(!quotations.is_empty());
    let unsaid = quotations.iter().filter(|quotation| {
        let parts: Vec<&str> = quotation.split('…').map(str::trim).collect();
        assert!(parts.iter().any(|part| part.len() > 10), "{quotation}");
        let says = |text: &String| parts.iter().all(|part| text.contains(part));
        !texts.iter().any(says)
    });
    let unsaid: Vec<&String> = unsaid.collect();
    assert!(unsaid.is_empty(), "nothing says {unsaid:#?}");
}

#[test]
fn the_picture_of_a_terminal_shows_what_the_program_prints() {
    let picture = fs::read_to_string(root().join(PICTURE)).unwrap();
    let lines = picture.lines().filter_map(|line| {
        let (_, text) = line.strip_suffix("</text>")?.split_once('>')?;
        let tags = ["<tspan class=\"p\">", "<tspan class=\"c\">", "</tspan>"];
        let text = tags
            .iter()
            .fold(text.to_owned(), |text, tag| text.replace(tag, ""));
        Some(text.replace("&gt;", ">") + "\n")
    });
    let session: String = lines.collect();
    assert!(session.starts_with("$ "), "{session}");
    Place::new().session(&session);
}

/// The names of tools of other servers, beside ours.
#[test]
fn every_name_of_another_server_leads_to_the_tool_that_its_row_names() {
    let page = fs::read_to_string(root().join(MIGRATION)).unwrap();
    let (_, table) = page.split_once("| tool there | tool here |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| !line.is_empty());
    let mut count = 0;
    for row in rows {
        let mut cells = row
            .split(" | ")
            .map(|cell| cell.trim_matches([' ', '|', '`']));
        let [there, here] = [cells.next().unwrap(), cells.next().unwrap()];
        if here == "the same" {
            continue;
        }
        let described = text(&run(&["describe", there], &[]).stdout);
        assert!(described.starts_with(here), "{there}: {described}");
        count += 1;
    }
    assert!(count > 5);
}

/// The texts of source files, where literals that go on in the next line are one.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let mut parts = text.split("\\\n");
            let first = parts.next().unwrap_or_default().to_owned();
            found.push(parts.fold(first, |text, part| text + part.trim_start()));
        }
    }
}
