//! Clocks, promises, claims and standards, as written.

use super::{Comparison, Duration, Expr, Guard, Name, Number, Period, Text};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Sla {
    pub name: Name,
    pub display: Option<Text>,
    pub rows: Vec<SlaRow>,
}

impl Sla {
    /// The team that the clock is for: `by TEAM`.
    pub fn team(&self) -> Option<&Name> {
        self.rows.iter().find_map(|row| match &row.kind {
            SlaKind::By(team) => Some(team),
            SlaKind::Starts(_)
            | SlaKind::Stops(_)
            | SlaKind::Restarts(_)
            | SlaKind::Pauses { .. }
            | SlaKind::Within { .. }
            | SlaKind::Remind { .. }
            | SlaKind::Breach { .. }
            | SlaKind::Escalate(_) => None,
        })
    }

    /// What its `breach` rows do, in the order written.
    pub fn breach_actions(&self) -> impl Iterator<Item = &BreachAction> {
        self.rows.iter().filter_map(|row| match &row.kind {
            SlaKind::Breach { action, .. } => Some(action),
            SlaKind::Starts(_)
            | SlaKind::Stops(_)
            | SlaKind::Restarts(_)
            | SlaKind::Pauses { .. }
            | SlaKind::Within { .. }
            | SlaKind::By(_)
            | SlaKind::Remind { .. }
            | SlaKind::Escalate(_) => None,
        })
    }

    /// The steps of each `escalate` row.
    pub fn escalations(&self) -> impl Iterator<Item = &[(Name, Duration)]> {
        self.rows.iter().filter_map(|row| match &row.kind {
            SlaKind::Escalate(steps) => Some(steps.as_slice()),
            SlaKind::Starts(_)
            | SlaKind::Stops(_)
            | SlaKind::Restarts(_)
            | SlaKind::Pauses { .. }
            | SlaKind::Within { .. }
            | SlaKind::By(_)
            | SlaKind::Remind { .. }
            | SlaKind::Breach { .. } => None,
        })
    }
}

#[derive(Clone, Debug)]
pub struct SlaRow {
    pub kind: SlaKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum SlaKind {
    Starts(Moment),
    Stops(Moment),
    Restarts(Moment),
    /// `pauses when …`, `pauses on out_of_office for 1 week`
    Pauses {
        on: Moment,
        length: Option<Duration>,
    },
    Within {
        duration: Duration,
        guard: Option<Guard>,
    },
    By(Name),
    /// `remind owner at 80%`
    Remind {
        whom: Name,
        at: Number,
    },
    /// `breach notify sales_manager`, `breach reassign after 8 business hours`
    Breach {
        action: BreachAction,
        after: Option<Duration>,
    },
    /// `escalate to sales_manager after 2 business hours, director after 1 business day`
    Escalate(Vec<(Name, Duration)>),
}

#[derive(Clone, Debug)]
pub enum Moment {
    WhenEntering(Name),
    WhenLeaving(Name),
    When(Expr),
    On { signal: Name, condition: Option<Expr> },
}

#[derive(Clone, Debug)]
pub enum BreachAction {
    Notify(Name),
    Reassign,
}

#[derive(Clone, Debug)]
pub struct Promise {
    pub who: Name,
    pub kind: PromiseKind,
    pub per: Period,
}

#[derive(Clone, Debug)]
pub enum PromiseKind {
    /// `delivers 400 mql`
    Delivers { amount: u64, stage: Name },
    /// `meets first_touch for 90%`
    Meets { sla: Name, share: Number },
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub title: Text,
    pub kind: ClaimKind,
}

#[derive(Clone, Debug)]
pub enum ClaimKind {
    Always(Expr),
    Never(Expr),
    Possible(Expr),
    /// `readiness never falls as beds rises`
    Monotone {
        value: Vec<Name>,
        negated: bool,
        direction: Direction,
        field: Name,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Rises,
    Falls,
}

#[derive(Clone, Debug)]
pub struct Standard {
    pub name: Name,
    pub display: Option<Text>,
    pub requires: Vec<Require>,
}

/// A requirement is kept as its words: `require weight of section demographic <= 50% because "…" as warning`.
#[derive(Clone, Debug)]
pub struct Require {
    pub words: Vec<Word>,
    pub because: Option<Text>,
    pub as_warning: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Word {
    Name(Name),
    /// a reserved word
    Keyword(Name),
    /// `status.qualified`
    Path(Vec<Name>),
    Number(Number),
    /// `50%`
    Percent(Number),
    Text(Text),
    Duration(Duration),
    Comparison(Comparison, Span),
    Comma(Span),
}
