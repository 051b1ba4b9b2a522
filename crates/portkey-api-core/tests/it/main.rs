//! The frame with a vendor of its own: what a crate of operations needs is here, and nothing else.
#![expect(
    clippy::unwrap_used,
    reason = "tests fail by panicking, their helpers too"
)]

mod lamps;

use portkey_api_core::{Advice, Marks, Problem, Vendor};

/// Acme, who makes lamps.
static VENDOR: Vendor = Vendor {
    marks: Marks {
        advice: |schema| {
            schema.get("x-colour")?;
            Some(Advice::Value(|colour, path, problems| {
                if colour == "ultraviolet" {
                    problems.note(|| Problem::rule(path, "nobody will see it"));
                }
            }))
        },
        secrets: |schema| {
            schema.get("x-wiring")?;
            Some(|value, path, visit| visit(path, value))
        },
    },
    ..Vendor::new("Acme", || &[lamps::DOMAIN])
};

/// Wrong declarations and what the compiler says about them.
#[test]
fn wrong_declarations_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
