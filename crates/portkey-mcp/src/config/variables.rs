//! Reads single variables of the environment.

use std::env;

use secrecy::SecretString;

/// The key in a variable, without white space around it; `None` if the variable is missing or empty.
pub(super) fn key(name: &str) -> Option<SecretString> {
    let text = env::var(name).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}

/// The value of a variable that secret references may name.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// The proxies that the environment names, by their variables. User names and passwords in them are left out.
pub(crate) fn proxies() -> Vec<(&'static str, String)> {
    let names = [
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
        "no_proxy",
    ];
    let set = names.into_iter().filter_map(|name| {
        let value = variable(name).filter(|value| !value.trim().is_empty())?;
        Some((name, without_credentials(&value)))
    });
    set.collect()
}

fn without_credentials(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before
                .split_once("://")
                .map(|(scheme, _)| format!("{scheme}://"));
            format!("{}…@{host}", scheme.unwrap_or_default())
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_proxy_is_not_shown() {
        assert_eq!(
            without_credentials("http://u:p@proxy:3128"),
            "http://…@proxy:3128"
        );
        assert_eq!(
            without_credentials("http://proxy:3128"),
            "http://proxy:3128"
        );
    }
}
