//! Every destructive tool, by what the client can do, what its user does, how strict the server is, transport and era.

use portkey_api::Location;
use portkey_engine::catalog::Tool;
use portkey_workflows::catalog;
use serde_json::{Value, json};

use super::{
    client::{Client, Ended, Era, Reply},
    upstream::Upstream,
};
use crate::{process::Wire, served::Served};

const ERAS: [Era; 2] = [Era::Handshake, Era::Modern];
const ABILITIES: [Option<Reply>; 6] = [
    None,
    Some(Reply::Accept),
    Some(Reply::Blank),
    Some(Reply::Decline),
    Some(Reply::Cancel),
    Some(Reply::Silence),
];
const TOOLS: [&str; 2] = ["--toolsets", "all,delete_mcp_server_tokens"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Stdio,
    Http,
}

/// What must become of a call.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It is made, and nobody is asked.
    Made,
    /// The user is asked, and it is made.
    Agreed,
    /// The user is asked, and it is not made.
    Refused,
    /// It is not made before it comes again with a token.
    Twice,
}

fn fate(mode: &str, transport: Transport, reply: Option<Reply>) -> Fate {
    match (mode, reply, transport) {
        ("never", _, _) | ("auto", None, Transport::Stdio) => Fate::Made,
        (_, None, _) => Fate::Twice,
        (_, Some(Reply::Accept), _) => Fate::Agreed,
        _ => Fate::Refused,
    }
}

/// Destructive operations, each with arguments. `undo_change` needs a change to undo: `undo/journal.rs` confirms one.
fn destructive() -> Vec<(Tool, Value)> {
    let tools = catalog()
        .tools()
        .filter(|tool| tool.declaration().destructive);
    let tools = tools.filter(|tool| tool.name() != "undo_change");
    let all: Vec<_> = tools.map(|tool| (tool, arguments(tool))).collect();
    assert!(all.len() > 20, "{}", all.len());
    all
}

fn arguments(tool: Tool) -> Value {
    match tool {
        Tool::Operation(operation) => Value::Object(portkey_examples::most(operation)),
        Tool::Workflow(_) => panic!("say what {} is called with", tool.name()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn never() {
    table("never").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn auto() {
    table("auto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn always() {
    table("always").await;
}

async fn table(mode: &str) {
    let upstream = Upstream::start().await;
    let settings = upstream.settings();
    let start = |patience: &'static str| {
        let flags = ["--confirm", mode, "--confirm-patience", patience];
        let plenty = ["--quota-deletes", "100000/h", "--quota-keys", "100000/h"];
        ([&TOOLS[..], &flags, &plenty].concat(), settings)
    };
    // A user who never answers is not waited for; the others have all the time they need.
    let (flags, settings) = start("1h");
    let patient = Served::start(&flags, &settings);
    let (flags, settings) = start("25ms");
    let hasty = Served::start(&flags, &settings);
    for era in ERAS {
        for reply in ABILITIES {
            let is_silent = reply == Some(Reply::Silence);
            let (flags, settings) = start(if is_silent { "25ms" } else { "1h" });
            let wire = Wire::start(&flags, &settings);
            let stdio = Client::on_stdio(wire, era, reply);
            check(mode, Transport::Stdio, stdio, &upstream).await;
            let server = if is_silent { &hasty } else { &patient };
            let http = Client::on_http(server, era, reply).await;
            check(mode, Transport::Http, http, &upstream).await;
        }
    }
}

/// Calls every destructive tool.
async fn check(mode: &str, transport: Transport, mut client: Client<'_>, upstream: &Upstream) {
    let fate = fate(mode, transport, client.reply);
    for (tool, arguments) in destructive() {
        let ended = client.calls(tool.name(), &arguments).await;
        let touched = upstream.touched();
        let (era, reply) = (client.era, client.reply);
        let case = format!("{} {mode} {transport:?} {era:?} {reply:?}", tool.name());
        let expected = usize::from(matches!(fate, Fate::Made | Fate::Agreed));
        assert_eq!(touched, expected, "{case}: {ended:?}");
        match fate {
            Fate::Made => assert_eq!(ended.question, None, "{case}"),
            Fate::Agreed | Fate::Refused => {
                let question = ended.question.as_deref().expect(&case);
                shows_the_consequence(question, tool, &arguments);
            }
            Fate::Twice => {
                assert_eq!(ended.question, None, "{case}");
                twice(&mut client, tool, arguments, &ended, upstream).await;
            }
        }
        if let Some(result) = &ended.result {
            let is_error = fate == Fate::Refused;
            assert_eq!(result["isError"], is_error, "{case}: {result}");
            let text = result["content"][0]["text"].as_str().unwrap();
            assert!(
                !is_error || text.contains("Nothing was done"),
                "{case}: {text}"
            );
        }
    }
}

/// The token makes the call, once.
async fn twice(
    client: &mut Client<'_>,
    tool: Tool,
    mut arguments: Value,
    ended: &Ended,
    upstream: &Upstream,
) {
    let told = answer(ended);
    assert_eq!(told["done"], false, "{told}");
    shows_the_consequence(told["would_do"].as_str().unwrap(), tool, &arguments);
    arguments["confirmation"] = told["confirmation"].clone();
    for (is_error, touched) in [(false, 1), (true, 0)] {
        let ended = client.calls(tool.name(), &arguments).await;
        let result = ended.result.unwrap();
        assert_eq!(result["isError"], is_error, "{}: {result}", tool.name());
        assert_eq!(upstream.touched(), touched, "{}", tool.name());
    }
}

fn answer(ended: &Ended) -> Value {
    let result = ended.result.as_ref().unwrap();
    let text = result["content"][0]["text"].as_str().unwrap();
    serde_json::from_str(text).unwrap()
}

/// Sentences: what is done, to what by its name, what that means.
fn shows_the_consequence(text: &str, tool: Tool, arguments: &Value) {
    let declaration = tool.declaration();
    assert!(text.starts_with(declaration.title), "{text}");
    assert!(text.contains(declaration.description), "{text}");
    let Tool::Operation(operation) = tool else {
        return;
    };
    for argument in declaration.arguments {
        if argument.location == Location::Path {
            let shown = format!("{} {}", argument.name, json!(arguments[argument.name]));
            assert!(text.contains(&shown), "{shown}: {text}");
        }
    }
    if catalog().reader(operation).is_some() {
        assert!(text.contains(r#"Some \"name\""#), "{text}");
    }
}
