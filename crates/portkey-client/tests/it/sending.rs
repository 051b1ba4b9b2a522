//! What goes over the wire.

use portkey_api::{
    Base, Keys, Request,
    workspaces::{DeleteWorkspace, GetWorkspace},
};
use portkey_client::{Client, Error, ErrorKind, Settings, Unsendable};
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_json, header, headers, method, path, query_param},
};

use crate::{client, read, settings, write};

async fn answering(status: u16, body: serde_json::Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    server
}

async fn last(server: &MockServer) -> wiremock::Request {
    server.received_requests().await.unwrap().pop().unwrap()
}

#[tokio::test]
async fn sends_head_and_body() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/things"))
        .and(query_param("page", "a b"))
        .and(header("x-portkey-api-key", "pk-test"))
        .and(header("x-portkey-trace-id", "mine"))
        .and(headers("content-type", vec!["application/json"]))
        .and(headers("accept", vec!["application/json"]))
        .and(header(
            "user-agent",
            concat!("portkey-client/", env!("CARGO_PKG_VERSION")),
        ))
        .and(body_json(json!({ "name": "é" })))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({ "id": 1 })))
        .mount(&server)
        .await;
    let mut request = write();
    request.target = "/things?page=a%20b".to_owned();
    request.headers = vec![("x-portkey-trace-id", "mine".to_owned())];
    request.body = Some(json!({ "name": "é" }));
    let answer = client(&server.uri()).call(&request).await.unwrap();
    assert_eq!(answer.status, 201);
    assert_eq!(answer.value, json!({ "id": 1 }));
}

#[tokio::test]
async fn no_body_without_one() {
    let server = answering(200, json!({})).await;
    client(&server.uri()).call(&read()).await.unwrap();
    let request = last(&server).await;
    assert!(request.body.is_empty());
    assert!(!request.headers.contains_key("content-type"));
}

#[tokio::test]
async fn every_base_has_its_address_and_key() {
    let control = answering(200, json!({})).await;
    let gateway = answering(200, json!({})).await;
    let client = Client::new(Settings {
        base_url: format!("{}/portkey/v1", control.uri()).parse().unwrap(),
        gateway_url: gateway.uri().parse().ok(),
        workspace_api_key: Some("pk-workspace".into()),
        ..settings(&control.uri())
    });
    for (base, keys, server, path, key) in [
        (
            Base::Control,
            Keys::Any,
            &control,
            "/portkey/v1/things",
            Some("pk-test"),
        ),
        (
            Base::Control,
            Keys::Admin,
            &control,
            "/portkey/v1/things",
            Some("pk-test"),
        ),
        (
            Base::V2,
            Keys::Any,
            &control,
            "/portkey/v2/things",
            Some("pk-test"),
        ),
        (
            Base::Gateway,
            Keys::Workspace,
            &gateway,
            "/v1/things",
            Some("pk-workspace"),
        ),
        (
            Base::Control,
            Keys::None,
            &control,
            "/portkey/v1/things",
            None,
        ),
        (Base::Public, Keys::Any, &control, "/things", None),
    ] {
        let request = Request {
            base,
            keys,
            ..read()
        };
        client.call(&request).await.unwrap();
        let received = last(server).await;
        assert_eq!(received.url.path(), path);
        let sent = received.headers.get("x-portkey-api-key");
        assert_eq!(
            sent.map(|key| key.to_str().unwrap()),
            key,
            "{base:?} {keys:?}"
        );
    }
}

#[tokio::test]
async fn workspace_calls_fall_back_to_the_one_key() {
    let server = answering(200, json!({})).await;
    let request = Request {
        keys: Keys::Workspace,
        ..read()
    };
    client(&server.uri()).call(&request).await.unwrap();
    let received = last(&server).await;
    assert_eq!(
        received.headers.get("x-portkey-api-key").unwrap(),
        "pk-test"
    );
}

#[tokio::test]
async fn nothing_is_sent_without_a_usable_key() {
    let server = answering(200, json!({})).await;
    let with = |key: Option<&str>| {
        Client::new(Settings {
            api_key: key.map(Into::into),
            workspace_api_key: Some("pk-workspace".into()),
            ..settings(&server.uri())
        })
    };
    for key in [None, Some("")] {
        let error = with(key).call(&read()).await.unwrap_err();
        assert!(matches!(error, Error::NoKey), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    }
    for key in ["pk\n", "pk 1", "schlüssel"] {
        let error = with(Some(key)).call(&read()).await.unwrap_err();
        assert!(
            matches!(error, Error::Unsendable(Unsendable::Key)),
            "{error:?}"
        );
        assert!(!format!("{error:?} {error}").contains(key));
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_that_means_something_else() {
    let server = answering(200, json!({})).await;
    let client = client(&server.uri());
    for id in ["..", "."] {
        let endpoint = GetWorkspace {
            workspace_id: id.into(),
            name_format: None,
        };
        let error = client.send(&endpoint).await.unwrap_err();
        assert!(
            matches!(error, Error::Unsendable(Unsendable::Arguments(_))),
            "{error:?}"
        );
        let request = Request {
            target: format!("/things/{id}"),
            ..read()
        };
        let error = client.call(&request).await.unwrap_err();
        assert!(
            matches!(error, Error::Unsendable(Unsendable::Path { .. })),
            "{error:?}"
        );
    }
    let request = Request {
        headers: vec![("x-a", "\r\nx-b: 1".to_owned())],
        ..read()
    };
    let error = client.call(&request).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Unsendable(Unsendable::Header { name: "x-a", .. })
        ),
        "{error:?}"
    );
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn strange_ids_stay_one_segment() {
    let server = answering(200, json!({})).await;
    let id = "..a?b#c;é@1";
    let endpoint = GetWorkspace {
        workspace_id: id.into(),
        name_format: None,
    };
    client(&server.uri())
        .call(&Request::to(&endpoint).unwrap())
        .await
        .unwrap();
    let received = last(&server).await;
    assert_eq!(
        received.url.path(),
        "/v1/admin/workspaces/..a%3Fb%23c%3B%C3%A9@1"
    );
}

#[tokio::test]
async fn typed_answers() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "success": true,
            "data": { "id": "ws-1", "slug": "one", "name": "One", "new_field": 1 },
        })))
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let client = client(&server.uri());
    let workspace = client
        .send(&GetWorkspace {
            workspace_id: "ws-1".into(),
            name_format: None,
        })
        .await
        .unwrap();
    assert_eq!(serde_json::to_value(&workspace).unwrap()["new_field"], 1);
    let gone = DeleteWorkspace {
        workspace_id: "ws-1".into(),
        name: Some("One".to_owned()),
        force_delete: None,
    };
    client.send(&gone).await.unwrap();
}

#[tokio::test]
async fn answers_of_another_form_name_the_operation() {
    let server = answering(200, json!([1])).await;
    let error = client(&server.uri())
        .send(&GetWorkspace {
            workspace_id: "ws-1".into(),
            name_format: None,
        })
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Unreadable {
                operation: "get_workspace",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[tokio::test]
async fn calls_may_run_on_other_threads() {
    let server = answering(200, json!({})).await;
    let client = client(&server.uri());
    let calls = (0..8).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.call(&read()).await.unwrap().status })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 200);
    }
}
