//! Prepared HTTP requests.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use portkey_api_core::{Base, Keys, Projection, Request};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{Error, Settings, Unsendable};

/// A prepared HTTP request. It is made once and sent at every attempt.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// The path with the names of arguments in the place of their values.
    pub(crate) template: &'static str,
    pub(crate) url: Url,
    /// What the caller looks at of the answer.
    pub(crate) projection: Option<Projection>,
    /// Whether a token is to be sent that must be asked for.
    pub(crate) needs_token: bool,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Outgoing {
    pub(crate) fn new(settings: &Settings, request: &Request) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &request.headers {
            let (header, value) =
                custom_header(name, value).map_err(|source| Unsendable::Header { name, source })?;
            headers.insert(header, value);
        }
        let needs_token = authenticate(settings, request, &mut headers)?;
        let mut body = None;
        if let Some(members) = &request.body {
            let json = serde_json::to_vec(members).map_err(Unsendable::Body)?;
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            body = Some(json.into());
        }
        Ok(Self {
            method: method(request.method),
            template: request.template,
            projection: request.projection,
            url: locate(&settings.address(request.base), &request.target)?,
            needs_token,
            headers,
            body,
        })
    }

    /// Sends this token.
    pub(crate) fn authorise(&mut self, token: &SecretString) -> Result<(), Unsendable> {
        self.headers.insert(header::AUTHORIZATION, bearer(token)?);
        Ok(())
    }

    /// Returns the request for one attempt. All attempts share the body.
    pub(crate) fn request(&self) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = self.body.clone().map(Into::into);
        request
    }

    /// Returns the scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Returns the path, without the query.
    pub(crate) fn path(&self) -> &str {
        self.url.path()
    }
}

fn method(method: portkey_api_core::Method) -> Method {
    match method {
        portkey_api_core::Method::Get => Method::GET,
        portkey_api_core::Method::Post => Method::POST,
        portkey_api_core::Method::Put => Method::PUT,
        portkey_api_core::Method::Patch => Method::PATCH,
        portkey_api_core::Method::Delete => Method::DELETE,
    }
}

fn custom_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), http::Error> {
    Ok((name.parse::<HeaderName>()?, HeaderValue::from_str(value)?))
}

/// Adds the headers with the credential that the request needs. Returns whether it needs a token that must be asked for.
fn authenticate(
    settings: &Settings,
    request: &Request,
    headers: &mut HeaderMap,
) -> Result<bool, Error> {
    if request.keys == Keys::None || request.base == Base::Public {
        return Ok(false);
    }
    if !request.base.is_airs_management() {
        let key = settings.key_for(request.keys).ok_or(Error::NoKey)?;
        headers.insert("x-portkey-api-key", secret_header(key)?);
        return Ok(false);
    }
    if let Some(client) = &settings.oauth {
        if client.sends_tenant {
            let tenant = client.tenant.parse::<HeaderValue>();
            let unsendable = |_| Unsendable::Key;
            headers.insert("x-tsg-id", tenant.map_err(unsendable)?);
        }
        return Ok(true);
    }
    let token = settings.given_token().ok_or(Error::NoOauthClient)?;
    headers.insert(header::AUTHORIZATION, bearer(token)?);
    Ok(false)
}

/// The content of the header `Authorization` with this token.
fn bearer(token: &SecretString) -> Result<HeaderValue, Unsendable> {
    secret_header(token)?;
    let content = format!("Bearer {}", token.expose_secret());
    let mut value = HeaderValue::from_str(&content).map_err(|_| Unsendable::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

fn secret_header(key: &SecretString) -> Result<HeaderValue, Unsendable> {
    let key = key.expose_secret();
    // Headers may contain other bytes, but servers interpret them differently.
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Unsendable::Key);
    }
    let mut value = HeaderValue::from_str(key).map_err(|_| Unsendable::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Joins the address and the target, and checks that the URL has the intended path. Parsing resolves dot segments, even
/// percent-encoded ones, so that an id of `..` would address another resource.
fn locate(address: &str, target: &str) -> Result<Url, Unsendable> {
    let meant = format!("{address}{target}");
    let url = Url::parse(&meant).map_err(Unsendable::Url)?;
    if url.as_str() != meant {
        let path = target.split('?').next().unwrap_or_default().to_owned();
        return Err(Unsendable::Path { path });
    }
    url.as_str().parse::<http::Uri>().map_err(Unsendable::Uri)?;
    Ok(url)
}
