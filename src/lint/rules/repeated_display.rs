//! `repeated-display`: two fields, signals, derived values or clocks with one display name.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::value::fold_text;
use crate::syntax::tree::{Name, Text};

pub const RULE: Rule = Rule {
    name: "repeated-display",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "two parts are shown under one name",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/repeated-display.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    type Shown<'t> = (&'t Name, &'t Option<Text>);
    let fields = context.leads().flat_map(|(_, lead)| &lead.fields).map(|field| (&field.name, &field.display));
    let kinds: [(&str, Vec<Shown<'_>>); 6] = [
        ("field", fields.collect()),
        ("signal", context.signals().map(|(_, part)| (&part.name, &part.display)).collect()),
        ("value", context.lets().map(|(_, part)| (&part.name, &part.display)).collect()),
        ("score", context.scores().map(|(_, part)| (&part.name, &part.display)).collect()),
        ("decision", context.decides().map(|(_, part)| (&part.name, &part.display)).collect()),
        ("clock", context.slas().map(|(_, part)| (&part.name, &part.display)).collect()),
    ];
    for (kind, shown) in kinds {
        let mut first: FxHashMap<String, (&Name, &Text)> = FxHashMap::default();
        for (name, display) in shown.into_iter().filter_map(|(name, display)| Some((name, display.as_ref()?))) {
            match first.entry(fold_text(&display.value)) {
                Entry::Vacant(entry) => drop(entry.insert((name, display))),
                Entry::Occupied(entry) => {
                    let (other, place) = entry.get();
                    found.push(
                        RULE.finding(format!("the {kind} `{}` is shown as the {kind} `{}` is", name.text, other.text))
                            .at(display.span, "nobody can tell them apart in a report")
                            .at(place.span, "the same name"),
                    );
                }
            }
        }
    }
}
