//! The tests that a policy contains.

use crate::model::{Constant, DecideId, Decimal, FieldId, LetId, ScoreId, SlaId, TableId, TableRows};
use crate::source::Span;

use super::Event;

#[derive(Clone, Debug)]
pub struct Test {
    pub title: String,
    /// microseconds since the epoch
    pub as_of: Option<i64>,
    /// stage number before the evaluation
    pub stage: Option<usize>,
    /// when it entered that stage, in microseconds since the epoch; as-of if none
    pub stage_since: Option<i64>,
    /// per field, the value in its units (texts as written); none is missing
    pub lead: Vec<Option<Constant>>,
    /// whose the lead is already: numbers of an owner and a queue
    pub owner: Option<usize>,
    pub queue: Option<usize>,
    /// the rows that it gives of tables at run time
    pub tables: Vec<(TableId, TableRows)>,
    pub expect: Vec<Expected>,
    pub signals: Vec<Event>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Expected {
    /// as written: `readiness.demographic`
    pub path: String,
    pub target: Target,
    pub value: ExpectedValue,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedValue {
    Missing,
    /// in the units of the target
    Known(Constant),
    /// of a score, a number with more decimal places than its rows can give today: no value is that
    Finer(Decimal),
}

impl From<Option<Constant>> for ExpectedValue {
    fn from(value: Option<Constant>) -> ExpectedValue {
        value.map_or(ExpectedValue::Missing, ExpectedValue::Known)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    Section(ScoreId, usize),
    Decide(DecideId),
    /// the stage after the transition
    Stage,
    Route(usize),
    /// `handover.owner`
    RouteOwner(usize),
    /// `first_touch.due`
    ClockDue(SlaId),
    /// `first_touch.state`
    ClockState(SlaId),
}
