//! `contradictory-condition`: a condition that no lead can meet.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, logic, walk};
use crate::model::{Connective, Expr, ExprKind};

pub const RULE: Rule = Rule {
    name: "contradictory-condition",
    group: Group::Correctness,
    level: Level::Error,
    summary: "a condition that no lead can meet",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/contradictory-condition.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for root in walk::model_roots(context.policy) {
        walk::inside(root, |expr| {
            if let ExprKind::Connective(Connective::And(members)) = &expr.kind {
                look(context, expr, members, found);
            }
        });
    }
}

fn look(context: &Context<'_>, condition: &Expr, members: &[Expr], found: &mut Vec<Diagnostic>) {
    let cases = logic::cases(context, condition);
    let [case] = cases.as_slice() else { return };
    let Some((subject, fact)) = case.contradiction() else { return };
    // what a single comparison rules out is another rule's business
    let about: Vec<&Expr> = members.iter().filter(|member| logic::fact(context, member).0 == *subject).collect();
    if about.iter().any(|member| logic::fact(context, member).1.is_empty()) {
        return;
    }
    let mut diagnostic = RULE.finding(format!("no value of `{subject}` meets this condition")).at(condition.span, "never holds");
    for member in about.iter().filter(|member| member.span != fact.span).take(1) {
        diagnostic = diagnostic.at(fact.span, "this").at(member.span, "and this exclude each other");
    }
    found.push(diagnostic);
}
