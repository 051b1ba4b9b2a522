//! Who gets which tools by tokens of a real identity provider.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{call, challenge, list, provider, tools, with};
use crate::{
    identity_provider::{IdentityProvider, PUBLIC, RESOURCE, serve},
    served::message,
};

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
    for name in [
        "list_all_users ",
        "mcp__portkey__list_all_users",
        "listAllUsers",
    ] {
        let refused = with(call(&server, name), &weak).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{name}");
    }

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
