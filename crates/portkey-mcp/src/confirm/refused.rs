use std::{fmt, time::Duration};

use super::VALID_FOR;
use crate::state::Unavailable;

/// A destructive call that was not made, for want of an agreement to it.
#[derive(Debug)]
pub enum Refused {
    /// The user said no.
    Declined,
    /// The user closed the question.
    Dismissed,
    /// The user did not answer in time.
    Unanswered {
        /// For how long they were waited for.
        waited: Duration,
    },
    /// The client could not put the question.
    Unasked(String),
    /// What was brought is no token for this call, or no longer.
    Invalid,
    /// It was used before.
    Used,
    /// Whether it was used before cannot be known.
    Unknown(Unavailable),
}

/// What a caller may read who would rather go on.
const ASK_FIRST: &str = "Do not repeat the call unless the user asks for it.";

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declined => write!(f, "The user was asked and said no. Nothing was done. {ASK_FIRST}"),
            Self::Dismissed => {
                write!(f, "The user was asked and closed the question. Nothing was done. {ASK_FIRST}")
            }
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
                "{unavailable}, so it cannot be known whether this was confirmed, or done, before. Nothing was done. Try \
                 again in a moment."
            ),
        }
    }
}

impl From<Unavailable> for Refused {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unknown(unavailable)
    }
}
