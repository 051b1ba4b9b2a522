//! Files that are written by hand but for a line that says where the project lives, and the page of a package.

use std::{fs, path::PathBuf};

use super::product::{NAME, Product, REPOSITORY, registered_name};
use crate::{Broken, root};

pub(super) const LICENSE_TEXT: &str = include_str!("../../../LICENSE");

/// What stands before the address of a page of the documentation in a package, where the pages are not.
fn docs(page: &str) -> String {
    format!("{REPOSITORY}/blob/main/docs/{page}")
}

/// What a registry shows of a package.
pub(super) fn package_page(product: &Product) -> String {
    let (description, install, clients, tools) = (
        &product.description,
        docs("install.md"),
        docs("clients.md"),
        docs("tools.md"),
    );
    format!(
        "# {NAME}\n\n\
         {description}. This package holds the program, which needs nothing else.\n\n\
         ```sh\n\
         {NAME} --sandbox call list_workspaces   # made-up data, no account\n\
         {NAME} install                          # the MCP clients on this machine\n\
         ```\n\n\
         Set `PORTKEY_API_KEY` to the key of your organisation. [Install]({install}) has every other way to get the \
         program, [Clients]({clients}) says what each client needs, and [Tools]({tools}) lists what it can do.\n"
    )
}

/// The files with such a line, as they should be.
pub(super) fn held(product: &Product) -> Result<Vec<(PathBuf, String)>, Broken> {
    let labels = [
        ("io.modelcontextprotocol.server.name", registered_name()),
        (
            "org.opencontainers.image.description",
            product.description.clone(),
        ),
        ("org.opencontainers.image.source", REPOSITORY.to_owned()),
    ];
    let labels = labels.map(|(name, value)| format!("LABEL {name}=\"{value}\""));
    Ok(vec![
        file("Dockerfile", &labels)?,
        file("deploy/install.sh", &[format!("repository={REPOSITORY}")])?,
    ])
}

fn file(path: &str, lines: &[String]) -> Result<(PathBuf, String), Broken> {
    let path = root().join(path);
    let read = fs::read_to_string(&path).map_err(|error| error.to_string());
    let text = lines
        .iter()
        .fold(read, |text, line| with_line(&text?, line));
    match text {
        Ok(text) => Ok((path, text)),
        Err(why) => Err(Broken::File(path, why)),
    }
}

/// The text with this line instead of the one that begins alike, up to `=`.
fn with_line(text: &str, line: &str) -> Result<String, String> {
    let name = line.split_inclusive('=').next().unwrap_or(line);
    let mut found = 0;
    let lines = text.lines().map(|there| {
        if there.starts_with(name) {
            found += 1;
            line
        } else {
            there
        }
    });
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    match found {
        1 => Ok(text),
        _ => Err(format!(
            "has {found} lines that begin with `{name}`, not one"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_replaced_where_it_is() {
        assert_eq!(with_line("a=1\nb=2\n", "b=3").unwrap(), "a=1\nb=3\n");
        let why = with_line("a=1\n", "b=3").unwrap_err();
        assert!(why.contains("0 lines that begin with `b=`"), "{why}");
    }
}
