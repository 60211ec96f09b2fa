//! `untested-outcome`: an outcome of a decision that no test expects.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::DecideRow;
use rustc_hash::FxHashSet;

pub const RULE: Rule = Rule {
    name: "untested-outcome",
    group: Group::Governance,
    level: Level::Note,
    summary: "an outcome of a decision that no test expects",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/untested-outcome.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut expected: FxHashSet<(&str, String)> = FxHashSet::default();
    for one in context.tests().flat_map(|(_, test)| &test.expect) {
        if let [name] = one.path.as_slice() {
            expected.insert((&name.text, context.plain(one.value.span).replace('`', "")));
        }
    }
    let tested: FxHashSet<&str> = expected.iter().map(|(name, _)| *name).collect();
    for (_, decide) in context.decides().filter(|(_, decide)| tested.contains(decide.name.text.as_str())) {
        let mut seen = FxHashSet::default();
        for outcome in decide.rows.iter().map(|row| &row.outcome).filter(|outcome| seen.insert(outcome.text.as_str())) {
            if !expected.contains(&(decide.name.text.as_str(), outcome.text.clone())) {
                let is_dead = |row: &DecideRow| context.dead_rows.iter().any(|dead| dead.holds(row.outcome.span));
                let mut rows = decide.rows.iter().filter(|row| row.outcome.text == outcome.text);
                // a test is promised of no row that no lead gets to
                let help = if rows.all(is_dead) {
                    "no lead gets it, so no test can: mend its row, or leave it out"
                } else {
                    "`leadwright test --suggest` writes one, if it finds a lead for it"
                };
                found.push(
                    RULE.finding(format!("no test expects `{} {}`", decide.name.text, outcome.text))
                        .at(outcome.span, "no lead of a test ends here")
                        .help(help),
                );
            }
        }
    }
}
