//! The setting for the effects of calls that a rule allows, such as `read,update`.

use std::{fmt, str::FromStr};

use portkey_api_core::{Effect, nearest};
use serde::Deserialize;

/// The allowed effects, never none. Parsed from names with commas between them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Effects(Vec<Effect>);

/// The error of a list of effects that is empty or has an unknown word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEffects {
    /// The list is empty.
    #[error("expected some of `read`, `create`, `update`, `delete` and `execute`")]
    None,
    /// A word is not the name of an effect.
    #[error("there is no effect `{word}`{}; expected some of `read`, `create`, `update`, `delete` and `execute`",
            nearest.map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The unknown word.
        word: String,
        /// The effect with the most similar name, if there is one.
        nearest: Option<&'static str>,
    },
}

const ALL: [Effect; 5] = [
    Effect::Read,
    Effect::Create,
    Effect::Update,
    Effect::Delete,
    Effect::Execute,
];

impl Effects {
    /// Whether this effect is allowed.
    pub fn contains(&self, effect: Effect) -> bool {
        self.0.contains(&effect)
    }
}

impl FromStr for Effects {
    type Err = InvalidEffects;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(',').map(str::trim);
        let words = words.filter(|word| !word.is_empty());
        let effects: Vec<Effect> = words.map(effect).collect::<Result<_, _>>()?;
        if effects.is_empty() {
            return Err(InvalidEffects::None);
        }
        Ok(Self(effects))
    }
}

fn effect(word: &str) -> Result<Effect, InvalidEffects> {
    let found = ALL.into_iter().find(|effect| effect.as_str() == word);
    found.ok_or_else(|| InvalidEffects::Unknown {
        word: word.to_owned(),
        nearest: nearest(word, ALL.map(Effect::as_str)),
    })
}

impl TryFrom<String> for Effects {
    type Error = InvalidEffects;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|effect| effect.as_str()).collect();
        f.write_str(&words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_effect_is_reported_with_the_nearest() {
        let error = "read,delet".parse::<Effects>().unwrap_err().to_string();
        assert!(error.contains("did you mean `delete`?"), "{error}");
        assert_eq!(" , ".parse::<Effects>(), Err(InvalidEffects::None));
        let effects: Effects = "read, execute".parse().unwrap();
        assert!(effects.contains(Effect::Execute) && !effects.contains(Effect::Delete));
    }
}
