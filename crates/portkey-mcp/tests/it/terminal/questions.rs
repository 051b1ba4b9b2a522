//! What somebody at a terminal is asked and told before a call is done.

use super::Terminal;
use crate::process::{SandboxProcess, run, text};

#[test]
fn somebody_at_a_terminal_is_asked_before_something_is_destroyed() {
    let sandbox = SandboxProcess::start();
    let create = || {
        let output = run(
            &[
                "call",
                "create_workspace",
                "--name",
                "Short-lived",
                "-q",
                ".id",
            ],
            &sandbox.settings(),
        );
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    };
    let is_there = |id: &str| {
        let found = run(
            &["call", "get_workspace", "--workspace-id", id],
            &sandbox.settings(),
        );
        found.status.success()
    };
    let id = create();
    let delete = ["call", "delete_workspace", "--workspace-id", &id];
    for typed in ["n\n", "\n", "\u{4}"] {
        let shown = Terminal::of(&sandbox).typing(typed).run(&delete);
        assert!(shown.screen.contains("\"Short-lived\""), "{}", shown.screen);
        assert!(shown.screen.contains("Do this? [y/N]"), "{}", shown.screen);
        assert_eq!(shown.code, Some(7), "{}", shown.screen);
        assert!(is_there(&id), "{typed:?}");
    }
    let shown = Terminal::of(&sandbox).typing("y\n").run(&delete);
    assert_eq!(shown.code, Some(0), "{}", shown.screen);
    assert!(!is_there(&id));

    for agreed in [
        &["--yes"][..],
        &["-y"],
        &["--confirm", "never"],
        &["--confirm", "always", "-y"],
    ] {
        let id = create();
        let delete = ["call", "delete_workspace", "--workspace-id", &id];
        let shown = Terminal::of(&sandbox)
            .typing("")
            .run(&[&delete, agreed].concat());
        assert!(!shown.screen.contains("[y/N]"), "{}", shown.screen);
        assert_eq!(shown.code, Some(0), "{}", shown.screen);
        assert!(!is_there(&id), "{agreed:?}");
    }
    let id = create();
    let piped = run(
        &["call", "delete_workspace", "--workspace-id", &id],
        &sandbox.settings(),
    );
    assert!(
        piped.status.success() && !is_there(&id),
        "{}",
        text(&piped.stderr)
    );
}

#[test]
fn what_takes_long_shows_a_sign_of_life() {
    let sandbox = SandboxProcess::start();
    sandbox.faults(&["latency=2500"]);
    let shown = Terminal::of(&sandbox)
        .typing("")
        .run(&["call", "list_workspaces"]);
    assert!(
        shown.screen.contains("waiting for Portkey"),
        "{}",
        shown.screen
    );
    let last = shown.screen.lines().last().unwrap();
    assert!(!last.contains("waiting"), "{}", shown.screen);
    let output = run(&["call", "list_workspaces"], &sandbox.settings());
    assert!(
        !text(&output.stderr).contains("waiting"),
        "{}",
        text(&output.stderr)
    );
}
