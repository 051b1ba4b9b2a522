//! Whoever comes from another server finds its tools and arguments here.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use portkey_api::{JsonObject, Reason, parse_arguments};
use portkey_workflows::catalog;
use serde_json::json;
use xtask::docs::peer::{self, Counterpart};

/// Arguments that Portkey's API has no place for. Each is refused with what to give instead.
const LACKING: [(&str, &str); 3] = [
    ("create_prompt", "ai_model_id"),
    ("create_prompt", "finetune_id"),
    ("list_audit_logs", "resource_id"),
];

#[test]
fn every_tool_of_another_server_is_found_by_its_name() {
    let unknown = peer::tools().filter(|peer| catalog().find(peer.name).is_err());
    let unknown: Vec<_> = unknown.map(|peer| peer.name).collect();
    assert_eq!(unknown, [""; 0]);
    assert!(peer::tools().count() > 180);
}

#[test]
fn every_argument_of_another_server_is_taken_or_answered_with_advice() {
    let (mut advised, mut unknown, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for peer in peer::tools() {
        let tool = catalog().find(peer.name).unwrap();
        let declaration = tool.declaration();
        for argument in peer.arguments {
            let counterpart = peer::counterpart(declaration, argument);
            match counterpart {
                Counterpart::Argument(_) => {}
                Counterpart::Advice(_) => advised.push((peer.name, argument)),
                Counterpart::Nothing => unknown.push((peer.name, argument)),
            }
            // The parser agrees.
            let arguments = JsonObject::from_iter([(argument.to_owned(), json!({ "no": 1 }))]);
            let problems = parse_arguments(declaration, arguments).err();
            let problems = problems.into_iter().flat_map(|refusal| refusal.problems);
            let is_unknown = problems
                .filter(|problem| problem.path == argument)
                .any(|problem| matches!(problem.reason, Reason::Unknown { .. }));
            if is_unknown != (counterpart == Counterpart::Nothing) {
                wrong.push((peer.name, argument));
            }
        }
    }
    assert_eq!(advised, LACKING);
    assert_eq!(unknown, [("", ""); 0]);
    assert_eq!(wrong, [("", ""); 0]);
}

#[test]
fn what_the_api_lacks_is_refused_by_name_with_advice() {
    for (tool, argument) in LACKING {
        let tool = catalog().find(tool).unwrap();
        let arguments = JsonObject::from_iter([(argument.to_owned(), json!("x"))]);
        let refusal = parse_arguments(tool.declaration(), arguments).unwrap_err();
        let told = refusal.to_string();
        assert!(
            told.contains(&format!("- `{argument}`: Portkey's API")),
            "{told}"
        );
    }
}
