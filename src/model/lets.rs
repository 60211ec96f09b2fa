//! `let`: a name for a typed expression.

use super::check::Checker;
use super::expressions::Scope;
use super::{Derived, Let, LetId};

impl Checker<'_> {
    pub(crate) fn check_let(&mut self, id: LetId) {
        let Some((item, tree)) = self.derived.lets.get(id).copied() else { return };
        let Some(value) = self.expression(&tree.value, Scope::Lead) else {
            self.memory.broken.insert(Derived::Let(id));
            return;
        };
        if let Some(place) = self.policy.lets.get_mut(id) {
            *place = Let {
                name: tree.name.text.clone(),
                display: tree.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                value,
                span: item.span,
            };
        }
    }
}
