//! `unused-field`: a field of the lead that nothing reads.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Field, ItemKind};

pub const RULE: Rule = Rule {
    name: "unused-field",
    group: Group::Suspicious,
    level: Level::Note,
    summary: "a field of the lead that nothing reads",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-field.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    // a test that gives the field would no longer check
    let given: rustc_hash::FxHashSet<&str> =
        context.tests().flat_map(|(_, test)| &test.lead).map(|given| given.name.text.as_str()).collect();
    let required =
        |words: &str| context.items().any(|item| matches!(item.kind, ItemKind::Standard(_)) && context.text(item.span).contains(words));
    for field in context.leads().flat_map(|(_, lead)| &lead.fields) {
        let name = field.name.text.as_str();
        if field.key.is_some() || uses.values.contains(name) {
            continue;
        }
        let diagnostic =
            RULE.finding(format!("nothing reads the field `{name}`")).at(field.name.span, "no score, condition, route or claim needs it");
        found.push(if given.contains(name) || required(name) {
            diagnostic
        } else {
            diagnostic.fix(format!("remove `{name}`"), Applicability::Unsafe, vec![context.without(whole(field))])
        });
    }
}

fn whole(field: &Field) -> crate::source::Span {
    field.doc.as_ref().map_or(field.span, |doc| doc.span.to(field.span))
}
