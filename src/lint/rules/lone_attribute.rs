//! `lone-attribute`: a section of a score with a single attribute.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::syntax::tree::SectionRow;

pub const RULE: Rule = Rule {
    name: "lone-attribute",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a section of a score has a single attribute",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/lone-attribute.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for section in context.scores().flat_map(|(_, score)| walk::sections(score)).filter(|section| section.points.is_none()) {
        if let [SectionRow::Attribute(attribute)] = section.rows.as_slice() {
            let (name, subject) = (&section.name.text, context.plain(attribute.subject.span));
            found.push(
                RULE.finding(format!("the section `{name}` looks at `{subject}` alone"))
                    .at(section.name.span, "one wrong value there decides the whole section")
                    .at(attribute.subject.span, "the only attribute"),
            );
        }
    }
}
