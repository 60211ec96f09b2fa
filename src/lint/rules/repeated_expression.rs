//! `repeated-expression`: a condition or a measure that stands in several places and has no name.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{Connective, Expr, ExprKind, ItemKind, Predicate};

pub const RULE: Rule = Rule {
    name: "repeated-expression",
    group: Group::Suspicious,
    level: Level::Note,
    summary: "one condition is written out three times or more",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/repeated-expression.md"),
    check,
};

/// A condition that is written twice may be chance.
const TIMES_MIN: usize = 3;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut places: FxHashMap<String, Vec<Span>> = FxHashMap::default();
    for item in context.items().filter(|item| may_use_a_let(&item.kind)) {
        walk::expressions(item, |expr, scope| {
            if scope == walk::Scope::Lead && is_compound(expr) && !asks_for_transition(expr) {
                places.entry(context.plain(expr.span)).or_default().push(expr.span);
            }
        });
    }
    let mut repeated: Vec<(String, Vec<Span>)> = places.into_iter().filter(|(_, spans)| spans.len() >= TIMES_MIN).collect();
    // outer ones first: what stands inside of them is said with them
    repeated.sort_by_key(|(_, spans)| spans.first().map(|span| (span.source, span.start, std::cmp::Reverse(span.end))));
    let mut said: Vec<Span> = Vec::new();
    for (text, spans) in repeated {
        let [first, second, ..] = spans.as_slice() else { continue };
        let inside = |outer: &Span| outer.source == first.source && outer.start <= first.start && first.end <= outer.end;
        if said.last().is_some_and(inside) {
            continue;
        }
        said.push(*first);
        found.push(
            RULE.finding(format!("`{text}` is written out {} times", spans.len()))
                .at(*first, "a change has to reach every place")
                .at(*second, "again, and elsewhere")
                .help("give it a name with `let`"),
        );
    }
}

/// What claims and tests say is said on purpose, in full; a `for each` has names of its own.
fn may_use_a_let(kind: &ItemKind) -> bool {
    match kind {
        ItemKind::Let(_) | ItemKind::Score(_) | ItemKind::Decide(_) | ItemKind::Grid(_) | ItemKind::Flow(_) | ItemKind::Sla(_) => true,
        ItemKind::Route(route) => route.each.is_none(),
        ItemKind::Policy(_)
        | ItemKind::Use(_)
        | ItemKind::Standard(_)
        | ItemKind::Team(_)
        | ItemKind::Calendar(_)
        | ItemKind::Lead(_)
        | ItemKind::Signal(_)
        | ItemKind::Group(_)
        | ItemKind::Table(_)
        | ItemKind::Stage(_)
        | ItemKind::Queue(_)
        | ItemKind::Promise(_)
        | ItemKind::Claim(_)
        | ItemKind::Cases(_)
        | ItemKind::Test(_) => false,
    }
}

fn is_compound(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Connective(Connective::And(_) | Connective::Or(_)) | ExprKind::Measure(_))
}

/// `entering mql` can be asked where a transition can be seen, which is not so in a `let`.
fn asks_for_transition(expr: &Expr) -> bool {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        if matches!(expr.kind, ExprKind::Predicate(Predicate::Entering(_) | Predicate::Leaving(_))) {
            return true;
        }
        expr.each_value(|value| open.push(value));
    }
    false
}
