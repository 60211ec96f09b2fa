//! `untrimmed-text`: blanks at the ends of display names, reasons and titles.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, texts};

pub const RULE: Rule = Rule {
    name: "untrimmed-text",
    group: Group::Style,
    level: Level::Note,
    summary: "a text that people see begins or ends with a blank",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/untrimmed-text.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (text, _) in context.items().flat_map(texts::texts) {
        let value = text.value.as_str();
        if value.trim().is_empty() || value.trim() == value {
            continue;
        }
        let diagnostic = RULE.finding(format!("`{}` begins or ends with a blank", value.trim())).at(text.span, "blanks that nobody sees");
        // as written: blanks may stand there as `\t`, which stays
        let written = context.text(text.span);
        let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::trim);
        found.push(match inner.filter(|inner| inner.len() + 2 < written.len()) {
            Some(inner) => diagnostic.replace("take the blanks away", Applicability::Safe, text.span, format!("\"{inner}\"")),
            None => diagnostic,
        });
    }
}
