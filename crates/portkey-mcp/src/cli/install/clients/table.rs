//! The clients.

use super::{Base, Client, Remote, SecretReference, Shape, UserFile};
use crate::cli::install::edit::Format;

/// The clients, in the order in which they are listed.
pub(in crate::cli::install) const CLIENTS: [Client; 11] = [
    Client {
        name: "claude-code",
        aliases: &["claude"],
        title: "Claude Code",
        programs: &["claude"],
        user: UserFile {
            variable: Some(("CLAUDE_CONFIG_DIR", ".claude.json")),
            ..in_folder(Base::Home, &[".claude.json"])
        },
        project: Some(".mcp.json"),
        format: Format::Json,
        servers: "mcpServers",
        shape: plain(Some("stdio"), Some("http"), "url"),
        secrets: SecretReference::Between("${", "}"),
        needs_path: false,
        reload: "start a new session; `claude mcp list` shows whether the server connects",
    },
    Client {
        name: "claude-desktop",
        aliases: &[],
        title: "Claude Desktop",
        programs: &[],
        user: in_folder(Base::Applications, &["Claude/claude_desktop_config.json"]),
        project: None,
        format: Format::Json,
        servers: "mcpServers",
        shape: Shape::Plain {
            program: None,
            remote: None,
            lists_tools: false,
        },
        secrets: SecretReference::Nowhere,
        needs_path: true,
        reload: "quit it entirely and start it again",
    },
    Client {
        name: "cursor",
        aliases: &[],
        title: "Cursor",
        programs: &["cursor"],
        user: in_folder(Base::Home, &[".cursor/mcp.json"]),
        project: Some(".cursor/mcp.json"),
        format: Format::Jsonc,
        servers: "mcpServers",
        shape: plain(Some("stdio"), None, "url"),
        secrets: SecretReference::Between("${env:", "}"),
        needs_path: false,
        reload: "restart it, and enable the server in its settings below MCP",
    },
    Client {
        name: "vscode",
        aliases: &["vs-code", "code"],
        title: "VS Code",
        programs: &["code"],
        user: in_folder(Base::Applications, &["Code/User/mcp.json"]),
        project: Some(".vscode/mcp.json"),
        format: Format::Jsonc,
        servers: "servers",
        shape: plain(Some("stdio"), Some("http"), "url"),
        secrets: SecretReference::Input,
        needs_path: false,
        reload: "run the command `MCP: List Servers` and start the server",
    },
    Client {
        name: "windsurf",
        aliases: &[],
        title: "Windsurf",
        programs: &["windsurf"],
        user: in_folder(Base::Home, &[".codeium/windsurf/mcp_config.json"]),
        project: None,
        format: Format::Json,
        servers: "mcpServers",
        shape: plain(None, None, "serverUrl"),
        secrets: SecretReference::Between("${env:", "}"),
        needs_path: false,
        reload: "press refresh in the list of MCP servers of Cascade",
    },
    Client {
        name: "codex",
        aliases: &[],
        title: "Codex",
        programs: &["codex"],
        user: UserFile {
            variable: Some(("CODEX_HOME", "config.toml")),
            ..in_folder(Base::Home, &[".codex/config.toml"])
        },
        project: Some(".codex/config.toml"),
        format: Format::Toml,
        servers: "mcp_servers",
        shape: Shape::Codex,
        secrets: SecretReference::Listed,
        needs_path: false,
        reload: "start a new session; `codex mcp list` shows the server",
    },
    Client {
        name: "gemini",
        aliases: &["gemini-cli"],
        title: "Gemini CLI",
        programs: &["gemini"],
        user: UserFile {
            variable: Some(("GEMINI_CLI_HOME", ".gemini/settings.json")),
            ..in_folder(Base::Home, &[".gemini/settings.json"])
        },
        project: Some(".gemini/settings.json"),
        format: Format::Jsonc,
        servers: "mcpServers",
        shape: plain(None, None, "httpUrl"),
        secrets: SecretReference::Between("${", "}"),
        needs_path: false,
        reload: "start a new session in a folder that you trust; `gemini mcp list` shows whether the server connects",
    },
    Client {
        name: "zed",
        aliases: &[],
        title: "Zed",
        programs: &["zed", "zeditor"],
        user: UserFile {
            windows: Some((Base::Applications, "Zed/settings.json")),
            ..in_folder(Base::Config, &["zed/settings.json"])
        },
        project: Some(".zed/settings.json"),
        format: Format::Jsonc,
        servers: "context_servers",
        shape: plain(None, None, "url"),
        secrets: SecretReference::Inherited,
        needs_path: false,
        reload: "look for a green dot beside the server in the settings of the agent panel",
    },
    Client {
        name: "goose",
        aliases: &[],
        title: "Goose",
        programs: &["goose"],
        user: UserFile {
            windows: Some((Base::Applications, "Block/goose/config/config.yaml")),
            ..in_folder(Base::Config, &["goose/config.yaml"])
        },
        project: None,
        format: Format::Yaml,
        servers: "extensions",
        shape: Shape::Goose,
        secrets: SecretReference::Listed,
        needs_path: false,
        reload: "start a new session",
    },
    Client {
        name: "opencode",
        aliases: &["open-code"],
        title: "opencode",
        programs: &["opencode"],
        user: in_folder(
            Base::Config,
            &["opencode/opencode.json", "opencode/opencode.jsonc"],
        ),
        project: Some("opencode.json"),
        format: Format::Jsonc,
        servers: "mcp",
        shape: Shape::Opencode,
        secrets: SecretReference::Between("{env:", "}"),
        needs_path: false,
        reload: "start it again; `opencode mcp list` shows whether the server connects",
    },
    Client {
        name: "copilot",
        aliases: &["copilot-cli", "github-copilot"],
        title: "Copilot CLI",
        programs: &["copilot"],
        user: UserFile {
            variable: Some(("COPILOT_HOME", "mcp-config.json")),
            ..in_folder(Base::Home, &[".copilot/mcp-config.json"])
        },
        project: Some(".github/mcp.json"),
        format: Format::Json,
        servers: "mcpServers",
        shape: Shape::Plain {
            program: Some("local"),
            remote: Some(Remote {
                kind: Some("http"),
                url: "url",
            }),
            lists_tools: true,
        },
        secrets: SecretReference::Between("${", "}"),
        needs_path: false,
        reload: "start a new session; `/mcp show` lists the server",
    },
];

const fn in_folder(base: Base, names: &'static [&'static str]) -> UserFile {
    UserFile {
        base,
        names,
        windows: None,
        variable: None,
    }
}

const fn plain(
    program: Option<&'static str>,
    remote: Option<&'static str>,
    url: &'static str,
) -> Shape {
    Shape::Plain {
        program,
        remote: Some(Remote { kind: remote, url }),
        lists_tools: false,
    }
}
