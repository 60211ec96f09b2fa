//! `zero-weight`: a section, attribute or turn that counts for nothing.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::syntax::tree::{Number, Rotate, SectionRow};

pub const RULE: Rule = Rule {
    name: "zero-weight",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a section, an attribute or an owner has the weight 0",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/zero-weight.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut report = |what: String, weight: Option<&Number>, why: &str| {
        if let Some(weight) = weight.filter(|weight| weight.mantissa == 0) {
            found.push(RULE.finding(format!("{what} has the weight 0")).at(weight.span, why));
        }
    };
    for section in context.scores().flat_map(|(_, score)| walk::sections(score)) {
        report(format!("the section `{}`", section.name.text), section.weight.as_ref(), "whatever it says, no score changes");
        for row in &section.rows {
            match row {
                SectionRow::Attribute(attribute) => {
                    let subject = context.plain(attribute.subject.span);
                    report(format!("the attribute `{subject}`"), attribute.weight.as_ref(), "whatever it says, no score changes");
                }
                SectionRow::Points(_) => {}
            }
        }
    }
    for (_, queue) in context.queues() {
        match &queue.rotate {
            Some(Rotate::Owners { turns, .. }) => {
                for turn in turns {
                    report(format!("the owner `{}`", turn.owner.text), turn.weight.as_ref(), "takes no turn");
                }
            }
            Some(Rotate::Table { .. }) | None => {}
        }
    }
}
