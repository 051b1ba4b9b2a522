//! Wheels for Python's index: the program as a script, so that `uvx portkey-mcp` runs it and `pip install` puts it into `bin`.

use std::path::{Path, PathBuf};

use super::{
    place_program,
    product::{AUTHOR, KEYWORDS, LICENSE, NAME, Product, REPOSITORY, VERSION, registered_name},
    target::Target,
    templates, write_file,
};
use crate::{Broken, command};

/// The name in the files of a wheel.
const MODULE: &str = "portkey_mcp";

/// Writes the folder of a wheel, unpacked.
pub(super) fn lay_out(
    product: &Product,
    program: &Path,
    target: &Target,
    folder: &Path,
) -> Result<Vec<PathBuf>, Broken> {
    let wheel = folder.join(format!("wheel-{}", target.triple));
    let stem = format!("{MODULE}-{VERSION}");
    let about = wheel.join(format!("{stem}.dist-info"));
    write_file(&about.join("METADATA"), &metadata(product))?;
    write_file(&about.join("WHEEL"), &tags(target))?;
    write_file(&about.join("licenses/LICENSE"), templates::LICENSE_TEXT)?;
    let scripts = wheel.join(format!("{stem}.data/scripts"));
    place_program(program, &scripts.join(target.program()))?;
    Ok(vec![wheel])
}

/// What Python's index shows. The registry of MCP servers looks for the last line.
fn metadata(product: &Product) -> String {
    let (description, page) = (&product.description, templates::package_page(product));
    let keywords = KEYWORDS.join(",");
    let registered = registered_name();
    format!(
        "Metadata-Version: 2.4\n\
         Name: {NAME}\n\
         Version: {VERSION}\n\
         Summary: {description}\n\
         Keywords: {keywords}\n\
         Author: {AUTHOR}\n\
         License-Expression: {LICENSE}\n\
         License-File: LICENSE\n\
         Project-URL: Repository, {REPOSITORY}\n\
         Requires-Python: >=3.8\n\
         Description-Content-Type: text/markdown\n\
         \n\
         {page}\n\
         <!-- mcp-name: {registered} -->\n"
    )
}

fn tags(target: &Target) -> String {
    let tags: Vec<String> = target
        .wheel
        .iter()
        .map(|tag| format!("Tag: py3-none-{tag}\n"))
        .collect();
    let tags = tags.concat();
    format!(
        "Wheel-Version: 1.0\nGenerator: cargo xtask dist {VERSION}\nRoot-Is-Purelib: false\n{tags}"
    )
}

/// Packs it with `wheel`, the tool of the format, which writes the hashes.
pub(super) fn pack(laid_out: &Path, folder: &Path) -> Result<(), Broken> {
    let mut pack = command::command("python3");
    pack.args(["-m", "wheel", "pack", "--dest-dir"])
        .arg(folder)
        .arg(laid_out);
    command::run(&mut pack)
}
