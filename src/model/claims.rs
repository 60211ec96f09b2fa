//! Claims: what must always hold, never, or for some lead; and what must not fall as a field rises.
//!
//! Enters: their trees. Leaves: `policy.claims`. Always holds, when no error was reported: every value that they name exists and has a fitting type, and no two
//! claims have one title. No score depends on a claim; `proof` proves or refutes them.

use rustc_hash::FxHashMap;

use super::check::{Checker, Named};
use super::expressions::Scope;
use super::wanted::Wanted;
use super::{Claim, ClaimKind, Expr, FieldId, Type};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

impl Checker<'_> {
    pub(crate) fn check_claims(&mut self) {
        let mut titles = FxHashMap::default();
        for (item, claim) in self.items.claims.clone() {
            self.check_title("claim", &claim.title, &mut titles);
            let Some(kind) = self.claim_kind(claim) else { continue };
            let doc = item.doc.as_ref().map(|text| text.value.clone());
            self.policy.claims.push(Claim { title: claim.title.value.clone(), doc, kind, span: item.span });
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

    fn claim_kind(&mut self, claim: &tree::Claim) -> Option<ClaimKind> {
        Some(match &claim.kind {
            tree::ClaimKind::Always(condition) => ClaimKind::Always(self.condition(condition, Scope::Moment)?),
            tree::ClaimKind::Never(condition) => ClaimKind::Never(self.condition(condition, Scope::Moment)?),
            tree::ClaimKind::Possible(condition) => ClaimKind::Possible(self.condition(condition, Scope::Moment)?),
            tree::ClaimKind::Monotone { value, negated, direction, field } => {
                let (value, field) = (self.rising_value(value), self.rising_field(field));
                ClaimKind::Monotone { value: value?, negated: *negated, direction: *direction, field: field? }
            }
        })
    }

    /// Only what has an order rises and falls.
    fn rising_value(&mut self, path: &[tree::Name]) -> Option<Expr> {
        let span = path.iter().map(|name| name.span).reduce(Span::to)?;
        let expr = tree::Expr { kind: tree::ExprKind::Path(path.to_vec()), span };
        let value = self.expression(&expr, Scope::Lead)?;
        if !has_order(value.ty) {
            let text = self.one_line(span);
            self.report(
                Diagnostic::new(Code::WrongType, format!("`{text}` has no order, so that it can neither rise nor fall"))
                    .at(span, "not a number, date or time")
                    .help("claim it of the score that it is decided by"),
            );
            return None;
        }
        Some(value)
    }

    fn rising_field(&mut self, name: &tree::Name) -> Option<FieldId> {
        match self.names.get(&name.text) {
            Some((Named::Broken, _)) => {}
            Some((Named::Field(id), _)) => {
                let id = *id;
                if let Some(field) = self.policy.fields.get(id)
                    && !has_order(field.ty)
                {
                    let declared = field.span;
                    let mut diagnostic =
                        Diagnostic::new(Code::WrongType, format!("the field `{}` has no order, so that it cannot rise", name.text))
                            .at(name.span, "not a number, date or time")
                            .at(declared, "declared here");
                    diagnostic.help = self.what_fits(&Wanted::RisingField);
                    self.report(diagnostic);
                    return None;
                }
                return Some(id);
            }
            Some((Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_), declared)) => {
                let declared = *declared;
                let mut diagnostic = Diagnostic::new(Code::WrongType, format!("`{}` is not a field of the lead", name.text))
                    .at(name.span, "a claim lets one field rise")
                    .at(declared, "declared here");
                diagnostic.help = self.what_fits(&Wanted::RisingField);
                self.report(diagnostic);
            }
            None => self.unknown_name(name, &Wanted::RisingField),
        }
        None
    }
}

fn has_order(ty: Type) -> bool {
    match ty {
        Type::Number { .. } | Type::Date | Type::Time => true,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => false,
    }
}
