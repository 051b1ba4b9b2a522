//! Who is let in by tokens of a real identity provider, and who is not.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header::WWW_AUTHENTICATE};
use serde_json::{Value, json};

use crate::{
    identity_provider::{IdentityProvider, PUBLIC, RESOURCE, serve},
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

#[tokio::test]
async fn a_token_with_too_few_scopes_is_told_which_it_needs() {
    let provider = provider!();
    let server = provider.serve(
        "[[issuers]]\nissuer = 'ISSUER'\nrequired-scopes = ['portkey:use']\n\
         [[grants]]\nscopes = ['portkey:write']\ntoolsets = 'workspaces,users'\n\
         step-up = { 'portkey:admin' = 'users' }\n",
    );
    let needed = async |request: RequestBuilder, scope: &str| {
        let token = provider.token("alice", scope).await;
        let refused = with(request, &token).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let challenge = challenge(&refused);
        assert!(
            challenge.contains("error=\"insufficient_scope\""),
            "{challenge}"
        );
        assert!(challenge.contains("resource_metadata="), "{challenge}");
        challenge.split_once(", scope=").unwrap().1.to_owned()
    };
    let at_all = needed(list(&server), "portkey:admin").await;
    assert_eq!(at_all, "\"portkey:admin portkey:use\"");
    let by_rule = needed(list(&server), "portkey:use").await;
    assert_eq!(by_rule, "\"portkey:use portkey:write\"");
    let by_tool = needed(call(&server, "list_all_users"), "portkey:use portkey:write").await;
    assert_eq!(by_tool, "\"portkey:admin portkey:use portkey:write\"");

    let weak = provider.token("alice", "portkey:use portkey:write").await;
    let names = tools(&server, &weak).await;
    assert!(
        names.iter().any(|name| name == "list_all_users"),
        "{names:?}"
    );
    let called = message(with(call(&server, "list_workspaces"), &weak).await).await;
    assert_eq!(called["result"]["isError"], false, "{called}");
    // Clients of older revisions, which name the tool in the body alone.
    let older = json!({
        "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "list_all_users", "arguments": {} },
    });
    let refused = with(server.post(&older), &weak).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    // No name that the endpoint reads in another way gets past.
    let alias = with(call(&server, "list_all_users "), &weak).await;
    assert!(message(alias).await["error"].is_object());

    let strong = provider
        .token("alice", "portkey:use portkey:write portkey:admin")
        .await;
    let called = message(with(call(&server, "list_all_users"), &strong).await).await;
    assert_eq!(called["result"]["isError"], false, "{called}");
}

#[tokio::test]
async fn groups_and_names_decide_over_tools() {
    let provider = provider!();
    let server = provider.serve(
        "[[issuers]]\nissuer = 'ISSUER'\nname-claim = 'email'\ngroups-claim = 'realm_access.roles'\n\
         [[grants]]\nprincipal = 'bob@example.com'\ntoolsets = 'list_workspaces'\n\
         [[grants]]\ngroup = 'platform'\ntoolsets = 'users'\n",
    );
    let bob = provider.token("bob", "portkey:use").await;
    assert_eq!(tools(&server, &bob).await, ["list_workspaces"]);
    let alice = provider.token("alice", "portkey:use").await;
    let names = tools(&server, &alice).await;
    assert!(
        names.iter().any(|name| name == "list_all_users"),
        "{names:?}"
    );
    assert!(
        !names.iter().any(|name| name == "list_workspaces"),
        "{names:?}"
    );
    let called = message(with(call(&server, "list_workspaces"), &alice).await).await;
    assert!(
        called
            .to_string()
            .contains("not in this server's tool sets"),
        "{called}"
    );

    let mallory = provider.token("mallory", "portkey:use").await;
    let refused = with(list(&server), &mallory).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"], "access_denied");
    let claims =
        json!({ "aud": RESOURCE, "exp": 300, "email": "bob@example.com", "email_verified": false });
    let claimed = provider.signed(claims, json!({}), "own").await;
    assert_eq!(
        with(list(&server), &claimed).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn two_issuers_never_mean_the_same_person() {
    let (one, two) = (provider!(), provider!());
    let server = serve(
        &["--public-url", PUBLIC],
        &format!(
            "[[issuers]]\nissuer = '{0}'\n[[issuers]]\nissuer = '{1}'\n\
         [[grants]]\nissuer = '{0}'\nprincipal = 'alice'\ntoolsets = 'users'\n\
         [[grants]]\nissuer = '{1}'\nprincipal = 'bob'\ntoolsets = 'workspaces'\n",
            one.issuer, two.issuer
        ),
    );
    let status = async |provider: &IdentityProvider, who: &str| {
        let token = provider.token(who, "portkey:use").await;
        with(list(&server), &token).await.status()
    };
    assert_eq!(status(&one, "alice").await, StatusCode::OK);
    assert_eq!(status(&two, "alice").await, StatusCode::FORBIDDEN);
    assert_eq!(status(&two, "bob").await, StatusCode::OK);
    assert_eq!(status(&one, "bob").await, StatusCode::FORBIDDEN);
    // The one cannot speak for the other's people.
    let claims = json!({ "iss": one.issuer, "aud": RESOURCE, "exp": 300 });
    let forged = two.signed(claims, json!({}), "own").await;
    assert_eq!(
        with(list(&server), &forged).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_gateway_in_front_vouches_for_its_users() {
    let provider = provider!();
    let server = provider.serve(
        "[[issuers]]\nissuer = 'portkey-mcp-gateway'\njwks-uri = 'ISSUER/jwks'\nheader = 'X-User-JWT'\n\
         any-audience = true\nrequired-claims = { organisation_id = 'org-1' }\nname-claim = 'email'\n\
         [[grants]]\nprincipal = 'alice@example.com'\ntoolsets = 'workspaces'\n",
    );
    let user = async |organisation: &str| {
        let claims = json!({
            "iss": "portkey-mcp-gateway", "sub": "user-1", "email": "alice@example.com", "exp": 300,
            "organisation_id": organisation, "workspace_id": "ws-1",
        });
        provider.signed(claims, json!({}), "own").await
    };
    let forwarded = async |token: &str| {
        // The gateway's own credentials are beside it.
        let request = list(&server)
            .bearer_auth("of the gateway")
            .header("x-user-jwt", token);
        request.send().await.unwrap()
    };
    let ours = user("org-1").await;
    assert_eq!(forwarded(&ours).await.status(), StatusCode::OK);
    let theirs = forwarded(&user("org-2").await).await;
    assert_eq!(theirs.status(), StatusCode::UNAUTHORIZED);
    assert!(
        challenge(&theirs).contains("claim 'organisation_id'"),
        "{}",
        challenge(&theirs)
    );
    assert_eq!(
        with(list(&server), &ours).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_official_client_finds_the_issuer_by_itself_and_steps_up() {
    let provider = provider!();
    let port = free_port();
    let server = provider.serve_with(
        &["--port", &port.to_string()],
        "[[issuers]]\nissuer = 'ISSUER'\nrequired-scopes = ['portkey:use']\n\
         [[grants]]\nprincipal = 'alice'\nstep-up = { 'portkey:admin' = 'users' }\n",
    );
    // The address that it has without --public-url.
    let endpoint = format!("http://localhost:{port}/mcp");
    let told = provider.story(&endpoint).await;
    assert_eq!(
        told,
        "listed with portkey:use\n\
         list_workspaces answered with portkey:use\n\
         list_all_users answered with portkey:admin portkey:use\n"
    );
    drop(server);
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
