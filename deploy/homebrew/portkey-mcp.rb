class PortkeyMcp < Formula
  desc "MCP server and command line for the Portkey Admin API"
  homepage "https://github.com/OWNER/portkey-mcp"
  version "0.1.0"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/OWNER/portkey-mcp/releases/download/v0.1.0/portkey-mcp-aarch64-apple-darwin.tar.gz"
      sha256 "filled in by the release"
    end
    on_intel do
      url "https://github.com/OWNER/portkey-mcp/releases/download/v0.1.0/portkey-mcp-x86_64-apple-darwin.tar.gz"
      sha256 "filled in by the release"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/OWNER/portkey-mcp/releases/download/v0.1.0/portkey-mcp-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "filled in by the release"
    end
    on_intel do
      url "https://github.com/OWNER/portkey-mcp/releases/download/v0.1.0/portkey-mcp-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "filled in by the release"
    end
  end

  def install
    bin.install "portkey-mcp"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/portkey-mcp --version")
    assert_match "Research", shell_output("#{bin}/portkey-mcp --sandbox call list_workspaces")
  end
end
