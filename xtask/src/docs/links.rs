//! Links between pages: each leads to a file and, after `#`, to a heading of it. The book has every page of `docs/` once,
//! and its pages link to nothing outside of it, which a reader of the web site would not find.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

/// The table of contents of the book, below the folder of its pages.
const SUMMARY: &str = "docs/SUMMARY.md";
const BOOK: &str = "docs";

/// Pages by their paths below the root of the repository, with their texts.
pub(super) type Pages = BTreeMap<PathBuf, String>;

/// What is wrong with the links of these pages. `exists` says whether there is a file or folder below the root.
pub(super) fn faults(pages: &Pages, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (page, text) in pages {
        for link in links(text) {
            if let Err(why) = follow(page, link, pages, &exists) {
                faults.push(format!("{}: the link to {link} {why}", page.display()));
            }
        }
    }
    faults.extend(left_out(pages));
    faults
}

/// Follows a link of a page, or says why it cannot.
fn follow(
    page: &Path,
    link: &str,
    pages: &Pages,
    exists: impl Fn(&Path) -> bool,
) -> Result<(), String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let folder = page.parent().unwrap_or(page);
    let target = if file.is_empty() {
        page.to_owned()
    } else {
        plain(&folder.join(file)).ok_or("leads out of the repository")?
    };
    if !exists(&target) {
        return Err("leads nowhere".to_owned());
    }
    if page.starts_with(BOOK) && !target.starts_with(BOOK) {
        return Err("leads out of the book; write the name of the file instead".to_owned());
    }
    match pages.get(&target) {
        Some(text) if !heading.is_empty() && !headings(text).contains(heading) => {
            Err(format!("leads to no heading of {}", target.display()))
        }
        _ => Ok(()),
    }
}

/// Pages that the table of contents does not have.
fn left_out(pages: &Pages) -> Vec<String> {
    let summary = Path::new(SUMMARY);
    let listed: BTreeSet<PathBuf> = links(pages.get(summary).map_or("", String::as_str))
        .iter()
        .filter_map(|link| plain(&Path::new(BOOK).join(link)))
        .collect();
    let of_book = pages.keys().filter(|page| page.starts_with(BOOK));
    of_book
        .filter(|page| *page != summary && !listed.contains(*page))
        .map(|page| format!("{SUMMARY} does not list {}", page.display()))
        .collect()
}

/// The targets of links and pictures, without those on the web.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for line in prose(text) {
        // Every second part is code.
        for part in line.split('`').step_by(2) {
            let targets = part.split("](").skip(1);
            links.extend(targets.filter_map(|rest| rest.split([')', ' ']).next()));
        }
    }
    links.retain(|link| !link.contains(':') && !link.is_empty());
    links
}

/// The anchors of the headings, as GitHub and mdBook make them.
fn headings(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    for line in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let anchor = anchor(title.trim());
        let count = seen.entry(anchor.clone()).or_default();
        anchors.insert(match *count {
            0 => anchor,
            again => format!("{anchor}-{again}"),
        });
        *count += 1;
    }
    anchors
}

fn anchor(title: &str) -> String {
    let letters = title.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ => letter.is_alphanumeric().then_some(letter),
    });
    letters.flat_map(char::to_lowercase).collect()
}

/// The lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The path without `.` and `..`, or none if it leads above its root.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => plain.pop().then_some(())?,
            _ => {}
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pages: &[(&str, &str)]) -> Vec<String> {
        let pages = pages.iter();
        let pages: Pages = pages
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
            .collect();
        faults(&pages, |path| {
            pages.contains_key(path) || path == Path::new("LICENSE")
        })
    }

    #[test]
    fn links_lead_to_files_and_headings() {
        let book = [
            ("README.md", "[a](docs/a.md#one-two) [`l`](LICENSE)\n"),
            ("docs/SUMMARY.md", "- [A](a.md)\n- [B](sub/b.md)\n"),
            (
                "docs/a.md",
                "# A\n## One, `two`!\n## Again\n## Again\n[b](sub/b.md) [web](https://a.example) `](no)`\n```\n](no)\n```\n",
            ),
            ("docs/sub/b.md", "[a](../a.md#again-1) [top](#b)\n# B\n"),
        ];
        assert_eq!(of(&book), Vec::<String>::new());
    }

    #[test]
    fn what_leads_nowhere_is_named() {
        let book = [
            ("docs/SUMMARY.md", "- [A](a.md)\n"),
            (
                "docs/a.md",
                "[x](x.md) [y](#y) [`z`](../LICENSE) [w](../../w.md)\n",
            ),
            ("docs/b.md", ""),
        ];
        assert_eq!(
            of(&book),
            [
                "docs/a.md: the link to x.md leads nowhere",
                "docs/a.md: the link to #y leads to no heading of docs/a.md",
                "docs/a.md: the link to ../LICENSE leads out of the book; write the name of the file instead",
                "docs/a.md: the link to ../../w.md leads out of the repository",
                "docs/SUMMARY.md does not list docs/b.md",
            ]
        );
    }
}
