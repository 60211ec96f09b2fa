//! Decides and grids, stages and flows, queues and routes.

use super::{Expr, Length, Matcher};
use crate::model::{ChoicesId, EventColumnId, EventConditionId, SignalId, TableId};
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
    /// who takes turns, earlier ones first where nothing else decides; empty without rotation, and while its table has no rows
    pub rotation: Vec<Seat>,
    /// `rotate from reps`: where the seats come from
    pub from_table: Option<TableRotation>,
    /// the queue that takes the leads for whom no seat is left
    pub fallback: Option<usize>,
    pub span: Span,
}

/// An owner's place in a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// index into the owner choices
    pub owner: usize,
    /// turns in a round; an owner of weight 0 takes none
    pub weight: u32,
    /// the most open leads
    pub capacity: Option<u32>,
    /// the table says that the owner is away
    pub skipped: bool,
}

impl Seat {
    /// Whether it takes turns at all, its capacity apart.
    pub fn is_taken(&self) -> bool {
        self.weight > 0 && !self.skipped
    }
}

#[derive(Clone, Debug)]
pub struct TableRotation {
    pub table: TableId,
    /// column numbers: the key, which names owners; weights; capacities
    pub owner: usize,
    pub weight: Option<usize>,
    pub capacity: Option<usize>,
    /// over the row at hand, whose columns are cells without keys
    pub skip: Option<Expr>,
}

impl Queue {
    pub fn rotates(&self) -> bool {
        !self.rotation.is_empty() || self.from_table.is_some()
    }
}

#[derive(Clone, Debug)]
pub struct Route {
    /// of a route `for each`, one route per choice: `desk.dispensing`
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub condition: Option<Expr>,
    pub rows: Vec<RouteRow>,
    /// of a route `for each`: the choice that this one is for
    pub choice: Option<String>,
    pub span: Span,
}

impl Route {
    pub fn keeps_owners(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.target, RouteTarget::KeepOwner))
    }
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
    /// the owner whom the lead has; does not apply if it has none
    KeepOwner,
}
