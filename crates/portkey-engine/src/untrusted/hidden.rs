//! Finds hidden characters: control characters, characters without a visible shape, and unassigned ones. Some of them
//! are legitimate parts of an emoji or between joining letters.

use unicode_general_category::{GeneralCategory as Category, get_general_category};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';
const LAST_TAG: char = '\u{e007f}';
const KEYCAP: char = '\u{20e3}';
/// The variation selectors that choose between the text form and the emoji form of a character.
const STYLES: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];
/// The flags that are encoded with tag characters: England, Scotland and Wales.
const SPELT_FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
/// The number of tag characters in such a flag, including the terminator.
const SPELLING: usize = 6;

/// Whether the character at `index` hides something.
pub(super) fn is_hidden(text: &[char], index: usize) -> bool {
    text.get(index)
        .is_some_and(|character| hides(*character) && !belongs(text, index, *character))
}

fn hides(character: char) -> bool {
    match get_general_category(character) {
        Category::Control
        | Category::LineSeparator
        | Category::ParagraphSeparator
        | Category::PrivateUse => true,
        Category::Format => !stands_before_numbers(character),
        _ => has_no_shape(character),
    }
}

/// Whether this is a format character that is visible nevertheless: it is drawn in front of numbers.
fn stands_before_numbers(character: char) -> bool {
    matches!(
        character,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
    )
}

/// Whether Unicode lets programs ignore the character when they draw it (apart from format characters), or it is never
/// assigned.
fn has_no_shape(character: char) -> bool {
    let ignorable = matches!(
        character,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2065}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1d159}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    let code = u32::from(character);
    ignorable || code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code)
}

/// Whether a character that may be hidden is a legitimate part of the text around it.
fn belongs(text: &[char], index: usize, character: char) -> bool {
    let at = |place: Option<usize>| place.and_then(|place| text.get(place)).copied();
    let before = at(index.checked_sub(1));
    let after = at(index.checked_add(1));
    match character {
        '\n' | '\t' => true,
        '\r' => after == Some('\n'),
        character if STYLES.contains(&character) => {
            before.is_some_and(is_pictograph)
                || after == Some(KEYCAP)
                    && before.is_some_and(|key| matches!(key, '0'..='9' | '#' | '*'))
        }
        JOINER => {
            let styled = before.is_some_and(|style| STYLES.contains(&style));
            let picture = if styled {
                at(index.checked_sub(2))
            } else {
                before
            };
            let pictures = picture.is_some_and(is_pictograph) && after.is_some_and(is_pictograph);
            pictures || joins_letters(before, after)
        }
        NON_JOINER => joins_letters(before, after),
        '\u{e0020}'..=LAST_TAG => is_in_flag(text, index),
        _ => false,
    }
}

/// Whether the neighbours are letters of a script in which joiners choose between shapes.
fn joins_letters(before: Option<char>, after: Option<char>) -> bool {
    let joins = |letter: char| {
        matches!(letter, '\u{600}'..='\u{1cff}')
            && !has_no_shape(letter)
            && matches!(
                get_general_category(letter),
                Category::OtherLetter | Category::NonspacingMark | Category::SpacingMark
            )
    };
    before.is_some_and(joins) && after.is_none_or(|after| !hides(after))
}

fn is_pictograph(character: char) -> bool {
    matches!(
        character,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}'..='\u{2935}'
            | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}'
    )
}

/// Whether a tag character is part of one of the flags in [`SPELT_FLAGS`].
fn is_in_flag(text: &[char], index: usize) -> bool {
    // Looking back no further than the length of a flag keeps the time linear in the number of tag characters.
    let earliest = index.saturating_sub(SPELLING);
    let before = text.get(earliest..index).unwrap_or_default();
    let start = before
        .iter()
        .rposition(|character| *character == BLACK_FLAG);
    let Some(start) = start.map(|start| earliest + start) else {
        return false;
    };
    SPELT_FLAGS.iter().any(|flag| {
        let spelt: Vec<char> = flag.chars().filter_map(tag).chain([LAST_TAG]).collect();
        let written = text.get(start + 1..start + 1 + spelt.len());
        written == Some(&spelt) && index <= start + spelt.len()
    })
}

fn tag(letter: char) -> Option<char> {
    char::from_u32(0xe0000 + u32::from(letter))
}
