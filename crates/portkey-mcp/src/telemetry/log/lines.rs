//! Formats the lines of the log: values are bounded in length, and hidden characters are made visible.

use std::fmt::{self, Write};

use opentelemetry::{Context, trace::TraceContextExt as _};
use portkey_api::JsonObject;
use portkey_engine::untrusted::visible;
use serde_json::Value;
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::{
    field::MakeExt as _,
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Writer, debug_fn},
    },
    registry::LookupSpan,
};

/// The most characters of a value that are logged.
const LONGEST: usize = 1000;

/// Formats the fields of an event as text.
pub(super) fn fields() -> impl for<'a> FormatFields<'a> + 'static {
    debug_fn(
        |writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug| {
            let value = bounded(value)?;
            match field.name() {
                "message" => writer.write_str(&value),
                name => write!(writer, "{name}={value}"),
            }
        },
    )
    .delimited(" ")
}

/// Adds the ids of trace and span to events that are logged as JSON.
pub(super) struct InTrace<F>(pub(super) F);

impl<S, N, F> FormatEvent<S, N> for InTrace<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let mut members: JsonObject = serde_json::from_str(&line).map_err(|_| fmt::Error)?;
        for value in members.values_mut() {
            if let Value::String(text) = value {
                *text = bounded(&format_args!("{text}"))?;
            }
        }
        let current = Context::current();
        let span = current.span();
        let span = span.span_context();
        if span.is_valid() {
            members.insert("trace_id".to_owned(), span.trace_id().to_string().into());
            members.insert("span_id".to_owned(), span.span_id().to_string().into());
        }
        writeln!(writer, "{}", Value::Object(members))
    }
}

/// The beginning of a value, with hidden characters made visible.
fn bounded(value: &dyn fmt::Debug) -> Result<String, fmt::Error> {
    let mut beginning = Beginning::default();
    match write!(beginning, "{value:?}") {
        Err(_) if !beginning.is_cut => Err(fmt::Error),
        _ => Ok(visible(&beginning.text).into_owned()),
    }
}

/// Keeps the beginning of what is written, and then fails, so that the rest is not even formatted.
#[derive(Default)]
struct Beginning {
    text: String,
    length: usize,
    is_cut: bool,
}

impl Write for Beginning {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        for letter in more.chars() {
            if self.length == LONGEST {
                self.text.push('…');
                self.is_cut = true;
                return Err(fmt::Error);
            }
            self.text.push(letter);
            self.length += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_and_hide_nothing() {
        assert_eq!(bounded(&"a\"b").unwrap(), "\"a\\\"b\"");
        assert_eq!(
            bounded(&format_args!("a\u{202e}b\r")).unwrap(),
            "a⟨U+202E⟩b⟨U+000D⟩"
        );
        let long = bounded(&"x".repeat(2_000_000)).unwrap();
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with("x…"));
    }
}
