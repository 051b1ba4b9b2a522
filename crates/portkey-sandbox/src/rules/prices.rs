//! Prices of models, enough of them for the seed to have believable costs.

/// Cents per token of one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Price {
    pub(crate) provider: &'static str,
    pub(crate) model: &'static str,
    pub(crate) prompt: f64,
    pub(crate) completion: f64,
}

/// The models whose prices the sandbox knows.
pub(crate) const PRICES: &[Price] = &[
    price("openai", "gpt-4o", 0.000_25, 0.001),
    price("openai", "gpt-4o-mini", 0.000_015, 0.000_06),
    price("openai", "gpt-4.1", 0.000_2, 0.000_8),
    price("anthropic", "claude-sonnet-4-5", 0.000_3, 0.001_5),
    price("anthropic", "claude-haiku-4-5", 0.000_1, 0.000_5),
    price("google", "gemini-2.5-flash", 0.000_03, 0.000_25),
    price("mistral-ai", "mistral-large-latest", 0.000_2, 0.000_6),
];

const fn price(provider: &'static str, model: &'static str, prompt: f64, completion: f64) -> Price {
    Price {
        provider,
        model,
        prompt,
        completion,
    }
}

impl Price {
    /// The cost of this many tokens, in cents.
    pub(crate) fn of(&self, prompt_tokens: u32, completion_tokens: u32) -> f64 {
        f64::from(prompt_tokens) * self.prompt + f64::from(completion_tokens) * self.completion
    }
}

/// The price of a model, if it is known.
pub(crate) fn find(model: &str) -> Option<&'static Price> {
    PRICES.iter().find(|price| price.model == model)
}

/// The cost of a request, in cents. Models without a known price cost nothing, as in the real API.
pub(crate) fn cost(model: &str, prompt_tokens: u32, completion_tokens: u32) -> f64 {
    find(model).map_or(0.0, |price| price.of(prompt_tokens, completion_tokens))
}

#[cfg(test)]
mod tests {
    use super::cost;

    #[test]
    fn cost_is_in_cents() {
        // A million tokens in and out of gpt-4o: 2.50 and 10 dollars.
        assert!((cost("gpt-4o", 1_000_000, 1_000_000) - 1250.0).abs() < 1e-6);
        assert!(cost("unheard-of", 10, 10).abs() < f64::EPSILON);
    }
}
