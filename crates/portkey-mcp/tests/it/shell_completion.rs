//! Completions as real shells ask for them, and the manual as its readers do.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::process::{portkey_mcp, program, run, text};

/// Whether a program is on this machine; what needs it is skipped otherwise.
fn has(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: there is no {name}");
    }
    found
}

/// A shell in which the program can be called by its name, and which runs this script.
fn shell(shell: &str, script: &str) -> Option<String> {
    if !has(shell) {
        return None;
    }
    let home = TempDir::new().unwrap();
    let folder = home.path().join("bin");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(program(), folder.join("portkey-mcp")).unwrap();
    let registration = run(&["completions", shell], &[]);
    assert!(registration.status.success());
    fs::write(home.path().join("registration"), registration.stdout).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let options: &[&str] = if shell == "zsh" {
        &["-f", "-c"]
    } else {
        &["-c"]
    };
    let output = Command::new(shell)
        .args(options)
        .arg(script)
        .env("PATH", path)
        .env("HOME", home.path())
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    Some(text(&output.stdout))
}

/// A command line, and words that are offered for its last word and that are not.
const CASES: [(&str, &[&str], &[&str]); 8] = [
    (
        "portkey-mcp to",
        &["token", "tools"],
        &["call", "list_configs"],
    ),
    ("portkey-mcp list-con", &["list-configs"], &["list_configs"]),
    ("portkey-mcp list_con", &["list_configs"], &["list-configs"]),
    ("portkey-mcp call list-con", &["list-configs"], &["token"]),
    (
        "portkey-mcp describe rotate_api",
        &["rotate_api_key"],
        &["token"],
    ),
    (
        "portkey-mcp list-configs --page",
        &["--page-size"],
        &["--base-url"],
    ),
    (
        "portkey-mcp call create_api_key --sub-type ",
        &["user", "service"],
        &["--name"],
    ),
    (
        "portkey-mcp create-api-key --scopes logs.view,logs.ex",
        &["logs.view,logs.export"],
        &["logs.view"],
    ),
];

fn judge(line: &str, offered: &[&str], others: &[&str], answer: &str) {
    // Other shells than bash tell what a word means after it.
    let words: Vec<&str> = answer
        .lines()
        .filter_map(|line| line.split(['\t', ' ']).next())
        .collect();
    for word in offered {
        assert!(words.contains(word), "{line}: no {word} in {answer}");
    }
    for word in others {
        assert!(!words.contains(word), "{line}: {word} in {answer}");
    }
}

#[test]
fn bash_completes_commands_tools_flags_and_words() {
    for (line, offered, others) in CASES {
        let words: Vec<&str> = line.split(' ').collect();
        let script = format!(
            "source registration; COMP_WORDS=({}); COMP_CWORD={}; COMP_TYPE=9; \
             _clap_complete_portkey_mcp portkey-mcp \"${{COMP_WORDS[COMP_CWORD]}}\" x; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words
                .iter()
                .map(|word| format!("'{word}'"))
                .collect::<Vec<_>>()
                .join(" "),
            words.len() - 1,
        );
        if let Some(answer) = shell("bash", &script) {
            judge(line, offered, others, &answer);
        }
    }
}

#[test]
fn fish_completes_the_same() {
    for (line, offered, others) in CASES {
        let script = format!("source registration; complete --do-complete '{line}'");
        if let Some(answer) = shell("fish", &script) {
            judge(line, offered, others, &answer);
        }
    }
}

/// Without a terminal zsh offers nothing, so what its function would offer is printed.
#[test]
fn zsh_completes_the_same() {
    for (line, offered, others) in CASES {
        let words: Vec<&str> = line.split(' ').collect();
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let script = format!(
            "compdef() {{ }}; source ./registration; \
             _describe() {{ print -rl -- ${{${{(P)3}}%%:*}} ${{${{(P)4}}%%:*}} }}; \
             words=({}); CURRENT={}; _clap_dynamic_completer_portkey_mcp",
            quoted.join(" "),
            words.len(),
        );
        if let Some(answer) = shell("zsh", &script) {
            judge(line, offered, others, &answer);
        }
    }
}

#[test]
fn every_shell_has_a_script_and_no_other_word_has() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell], &[]);
        assert!(text(&output.stdout).contains("portkey-mcp"), "{shell}");
    }
    assert_eq!(run(&["completions", "csh"], &[]).status.code(), Some(2));
}

fn judged(reader: &[&str], page: &Path) -> Option<Output> {
    has(reader[0]).then(|| {
        Command::new(reader[0])
            .args(&reader[1..])
            .arg(page)
            .env("MANWIDTH", "80")
            .output()
            .unwrap()
    })
}

#[test]
fn the_manual_has_a_page_for_each_command_and_tool() {
    let folder = TempDir::new().unwrap();
    let output = portkey_mcp(&folder)
        .arg("man")
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let program = run(&["man"], &[]);
    for name in ["", "-http", "-token-new", "-call", "-call-create_api_key"] {
        let path = folder.path().join(format!("portkey-mcp{name}.1"));
        let page = fs::read_to_string(&path).unwrap();
        assert!(page.contains("EXAMPLES"), "{page}");
        if name.is_empty() {
            assert_eq!(page, text(&program.stdout));
            assert!(page.contains("PORTKEY_BASE_URL"), "{page}");
        } else {
            assert!(!page.contains("PORTKEY_BASE_URL"), "{page}");
        }
        if let Some(read) = judged(&["man", "--warnings", "-l"], &path) {
            assert!(
                read.status.success() && read.stderr.is_empty(),
                "{name}: {}",
                text(&read.stderr)
            );
        }
        if let Some(read) = judged(&["mandoc", "-T", "lint", "-W", "error"], &path) {
            assert!(read.status.success(), "{name}: {}", text(&read.stdout));
        }
    }
}
