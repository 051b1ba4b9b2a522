//! Converts values of the configuration file to the text that their flags take.

use toml::de::DeValue;

use crate::config::declared::Setting;

/// The text that the flag takes for a value of the file.
pub(super) fn text(setting: &Setting, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::Array(items) if setting.takes_list() => {
            let words = items.iter().map(|item| word(item.get_ref()));
            let words: Option<Vec<_>> = words.collect();
            words
                .map(|words| words.join(","))
                .ok_or_else(|| "expected an array of words".to_owned())
        }
        value => word(value)
            .ok_or_else(|| format!("expected {}, not {}", expected(setting), kind(value))),
    }
}

fn word(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn expected(setting: &Setting) -> &'static str {
    if setting.takes_list() {
        "text or an array"
    } else {
        "one value"
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
        DeValue::Datetime(_) => "a date; write it in quotes",
        _ => "a number that is not decimal",
    }
}
