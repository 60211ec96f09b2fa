//! What a policy says must hold.

use super::Expr;
use crate::model::FieldId;
use crate::source::Span;
pub use crate::syntax::tree::Direction;

#[derive(Clone, Debug)]
pub struct Claim {
    pub title: String,
    pub doc: Option<String>,
    pub kind: ClaimKind,
    pub span: Span,
}

/// Over every well-formed lead, in every stage, at every as-of.
#[derive(Clone, Debug)]
pub enum ClaimKind {
    Always(Expr),
    Never(Expr),
    /// for some lead
    Possible(Expr),
    /// `readiness never falls as beds rises`: where everything but the field is the same, and both values are known. Not negated: some lead's value does, and no
    /// lead's goes the other way.
    Monotone {
        value: Expr,
        negated: bool,
        direction: Direction,
        field: FieldId,
    },
}
