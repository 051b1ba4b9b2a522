//! Numbers with a unit: cents, percent, milliseconds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! figures {
    ($($(#[doc = $doc:literal])+ $name:ident: $unit:literal,)*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline, extend("x-unit" = $unit))]
        pub struct $name(pub f64);
    )*};
}

figures! {
    /// Cents.
    Cents: "cents",
    /// Percent.
    Percent: "percent",
    /// Milliseconds.
    Milliseconds: "milliseconds",
    /// A sum or an average of what has no unit.
    Amount: "",
}

impl Cents {
    /// The same amount in dollars.
    pub fn dollars(self) -> f64 {
        self.0 / 100.0
    }
}
