//! Why a destructive call was not confirmed.

use std::{fmt, time::Duration};

use super::VALID_FOR;
use crate::{
    causes::with_causes,
    state::Unavailable,
    wording::{Plain, Wording},
};

/// A destructive call was not made, because it was not confirmed.
#[derive(Debug)]
pub enum ConfirmationRefused {
    /// The user declined.
    Declined {
        /// How long the user took, if that is known.
        after: Option<Duration>,
    },
    /// The user closed the question without an answer.
    Dismissed {
        /// How long the user took, if that is known.
        after: Option<Duration>,
    },
    /// The user did not answer in time.
    Unanswered {
        /// How long the program waited.
        waited: Duration,
    },
    /// The client could not ask the user, for this reason.
    Unasked(String),
    /// The token is not valid for this call, or has expired.
    Invalid,
    /// The token was used before.
    Used,
    /// It cannot be determined whether the token was used before.
    Unknown(Unavailable),
}

/// Tells a model not to try again by itself.
const ASK_FIRST: &str = "Do not repeat the call unless the user asks for it.";

/// The shortest time in which a user can read and answer a question.
const READING: Duration = Duration::from_secs(1);

/// Writes a message about a refusal. A refusal that comes faster than a user can read is attributed to the client.
fn no(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    after: Option<Duration>,
    wording: &dyn Wording,
) -> fmt::Result {
    let unattended = wording.unattended();
    match after {
        Some(after) if after < READING => write!(
            f,
            "The client {what} after {} ms, which is faster than anybody reads: it seems that no user was asked. Nothing \
             was done. {unattended}",
            after.as_millis()
        ),
        Some(_) => write!(
            f,
            "The user was asked and {what}. Nothing was done. {ASK_FIRST}"
        ),
        None => write!(
            f,
            "The user was asked and {what}. Nothing was done. {ASK_FIRST} {unattended}"
        ),
    }
}

impl fmt::Display for ConfirmationRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f, &Plain)
    }
}

impl std::error::Error for ConfirmationRefused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unknown(unavailable) => Some(unavailable),
            _ => None,
        }
    }
}

impl From<Unavailable> for ConfirmationRefused {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unknown(unavailable)
    }
}

impl ConfirmationRefused {
    /// Writes the message in the words of the program around the engine.
    pub(crate) fn describe(
        &self,
        f: &mut fmt::Formatter<'_>,
        wording: &dyn Wording,
    ) -> fmt::Result {
        match self {
            Self::Declined { after } => no(f, "said no", *after, wording),
            Self::Dismissed { after } => no(f, "closed the question", *after, wording),
            Self::Unanswered { waited } => write!(
                f,
                "The user was asked and did not answer within {} seconds. Nothing was done. {ASK_FIRST}",
                waited.as_secs_f64().ceil()
            ),
            Self::Unasked(reason) => write!(
                f,
                "The user must agree to this, but the client could not ask them: {reason}. Nothing was done."
            ),
            Self::Invalid => write!(
                f,
                "This confirmation does not fit the call. It is good for {} minutes, and for the one call that it was \
                 given for: the same tool and arguments, by the same caller. Nothing was done. Call again without it \
                 to be asked anew.",
                VALID_FOR.as_secs() / 60
            ),
            Self::Used => f.write_str(
                "This confirmation was used before: the call that it is for was begun, and this one was not made. \
                 Whether that one reached its end is not known here. Look whether the object is still there; if so, \
                 call again without the confirmation to be asked anew.",
            ),
            Self::Unknown(unavailable) => write!(
                f,
                "{}, so it cannot be known whether this was confirmed, or done, before. Nothing was done. Try again in \
                 a moment.",
                with_causes(unavailable)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_that_nobody_can_have_meant_says_how_a_client_without_a_user_goes_on() {
        let told = |millis: Option<u64>| {
            let after = millis.map(Duration::from_millis);
            (
                ConfirmationRefused::Declined { after }.to_string(),
                ConfirmationRefused::Dismissed { after }.to_string(),
            )
        };
        for (said, tells_how, is_the_users) in [
            (told(Some(40)), true, false),
            (told(Some(1500)), false, true),
            (told(None), true, true),
        ] {
            for text in [said.0, said.1] {
                assert!(text.contains("Nothing was done"), "{text}");
                assert_eq!(text.contains(Plain.unattended()), tells_how, "{text}");
                assert_eq!(text.contains("The user was asked"), is_the_users, "{text}");
            }
        }
    }
}
