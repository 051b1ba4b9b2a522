//! Finds parts of a secret in a text, in several encodings.

use std::{collections::HashSet, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// The length of the parts that are searched for, in bytes after folding.
const LENGTH: usize = 6;

/// The parts of a secret: unchanged, quoted, percent-encoded, hexadecimal and in Base64.
pub(super) struct Fragments(HashSet<Vec<u8>>);

impl Fragments {
    pub(super) fn of(secret: &str) -> Self {
        let hexadecimal = hexadecimal(secret);
        let percent =
            percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
        let mut forms = vec![
            folded(secret),
            folded(&hexadecimal),
            folded(&percent.to_string()),
        ];
        // Base64 encodes three bytes at a time, and the secret may begin at each of them.
        forms.extend((0..3).filter_map(|skipped| {
            let text = STANDARD_NO_PAD.encode(secret.as_bytes().get(skipped..)?);
            // The last letters depend on what follows the secret.
            Some(folded(text.get(..text.len().saturating_sub(2))?))
        }));
        let parts = forms.iter().flat_map(|form| {
            let length = LENGTH.min(form.len()).max(1);
            form.windows(length).map(<[u8]>::to_vec)
        });
        Self(parts.collect())
    }

    /// Whether a part of the secret is in the text, even with other characters between its letters.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let text = folded(text);
        let lengths: HashSet<usize> = self.0.iter().map(Vec::len).collect();
        let mut windows = lengths.into_iter().flat_map(|length| text.windows(length));
        windows.any(|part| self.0.contains(part))
    }
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        // Writing to text cannot fail.
        _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Returns the letters and digits of a text in lower case. Encodings and line breaks change the rest.
fn folded(text: &str) -> Vec<u8> {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_are_told_from_secrets() {
        let fragments = Fragments::of("e310600c9f6b409d8b2a4f1c7d3e5a60");
        for text in [
            "",
            "vault: team/keys",
            "https://vault.example/v1/kv/data/portkey#12",
            "1password",
        ] {
            assert!(!fragments.are_in(text), "{text}");
        }
    }

    #[test]
    fn a_short_secret_is_found_whole() {
        let fragments = Fragments::of("ab1");
        assert!(fragments.are_in("kept ab1") && !fragments.are_in("kept a b"));
    }

    proptest! {
        #[test]
        fn a_part_is_found_however_it_is_written(
            secret in "[a-zA-Z0-9]{12,60}",
            before in "[ -~]{0,20}",
            from in 0..6_usize,
        ) {
            let fragments = Fragments::of(&secret);
            let part = &secret[from..from + 6];
            let spread: Vec<String> = part.chars().map(String::from).collect();
            let digits = hexadecimal(&secret).to_uppercase();
            for written in [
                format!("{before}{part}."),
                format!("{before} {}", spread.join("\\\"\n")),
                STANDARD_NO_PAD.encode(format!("{before}{secret}")),
                digits[from..from + 6].to_owned(),
            ] {
                prop_assert!(fragments.are_in(&written), "{}", written);
            }
        }
    }
}
