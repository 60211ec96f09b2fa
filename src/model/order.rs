//! In which order derived values are checked and computed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{ChoicesId, Derived};
use crate::source::Span;

/// What the checkers of expressions and derived values remember from one to the next.
#[derive(Default)]
pub(crate) struct Memory {
    /// derived values without a type, whose mistake has been reported: what needs them says nothing more
    pub broken: FxHashSet<Derived>,
    /// per set of choices: name -> index
    pub choice_indexes: FxHashMap<ChoicesId, FxHashMap<String, usize>>,
    /// spans in `policy.unevaluated`
    pub unevaluated: FxHashSet<Span>,
    /// how many names were compared for "did you mean"
    pub names_compared: usize,
    /// how deep the expression at hand is nested
    pub depth: usize,
}
