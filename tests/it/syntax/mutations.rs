//! Broken texts without number: the parser never panics, its spans are places of the text, and its work is in proportion.
//!
//! The texts are the worked example with a few tokens or bytes deleted, doubled, swapped or replaced, the same ones in every run.

use std::path::Path;

use leadwright::diagnostic::Diagnostic;
use leadwright::source::Span;

use super::{Parsed, WORK_MAX, summary};
use crate::support::random::Random;
use crate::support::work::counted;

const FILES: [&str; 4] = ["medbank.lead", "common/teams.lead", "common/signals.lead", "standards/global.lead"];

/// How many broken texts are made of each file.
const TEXTS: [(usize, usize); 4] = [(0, 250), (1, 800), (2, 800), (3, 800)];

/// Pieces of text that are put in the place of others.
const PIECES: [&str; 30] = [
    "\"",
    "'",
    "“",
    "`",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "#",
    "##",
    ",",
    ";",
    "->",
    "=",
    "==",
    "é",
    "\u{FEFF}",
    "\r\n",
    "\n",
    "\nlet ",
    "or",
    "not",
    "where",
    "0",
    "-1",
    "1_",
    "2026-02-30",
    "\0",
];

#[test]
fn broken_texts_are_read_without_a_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/medbank_full");
    let mut random = Random::new(20_260_101);
    let mut most = 0;
    let (mut with_mistakes, mut without) = (0, 0);
    for (file, count) in TEXTS {
        let text = std::fs::read_to_string(folder.join(FILES[file])).unwrap();
        for _ in 0..count {
            let broken = broken(&text, &mut random);
            let (parsed, work) = counted(|| Parsed::of(&broken));
            most = most.max(work / broken.len() as u64);
            check_diagnostics(&parsed, &broken);
            check_tree(&parsed, &broken);
            if parsed.diagnostics.is_empty() { without += 1 } else { with_mistakes += 1 }
        }
    }
    assert!(most <= WORK_MAX, "{most} bytes of memory for a byte of text");
    // Most of these texts are wrong, and some are right all the same.
    assert!(with_mistakes > without && without > 20, "{with_mistakes} with mistakes, {without} without");
}

/// Where a text has one slip, and one mistake is told, each of its fixes leaves none.
#[test]
fn the_fix_of_the_only_mistake_mends() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/medbank_full");
    let mut random = Random::new(20_260_102);
    let mut tried = 0;
    for file in &FILES[..3] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let items: Vec<String> = text.split("\n\n").map(|item| format!("leadwright 1\n{item}\n")).collect();
        for item in items.iter().filter(|item| Parsed::of(item).diagnostics.is_empty()) {
            for _ in 0..60 {
                let broken = with_slip(item, &mut random);
                let parsed = Parsed::of(&broken);
                let [only] = &parsed.diagnostics[..] else { continue };
                for fix in &only.fixes {
                    let fixed = apply(&Diagnostic { fixes: vec![fix.clone()], ..only.clone() }, &broken).unwrap();
                    assert_eq!(Parsed::of(&fixed).messages(), Vec::<String>::new(), "the fix of {broken}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

/// One token behind the first line left out, doubled, misspelt or replaced, or one written behind it.
fn with_slip(text: &str, random: &mut Random) -> String {
    let mut pieces = tokens(text);
    let one = 4 + random.below(pieces.len() - 4);
    let letters: Vec<char> = pieces[one].chars().collect();
    match random.below(7) {
        0 => pieces[one].clear(),
        1 => pieces[one] = format!("{0} {0}", pieces[one]),
        2 => pieces[one].push(','),
        3 => pieces[one] += [" every", " is", " a", " b1", " \"x\"", " 5", " and", " by", " `", " ="][random.below(10)],
        4 if letters.len() > 2 => {
            let mut letters = letters;
            let swapped = random.below(letters.len() - 1);
            letters.swap(swapped, swapped + 1);
            pieces[one] = letters.into_iter().collect();
        }
        5 if letters.len() > 2 => pieces[one] = letters[1..].iter().collect(),
        _ => pieces[one] = PIECES[random.below(PIECES.len())].to_owned(),
    }
    pieces.concat()
}

/// What a person or a tool reads of each diagnostic is in order.
fn check_diagnostics(parsed: &Parsed, text: &str) {
    for diagnostic in &parsed.diagnostics {
        assert!(!diagnostic.labels.is_empty(), "{diagnostic:?}");
        assert!(diagnostic.help.as_ref().is_some_and(|help| !help.is_empty()), "no help: {diagnostic:?}");
        let first = diagnostic.message.chars().next().unwrap();
        assert!(!first.is_uppercase() && !diagnostic.message.ends_with('.'), "{diagnostic:?}");
        // A name of a rule of the grammar is not for people.
        assert!(!diagnostic.message.split('`').step_by(2).any(|words| words.contains('_')), "{diagnostic:?}");
        for span in spans(diagnostic) {
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?}");
        }
        apply(diagnostic, text);
    }
}

fn spans(diagnostic: &Diagnostic) -> Vec<Span> {
    let labels = diagnostic.labels.iter().map(|label| label.span);
    let edits = diagnostic.fixes.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
    labels.chain(edits).collect()
}

/// Applies a fix; its edits must not overlap.
pub fn apply(diagnostic: &Diagnostic, text: &str) -> Option<String> {
    let mut edits: Vec<_> = diagnostic.fixes.first()?.edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut fixed, mut end) = (String::new(), 0);
    for edit in edits {
        assert!(edit.span.start as usize >= end, "edits overlap: {diagnostic:?}");
        fixed.push_str(&text[end..edit.span.start as usize]);
        fixed.push_str(&edit.text);
        end = edit.span.end as usize;
    }
    fixed.push_str(&text[end..]);
    Some(fixed)
}

/// Items lie in order, and every one can be walked and summed up.
fn check_tree(parsed: &Parsed, text: &str) {
    let mut end = 0;
    for item in &parsed.file.items {
        assert!(item.span.start >= end && item.span.end > item.span.start, "{:?}", item.span);
        assert!(text.get(item.span.start as usize..item.span.end as usize).is_some());
        end = item.span.end;
        assert!(!summary::item(item).is_empty());
    }
}

/// One to four changes, each of a token or of a byte.
fn broken(text: &str, random: &mut Random) -> String {
    let mut pieces: Vec<String> = tokens(text);
    for _ in 0..=random.below(4) {
        let (one, other) = (random.below(pieces.len()), random.below(pieces.len()));
        match random.below(6) {
            0 => pieces[one].clear(),
            1 => pieces[one] = pieces[one].repeat(2),
            2 => pieces.swap(one, other),
            3 => pieces[one] = PIECES[random.below(PIECES.len())].to_owned(),
            4 => pieces[one] = pieces[other].clone(),
            _ => {
                // half a token
                let middle = pieces[one].char_indices().map(|(index, _)| index).nth(pieces[one].chars().count() / 2).unwrap_or(0);
                pieces[one].truncate(middle);
            }
        }
    }
    pieces.concat()
}

/// Words, blanks and single signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let kind = |character: char| {
        if character.is_alphanumeric() || character == '_' {
            1
        } else if character == ' ' {
            2
        } else {
            0
        }
    };
    for character in text.chars() {
        match tokens.last_mut() {
            Some(last) if kind(character) != 0 && last.chars().next_back().map(kind) == Some(kind(character)) => last.push(character),
            _ => tokens.push(character.to_string()),
        }
    }
    tokens
}
