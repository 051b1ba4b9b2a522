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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hidden(text: &str) -> Vec<usize> {
        let text: Vec<char> = text.chars().collect();
        let places = 0..text.len();
        places.filter(|index| is_hidden(&text, *index)).collect()
    }

    #[test]
    fn a_joiner_belongs_only_between_what_it_joins() {
        assert!(hidden("\u{1f468}\u{200d}\u{1f469}").is_empty());
        assert_eq!(hidden("\u{1f468}\u{200d}"), [1]);
        assert_eq!(hidden("\u{200d}\u{1f469}"), [0]);
        assert_eq!(hidden("\u{1f468}\u{200d}a"), [1]);
        // Scripts that end a word with one keep it; what follows may not hide itself.
        assert!(hidden("\u{d28}\u{d4d}\u{200d}").is_empty());
        assert_eq!(hidden("\u{d28}\u{d4d}\u{200d}\u{200b}"), [2, 3]);
    }

    #[test]
    fn a_style_belongs_behind_a_picture_or_in_a_keycap() {
        assert!(hidden("\u{2764}\u{fe0f}").is_empty());
        assert!(hidden("1\u{fe0f}\u{20e3}").is_empty());
        assert_eq!(hidden("1\u{fe0f}"), [1]);
        assert_eq!(hidden("a\u{fe0f}\u{20e3}"), [1]);
    }

    #[test]
    fn tags_belong_in_the_flags_that_are_known_and_not_behind_them() {
        let flag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
        assert!(hidden(flag).is_empty());
        assert_eq!(hidden(&format!("{flag}\u{e0061}")), [7]);
        // One of its letters is missing, so it spells nothing.
        let cut = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e007f}";
        assert_eq!(hidden(cut), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_return_belongs_at_the_end_of_a_line() {
        assert!(hidden("a\r\nb\tc").is_empty());
        assert_eq!(hidden("a\rb\r"), [1, 3]);
    }

    #[test]
    fn signs_that_stand_before_numbers_are_seen() {
        assert!(hidden("\u{600}1 \u{6dd}2").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_beyond_the_end_is_hidden_and_no_text_makes_it_panic(text in "(\\PC|[\u{200b}-\u{200f}\u{e0060}-\u{e007f}\u{fe0e}\u{fe0f}\u{1f3f4}]){0,20}", beyond in 0_usize..5) {
            let text: Vec<char> = text.chars().collect();
            prop_assert!(!is_hidden(&text, text.len() + beyond));
            for index in 0..text.len() {
                is_hidden(&text, index);
            }
        }

        #[test]
        fn printable_ascii_hides_nothing(text in "[ -~\n\t]{0,20}") {
            prop_assert!(hidden(&text).is_empty());
        }
    }
}
