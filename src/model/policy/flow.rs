//! Decides and grids, stages and flows, queues and routes.

use super::{Expr, Matcher};
use crate::model::ChoicesId;
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
    pub recycle: bool,
    /// `rest N days`, in seconds
    pub rest_seconds: Option<i64>,
    pub because: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Trigger {
    When(Expr),
    /// `on` and `after` rows: not evaluated yet
    Later,
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
