//! Tells access tokens from other tokens that an issuer signs with the same keys, such as ID tokens.

use serde_json::Value;

use super::{TokenError, claims::Claims};

/// Claims of ID tokens: hashes of what was issued with them, which an access token cannot contain.
const OF_ID_TOKENS: [&str; 3] = ["at_hash", "c_hash", "s_hash"];

/// Claims by which some providers name the kind of a token, and the values of those that are no access tokens.
const OTHER_KINDS: [(&str, &[&str]); 2] = [
    ("token_use", &["id"]),
    ("typ", &["id", "refresh", "offline", "logout"]),
];

/// Accepts the `typ` of access tokens: `at+jwt` of RFC 9068, or `JWT` or none, as many providers send it.
pub(super) fn check_type(typ: Option<&str>) -> Result<(), TokenError> {
    let typ = typ.map(str::to_ascii_lowercase);
    let typ = typ.as_deref();
    match typ.map(|typ| typ.strip_prefix("application/").unwrap_or(typ)) {
        None | Some("at+jwt" | "jwt") => Ok(()),
        Some(_) => Err(TokenError::Kind),
    }
}

/// Refuses a token with claims that only other kinds have. A token whose `typ` is `at+jwt` needs no guessing.
pub(super) fn check_claims(typ: Option<&str>, claims: &Claims) -> Result<(), TokenError> {
    let is_said = typ.is_some_and(|typ| typ.to_ascii_lowercase().ends_with("at+jwt"));
    if is_said {
        return Ok(());
    }
    let has = |name: &str| claims.0.get(name).is_some_and(|value| !value.is_null());
    // An ID token repeats the nonce of a login. Some providers do so in access tokens, which have scopes.
    let is_of_login = has("nonce") && claims.scopes().is_empty();
    let is_event = has("events");
    let is_other = OTHER_KINDS.iter().any(|(claim, kinds)| {
        let said = claims.0.get(*claim).and_then(Value::as_str);
        said.is_some_and(|said| kinds.iter().any(|kind| said.eq_ignore_ascii_case(kind)))
    });
    if is_of_login || is_event || is_other || OF_ID_TOKENS.into_iter().any(has) {
        return Err(TokenError::Kind);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn access_tokens_have_few_types() {
        for typ in [
            None,
            Some("JWT"),
            Some("at+JWT"),
            Some("application/at+jwt"),
            Some("application/jwt"),
        ] {
            assert_eq!(check_type(typ), Ok(()), "{typ:?}");
        }
        for typ in [
            "",
            "logout+jwt",
            "dpop+jwt",
            "secevent+jwt",
            "application/logout+jwt",
            "at+jwt ",
            "xat+jwt",
            "application/application/jwt",
        ] {
            assert_eq!(check_type(Some(typ)), Err(TokenError::Kind), "{typ}");
        }
    }

    #[test]
    fn what_only_others_say_is_noticed() {
        let check = |typ, claims: Value| {
            check_claims(typ, &Claims(claims.as_object().unwrap().clone())).is_ok()
        };
        for (claims, is_good) in [
            (json!({ "sub": "a", "scope": "b" }), true),
            (json!({ "nonce": "a", "scope": "b", "typ": "Bearer" }), true),
            (json!({ "nonce": "a", "scp": ["b"] }), true),
            (json!({ "token_use": "access", "nonce": null }), true),
            (json!({ "nonce": "a" }), false),
            (json!({ "at_hash": "a", "scope": "b" }), false),
            (json!({ "token_use": "id" }), false),
            (json!({ "typ": "Refresh", "scope": "b" }), false),
            (json!({ "events": {} }), false),
        ] {
            assert_eq!(check(None, claims.clone()), is_good, "{claims}");
            assert_eq!(check(Some("JWT"), claims.clone()), is_good, "{claims}");
            assert!(check(Some("at+jwt"), claims));
        }
    }
}
