//! What a program is given.
//!
//! Enters: columns of leads, texts and look-up tables. Leaves: what each input is taken from, and how texts and keys become integers. Always holds: a program sees integers
//! alone, within the bounds that its inputs say.

use rustc_hash::FxHashMap;

use crate::column::Width;
use crate::model::{ColumnId, TextTest};

/// One column that an evaluator is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    pub source: InputSource,
    pub optional: bool,
    /// bounds of a known value; decides `width`
    pub interval: (i64, i64),
    pub width: Width,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputSource {
    /// the value of a field or measure in the units of its type; not for texts
    Column(ColumnId),
    /// the calendar day, in the policy's zone, of a time
    LocalDay(ColumnId),
    /// a text through a map
    Text { column: ColumnId, map: usize },
    /// a text as a number that is equal exactly for equal folded texts within one block
    TextIdentity { column: ColumnId, domain: bool },
    /// the stage before the transition; never missing
    Stage,
    /// when the lead entered the stage it is in
    StageSince,
    /// the instant until which no `when` row leaves the stage
    RestUntil,
    /// the owner whom a route may keep, as a number of the owner choices; of a policy without routes, 0 is whoever has the lead
    RouteOwner(usize),
    /// the queue that the lead is in, of a route that may keep its owner
    RouteQueue(usize),
    /// the 64-bit hash of the lead's key (XXH64, seed 0, of the key's bytes as written), as a signed integer
    KeyHash,
}

impl InputSource {
    /// The field or measure that it is taken from; none of the rest, which is not a value of the lead's columns.
    pub fn column(&self) -> Option<ColumnId> {
        match self {
            InputSource::Column(column)
            | InputSource::LocalDay(column)
            | InputSource::Text { column, .. }
            | InputSource::TextIdentity { column, .. } => Some(*column),
            InputSource::Stage
            | InputSource::StageSince
            | InputSource::RestUntil
            | InputSource::RouteOwner(_)
            | InputSource::RouteQueue(_)
            | InputSource::KeyHash => None,
        }
    }
}

/// Turns a text into an integer. The text is folded ([`crate::model::value::fold_text`]) before it is matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMap {
    /// match the part behind the last `@`, folded; missing without one
    pub domain: bool,
    pub kind: TextMapKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextMapKind {
    /// a text's code; any other text has code `other`, or is missing
    Exact { codes: FxHashMap<String, i64>, other: Option<i64> },
    /// 1 or 0
    Test { test: TextTest, text: String },
    /// the code of the longest of these that the text starts with, else missing
    LongestPrefix { codes: FxHashMap<String, i64> },
}

/// An index over a table's key columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// for the text form and explanations
    pub table: String,
    pub key_count: usize,
    /// sorted by key: `key_count` integers and the row number
    pub rows: Vec<(Vec<i64>, i64)>,
    /// which key is a prefix key, if any, and for each of its codes the next shorter prefix
    pub prefix: Option<(usize, Vec<Option<i64>>)>,
}
