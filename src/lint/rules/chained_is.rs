//! `chained-is`: `a is x or a is y`, where `a is one of x, y` says it.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::Decimal;
use crate::model::value::fold_choice;
use crate::syntax::tree::{Connective, Expr, ExprKind, Literal, Predicate};

pub const RULE: Rule = Rule {
    name: "chained-is",
    group: Group::Style,
    level: Level::Note,
    summary: "one value is compared again and again",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/chained-is.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        walk::expressions(item, |expr, _| {
            let (members, wanted) = match &expr.kind {
                ExprKind::Connective(Connective::Or(members)) => (members, false),
                ExprKind::Connective(Connective::And(members)) => (members, true),
                _ => return,
            };
            let subjects: Vec<Option<String>> = members.iter().map(|member| subject(context, member, wanted)).collect();
            let mut first = 0;
            while first < members.len() {
                let alike = subjects[first..].iter().take_while(|subject| subject.is_some() && **subject == subjects[first]).count();
                if let (Some(subject), 2..) = (&subjects[first], alike) {
                    found.push(finding(context, subject, &members[first..first + alike], wanted));
                }
                first += alike.max(1);
            }
        });
    }
}

/// What is compared, if it is compared in this way.
fn subject(context: &Context<'_>, member: &Expr, wanted: bool) -> Option<String> {
    match &member.kind {
        ExprKind::Predicate(Predicate::Is { left, negated, choices, .. }) if *negated == wanted => {
            // two values of a yes/no are all there are
            let yes_no = choices.iter().any(|choice| matches!(choice.kind, ExprKind::Literal(Literal::YesNo(_))));
            (!yes_no).then(|| context.plain(left.span))
        }
        _ => None,
    }
}

fn finding(context: &Context<'_>, subject: &str, members: &[Expr], negated: bool) -> Diagnostic {
    let choices = members.iter().flat_map(|member| match &member.kind {
        ExprKind::Predicate(Predicate::Is { choices, .. }) => choices.as_slice(),
        _ => &[],
    });
    let choices: Vec<&Expr> = choices.collect();
    let mut values: Vec<String> = choices.iter().map(|choice| value(context, choice)).collect();
    values.sort_unstable();
    let is_repeated = values.windows(2).any(|pair| pair[0] == pair[1]);
    let choices: Vec<&str> = choices.into_iter().map(|choice| context.text(choice.span)).collect();
    let whole = members.iter().skip(1).fold(members[0].span, |whole, member| whole.to(member.span));
    let is = if negated { "is not one of" } else { "is one of" };
    let diagnostic = RULE.finding(format!("`{subject}` is compared {} times in a row", members.len())).at(whole, "one list says it");
    // a comment in between would be lost; a list names nothing twice
    if is_repeated || context.text(whole).contains('#') {
        return diagnostic;
    }
    diagnostic.replace(format!("write `{is}`"), Applicability::Safe, whole, format!("{subject} {is} {}", choices.join(", ")))
}

/// Alike for what a list takes for one and the same.
fn value(context: &Context<'_>, choice: &Expr) -> String {
    match &choice.kind {
        ExprKind::Literal(Literal::Number(number)) => Decimal { mantissa: number.mantissa, places: number.places }.reduced().to_string(),
        _ => fold_choice(context.text(choice.span).trim_matches('"')),
    }
}
