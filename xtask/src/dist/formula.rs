//! The formula for Homebrew, for a tap of the project.

use super::{
    product::{LICENSE, NAME, Product, REPOSITORY, VERSION, download},
    release::Checksums,
    target::Target,
};

pub(super) const PATH: &str = "deploy/homebrew/portkey-mcp.rb";

/// Stands where a checksum is not known yet, so that a formula that was not completed installs nothing.
const UNKNOWN: &str = "filled in by the release";

/// The formula, with the checksums that are known.
pub(super) fn formula(product: &Product, checksums: &Checksums) -> String {
    let source = |triple: &str| {
        let archive = Target::named(triple)
            .map(Target::archive)
            .unwrap_or_default();
        let checksum = checksums.of(&archive).unwrap_or(UNKNOWN);
        format!(
            "      url \"{}\"\n      sha256 \"{checksum}\"",
            download(&archive)
        )
    };
    let [mac_arm, mac_intel, linux_arm, linux_intel] = [
        "aarch64-apple-darwin",
        "x86_64-apple-darwin",
        "aarch64-unknown-linux-gnu",
        "x86_64-unknown-linux-gnu",
    ]
    .map(source);
    let description = &product.description;
    format!(
        r##"class PortkeyMcp < Formula
  desc "{description}"
  homepage "{REPOSITORY}"
  version "{VERSION}"
  license "{LICENSE}"

  on_macos do
    on_arm do
{mac_arm}
    end
    on_intel do
{mac_intel}
    end
  end

  on_linux do
    on_arm do
{linux_arm}
    end
    on_intel do
{linux_intel}
    end
  end

  def install
    bin.install "{NAME}"
  end

  test do
    assert_match version.to_s, shell_output("#{{bin}}/{NAME} --version")
    assert_match "Research", shell_output("#{{bin}}/{NAME} --sandbox call list_workspaces")
  end
end
"##
    )
}
