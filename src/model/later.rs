//! What is checked but not evaluated yet: claims.
//!
//! Enters: their trees. Leaves: nothing but diagnostics and `policy.unevaluated`. Always holds, when no error was reported: every value that
//! they name exists and has a fitting type.

use rustc_hash::FxHashMap;

use super::check::{Checker, Named};
use super::expressions::Scope;
use super::{Type, Unevaluated};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, ClaimKind};

impl Checker<'_> {
    /// Lists a part that parses and checks but is not evaluated yet.
    fn not_evaluated(&mut self, what: String, span: Span) {
        if self.memory.unevaluated.insert(span) {
            self.policy.unevaluated.push(Unevaluated { what, span });
        }
    }

    pub(crate) fn check_later(&mut self) {
        let mut titles = FxHashMap::default();
        for (item, claim) in self.items.claims.clone() {
            self.check_title("claim", &claim.title, &mut titles);
            self.check_claim(claim);
            self.not_evaluated(format!("the claim \"{}\"", claim.title.value), item.span);
        }
    }

    /// Claims and tests are called by their titles.
    pub(crate) fn check_title(&mut self, noun: &str, title: &tree::Text, titles: &mut FxHashMap<String, Span>) {
        if let Some(first) = titles.get(&title.value) {
            self.report(
                Diagnostic::new(Code::RepeatedName, format!("two {noun}s have the title \"{}\"", title.value))
                    .at(title.span, "again")
                    .at(*first, "first")
                    .help("say in the title what sets it apart"),
            );
        } else {
            titles.insert(title.value.clone(), title.span);
        }
    }

    fn check_claim(&mut self, claim: &tree::Claim) {
        match &claim.kind {
            ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => {
                self.condition(condition, Scope::Moment);
            }
            ClaimKind::Monotone { value, field, .. } => {
                self.check_rising_value(value);
                self.check_rising_field(field);
            }
        }
    }

    /// Only what has an order rises and falls.
    fn check_rising_value(&mut self, path: &[tree::Name]) {
        let Some(span) = path.iter().map(|name| name.span).reduce(Span::to) else { return };
        let expr = tree::Expr { kind: tree::ExprKind::Path(path.to_vec()), span };
        let Some(value) = self.expression(&expr, Scope::Lead) else { return };
        if !has_order(value.ty) {
            let text = self.one_line(span);
            self.report(
                Diagnostic::new(Code::WrongType, format!("`{text}` has no order, so that it can neither rise nor fall"))
                    .at(span, "not a number, date or time")
                    .help("claim it of the score that it is decided by"),
            );
        }
    }

    fn check_rising_field(&mut self, name: &tree::Name) {
        match self.names.get(&name.text) {
            Some((Named::Broken, _)) => {}
            Some((Named::Field(id), _)) => {
                if let Some(field) = self.policy.fields.get(*id)
                    && !has_order(field.ty)
                {
                    let declared = field.span;
                    self.report(
                        Diagnostic::new(Code::WrongType, format!("the field `{}` has no order, so that it cannot rise", name.text))
                            .at(name.span, "not a number, date or time")
                            .at(declared, "declared here"),
                    );
                }
            }
            Some((Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_), declared)) => {
                let declared = *declared;
                self.report(
                    Diagnostic::new(Code::WrongType, format!("`{}` is not a field of the lead", name.text))
                        .at(name.span, "a claim lets one field rise")
                        .at(declared, "declared here"),
                );
            }
            None => self.unknown_name(name),
        }
    }
}

fn has_order(ty: Type) -> bool {
    match ty {
        Type::Number { .. } | Type::Date | Type::Time => true,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => false,
    }
}
