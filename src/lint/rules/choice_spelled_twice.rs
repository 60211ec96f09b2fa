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
        for choice in ty.choices() {
            // what is left when endings, gaps and doubled letters are forgotten
            if let Some(first) = seen.get(&skeleton(&choice.name.text)) {
                found.push(
                    RULE.finding(format!("`{}` and `{}` look like two spellings of one choice", first.text, choice.name.text))
                        .at(choice.name.span, "the second")
                        .at(first.span, "the first")
                        .help(format!("write the other as a spelling of the first: `{} \"{}\"`", first.text, choice.name.text)),
                );
            } else {
                seen.insert(skeleton(&choice.name.text), &choice.name);
            }
        }
    }
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
