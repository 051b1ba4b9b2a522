//! Reads bearer tokens and Portkey keys from the headers of a request.

use http::{HeaderMap, HeaderName, header::AUTHORIZATION};
use secrecy::SecretString;

use super::{Denial, TokenError};

/// The header that brings a caller's own Portkey key.
pub(crate) const CALLER_KEY: HeaderName = HeaderName::from_static("x-portkey-api-key");

/// The longest credential that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// The token of `Authorization: Bearer`, if there is one.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Denial> {
    Ok(only(headers, &AUTHORIZATION)?.and_then(after_scheme))
}

/// The token of a header that exists for it, with or without the word `Bearer`.
pub(super) fn token<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, Denial> {
    if name == AUTHORIZATION {
        return bearer(headers);
    }
    Ok(only(headers, name)?.map(|value| after_scheme(value).unwrap_or(value)))
}

/// The caller's own Portkey key, if they brought one.
pub(crate) fn caller_key(headers: &HeaderMap) -> Result<Option<SecretString>, Denial> {
    match only(headers, &CALLER_KEY)? {
        Some("") => Err(Denial::InvalidToken(TokenError::Malformed)),
        key => Ok(key.map(Into::into)),
    }
}

/// A header that must not be repeated: a proxy might read one value and this server another.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Denial> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().map(str::trim).ok();
    match text.filter(|text| text.len() <= LONGEST) {
        Some(text) if values.next().is_none() => Ok(Some(text)),
        _ => Err(Denial::InvalidToken(TokenError::Malformed)),
    }
}

fn after_scheme(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            let headers = headers(&[("authorization", value)]);
            assert_eq!(bearer(&headers).unwrap(), Some("abc"), "{value}");
        }
        assert_eq!(
            bearer(&headers(&[("authorization", "Basic abc")])).unwrap(),
            None
        );
        assert_eq!(bearer(&headers(&[])).unwrap(), None);
    }

    #[test]
    fn a_header_that_comes_twice_counts_for_nothing() {
        let twice = headers(&[("authorization", "Bearer a"), ("authorization", "Bearer b")]);
        assert!(bearer(&twice).is_err());
    }

    #[test]
    fn other_headers_need_no_scheme() {
        let name = HeaderName::from_static("x-user-jwt");
        for value in ["abc", "Bearer abc"] {
            let headers = headers(&[("x-user-jwt", value)]);
            assert_eq!(token(&headers, &name).unwrap(), Some("abc"), "{value}");
        }
    }
}
