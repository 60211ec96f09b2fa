//! `needless-else`: `A else 0` where A is never missing.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::{Conversion, ExprKind};
use crate::source::Span;
use crate::syntax::tree;

pub const RULE: Rule = Rule {
    name: "needless-else",
    group: Group::Style,
    level: Level::Note,
    summary: "a default for a value that is never missing",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/needless-else.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut needless: FxHashSet<Span> = FxHashSet::default();
    for root in walk::model_roots(context.policy) {
        walk::inside(root, |expr| {
            if let ExprKind::Conversion(Conversion::Else(inner, _)) = &expr.kind
                && !inner.optional
                // a default with more places shows the value with more places
                && inner.ty == expr.ty
            {
                needless.insert(expr.span);
            }
        });
    }
    for item in context.items() {
        walk::expressions(item, |expr, _| {
            let tree::ExprKind::Conversion(tree::Conversion::Else { value, default }) = &expr.kind else { return };
            if !needless.contains(&expr.span) {
                return;
            }
            let behind = Span::new(expr.span.source, value.span.end as usize, expr.span.end as usize);
            let name = context.plain(value.span);
            let diagnostic = RULE.finding(format!("`{name}` is never missing")).at(default.span, "no lead ever gets this");
            // a comment in between would be lost
            found.push(if context.text(behind).contains('#') {
                diagnostic
            } else {
                diagnostic.replace("leave the default out", Applicability::Safe, behind, "")
            });
        });
    }
}
