//! Turns the outcome of a call into a result of the protocol.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use portkey_engine::{
    call::{Consequence, Drawing, DrawingForm, Failure, Outcome},
    catalog::Tool,
    confirm::VALID_FOR,
    untrusted::{MARK, make_visible, note, visible},
    workers,
};
use rmcp::model::{
    Annotations, CallToolResult, ContentBlock, ImageContent, MetaObject, ResourceContents, Role,
    TextContent,
};
use serde_json::{Value, json};

use super::tools::declares_output;
use crate::{config::Structured, wording::Words};

/// The result that a client gets: compact JSON or a table as text, and the same as structured content only where that is wanted,
/// because several clients give a model both. The answer has a block of its own, which is marked if it may hold text of
/// others; notes of this server stand in another block.
pub(super) fn result(
    tool: Tool,
    outcome: Result<Outcome, Failure>,
    notes: Option<String>,
    structured: Structured,
) -> CallToolResult {
    let mut table = None;
    let mut answer = match outcome {
        Ok(Outcome::Answer(answer)) => answer,
        Ok(Outcome::Table { answer, text }) => {
            table = Some(text);
            answer
        }
        Ok(Outcome::Preview(preview)) => preview.to_json(),
        Ok(Outcome::Unconfirmed { consequence, token }) => unconfirmed(tool, &consequence, &token),
        Err(failure) => {
            let failure = failure.describe(&Words::ForAssistant).to_string();
            let said = [Some(failure), notes].into_iter().flatten();
            return failed(&said.collect::<Vec<_>>().join("\n\n"));
        }
    };
    let is_of_others = tool.declaration().answers_text();
    let mut result = answered(&mut answer, table, is_of_others, notes);
    if structured == Structured::Always || declares_output(tool, structured) {
        result.structured_content = Some(answer);
    }
    result
}

/// Adds a drawing to a result, after its text. It is for the user: the text has the figures.
pub(super) fn draw(result: &mut CallToolResult, tool: Tool, drawing: &Drawing) {
    let chart = &drawing.chart;
    let block = match drawing.form {
        DrawingForm::Png => chart.png().map(|png| {
            let mut image = ImageContent::new(BASE64.encode(png), "image/png");
            image.annotations = Some(Annotations::default().with_audience(vec![Role::User]));
            ContentBlock::Image(image)
        }),
        DrawingForm::Svg => {
            let uri = format!("chart://{}.svg", tool.name());
            let svg = ResourceContents::text(chart.svg(), uri).with_mime_type("image/svg+xml");
            Some(ContentBlock::resource(svg))
        }
    };
    result.content.extend(block);
}

/// The result of a tool that tells of other tools.
pub(super) fn guided(answer: Result<Value, String>) -> CallToolResult {
    match answer {
        Ok(answer) => CallToolResult::success(vec![ContentBlock::text(written(&answer))]),
        Err(why) => failed(&why),
    }
}

/// The result of a script, which may hold text of others.
pub(super) fn of_others(mut answer: Value) -> CallToolResult {
    answered(&mut answer, None, true, None)
}

/// An answer, or its table, in a block of its own, which says so if it may be text of others; notes beside it.
fn answered(
    answer: &mut Value,
    table: Option<String>,
    is_of_others: bool,
    notes: Option<String>,
) -> CallToolResult {
    let shown = note(make_visible(answer));
    let notes = notes.map(|notes| visible(&notes).into_owned());
    let beside = notes.into_iter().chain(shown).map(ContentBlock::text);
    let mut data = TextContent::new(table.unwrap_or_else(|| written(answer)));
    if is_of_others {
        let mark = [(MARK.to_owned(), true.into())];
        data.meta = Some(MetaObject(mark.into_iter().collect()));
    }
    let blocks = [ContentBlock::Text(data)].into_iter().chain(beside);
    CallToolResult::success(blocks.collect())
}

/// An answer as compact JSON. `Value::to_string` checks every piece of the text once more.
fn written(answer: &Value) -> String {
    // A `Value` has text as names of members alone, so that it can always be written.
    serde_json::to_string(answer).unwrap_or_default()
}

/// Whether it takes long to write the result.
pub(super) fn is_large(outcome: &Result<Outcome, Failure>) -> bool {
    match outcome {
        Ok(Outcome::Answer(answer) | Outcome::Table { answer, .. }) => workers::is_large(answer),
        Ok(Outcome::Preview(_)) | Err(_) => true,
        Ok(Outcome::Unconfirmed { .. }) => false,
    }
}

/// Says how to confirm a call that was not made. That is no error, since models repeat calls that failed.
fn unconfirmed(tool: Tool, consequence: &Consequence, token: &str) -> Value {
    json!({
        "done": false,
        "would_do": consequence.to_string(),
        "next": format!(
            "NOTHING WAS DONE YET. Show `would_do` to the user. Only if they agree, call `{}` again with the same \
             arguments and this `confirmation`, which is good once and for {} minutes.",
            tool.name(),
            VALID_FOR.as_secs() / 60,
        ),
        "confirmation": token,
    })
}

fn failed(text: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(visible(text))])
}
