//! MCP server and command line for the Portkey Admin API.

use std::process::ExitCode;

fn main() -> ExitCode {
    portkey_mcp::run()
}
