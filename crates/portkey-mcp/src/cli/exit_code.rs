//! How a command ended, for scripts: the process ends with this number.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    Done = 0,
    Failed = 1,
    Misused = 2,
    KeyRefused = 3,
    OutOfReach = 4,
    NotFound = 5,
    Conflict = 6,
    NotAllowed = 7,
    RateLimited = 8,
    /// What shells use for a program that Ctrl-C ended.
    Interrupted = 130,
}

impl Code {
    /// Every code, in the order of the numbers.
    const ALL: [Self; 10] = [
        Self::Done,
        Self::Failed,
        Self::Misused,
        Self::KeyRefused,
        Self::OutOfReach,
        Self::NotFound,
        Self::Conflict,
        Self::NotAllowed,
        Self::RateLimited,
        Self::Interrupted,
    ];

    const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "It did what you asked for",
            Self::Failed => "It failed, in another way than those below",
            Self::Misused => "The command, an argument or a setting is wrong",
            Self::KeyRefused => "Portkey refuses the key, or the key may not do this",
            Self::OutOfReach => "Portkey cannot be reached, or did not answer in time",
            Self::NotFound => "What the call names does not exist",
            Self::Conflict => {
                "What the call would make exists already, or what it would remove is in use"
            }
            Self::NotAllowed => {
                "A rule of this program forbids it (`--read-only`, `--deny`, a quota …), or nobody confirmed it"
            }
            Self::RateLimited => "Portkey limits the rate of requests: try again later",
            Self::Interrupted => "Ctrl-C or a signal interrupted it",
        }
    }

    /// Each number with its meaning.
    pub(crate) fn table() -> impl Iterator<Item = (u8, &'static str)> {
        Self::ALL
            .into_iter()
            .map(|code| (code as u8, code.meaning()))
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_table_once_and_in_order() {
        let numbers: Vec<u8> = Code::table().map(|(number, _)| number).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 130]);
    }
}
