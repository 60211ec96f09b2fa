//! `choice-spelled-twice`: two choices whose names differ by a slip.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::Name;
use rustc_hash::FxHashMap;

pub const RULE: Rule = Rule {
    name: "choice-spelled-twice",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "two choices whose names differ by a slip",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/choice-spelled-twice.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let fields = context.leads().flat_map(|(_, lead)| lead.fields.iter().map(|field| &field.ty));
    let columns = context.tables().flat_map(|(_, table)| table.columns.iter().map(|column| &column.ty));
    let properties = context.signals().flat_map(|(_, signal)| signal.properties.iter().map(|property| &property.ty));
    for ty in fields.chain(columns).chain(properties) {
        let mut seen: FxHashMap<String, &Name> = FxHashMap::default();
        let mut by_letter: FxHashMap<Option<char>, Vec<&Name>> = FxHashMap::default();
        for choice in ty.choices() {
            // what is left when endings, gaps and doubled letters are forgotten
            let alike = seen.get(&skeleton(&choice.name.text)).copied();
            let likely = by_letter.entry(choice.name.text.chars().next()).or_default();
            if let Some(first) = alike.or_else(|| likely.iter().copied().find(|first| is_slip(&first.text, &choice.name.text))) {
                found.push(
                    RULE.finding(format!("`{}` and `{}` look like two spellings of one choice", first.text, choice.name.text))
                        .at(choice.name.span, "the second")
                        .at(first.span, "the first")
                        .help(format!("write the other as a spelling of the first: `{} \"{}\"`", first.text, choice.name.text)),
                );
            } else {
                seen.insert(skeleton(&choice.name.text), &choice.name);
                likely.push(&choice.name);
            }
        }
    }
}

/// Words with fewer letters are too often real neighbours: `north` and `forth`, `week` and `weak`.
const SLIP_LETTERS_MIN: usize = 6;

/// Whether two names with the same first letter differ by one letter that is wrong, missing, too many or swapped: `clinic`, `clinik`. Numbered names differ
/// on purpose, and so do words with another ending: `manager` and `managed`, `employer` and `employee`.
fn is_slip(first: &str, second: &str) -> bool {
    let (mut words, mut others) = (first.split('_'), second.split('_'));
    let mut slips = 0;
    loop {
        match (words.next(), others.next()) {
            (None, None) => return slips == 1,
            (Some(word), Some(other)) if word == other => {}
            (Some(word), Some(other)) if is_slip_of_word(word, other) => slips += 1,
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}

fn is_slip_of_word(word: &str, other: &str) -> bool {
    let is_long = |word: &str| word.chars().count() >= SLIP_LETTERS_MIN && !word.contains(|letter: char| letter.is_ascii_digit());
    let ends_as_another_word = |word: &str| word.ends_with(['r', 'e', 'd', 's', 'n', 'y', 'l']);
    let shared = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let differ_at_end = shared + 1 >= word.chars().count().max(other.chars().count());
    is_long(word)
        && is_long(other)
        && shared > 0
        && word.len().abs_diff(other.len()) <= 4
        && strsim::damerau_levenshtein(word, other) == 1
        && !(differ_at_end && ends_as_another_word(word) && ends_as_another_word(other))
}

/// `long_term_cares` and `longterm_care` have one skeleton.
fn skeleton(name: &str) -> String {
    let letters = name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase);
    let mut skeleton = String::new();
    for letter in letters {
        if !skeleton.ends_with(letter) || letter.is_ascii_digit() {
            skeleton.push(letter);
        }
    }
    let singular = skeleton.strip_suffix('s').map(str::len);
    skeleton.truncate(singular.filter(|length| *length > 3).unwrap_or(skeleton.len()));
    skeleton
}
