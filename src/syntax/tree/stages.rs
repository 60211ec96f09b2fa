//! Stages, flows, routes and queues, as written.

use super::{Duration, Expr, Guard, Name, Number, Text};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Stage {
    pub name: Name,
    pub display: Option<Text>,
    pub owner: Option<Name>,
    pub start: Option<Span>,
    pub is_final: Option<Span>,
    pub raci: Vec<Raci>,
}

#[derive(Clone, Debug)]
pub struct Raci {
    pub role: RaciRole,
    pub teams: Vec<Name>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaciRole {
    Accountable,
    Responsible,
    Consulted,
    Informed,
}

#[derive(Clone, Debug)]
pub struct Flow {
    pub name: Option<Name>,
    pub rows: Vec<FlowRow>,
}

#[derive(Clone, Debug)]
pub struct FlowRow {
    pub doc: Option<Text>,
    pub from: FromStages,
    pub to: Name,
    pub trigger: Trigger,
    /// a further `when` behind `on` or `after`
    pub condition: Option<Expr>,
    pub recycle: Option<Recycle>,
    pub because: Option<Because>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum FromStages {
    Listed(Vec<Name>),
    /// `any`, `any except won, lost`
    Any {
        except: Vec<Name>,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub enum Trigger {
    When(Expr),
    On { signal: Name, condition: Option<Expr> },
    After { duration: Duration, without: Option<Name> },
}

#[derive(Clone, Debug)]
pub struct Recycle {
    /// `forget behavioural`
    pub forget: Option<Name>,
    /// `rest 90 days`
    pub rest: Option<Duration>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Because {
    Text(Text),
    /// `because call.reason`
    Property(Vec<Name>, Span),
}

#[derive(Clone, Debug)]
pub struct Route {
    pub name: Name,
    pub display: Option<Text>,
    /// `for each product in products`
    pub each: Option<(Name, Name)>,
    pub condition: Option<Expr>,
    pub rows: Vec<RouteRow>,
}

#[derive(Clone, Debug)]
pub struct RouteRow {
    pub doc: Option<Text>,
    pub target: RouteTarget,
    pub guard: Guard,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RouteTarget {
    Queue(Name),
    /// `by territories[state].queue`; without a guard of its own the row has `when yes`: it applies if the look-up finds a queue
    By(Expr),
    KeepOwner(Span),
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub name: Name,
    pub display: Option<Text>,
    pub team: Option<Name>,
    pub rotate: Option<Rotate>,
}

#[derive(Clone, Debug)]
pub enum Rotate {
    /// `rotate rep_a weight 1, rep_b weight 2` (weight 1 if not written); `capacity 50` and `otherwise duty_desk` if written
    Owners { turns: Vec<Turn>, otherwise: Option<Name>, span: Span },
    /// `rotate from reps weight reps.ramp capacity reps.limit skip when … otherwise duty_desk`
    Table { table: Name, weight: Option<Vec<Name>>, capacity: Option<Vec<Name>>, skip: Option<Expr>, otherwise: Option<Name>, span: Span },
}

impl Rotate {
    pub fn span(&self) -> Span {
        match self {
            Rotate::Owners { span, .. } | Rotate::Table { span, .. } => *span,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Turn {
    pub owner: Name,
    pub weight: Option<Number>,
    pub capacity: Option<Number>,
    pub span: Span,
}
