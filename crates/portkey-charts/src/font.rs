//! The font of pictures: a subset of Inter, whose licence is beside it, with Latin, Greek and Cyrillic letters.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

static REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular-subset.otf");
static SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold-subset.otf");

/// How heavy text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    /// Latin letters only; others are regular.
    SemiBold,
}

/// Stands for letters that the font lacks.
const MISSING: char = '□';

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR, SEMI_BOLD].map(|font| Face::parse(font, 0).ok()));

/// A glyph and the font that has it.
struct Glyph {
    face: &'static Face<'static>,
    id: GlyphId,
}

impl Glyph {
    /// The glyph of a character; an empty box for one that the font lacks.
    fn of(character: char, weight: Weight) -> Option<Self> {
        let [regular, semi_bold] = &*FACES;
        let faces = match weight {
            Weight::Regular => [regular, regular],
            Weight::SemiBold => [semi_bold, regular],
        };
        let mut faces = faces.into_iter().flatten();
        let has = |face: &'static Face<'static>| {
            let id = face.glyph_index(character)?;
            Some(Self { face, id })
        };
        faces.clone().find_map(has).or_else(|| {
            let face = faces.next()?;
            let id = face.glyph_index(MISSING).unwrap_or_default();
            Some(Self { face, id })
        })
    }

    fn scale(&self, size: f32) -> f32 {
        size / f32::from(self.face.units_per_em())
    }

    fn advance(&self, size: f32) -> f32 {
        f32::from(self.face.glyph_hor_advance(self.id).unwrap_or_default()) * self.scale(size)
    }
}

/// How wide a text is.
pub(crate) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let glyphs = text.chars().filter_map(|c| Glyph::of(c, weight));
    glyphs.map(|glyph| glyph.advance(size)).sum()
}

/// A text that is at most so wide; its end is an ellipsis if it had to be shortened.
pub(crate) fn fitted(text: &str, size: f32, weight: Weight, most: f32) -> String {
    if width(text, size, weight) <= most {
        return text.to_owned();
    }
    let room = most - width("…", size, weight);
    let mut used = 0.0;
    let fitting = text.chars().take_while(|c| {
        used += Glyph::of(*c, weight).map_or(0.0, |glyph| glyph.advance(size));
        used <= room
    });
    format!("{}…", fitting.collect::<String>().trim_end())
}

/// Whether the font has every letter of a text.
pub(crate) fn covers(text: &str, weight: Weight) -> bool {
    let [regular, semi_bold] = &*FACES;
    let face = match weight {
        Weight::Regular => regular,
        Weight::SemiBold => semi_bold,
    };
    let has = |c| {
        face.as_ref()
            .is_some_and(|face| face.glyph_index(c).is_some())
    };
    text.chars().all(has)
}

/// Draws a text from `x` on, with its baseline at `y`.
pub(crate) fn outline(
    text: &str,
    size: f32,
    weight: Weight,
    (x, y): (f32, f32),
    pen: &mut dyn Pen,
) {
    let mut x = x;
    for glyph in text.chars().filter_map(|c| Glyph::of(c, weight)) {
        let scale = glyph.scale(size);
        let mut placed = Placed { pen, x, y, scale };
        glyph.face.outline_glyph(glyph.id, &mut placed);
        x += glyph.advance(size);
    }
}

/// What outlines are drawn with, in the coordinates of the picture.
pub(crate) trait Pen {
    fn move_to(&mut self, x: f32, y: f32);
    fn line_to(&mut self, x: f32, y: f32);
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32);
    fn cubic_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32);
    fn close(&mut self);
}

/// A pen at the place of a glyph. In fonts `y` grows upwards.
struct Placed<'a> {
    pen: &'a mut dyn Pen,
    x: f32,
    y: f32,
    scale: f32,
}

impl Placed<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Placed<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.pen.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.pen.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.pen.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.pen.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.pen.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_as_wide_as_its_letters_and_shortened_where_it_must_be() {
        let whole = width("workspace", 20.0, Weight::Regular);
        assert!(whole > 80.0 && whole < 120.0, "{whole}");
        assert_eq!(
            fitted("workspace", 20.0, Weight::Regular, whole),
            "workspace"
        );
        let short = fitted("workspace", 20.0, Weight::Regular, 60.0);
        assert!(short.ends_with('…') && short.starts_with("wor"), "{short}");
        assert!(width(&short, 20.0, Weight::Regular) <= 60.0);
    }

    #[test]
    fn letters_that_the_font_lacks_are_boxes() {
        assert!(covers("aÄłЖλ0…€−", Weight::Regular));
        assert!(!covers("a漢", Weight::Regular));
        assert!(width("漢", 20.0, Weight::SemiBold) > 0.0);
    }
}
