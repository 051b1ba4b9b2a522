//! An error together with what caused it, for whoever shows it to people.

use std::{error::Error, fmt, iter};

/// An error to be shown with its causes: `MESSAGE: CAUSE: CAUSE`. Made by [`with_causes`].
#[derive(Debug, Clone, Copy)]
pub struct WithCauses<'a>(&'a (dyn Error + 'static));

/// Shows the error with its causes. Messages do not repeat their causes, so whatever shows an error to people, or writes
/// it to a log, shows it so; whatever hands it on does not.
pub fn with_causes<'a>(error: &'a (dyn Error + 'static)) -> WithCauses<'a> {
    WithCauses(error)
}

/// The first of all causes.
pub(crate) fn root_cause<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a (dyn Error + 'static)> {
    causes(error).last()
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}

impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        for cause in causes(self.0).map(ToString::to_string) {
            // The errors of some libraries contain the text of their causes.
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the journal cannot be read")]
    struct Outer(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error("the file broke off ({0})")]
    struct Middle(#[source] io::Error);

    #[test]
    fn causes_follow_the_message_and_are_not_said_twice() {
        let error = Outer(Middle(io::Error::other("disk on fire")));
        assert_eq!(
            with_causes(&error).to_string(),
            "the journal cannot be read: the file broke off (disk on fire)"
        );
        assert_eq!(root_cause(&error).unwrap().to_string(), "disk on fire");
        assert!(root_cause(&io::Error::other("alone")).is_none());
    }
}
