//! Text of strangers, made harmless for a terminal.
//!
//! Enters: text of policies, leads and file names. Leaves: the same text with every character that a terminal would obey, or that
//! would reorder what a reader sees, replaced by one visible character. Always holds: one character stays one character, so that columns
//! counted before are right after.

use std::borrow::Cow;

/// Whether a terminal or a reader could be misled by this character: controls (escapes included), marks that reorder text, line
/// separators that are no line ends of ours, and invisible tags.
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// What is shown instead of a harmful character: its picture if it has one (`␛` for escape), else `�`.
pub fn visible(character: char) -> char {
    match character {
        '\u{00}'..='\u{1F}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        other if is_harmful(other) => '\u{FFFD}',
        other => other,
    }
}

/// Text that stands within one line: line ends and tabs are made visible too.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_harmful) { Cow::Owned(text.chars().map(visible).collect()) } else { Cow::Borrowed(text) }
}

/// Text of several lines: line feeds and tabs stay.
pub fn many_lines(text: &str) -> Cow<'_, str> {
    let stays = |character: char| matches!(character, '\n' | '\t');
    if text.chars().any(|character| is_harmful(character) && !stays(character)) {
        Cow::Owned(text.chars().map(|character| if stays(character) { character } else { visible(character) }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_reordering_marks_become_visible() {
        assert_eq!(one_line("a\u{1b}[31mred\u{202e}x\n"), "a␛[31mred\u{FFFD}x␊");
        assert_eq!(one_line("\u{9b}2J\u{7f}\u{feff}"), "\u{FFFD}2J␡\u{FFFD}");
        assert_eq!(many_lines("a\tb\r\nc\u{1b}"), "a\tb␍\nc␛");
    }

    #[test]
    fn harmless_text_is_not_copied_and_every_character_stays_one() {
        assert!(matches!(one_line("Zürich 東京 👩‍⚕️"), Cow::Borrowed(_)));
        for code in 0..=0x10FFFFu32 {
            let Some(character) = char::from_u32(code) else { continue };
            assert!(!is_harmful(visible(character)), "U+{code:04X}");
        }
    }
}
