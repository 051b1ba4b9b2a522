//! Faults: rules and headers that make requests go wrong.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
};

use portkey_sandbox::Options;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::client::{Client, each, sandbox, start};

const FAULT: &str = "x-sandbox-fault";

impl Client {
    async fn with_fault(&self, method: Method, path: &str, fault: &str) -> Response {
        let request = self.request(method, path).header(FAULT, fault);
        request.send().await.unwrap()
    }

    async fn rules(&self, rules: Value) {
        let body = json!({ "rules": rules });
        self.put("/_sandbox/faults", body).await;
    }

    /// The statuses of so many reads.
    async fn statuses(&self, path: &str, reads: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        for _ in 0..reads {
            statuses.push(self.send(Method::GET, path, None).await.0);
        }
        statuses
    }

    async fn workspaces(&self) -> Value {
        self.get("/admin/workspaces").await["total"].clone()
    }

    /// What comes back on a bare connection, and how it ends.
    async fn raw(&self, request: &str) -> (String, Option<ErrorKind>) {
        let url = self.sandbox.url();
        let address = url.strip_prefix("http://").unwrap();
        let address = address.strip_suffix("/v1").unwrap().to_owned();
        let key = &self.sandbox.keys().admin;
        let (line, rest) = request.split_once("\r\n").unwrap();
        let request = format!("{line}\r\nhost: {address}\r\nx-portkey-api-key: {key}\r\n{rest}");
        let exchange = move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            let end = stream.read_to_end(&mut answer).err();
            (
                String::from_utf8(answer).unwrap(),
                end.map(|error| error.kind()),
            )
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

const WRITE: &str =
    "content-type: application/json\r\ncontent-length: 16\r\n\r\n{\"name\": \"Lost\"}";

#[tokio::test]
async fn a_limit_says_when_to_come_back() {
    let admin = sandbox().await;
    let path = "/admin/workspaces";
    let limited = admin.with_fault(Method::GET, path, "status=429").await;
    assert_eq!(limited.status(), 429);
    assert_eq!(header(&limited, "retry-after"), "1");
    assert_eq!(header(&limited, FAULT), "status=429");
    let body: Value = limited.json().await.unwrap();
    assert_eq!(body["data"]["errorCode"], "AB06");
    let rule = "status=503, retry-after=7";
    let down = admin.with_fault(Method::GET, path, rule).await;
    assert_eq!(
        (down.status().as_u16(), header(&down, "retry-after")),
        (503, "7")
    );
}

#[tokio::test]
async fn faults_strike_requests_without_a_key_or_a_route_too() {
    let stranger = sandbox().await.with_key("");
    for path in ["/admin/workspaces", "/nowhere"] {
        let answer = stranger.with_fault(Method::GET, path, "status=599").await;
        assert_eq!(answer.status(), 599);
    }
}

#[tokio::test]
async fn an_error_strikes_before_the_operation_or_after_it() {
    let admin = sandbox().await;
    let path = "/admin/workspaces";
    for (rule, then) in [("status=500", 3), ("status=500, when=after", 4)] {
        let (status, headers, body) = admin
            .post_with(path, &[(FAULT, rule)], json!({ "name": "Struck" }))
            .await;
        assert_eq!(status, 500);
        assert_eq!(headers[FAULT], rule);
        assert_eq!(body["data"]["errorCode"], "AB04");
        assert_eq!(admin.workspaces().await, then, "{rule}");
    }
}

#[tokio::test]
async fn a_proxy_answers_with_a_page() {
    let admin = sandbox().await;
    for (rule, status) in [("html", 502), ("html, status=504", 504)] {
        let page = admin
            .with_fault(Method::GET, "/admin/workspaces", rule)
            .await;
        assert_eq!(page.status(), status);
        assert!(header(&page, "content-type").starts_with("text/html"));
        assert!(page.text().await.unwrap().contains(&status.to_string()));
    }
}

#[tokio::test]
async fn an_answer_is_cut_off_after_the_operation() {
    let admin = sandbox().await;
    let request = format!("POST /v1/admin/workspaces HTTP/1.1\r\n{FAULT}: truncate\r\n{WRITE}");
    let (answer, end) = admin.raw(&request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lengths = head
        .lines()
        .filter_map(|line| line.strip_prefix("content-length: "));
    let length: usize = lengths.next().unwrap().parse().unwrap();
    assert_eq!((body.len(), lengths.next()), (length / 2, None), "{answer}");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("x-sandbox-fault: truncate"));
    assert_eq!(end, None, "the connection is closed, not reset");
    assert_eq!(admin.workspaces().await, 4);
}

#[tokio::test]
async fn a_reset_leaves_no_answer_whether_or_not_something_was_done() {
    let admin = sandbox().await;
    for (rule, then) in [("reset", 3), ("reset, when=after", 4)] {
        let request = format!("POST /v1/admin/workspaces HTTP/1.1\r\n{FAULT}: {rule}\r\n{WRITE}");
        let (answer, end) = admin.raw(&request).await;
        assert_eq!(answer, "");
        assert_eq!(end, Some(ErrorKind::ConnectionReset));
        assert_eq!(admin.workspaces().await, then, "{rule}");
    }
}

#[tokio::test]
async fn an_answer_is_late_but_the_same() {
    let admin = sandbox().await;
    let path = "/admin/workspaces";
    let began = std::time::Instant::now();
    let late = admin.with_fault(Method::GET, path, "latency=30").await;
    assert!(began.elapsed().as_millis() >= 30);
    assert_eq!(header(&late, FAULT), "latency=30");
    let body: Value = late.json().await.unwrap();
    assert_eq!(body, admin.get(path).await);
}

#[tokio::test]
async fn rules_stand_until_they_are_replaced() {
    let admin = sandbox().await;
    let path = "/admin/workspaces";
    admin
        .rules(json!(["status=429, first=2", { "status": 503, "first": 1, "method": "GET" }]))
        .await;
    assert_eq!(admin.statuses(path, 5).await, [429, 429, 503, 200, 200]);
    let told = admin.get("/_sandbox/faults").await;
    assert_eq!(
        told["rules"],
        json!([
            { "rule": "status=429, first=2", "seen": 5, "struck": 2 },
            { "rule": "status=503, method=GET, first=1", "seen": 3, "struck": 1 },
        ])
    );
    admin.rules(json!(["status=500, every=3"])).await;
    assert_eq!(
        admin.statuses(path, 6).await,
        [200, 200, 500, 200, 200, 500]
    );
    admin.delete("/_sandbox/faults").await;
    assert_eq!(admin.statuses(path, 3).await, [200; 3]);
}

#[tokio::test]
async fn rules_keep_to_their_method_and_path() {
    let admin = sandbox().await;
    admin
        .rules(json!(["status=500, method=GET, path=/v1/configs*"]))
        .await;
    assert_eq!(admin.statuses("/configs", 1).await, [500]);
    assert_eq!(admin.statuses("/configs/pc-none", 1).await, [500]);
    assert_eq!(admin.statuses("/prompts", 1).await, [200]);
    let (status, _) = admin.send(Method::DELETE, "/configs/pc-none", None).await;
    assert_eq!(status, 404);
    // Not even a rule for everything keeps anyone from taking it back.
    admin.rules(json!(["reset"])).await;
    admin.delete("/_sandbox/faults").await;
    assert_eq!(admin.statuses("/configs", 1).await, [200]);
}

#[tokio::test]
async fn a_rule_that_is_none_is_refused() {
    let admin = sandbox().await;
    admin.rules(json!(["status=503"])).await;
    for (rule, problem) in [
        (json!("status=200"), "429"),
        (json!("lateness=3"), "lateness"),
        (json!({ "latency": "long" }), "latency"),
        (json!(7), "text or an object"),
    ] {
        let body = json!({ "rules": ["reset", rule] });
        let refused = admin.refusal("PUT", "/_sandbox/faults", body).await;
        refused.is(400, "AB01", problem);
    }
    assert_eq!(
        admin.statuses("/configs", 1).await,
        [503],
        "nothing changed"
    );
    for rule in ["nonsense", "reset, first=1"] {
        let answer = admin.with_fault(Method::GET, "/configs", rule).await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains(rule));
    }
}

#[tokio::test]
async fn a_sandbox_may_start_with_faults() {
    let options = Options {
        faults: vec!["status=503, first=1".parse().unwrap()],
        ..Options::default()
    };
    let admin = start(options).await;
    assert_eq!(admin.statuses("/configs", 2).await, [503, 200]);
    admin.rules(json!([])).await;
    assert_eq!(admin.statuses("/configs", 1).await, [200]);
    admin.post("/_sandbox/reset", json!({})).await;
    assert_eq!(admin.statuses("/configs", 2).await, [503, 200]);
}

#[tokio::test]
async fn reads_see_a_write_late() {
    let admin = sandbox().await;
    admin
        .rules(json!(["stale=60000, path=/v1/admin/workspaces"]))
        .await;
    let path = "/admin/workspaces";
    let made = admin.post(path, json!({ "name": "Late" })).await;
    let id = made["id"].as_str().unwrap();
    let stale = admin.request(Method::GET, path).send().await.unwrap();
    assert_eq!(header(&stale, FAULT), "stale");
    assert_eq!(stale.json::<Value>().await.unwrap()["total"], 3);
    admin
        .refusal("GET", &format!("{path}/{id}"), json!({}))
        .await
        .is(404, "AB08", "workspace");
    // Writes see everything, and half a minute later so does the next write's past.
    admin
        .refusal("POST", path, json!({ "name": "Late" }))
        .await
        .is(409, "AB07", "name");
    let half = json!({ "milliseconds": 30_000 });
    admin.put("/_sandbox/clock", half.clone()).await;
    admin.post(path, json!({ "name": "Later" })).await;
    assert_eq!(admin.workspaces().await, 3);
    admin.put("/_sandbox/clock", half.clone()).await;
    assert_eq!(admin.workspaces().await, 4);
    admin.put("/_sandbox/clock", half).await;
    let current = admin.request(Method::GET, path).send().await.unwrap();
    assert!(!current.headers().contains_key(FAULT));
    let current: Value = current.json().await.unwrap();
    assert!(each(&current, "name").contains(&&json!("Later")));
}

#[tokio::test]
async fn one_write_may_be_late_alone() {
    let admin = sandbox().await;
    let path = "/admin/workspaces";
    let late = [(FAULT, "stale=60000")];
    let body = json!({ "name": "Late" });
    let (status, _, _) = admin.post_with(path, &late, body).await;
    assert_eq!((status, admin.workspaces().await), (200, json!(3)));
    admin
        .put("/_sandbox/clock", json!({ "milliseconds": 60_000 }))
        .await;
    assert_eq!(admin.workspaces().await, 4);
}
