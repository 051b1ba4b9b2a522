//! The example that embeds the engine, run as it is built beside this test.

use std::{env, process::Command};

#[test]
fn a_program_that_embeds_the_engine_previews_confirms_and_undoes() {
    let test = env::current_exe().unwrap();
    let example = test.parent().unwrap().with_file_name("examples/embed");
    let output = Command::new(&example).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}{complaint}");
    for part in [
        "A dry run says:",
        "To confirm:",
        "It is deleted.",
        "After the undo",
        "The policy refuses: `delete_user`",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
