//! Paints a scene as PNG.

use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use crate::{
    font::{self, Pen},
    scene::{Colour, Scene, Shape},
};

pub(crate) fn paint(scene: &Scene) -> Option<Vec<u8>> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "pictures have a few thousand pixels"
    )]
    let (width, height) = (scene.width.ceil() as u32, scene.height.ceil() as u32);
    let mut pixels = Pixmap::new(width, height)?;
    for shape in &scene.shapes {
        painted(shape, &mut pixels);
    }
    pixels.encode_png().ok()
}

/// Paints a shape. One that cannot be painted, because a number in it is none, is left out.
fn painted(shape: &Shape, pixels: &mut Pixmap) -> Option<()> {
    let path = match shape {
        Shape::Rectangle {
            x,
            y,
            width,
            height,
            ..
        } => PathBuilder::from_rect(Rect::from_xywh(*x, *y, *width, *height)?),
        Shape::Line { points, .. } => through(points, false)?,
        Shape::Area { points, .. } => through(points, true)?,
        Shape::Dot { at, radius, .. } => PathBuilder::from_circle(at.0, at.1, *radius)?,
        Shape::Text {
            at,
            text,
            size,
            weight,
            ..
        } => {
            let mut pen = Outlines(PathBuilder::new());
            font::outline(text, *size, *weight, *at, &mut pen);
            pen.0.finish()?
        }
    };
    let still = Transform::identity();
    match shape {
        Shape::Line { width, colour, .. } => {
            let stroke = Stroke {
                width: *width,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            pixels.stroke_path(&path, &of(*colour), &stroke, still, None);
        }
        Shape::Rectangle { fill: colour, .. }
        | Shape::Area { fill: colour, .. }
        | Shape::Dot { fill: colour, .. }
        | Shape::Text { colour, .. } => {
            pixels.fill_path(&path, &of(*colour), FillRule::Winding, still, None);
        }
    }
    Some(())
}

fn through(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (place, (x, y)) in points.iter().enumerate() {
        if place == 0 {
            path.move_to(*x, *y);
        } else {
            path.line_to(*x, *y);
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn of(colour: Colour) -> Paint<'static> {
    let [red, green, blue] = colour.parts();
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    let alpha = u16::from(colour.1) * 255 / 100;
    paint.set_color_rgba8(red, green, blue, u8::try_from(alpha).unwrap_or(u8::MAX));
    paint
}

struct Outlines(PathBuilder);

impl Pen for Outlines {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn cubic_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
