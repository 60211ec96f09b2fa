//! What a lead leaves behind: signals with properties, and the measures that read them and the stage log.
//!
//! Always holds, when no error was reported: a measure's subject, condition and property exist and fit each other.

use super::super::{Constant, EventColumnId, EventConditionId, Interval, MeasureId, ScoreId, SignalId, Type};
use super::{Effort, Expr, Field};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Signal {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// the team that reports it
    pub by: Option<String>,
    pub bursts: Option<Bursts>,
    pub effort: Effort,
    /// its properties, as fields
    pub properties: Vec<Field>,
    pub span: Span,
}

/// `ignore bursts of 4 within 1 second`: a signal that shares some span of that length with `count` - 1 others of its kind and lead is no signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bursts {
    /// at least 2
    pub count: u64,
    pub within: Length,
}

/// A length of time that is not business time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// calendar days in the policy's zone
    Days(i64),
    /// elapsed microseconds
    Elapsed(i64),
}

/// A named set of signals; also stands where a measure names what it reads.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// ascending
    pub members: Vec<SignalId>,
    pub span: Span,
}

/// A property as measures and conditions see it: of one signal, or one that all signals of a group have alike.
#[derive(Clone, Debug)]
pub struct EventColumn {
    /// its type, whether it can be missing, its range
    pub field: Field,
    /// per signal that has it, the number of the property there
    pub of: Vec<(SignalId, usize)>,
}

/// `where path starts with "/careers"`: asked of one signal alone. In its expression a value is an [`super::ExprKind::Property`] or a constant.
#[derive(Clone, Debug)]
pub struct EventCondition {
    pub condition: Expr,
    /// the signals it is asked of, ascending
    pub signals: Vec<SignalId>,
}

/// A value that a lead's history gives: signals up to as-of, and the stage log.
#[derive(Clone, Debug)]
pub struct Measure {
    pub kind: MeasureKind,
    pub subject: Subject,
    /// signals for which it does not hold are not there
    pub condition: Option<EventConditionId>,
    /// `in last …`, counted back from as-of
    pub window: Option<Length>,
    pub since: Option<Since>,
    pub cap: Option<Cap>,
    pub fading: Option<Fading>,
    pub ty: Type,
    /// can be missing
    pub optional: bool,
    pub range: Option<Interval>,
    /// as written, on one line
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeasureKind {
    /// how many; with fading, in hundredths
    Count,
    Any,
    /// with fading, in hundredths of the property's unit; a missing property adds nothing
    Sum(EventColumnId),
    First(EventColumnId),
    Last(EventColumnId),
    /// calendar days in the policy's zone
    DaysSinceLast,
    /// calendar days that the lead has been in the subject's stage, over all its stays
    DaysIn,
    /// `per 30 days without scoring`: how many full times of that length passed without a signal of the subject, after the first
    Quiet(Length),
    /// `after 30 days without activity`: yes once that long has passed since the stay began, or since the subject's last signal in it
    Waited(Length),
    /// the balance of a `running` score, in units of its `sum_scale`
    Balance(ScoreId),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// ascending; none for `after 30 days` and for balances
    Signals(Vec<SignalId>),
    Entering(usize),
    Leaving(usize),
    /// of `days in`
    Stage(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Since {
    /// the last time that the lead entered the stage; missing (or nothing, for what counts) if that is not known
    Entering(usize),
    /// the last of these signals; everything counts without one
    LastSignal(Vec<SignalId>),
    /// the lead entered the stage it is in: `on` rows of a flow
    Stay,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cap {
    /// at least 1
    pub amount: u64,
    pub per: CapPeriod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapPeriod {
    Hour,
    Day,
    /// from Monday
    Week,
    Month,
    Quarter,
    Year,
    /// any so many days
    Days(u64),
    Ever,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fading {
    /// ½^(days/N), rounded to 6 places
    HalfEveryDays(u64),
    /// 1 − days/N, at least 0, rounded to 6 places
    ToNothingOverDays(u64),
}

/// What forgetting a section means: these measures see nothing from before the transition.
#[derive(Clone, Debug)]
pub struct Forget {
    pub section: String,
    /// ascending
    pub measures: Vec<MeasureId>,
}

/// One signal of one lead, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub signal: SignalId,
    /// microseconds since the epoch
    pub at: i64,
    /// per property of the signal, in the units of its type (texts as written); none is missing
    pub values: Vec<Option<Constant>>,
}

/// One entry of a lead's stage log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// microseconds since the epoch
    pub at: i64,
    /// none: the lead came into being in `to`
    pub from: Option<usize>,
    pub to: usize,
    /// index into [`super::Policy::forgets`]
    pub forget: Option<usize>,
    /// no `when` row moves the lead out of `to` before this instant, in microseconds since the epoch
    pub rest_until: Option<i64>,
    /// how many of the lead's signals of this very instant came before it; none: all of them, or before its beginning none
    pub signals_before: Option<usize>,
}

impl Transition {
    /// How many of a lead's signals came before it, if `first` are earlier than its instant, and `all` not later.
    pub fn behind(&self, first: usize, all: usize) -> usize {
        match (self.signals_before, self.from) {
            (Some(count), _) => first.saturating_add(count).min(all),
            (None, Some(_)) => all,
            (None, None) => first,
        }
    }
}
