//! Who is let in by tokens of a real identity provider, and who is not.

mod rules;

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header::WWW_AUTHENTICATE};
use serde_json::{Value, json};

use crate::{
    identity_provider::{IdentityProvider, RESOURCE},
    served::{Served, message},
};

const OPEN: &str = "[[issuers]]\nissuer = 'ISSUER'\n[[grants]]\ntoolsets = 'workspaces'\n";

/// Ends the test where there is no provider.
macro_rules! provider {
    () => {
        match IdentityProvider::start() {
            Some(provider) => provider,
            None => return,
        }
    };
}

use provider;

fn list(server: &Served) -> RequestBuilder {
    server.modern("tools/list", json!({}))
}

fn call(server: &Served, tool: &str) -> RequestBuilder {
    server.modern("tools/call", json!({ "name": tool, "arguments": {} }))
}

async fn with(request: RequestBuilder, token: &str) -> Response {
    request.bearer_auth(token).send().await.unwrap()
}

fn challenge(response: &Response) -> String {
    let header = response.headers().get(WWW_AUTHENTICATE);
    header.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

async fn tools(server: &Served, token: &str) -> Vec<String> {
    let listed = with(list(server), token).await;
    assert_eq!(listed.status(), StatusCode::OK);
    let listed = message(listed).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    let names = tools.iter().map(|tool| tool["name"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn only_tokens_made_for_this_server_by_its_issuer_now_are_good() {
    let provider = provider!();
    let server = provider.serve(OPEN);
    let good = provider.token("alice", "portkey:use").await;
    assert_eq!(with(list(&server), &good).await.status(), StatusCode::OK);

    let elsewhere = provider
        .token_for("alice", "portkey:use", "https://other.example.com/mcp")
        .await;
    let signed = async |mut claims: Value, header: Value, key: &str| {
        claims["aud"] = claims.get("aud").cloned().unwrap_or(json!(RESOURCE));
        claims["exp"] = claims.get("exp").cloned().unwrap_or(json!(300));
        provider.signed(claims, header, key).await
    };
    let none = json!({});
    let bare = provider
        .signed(json!({ "exp": 300 }), none.clone(), "own")
        .await;
    let endless = provider
        .signed(json!({ "aud": RESOURCE }), none.clone(), "own")
        .await;
    let cases = [
        ("garbage", "garbage".to_owned(), "cannot be read"),
        ("another audience", elsewhere, "not made for this server"),
        ("no audience", bare, "claim 'aud'"),
        ("no end", endless, "claim 'exp'"),
        (
            "expired",
            signed(json!({ "exp": -60 }), none.clone(), "own").await,
            "has expired",
        ),
        (
            "early",
            signed(json!({ "nbf": 90 }), none.clone(), "own").await,
            "not valid yet",
        ),
        (
            "another issuer",
            signed(
                json!({ "iss": "https://id.example.com" }),
                none.clone(),
                "own",
            )
            .await,
            "issuer is not accepted",
        ),
        (
            "no subject",
            signed(json!({ "sub": null }), none.clone(), "own").await,
            "claim 'sub'",
        ),
        (
            "a foreign key",
            signed(json!({}), none.clone(), "foreign").await,
            "signature is wrong",
        ),
        (
            "an unknown key",
            signed(json!({}), json!({ "kid": "another" }), "own").await,
            "no such key",
        ),
        (
            "no signature",
            signed(json!({}), none.clone(), "none").await,
            "cannot be read",
        ),
        (
            "a shared secret",
            signed(json!({}), none.clone(), "shared").await,
            "algorithm",
        ),
        (
            "a bound token",
            signed(json!({ "cnf": { "jkt": "x" } }), none.clone(), "own").await,
            "bound to a key",
        ),
    ];
    for (case, token, why) in &cases {
        let refused = with(list(&server), token).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{case}");
        let challenge = challenge(&refused);
        assert!(
            challenge.contains("error=\"invalid_token\""),
            "{case}: {challenge}"
        );
        assert!(challenge.contains(why), "{case}: {challenge}");
        let body: Value = refused.json().await.unwrap();
        assert_eq!(body["error"], "invalid_token", "{case}");
    }

    // Clocks differ by some seconds.
    for claims in [
        json!({ "exp": -10 }),
        json!({ "nbf": 10 }),
        json!({ "aud": ["x", RESOURCE] }),
    ] {
        let token = signed(claims.clone(), none.clone(), "own").await;
        assert_eq!(
            with(list(&server), &token).await.status(),
            StatusCode::OK,
            "{claims}"
        );
    }
}

#[tokio::test]
async fn only_access_tokens_are_access_tokens() {
    let provider = provider!();
    let server = provider.serve(OPEN);
    let send = async |mut claims: Value, header: Value| {
        claims["aud"] = json!(RESOURCE);
        claims["exp"] = json!(300);
        let token = provider.signed(claims, header, "own").await;
        with(list(&server), &token).await
    };
    let none = json!({});
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"] {
        let taken = send(none.clone(), json!({ "typ": typ })).await;
        assert_eq!(taken.status(), StatusCode::OK, "{typ}");
    }
    for typ in [
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "id+jwt",
        "oauth-authz-req+jwt",
        "at+jwt+x",
        "",
    ] {
        let refused = send(none.clone(), json!({ "typ": typ })).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{typ}");
        let challenge = challenge(&refused);
        assert!(challenge.contains("no access token"), "{typ}: {challenge}");
    }
    for claims in [
        json!({ "at_hash": "x" }),
        json!({ "c_hash": "x" }),
        json!({ "nonce": "x", "scope": null }),
        json!({ "token_use": "id" }),
        json!({ "typ": "ID" }),
        json!({ "typ": "Refresh" }),
        json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} } }),
    ] {
        let refused = send(claims.clone(), none.clone()).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{claims}");
    }
    for claims in [
        // Older Keycloaks repeat the nonce in access tokens.
        json!({ "nonce": "x", "typ": "Bearer" }),
        json!({ "token_use": "access" }),
    ] {
        let taken = send(claims.clone(), none.clone()).await;
        assert_eq!(taken.status(), StatusCode::OK, "{claims}");
    }
}

#[tokio::test]
async fn a_client_without_token_learns_where_to_get_one() {
    let provider = provider!();
    let server = provider.serve(
        "[[issuers]]\nissuer = 'ISSUER'\nrequired-scopes = ['portkey:use']\n\
         [[grants]]\nscopes = ['portkey:write']\nstep-up = { 'portkey:admin' = 'keys' }\n",
    );
    let refused = list(&server).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let place = "/.well-known/oauth-protected-resource/mcp";
    assert_eq!(
        challenge(&refused),
        format!(
            "Bearer realm=\"portkey-mcp\", resource_metadata=\"https://mcp.example.com{place}\", \
             scope=\"portkey:use\""
        )
    );
    for path in [place, "/.well-known/oauth-protected-resource"] {
        let answer = server.client.get(server.url(path)).send().await.unwrap();
        let metadata: Value = answer.json().await.unwrap();
        assert_eq!(metadata["resource"], RESOURCE);
        assert_eq!(metadata["authorization_servers"], json!([provider.issuer]));
        assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
        let scopes = json!(["portkey:admin", "portkey:use", "portkey:write"]);
        assert_eq!(metadata["scopes_supported"], scopes);
    }
    // In the address, where logs show it, a token counts for nothing.
    let token = provider.token("alice", "portkey:use portkey:write").await;
    let url = server.url(&format!("/mcp?access_token={token}"));
    let refused = server
        .client
        .post(url)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_algorithm_that_proves_something_is_understood() {
    let provider = provider!();
    for algorithm in ["RS256", "PS256", "ES256", "ES384", "EdDSA"] {
        provider.rotate(algorithm).await;
        let server = provider.serve(OPEN);
        let token = provider.token("alice", "portkey:use").await;
        let answer = with(list(&server), &token).await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "{algorithm}: {}",
            challenge(&answer)
        );
    }
}

#[tokio::test]
async fn rotated_keys_are_fetched_and_the_old_ones_stop_counting() {
    let provider = provider!();
    let server = provider.serve(OPEN);
    let old = provider.token("alice", "portkey:use").await;
    assert_eq!(with(list(&server), &old).await.status(), StatusCode::OK);
    provider.rotate("ES256").await;
    let new = provider.token("alice", "portkey:use").await;
    // The issuer is not asked again at once, or anybody could make this server ask all the time.
    let mut status = StatusCode::UNAUTHORIZED;
    for _ in 0..60 {
        status = with(list(&server), &new).await.status();
        if status == StatusCode::OK {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        with(list(&server), &old).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn an_issuer_that_is_away_keeps_out_nobody_whose_key_is_known() {
    let provider = provider!();
    let (server, other) = (provider.serve(OPEN), provider.serve(OPEN));
    let token = provider.token("alice", "portkey:use").await;
    assert_eq!(with(list(&server), &token).await.status(), StatusCode::OK);
    drop(provider);
    assert_eq!(with(list(&server), &token).await.status(), StatusCode::OK);
    // Who never had the keys cannot know.
    let unknown = with(list(&other), &token).await;
    assert_eq!(unknown.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unknown.headers()["retry-after"], "10");
}
