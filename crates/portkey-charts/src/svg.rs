//! Writes a scene as SVG.

use maud::{Markup, PreEscaped, html};

use crate::{
    font::{self, Weight},
    scene::{Colour, Scene, Shape},
};

const FONTS: &str = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

pub(crate) fn write(scene: &Scene) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let view = format!("0 0 {width} {height}");
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox=(view) role="img" font-family=(FONTS) {
            (line()) title { (text(&scene.title)) } (line())
            @for shape in &scene.shapes { (written(shape)) (line()) }
        }
    };
    markup.into_string()
}

fn written(shape: &Shape) -> Markup {
    match shape {
        Shape::Rectangle {
            x,
            y,
            width,
            height,
            fill,
        } => html! {
            rect x=(number(*x)) y=(number(*y)) width=(number(*width)) height=(number(*height)) fill=(fill) fill-opacity=[opacity(*fill)] {}
        },
        Shape::Line {
            points,
            width,
            colour,
        } => html! {
            polyline points=(list(points)) fill="none" stroke=(colour) stroke-width=(number(*width)) stroke-linejoin="round" stroke-linecap="round" {}
        },
        Shape::Area { points, fill } => html! {
            polygon points=(list(points)) fill=(fill) fill-opacity=[opacity(*fill)] {}
        },
        Shape::Dot { at, radius, fill } => html! {
            circle cx=(number(at.0)) cy=(number(at.1)) r=(number(*radius)) fill=(fill) {}
        },
        Shape::Text {
            at,
            text: words,
            size,
            weight,
            colour,
        } => {
            let heavy = (*weight == Weight::SemiBold).then_some("600");
            // Other fonts are wider or narrower; a text whose width is known keeps the place that it was given.
            let length =
                font::covers(words, *weight).then(|| number(font::width(words, *size, *weight)));
            html! {
                text x=(number(at.0)) y=(number(at.1)) font-size=(number(*size)) font-weight=[heavy] fill=(colour) textLength=[length] lengthAdjust="spacingAndGlyphs" { (text(words)) }
            }
        }
    }
}

fn line() -> PreEscaped<&'static str> {
    PreEscaped("\n")
}

fn opacity(colour: Colour) -> Option<String> {
    (colour.1 < 100).then(|| number(f32::from(colour.1) / 100.0))
}

fn list(points: &[(f32, f32)]) -> String {
    let points = points.iter();
    let points = points.map(|(x, y)| format!("{},{}", number(*x), number(*y)));
    points.collect::<Vec<_>>().join(" ")
}

/// A number with at most two decimals.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Text without the characters that XML cannot hold.
fn text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
