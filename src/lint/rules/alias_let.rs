//! `alias-let`: `let a = b`.

use crate::diagnostic::Diagnostic;
use crate::lint::conditions::without_parentheses;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::ExprKind;

pub const RULE: Rule = Rule {
    name: "alias-let",
    group: Group::Style,
    level: Level::Note,
    summary: "a derived value is another one under a second name",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/alias-let.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, part) in context.lets().filter(|(_, part)| part.display.is_none()) {
        if let ExprKind::Path(path) = &without_parentheses(&part.value).kind
            && let [original] = path.as_slice()
        {
            found.push(
                RULE.finding(format!("`{}` is `{}` under a second name", part.name.text, original.text))
                    .at(part.value.span, "nothing is worked out")
                    .help(format!("use `{}`, or give it a display name", original.text)),
            );
        }
    }
}
