//! Decides and grids, stages and flows, queues and routes.

use super::{Expr, Length, Matcher};
use crate::model::{ChoicesId, EventColumnId, EventConditionId, SignalId};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Decide {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub choices: ChoicesId,
    pub body: DecideBody,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum DecideBody {
    /// first match; the rows are exhaustive
    Rows(Vec<DecideRow>),
    Grid(Box<Grid>),
}

#[derive(Clone, Debug)]
pub struct DecideRow {
    pub doc: Option<String>,
    pub outcome: usize,
    /// none for `otherwise`
    pub condition: Option<Expr>,
    pub because: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Grid {
    pub rows_of: Expr,
    pub columns_of: Expr,
    pub columns: Vec<Edge>,
    pub rows: Vec<(Edge, Vec<usize>)>,
}

/// One edge of a grid: a column's or a row's pattern. Edges cover the domain.
#[derive(Clone, Debug)]
pub struct Edge {
    pub matcher: Matcher,
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Stage {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub owner: Option<String>,
    pub start: bool,
    pub is_final: bool,
    pub accountable: Vec<String>,
    pub responsible: Vec<String>,
    pub consulted: Vec<String>,
    pub informed: Vec<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Flow {
    pub name: Option<String>,
    pub rows: Vec<FlowRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct FlowRow {
    pub doc: Option<String>,
    /// stage numbers, ascending
    pub from: Vec<usize>,
    pub to: usize,
    pub trigger: Trigger,
    /// `recycle`
    pub recycle: bool,
    /// `rest 90 days`: no `when` row leaves the new stage before
    pub rest: Option<Length>,
    /// `forget behavioural`: index into [`super::Policy::forgets`]
    pub forget: Option<usize>,
    pub because: Option<Because>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Trigger {
    When(Expr),
    /// a signal since the stay began; with a further `when`
    On {
        signals: Vec<SignalId>,
        /// its `where`
        condition: Option<EventConditionId>,
        /// a measure: some such signal is there
        happened: Expr,
        when: Option<Expr>,
    },
    After {
        length: Length,
        without: Vec<SignalId>,
        /// a measure: the time is over
        waited: Expr,
        when: Option<Expr>,
    },
    /// a row with a reported mistake
    Broken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    Text(String),
    /// a property of the row's signal
    Property(EventColumnId),
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub team: Option<String>,
    /// (index into the owner choices, weight); empty without rotation
    pub rotation: Vec<(usize, u32)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Route {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub condition: Option<Expr>,
    pub rows: Vec<RouteRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct RouteRow {
    pub doc: Option<String>,
    pub target: RouteTarget,
    /// none for `otherwise`
    pub condition: Option<Expr>,
    pub because: Option<String>,
    /// the target as written
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RouteTarget {
    Queue(usize),
    /// a `one of` over the queues, perhaps missing: then the row does not apply
    By(Expr),
    /// not evaluated yet
    KeepOwner,
}
