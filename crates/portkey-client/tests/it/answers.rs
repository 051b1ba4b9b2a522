//! What is made of what comes back.

use portkey_client::{Answer, Error, ErrorKind, NotJson, Settings};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{client, read, settings, write};

async fn answer(response: ResponseTemplate) -> (Result<Answer, Error>, usize) {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    let result = client(&server.uri()).call(&write()).await;
    (result, server.received_requests().await.unwrap().len())
}

async fn failure(response: ResponseTemplate) -> Error {
    let (result, attempts) = answer(response).await;
    assert_eq!(attempts, 1);
    result.unwrap_err()
}

#[tokio::test]
async fn json_comes_as_it_is() {
    let body = json!({ "success": true, "data": { "flag": 1 } });
    let response = ResponseTemplate::new(200)
        .insert_header("x-portkey-trace-id", "t-1")
        .set_body_json(&body);
    let (answer, _) = answer(response).await;
    let answer = answer.unwrap();
    assert_eq!(answer.value, body);
    assert_eq!(answer.trace_id.as_deref(), Some("t-1"));
    assert!(!format!("{answer:?}").contains("flag"));
}

#[tokio::test]
async fn nothing_is_null() {
    for response in [
        ResponseTemplate::new(204),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_string(" \n"),
    ] {
        let (answer, _) = answer(response).await;
        assert_eq!(answer.unwrap().value, Value::Null);
    }
}

#[tokio::test]
async fn a_let_through_guardrail_failure_is_a_success() {
    let (answer, _) = answer(ResponseTemplate::new(246).set_body_json(json!({}))).await;
    assert_eq!(answer.unwrap().status, 246);
}

#[tokio::test]
async fn json_counts_whatever_it_is_called() {
    let response = ResponseTemplate::new(200).set_body_raw("{\"a\":1}", "text/plain");
    let (answer, _) = answer(response).await;
    assert_eq!(answer.unwrap().value, json!({ "a": 1 }));
}

#[tokio::test]
async fn pages_are_not_json() {
    let page = "<html><title>Sign in</title>secret</html>";
    let error = failure(ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    let Error::NotJson {
        status: 200,
        content_type,
        found,
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(content_type.as_deref(), Some("text/html"));
    assert!(matches!(found, NotJson::Html { title: Some(_) }));
    assert_eq!(
        error.to_string(),
        "HTTP 200: the answer is HTML titled `Sign in` (text/html)"
    );
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[tokio::test]
async fn cut_json_is_not_quoted() {
    let response = ResponseTemplate::new(200).set_body_raw("{\"key\":\"pk-new", "application/json");
    let error = failure(response).await;
    assert!(
        matches!(
            error,
            Error::NotJson {
                found: NotJson::Truncated { bytes: 14 },
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!format!("{error:?} {error}").contains("pk-new"));
}

#[tokio::test]
async fn refusals_tell_all() {
    let response = ResponseTemplate::new(403)
        .insert_header("x-request-id", "r-1")
        .set_body_json(json!({
            "success": false,
            "data": { "message": "Not allowed", "errorCode": "AB03" },
        }));
    let error = failure(response).await;
    let Error::Refused(refusal) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(refusal.status, 403);
    assert_eq!(refusal.code.as_deref(), Some("AB03"));
    assert_eq!(refusal.message.to_string(), "Not allowed");
    assert_eq!(refusal.trace_id.as_deref(), Some("r-1"));
    assert_eq!(refusal.attempts, 1);
    assert_eq!(error.to_string(), "HTTP 403 AB03: Not allowed");
}

#[tokio::test]
async fn every_status_has_a_kind() {
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Unauthenticated),
        (402, ErrorKind::Exhausted),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (408, ErrorKind::TimedOut),
        (409, ErrorKind::Conflict),
        (412, ErrorKind::Exhausted),
        (422, ErrorKind::Invalid),
        (446, ErrorKind::Invalid),
        (500, ErrorKind::Unexpected),
        (502, ErrorKind::Unreachable),
        (503, ErrorKind::Unreachable),
        (504, ErrorKind::TimedOut),
    ] {
        let error = failure(ResponseTemplate::new(status)).await;
        assert_eq!(error.kind(), kind, "{status}");
    }
}

#[tokio::test]
async fn redirects_are_told_and_not_followed() {
    let elsewhere = MockServer::start().await;
    let target = format!("{}/v1/things?token=x", elsewhere.uri());
    for status in [301, 302, 303, 307, 308] {
        let response = ResponseTemplate::new(status).insert_header("location", target.as_str());
        let error = failure(response).await;
        let Error::Redirected {
            status: told,
            location,
        } = &error
        else {
            panic!("{error:?}");
        };
        assert_eq!(*told, status);
        assert_eq!(*location, Some(format!("{}/v1/things", elsewhere.uri())));
        assert!(error.to_string().contains("base URL"));
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn large_answers_stay_outside() {
    let server = MockServer::start().await;
    let huge = vec![b' '; 50 * 1024 * 1024];
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_raw(huge, "application/json"))
        .mount(&server)
        .await;
    let error = client(&server.uri()).call(&read()).await.unwrap_err();
    let limit = Settings::default().max_response_bytes;
    assert!(
        matches!(error, Error::TooLarge { limit: told } if told == limit),
        "{error:?}"
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_limit_itself_fits() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_raw("[1,2]", "application/json"))
        .mount(&server)
        .await;
    for (max_response_bytes, fits) in [(5, true), (4, false)] {
        let client = portkey_client::Client::new(Settings {
            max_response_bytes,
            ..settings(&server.uri())
        });
        assert_eq!(client.call(&read()).await.is_ok(), fits);
    }
}
