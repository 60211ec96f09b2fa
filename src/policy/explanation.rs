//! Why a lead got its answer, as plain data.
//!
//! Always holds: numbers are exact and written out in full; the contributions of a score's attributes, points and adjustments, with what its
//! caps took away, add up to its `sum`; of the rows of a table, those before the one that decided say why they did not.
//!
//! In JSON every value is a text, as it would stand in a scored file; a missing one is `null`.

use serde::{Serialize, Serializer};

use crate::model::Decimal;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    pub policy: Named,
    /// as written
    pub key: Option<String>,
    /// local time in `timezone`
    pub as_of: String,
    pub timezone: String,
    pub fields: Vec<Fact>,
    pub derived: Vec<Fact>,
    /// what signals and the stage log add up to
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<MeasureExplained>,
    /// sections whose measures started again
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forgotten: Vec<ForgottenExplained>,
    pub scores: Vec<ScoreExplained>,
    pub decides: Vec<DecideExplained>,
    /// none if the policy has no stages
    pub stage: Option<StageExplained>,
    pub routes: Vec<RouteExplained>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockExplained>,
}

/// A name of the policy, and how people call it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Named {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

/// A value and what it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    #[serde(flatten)]
    pub name: Named,
    /// none is missing
    pub value: Option<String>,
    /// as the policy defines it, for derived values
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
}

/// `count of page_view in last 30 days`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasureExplained {
    /// as the policy has it
    pub definition: String,
    /// none is missing
    pub value: Option<String>,
    /// none for what counts nothing, such as `days in mql`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<CountedExplained>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountedExplained {
    /// signals, or entries of the stage log
    pub count: usize,
    pub last: Option<String>,
}

/// `recycle forget behavioural`: what came up to then does not count for the section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForgottenExplained {
    pub section: String,
    /// the last time
    pub at: String,
}

// --- scores -----------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreExplained {
    #[serde(flatten)]
    pub name: Named,
    #[serde(serialize_with = "exact")]
    pub value: Decimal,
    /// of a score with persona models
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persona: Option<PersonaExplained>,
    pub sections: Vec<SectionExplained>,
    /// of a running score, whose sum is a balance: its rows
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub booked: Vec<BookedExplained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<BalanceExplained>,
    pub adjusts: Vec<AdjustExplained>,
    /// before range and rounding
    #[serde(serialize_with = "exact")]
    pub sum: Decimal,
    /// `from 0 to 100`: the ends, as the policy has them
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<RangeExplained>,
    /// to so many places, after the range
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounded_to: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonaExplained {
    /// `role is pharmacist`, or `otherwise`
    pub condition: String,
    /// why the ones before it are not in force
    pub earlier: Vec<RowExplained>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RangeExplained {
    #[serde(serialize_with = "exact")]
    pub low: Decimal,
    #[serde(serialize_with = "exact")]
    pub high: Decimal,
    /// the sum was outside and was moved to the nearer end
    pub applied: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionExplained {
    #[serde(flatten)]
    pub name: Named,
    /// per cent of the score; none for a points section
    #[serde(serialize_with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub weight: Option<Decimal>,
    /// neither weighted nor clamped
    #[serde(serialize_with = "exact")]
    pub value: Decimal,
    /// what the section adds to the score
    #[serde(serialize_with = "exact")]
    pub contribution: Decimal,
    pub attributes: Vec<AttributeExplained>,
    pub points: Vec<AdjustExplained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<CapExplained>,
}

/// `up to 45` of a points section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapExplained {
    #[serde(serialize_with = "exact")]
    pub up_to: Decimal,
    /// zero or less: what the cap took away
    #[serde(serialize_with = "exact")]
    pub contribution: Decimal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttributeExplained {
    #[serde(flatten)]
    pub name: Named,
    /// what the attribute looks at
    pub value: Option<String>,
    /// the row that gave the points, as written: `500 or more`
    pub row: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// -10 to 10 in a weighted section
    #[serde(serialize_with = "exact")]
    pub points: Decimal,
    /// per cent of the section
    #[serde(serialize_with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub weight: Option<Decimal>,
    /// what the attribute adds to the score
    #[serde(serialize_with = "exact")]
    pub contribution: Decimal,
}

/// What the rows of a running score booked, and what its range did to it, day by day: booked + range = sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BalanceExplained {
    /// all points of all rows
    #[serde(serialize_with = "exact")]
    pub booked: Decimal,
    /// zero or less: what days beyond the upper end were taken
    #[serde(serialize_with = "exact")]
    pub taken: Decimal,
    /// zero or more: what days below the lower end were given
    #[serde(serialize_with = "exact")]
    pub given: Decimal,
}

/// A row of a running score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BookedExplained {
    /// as written
    pub row: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    pub times: i64,
    /// in all; what the range did to them depends on the day
    #[serde(serialize_with = "exact")]
    pub points: Decimal,
}

/// `adjust -25 when …`, or a row of a points section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdjustExplained {
    #[serde(serialize_with = "exact")]
    pub points: Decimal,
    /// of a row per signal: how often it gives its points
    #[serde(serialize_with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub times: Option<Decimal>,
    pub row: RowExplained,
}

impl AdjustExplained {
    /// What the row adds to the score.
    pub fn contribution(&self) -> Decimal {
        match self.row.verdict {
            Verdict::Applied => self.points,
            Verdict::Failed { .. } | Verdict::NotReached => Decimal { mantissa: 0, places: self.points.places },
        }
    }
}

// --- decides, stages, routes ------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecideExplained {
    #[serde(flatten)]
    pub name: Named,
    pub value: String,
    pub how: Deciding,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deciding {
    Rows(Vec<RowExplained>),
    Grid(GridExplained),
}

/// Where a lead stands in a grid: the value and the edge that holds it, both ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GridExplained {
    pub down: EdgeExplained,
    pub across: EdgeExplained,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EdgeExplained {
    /// what the edge is of: `fit`
    pub of: String,
    pub value: Option<String>,
    /// as written: `75 or more`
    pub edge: String,
}

/// One row of a first-match table, or one `adjust` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowExplained {
    /// what the row gives, as written: `qualified`, `by territories[state].queue`
    pub gives: String,
    /// as written; none is `otherwise`
    pub condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// of a look-up that gave the queue: its keys
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub looked_up: Vec<Fact>,
    #[serde(flatten)]
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// it decided, or it was added
    Applied,
    /// its condition failed, or what it looks up is not there
    Failed { reasons: Vec<Reason> },
    /// an earlier row decided
    NotReached,
}

/// A part of a condition that came out the wrong way: `readiness >= 65` failed, readiness is 52.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// the part, as written
    pub part: String,
    pub how: How,
    /// what it looks at
    pub values: Vec<Fact>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Failed,
    /// and must not, because it stands within a `not`
    Held,
    /// a look-up gave no queue
    FoundNothing,
    /// the lead has no owner to keep
    NoOwner,
    /// the lead rests in its stage
    Rests,
    /// no such signal came in this stay
    NoSignal,
    /// the time is not over
    NotOver,
    /// it holds now, and did not when the clock started
    HeldLater,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageExplained {
    pub before: Named,
    pub after: Named,
    /// of the stage after
    pub owner: Option<Named>,
    /// the rows that leave the stage before, in order
    pub rows: Vec<RowExplained>,
    /// no `when` row applies until then
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rests_until: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteExplained {
    #[serde(flatten)]
    pub name: Named,
    /// the route's own `when`, if it has one
    pub when: Option<RowExplained>,
    pub rows: Vec<RowExplained>,
    /// none: the lead goes to no queue of this route
    pub queue: Option<Named>,
    pub team: Option<Named>,
    /// the owner whom the lead had and keeps
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// the queue that the rows give, in which nobody is left to take the lead
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Named>,
    pub turn: Option<TurnExplained>,
    /// owners who take no turns in the queue that the rows give
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub idle: Vec<IdleSeat>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdleSeat {
    pub owner: String,
    pub why: String,
}

/// A turn of a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TurnExplained {
    pub owner: String,
    /// of the lead's key: 16 hexadecimal digits; none if a state says whose turn it is
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// which the hash gives, or the state has reached, counted from 1
    pub turn: u64,
    /// the owner's weight, and that of all
    pub weight: u32,
    pub total: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockExplained {
    #[serde(flatten)]
    pub name: Named,
    /// whose clock it is
    pub team: Option<Named>,
    /// none: it was never started
    pub state: Option<String>,
    /// none unless it runs
    pub due: Option<String>,
    /// which one applies, as the lead is now
    pub targets: Vec<RowExplained>,
    /// what has happened since it was started
    pub events: Vec<ClockEventExplained>,
    /// what follows if nothing else happens, up to the next time that it begins anew
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_come: Vec<ClockEventExplained>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockEventExplained {
    /// local time in the policy's zone
    pub at: String,
    /// in the policy's words where it has some: `remind owner at 80%`
    pub what: String,
}

fn exact<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn exact_option<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
