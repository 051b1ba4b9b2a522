//! Displays an error together with its causes.

use std::{error::Error, fmt, iter};

/// An error that is displayed with its causes, as `MESSAGE: CAUSE: CAUSE`. Made by [`with_causes`].
#[derive(Debug, Clone, Copy)]
pub struct WithCauses<'a>(&'a (dyn Error + 'static));

/// Returns the error in a form that displays its causes. Error messages do not repeat their causes, so every place that
/// shows or logs an error uses this; places that return an error to a caller do not.
pub fn with_causes<'a>(error: &'a (dyn Error + 'static)) -> WithCauses<'a> {
    WithCauses(error)
}

/// Returns the last error in the chain of causes.
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
