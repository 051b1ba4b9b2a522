//! A headless Chromium, where `TEST_CHROMIUM` names one.

use std::process::Command;

use portkey_testing::outside;
use tempfile::TempDir;

use crate::process::text;

/// Shows a page with further flags. Returns its document, and what the browser complained of; nothing without a browser.
pub(crate) fn show(url: &str, flags: &[&str]) -> Option<(String, String)> {
    let chromium = outside("TEST_CHROMIUM", "the program of a Chromium")?;
    let profile = TempDir::new().unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg("--enable-logging=stderr")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(flags)
        .arg(url)
        .output()
        .unwrap();
    let complaints = text(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    Some((text(&output.stdout), complaints))
}
