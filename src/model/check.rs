//! Trees to model: the one context that every part's checker works on.
//!
//! The order of work: `load` reads the files; `declare` enters every name; then the parts in the order of [`check`]. A checker never
//! stops at a mistake: it reports it and leaves out (or gives a harmless stand-in for) what it could not make sense of.

use rustc_hash::FxHashMap;

use super::order::Memory;
use super::{DecideId, FieldId, LetId, Policy, ScoreId, TableId};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span};
use crate::syntax::tree;

/// What a policy was made of, and everything found on the way. `policy` is only to be evaluated if no diagnostic is an error.
#[derive(Debug, Default)]
pub struct Checked {
    pub sources: Sources,
    pub files: Vec<tree::File>,
    pub policy: Policy,
    /// sorted by place
    pub diagnostics: Vec<Diagnostic>,
}

/// A name of the one space that fields, lets, scores, decides, routes and slas share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    Decide(DecideId),
    Route(usize),
    Sla(usize),
}

/// A signal as far as checking needs it.
#[derive(Clone, Debug)]
pub(crate) struct SignalInfo {
    pub name: String,
    pub span: Span,
    /// properties, as fields
    pub properties: Vec<super::Field>,
}

/// The trees of the derived values, in the order of their ids: `lets[id]`, `scores[id]`, `decides[id]` (a `decide` or a `grid`).
#[derive(Default)]
pub(crate) struct DerivedTrees<'t> {
    pub lets: Vec<(&'t tree::Item, &'t tree::Let)>,
    pub scores: Vec<(&'t tree::Item, &'t tree::Score)>,
    pub decides: Vec<(&'t tree::Item, DecideTree<'t>)>,
}

#[derive(Clone, Copy)]
pub(crate) enum DecideTree<'t> {
    Decide(&'t tree::Decide),
    Grid(&'t tree::Grid),
}

pub(crate) struct Checker<'t> {
    pub sources: &'t mut Sources,
    pub policy: Policy,
    pub diagnostics: Vec<Diagnostic>,
    pub names: FxHashMap<String, (Named, Span)>,
    pub tables: FxHashMap<String, TableId>,
    pub signals: FxHashMap<String, SignalInfo>,
    /// group name -> member signals
    pub groups: FxHashMap<String, Vec<String>>,
    pub teams: FxHashMap<String, Span>,
    pub calendars: FxHashMap<String, Span>,
    pub derived: DerivedTrees<'t>,
    /// the entry file, where "the policy as a whole" diagnostics point
    pub entry: SourceId,
    pub memory: Memory,
}
