//! The sandbox as Prisma AIRS: tokens, planes, closed routes, the gateway, and what stays with Portkey's own edition.

use portkey_api::Edition;
use portkey_sandbox::{Options, SANDBOX_CLIENT, SANDBOX_TENANT, Sandbox};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// A sandbox of this edition, and where it listens.
struct Airs {
    sandbox: Sandbox,
    root: String,
    http: Client,
}

const TENANT: &str = "x-tsg-id";
const DECISION: &str = "x-opa-decision";

impl Airs {
    async fn start() -> Self {
        Self::of(Edition::PrismaAirs).await
    }

    async fn of(edition: Edition) -> Self {
        // The client wants to know how it would encrypt, though it never does here.
        _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options {
            edition,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let root = sandbox.token_url().strip_suffix("/oauth2/access_token");
        Self {
            root: root.unwrap().to_owned(),
            sandbox,
            http: Client::new(),
        }
    }

    fn at(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.root);
        self.http.request(method.parse().unwrap(), url)
    }

    async fn ask_for_token(&self, client: &str, secret: &str, form: &str) -> (u16, Value) {
        let request = self
            .at("POST", "/oauth2/access_token")
            .basic_auth(client, Some(secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        read(request.send().await.unwrap()).await
    }

    async fn token(&self) -> String {
        let secret = &self.sandbox.keys().admin;
        let (status, grant) = self.ask_for_token(SANDBOX_CLIENT, secret, FORM).await;
        assert_eq!(status, 200, "{grant}");
        grant["access_token"].as_str().unwrap().to_owned()
    }

    /// A call with this token and the header that names the tenant.
    fn managed(&self, token: &str, method: &str, path: &str) -> RequestBuilder {
        let request = self.at(method, path).bearer_auth(token);
        request.header(TENANT, SANDBOX_TENANT)
    }

    async fn put_clock_forward(&self, seconds: u64) {
        let clock = self.at("PUT", "/_sandbox/clock");
        let clock = clock.json(&json!({ "milliseconds": seconds * 1000 }));
        assert_eq!(clock.send().await.unwrap().status(), 200);
    }
}

const FORM: &str = "grant_type=client_credentials&scope=tsg_id%3A1000000001";

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn sent(request: RequestBuilder) -> (u16, Value) {
    read(request.send().await.unwrap()).await
}

/// Asserts that the request is refused before the API sees it.
#[track_caller]
fn assert_denied(response: &Response, path: &str) {
    assert_eq!(response.status(), 403, "{path}");
    let decision = response.headers().get(DECISION);
    assert_eq!(decision.unwrap(), "false", "{path}");
}

#[tokio::test]
async fn a_service_account_gets_a_token_of_its_tenant() {
    let airs = Airs::start().await;
    let secret = airs.sandbox.keys().admin.clone();
    let (status, grant) = airs.ask_for_token(SANDBOX_CLIENT, &secret, FORM).await;
    assert_eq!(status, 200, "{grant}");
    assert_eq!(grant["token_type"], "Bearer");
    assert_eq!(grant["expires_in"], 900);
    assert_eq!(grant["scope"], "tsg_id:1000000001");
    let token = grant["access_token"].as_str().unwrap();
    assert!(token.starts_with("eyJ") && token.split('.').count() == 3);
    assert_ne!(airs.token().await, token, "each is another");
}

#[tokio::test]
async fn who_asks_otherwise_gets_none() {
    let airs = Airs::start().await;
    let secret = airs.sandbox.keys().admin.as_str();
    let elsewhere = "grant_type=client_credentials&scope=tsg_id%3A1000000002";
    let password = "grant_type=password&scope=tsg_id%3A1000000001";
    for (client, secret, form, status, error) in [
        (SANDBOX_CLIENT, "guessed", FORM, 401, "invalid_client"),
        ("somebody", secret, FORM, 401, "invalid_client"),
        (
            SANDBOX_CLIENT,
            secret,
            password,
            400,
            "unsupported_grant_type",
        ),
        (SANDBOX_CLIENT, secret, elsewhere, 400, "invalid_scope"),
        (SANDBOX_CLIENT, secret, "", 400, "unsupported_grant_type"),
    ] {
        let (found, answer) = airs.ask_for_token(client, secret, form).await;
        assert_eq!((found, &answer["error"]), (status, &json!(error)), "{form}");
        assert!(answer["error_description"].is_string());
    }
}

#[tokio::test]
async fn both_planes_take_tokens_and_no_keys() {
    let airs = Airs::start().await;
    let token = airs.token().await;
    let keys = airs.sandbox.keys();
    for path in ["/ai_gw/v2/configs", "/ai_gw/admin/v2/integrations"] {
        let (status, listed) = sent(airs.managed(&token, "GET", path)).await;
        assert_eq!(status, 200, "{path}: {listed}");
        assert_ne!(listed["total"], 0);
        for refused in [
            airs.at("GET", path),
            airs.managed("not.a.token", "GET", path),
            airs.managed(&keys.admin, "GET", path),
            airs.at("GET", path)
                .header(TENANT, SANDBOX_TENANT)
                .header("x-portkey-api-key", &keys.admin),
        ] {
            let (status, answer) = sent(refused).await;
            assert_eq!(status, 401, "{path}");
            assert_eq!(answer["data"]["errorCode"], "AB05");
        }
        for other in [None, Some("1000000002")] {
            let mut request = airs.at("GET", path).bearer_auth(&token);
            if let Some(tenant) = other {
                request = request.header(TENANT, tenant);
            }
            assert_denied(&request.send().await.unwrap(), path);
        }
    }
}

#[tokio::test]
async fn a_token_ends_after_fifteen_minutes() {
    let airs = Airs::start().await;
    let token = airs.token().await;
    let status = async |token: &str| {
        let request = airs.managed(token, "GET", "/ai_gw/v2/configs");
        request.send().await.unwrap().status().as_u16()
    };
    airs.put_clock_forward(890).await;
    assert_eq!(status(&token).await, 200);
    airs.put_clock_forward(11).await;
    assert_eq!(status(&token).await, 401);
    assert_eq!(status(&airs.token().await).await, 200);
}

#[tokio::test]
async fn what_is_not_served_is_denied_to_those_with_a_token() {
    let airs = Airs::start().await;
    let token = airs.token().await;
    for (method, path) in [
        ("GET", "/ai_gw/v2/prompts"),
        ("GET", "/ai_gw/v2/admin/users"),
        ("GET", "/ai_gw/v2/integrations"),
        ("GET", "/ai_gw/admin/v2/configs"),
        ("GET", "/ai_gw/admin/v2/scim/v2/Groups"),
        ("PATCH", "/ai_gw/v2/configs"),
        ("GET", "/ai_gw/v3/configs"),
    ] {
        let response = airs.managed(&token, method, path).send().await.unwrap();
        assert_denied(&response, path);
        let (status, _) = sent(airs.at(method, path)).await;
        assert_eq!(status, 401, "{path} without a token");
    }
    let (status, _) = sent(airs.managed(&token, "GET", "/admin/users")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn the_gateway_takes_its_key_in_two_headers_and_manages_nothing() {
    let airs = Airs::start().await;
    let key = airs.sandbox.keys().workspace.as_str();
    let log = json!({
        "request": { "url": "https://api.openai.com/v1/chat/completions", "method": "POST", "body": {} },
        "response": { "status": 200, "body": {} },
    });
    let by_bearer = airs.at("POST", "/v1/logs").bearer_auth(key);
    let by_header = airs.at("POST", "/v1/logs").header("x-portkey-api-key", key);
    for request in [by_bearer, by_header] {
        let (status, answer) = sent(request.json(&log)).await;
        assert_eq!(status, 200, "{answer}");
    }
    let registry = airs.at("GET", "/v0.1/servers");
    let (status, answer) = sent(registry.header("x-portkey-api-key", key)).await;
    assert_eq!(status, 200, "{answer}");
    for path in ["/v1/integrations", "/v1/configs", "/v1/prompts"] {
        let (status, answer) = sent(airs.at("GET", path).bearer_auth(key)).await;
        assert_eq!(status, 403, "{path}");
        assert_eq!(answer["data"]["errorCode"], "AB03");
        let token = airs.token().await;
        let (status, _) = sent(airs.managed(&token, "GET", path)).await;
        assert_eq!(status, 401, "{path} with a token");
    }
}

#[tokio::test]
async fn the_organisation_is_the_tenant() {
    let airs = Airs::start().await;
    let token = airs.token().await;
    // The edition has no such parameter.
    let path = "/ai_gw/v2/guardrails?organisation_id=somebody-elses";
    let (_, listed) = sent(airs.managed(&token, "GET", path)).await;
    assert_eq!(listed["data"][0]["organisation_id"], SANDBOX_TENANT);

    let integration = |organisation: &str| {
        json!({
            "name": "Docs", "url": "https://mcp.example/mcp", "auth_type": "none", "transport": "http",
            "organisation_id": organisation,
        })
    };
    let path = "/ai_gw/admin/v2/mcp-integrations";
    let made = airs.managed(&token, "POST", path);
    let (status, answer) = sent(made.json(&integration(SANDBOX_TENANT))).await;
    assert_eq!(status, 200, "{answer}");
    let foreign = airs.managed(&token, "POST", path);
    let (status, answer) = sent(foreign.json(&integration("1000000002"))).await;
    assert_eq!(status, 403, "{answer}");
}

#[tokio::test]
async fn a_new_gateway_key_says_its_type_and_tenant_in_the_body() {
    let airs = Airs::start().await;
    let token = airs.token().await;
    let complete = json!({
        "name": "Nightly", "type": "workspace", "organisation_id": SANDBOX_TENANT,
        "workspace_id": "ws-staging-51f0ae", "scopes": ["logs.write", "completions.write"],
    });
    let path = "/ai_gw/v2/api-keys/service";
    for name in ["type", "organisation_id"] {
        let mut body = complete.clone();
        body.as_object_mut().unwrap().remove(name);
        let (status, answer) = sent(airs.managed(&token, "POST", path).json(&body)).await;
        assert_eq!(status, 400, "{answer}");
        assert_eq!(answer["data"]["errorCode"], "AB01");
        let message = answer["data"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{name}`")), "{message}");
    }
    let (status, made) = sent(airs.managed(&token, "POST", path).json(&complete)).await;
    assert_eq!(status, 200, "{made}");
    let registry = airs.at("GET", "/v0.1/servers");
    let registry = registry.bearer_auth(made["key"].as_str().unwrap());
    assert_ne!(registry.send().await.unwrap().status(), 401);
    let old = "/ai_gw/v2/api-keys/workspace/service";
    let old = airs.managed(&token, "POST", old).json(&complete);
    assert_denied(&old.send().await.unwrap(), "the path of the other edition");
}

#[tokio::test]
async fn a_workspace_without_a_role_can_be_tried_with_a_fault() {
    let airs = Airs::start().await;
    let token = airs.token().await;
    let rules = json!({ "rules": ["status=403, path=/ai_gw/v2/*"] });
    let put = airs.at("PUT", "/_sandbox/faults").json(&rules);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let configs = airs.managed(&token, "GET", "/ai_gw/v2/configs");
    let (status, answer) = sent(configs).await;
    assert_eq!(
        (status, &answer["data"]["errorCode"]),
        (403, &json!("AB03"))
    );
    let admin = airs.managed(&token, "GET", "/ai_gw/admin/v2/integrations");
    assert_eq!(sent(admin).await.0, 200);
}

#[tokio::test]
async fn portkeys_own_edition_serves_nothing_of_it() {
    let classic = Airs::of(Edition::Classic).await;
    let secret = classic.sandbox.keys().admin.clone();
    let (status, _) = classic.ask_for_token(SANDBOX_CLIENT, &secret, FORM).await;
    assert_eq!(status, 404);
    for path in ["/ai_gw/v2/configs", "/ai_gw/admin/v2/integrations"] {
        let request = classic.at("GET", path).header("x-portkey-api-key", &secret);
        assert_eq!(sent(request).await.0, 404);
    }
    let bearer = classic.at("GET", "/v1/configs").bearer_auth(&secret);
    assert_eq!(sent(bearer).await.0, 401);
}
