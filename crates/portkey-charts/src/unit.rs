//! Units, and how figures are written with them.

/// The unit of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// US dollars.
    Dollars,
    /// Milliseconds.
    Milliseconds,
    /// Percent.
    Percent,
    /// A number of something, such as `requests`. May be empty.
    Count(String),
}

impl Unit {
    /// The name of the unit.
    pub fn name(&self) -> &str {
        match self {
            Self::Dollars => "US dollars",
            Self::Milliseconds => "milliseconds",
            Self::Percent => "percent",
            Self::Count(what) => what,
        }
    }

    /// A figure in as few characters as an axis has room for: `$1.2k`.
    pub(crate) fn short(&self, value: f64) -> String {
        match self {
            Self::Dollars => signed("$", value, shortened),
            Self::Milliseconds => format!("{} ms", grouped(value, 2)),
            Self::Percent => format!("{}%", grouped(value, 2)),
            Self::Count(_) => shortened(value),
        }
    }

    /// A figure as a person reads it: `$1,234.56`.
    pub fn exact(&self, value: f64) -> String {
        match self {
            // Cents, unless the amount is so small that they would say nothing.
            Self::Dollars if value.abs() >= 1.0 || value == 0.0 => signed("$", value, with_cents),
            Self::Dollars => signed("$", value, |value| significant(value, 3)),
            Self::Count(_) => grouped(value, 2),
            Self::Milliseconds | Self::Percent => self.short(value),
        }
    }
}

fn signed(symbol: &str, value: f64, write: impl Fn(f64) -> String) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{symbol}{}", write(value.abs()))
}

fn with_cents(value: f64) -> String {
    let text = format!("{value:.2}");
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    format!("{}.{cents}", thousands(whole))
}

/// With a letter for thousands and more, and at most three digits.
fn shortened(value: f64) -> String {
    let sizes = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];
    let size = sizes.into_iter().find(|(size, _)| value.abs() >= *size);
    match size {
        Some((size, letter)) => format!("{}{letter}", significant(value / size, 3)),
        None => significant(value, 3),
    }
}

/// With commas between thousands and no more than these decimals.
fn grouped(value: f64, decimals: usize) -> String {
    let text = trimmed(&format!("{value:.decimals$}"));
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{point}{rest}", thousands(whole))
}

/// With so many digits that count, none of them noughts at the end.
fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "exponents of numbers are small"
    )]
    let exponent = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(digits - 1 - exponent).unwrap_or(0).min(9);
    trimmed(&format!("{value:.decimals$}"))
}

/// Without noughts after the point.
fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

fn thousands(whole: &str) -> String {
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_on_an_axis_and_exact_beside_a_bar() {
        let count = Unit::Count("requests".to_owned());
        for (unit, value, short, exact) in [
            (&Unit::Dollars, 1234.5, "$1.23k", "$1,234.50"),
            (&Unit::Dollars, 0.003_269, "$0.00327", "$0.00327"),
            (&Unit::Dollars, -2.0, "-$2", "-$2.00"),
            (&Unit::Dollars, 0.0, "$0", "$0.00"),
            (&Unit::Milliseconds, 1250.0, "1,250 ms", "1,250 ms"),
            (&Unit::Percent, 2.5, "2.5%", "2.5%"),
            (&count, 1_234_567.0, "1.23M", "1,234,567"),
            (&count, 25_000.0, "25k", "25,000"),
            (&count, -1_500.25, "-1.5k", "-1,500.25"),
        ] {
            assert_eq!(unit.short(value), short);
            assert_eq!(unit.exact(value), exact);
        }
    }
}
