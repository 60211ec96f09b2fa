//! `no-tests`: a policy without tests.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "no-tests",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a policy without tests",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/no-tests.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let decides = !context.policy.decides.is_empty() || !context.policy.routes.is_empty() || !context.policy.scores.is_empty();
    if let Some(header) = context.header().filter(|_| decides && context.policy.tests.is_empty()) {
        found.push(
            RULE.finding(format!("the policy `{}` has no test", context.policy.name))
                .at(header, "nothing shows what it is meant to do")
                .help("write down what must come out for an example lead: `test \"…\" { lead { … } expect { … } }`"),
        );
    }
}
