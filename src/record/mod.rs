//! Single leads in memory.
//!
//! Enters: a checked policy, its program, and leads as values of its fields. Leaves: the block of inputs that an evaluator reads. Always
//! holds: a lead that breaks the policy's own rules (a choice that does not exist, a number out of range, a field left out that is not
//! optional) is refused, so evaluators may rely on what the policy says. A blank text is a missing one, as in files.
//!
//! Files of leads go another way (`batch`), which gives the same inputs for the same lead.

pub mod clocks;
mod history;
pub mod reader;
pub mod show;

pub use history::Histories;

use jiff::tz::TimeZone;

use crate::calendar::Zone;
use crate::column::Block;
use crate::history::Stand;
use crate::model::{ColumnId, Constant, Event, Field, Policy, SOME_OF_CHOICES_MAX, Transition, Type};
use crate::program::encode::{Other, OutOfRange};
use crate::program::{self, InputSource, Parameters, Program, arithmetic};

/// One lead: what is known of it, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lead {
    /// its key as it is written, which is what counts of a key; none: as a scored file would write the key's value
    pub key: Option<String>,
    /// per field of the policy, in the units of its type; none is missing
    pub values: Vec<Option<Constant>>,
    /// number of its stage; if none, what the log's last entry says, or else the start stage
    pub stage: Option<usize>,
    /// when it entered that stage, in microseconds since the epoch; if none, what the log says, or else as-of
    pub stage_since: Option<i64>,
    /// no `when` row moves it before this instant, in microseconds since the epoch; if none, what the log says
    pub rest_until: Option<i64>,
    /// routes that may keep owners, with the owner and the queue that the lead has, each by its number
    pub owners: Vec<(usize, usize)>,
    pub queues: Vec<(usize, usize)>,
    /// what it did, in any order
    pub signals: Vec<Event>,
    /// the stages it went through, as far as known, in the order of time
    pub log: Vec<Transition>,
}

impl Lead {
    /// Where it stands at as-of, as far as known: its stage log tells what else is not said.
    pub fn stand(&self, as_of: i64) -> Stand {
        Stand { stage: self.stage, since: self.stage_since, rest_until: self.rest_until }.with_log(&self.log, as_of)
    }

    /// The same lead, with what its stage log tells of where it stands.
    pub fn placed(&self, as_of: i64) -> Lead {
        let Stand { stage, since, rest_until } = self.stand(as_of);
        Lead { stage, stage_since: since, rest_until, ..self.clone() }
    }

    /// The first so many of its signals in the order of time, but for those that are dropped.
    fn first_signals(&self, count: usize, dropped: &[bool]) -> Vec<Event> {
        let mut signals: Vec<&Event> = self.signals.iter().collect();
        signals.sort_by_key(|signal| (signal.at, signal.signal));
        let is_kept = |number: usize| !dropped.get(number).copied().unwrap_or(false);
        signals.into_iter().take(count).enumerate().filter(|(number, _)| is_kept(*number)).map(|(_, signal)| signal.clone()).collect()
    }
}

/// Why a lead cannot be one of this policy's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeadError {
    #[error("a lead has {given} values, the policy {fields} fields")]
    FieldCount { given: usize, fields: usize },
    #[error("`{field}` is missing and not optional")]
    Missing { field: String },
    #[error("`{field}` has a value of another type")]
    Type { field: String },
    #[error("`{field}` is outside of what the policy allows")]
    Range { field: String },
    #[error("there is no stage {stage}")]
    Stage { stage: usize },
    #[error("there is no signal {signal}")]
    Signal { signal: usize },
    #[error("a signal `{signal}` has {given} values, the policy {properties} properties")]
    PropertyCount { signal: String, given: usize, properties: usize },
    #[error("{at} microseconds since 1970 is no time that the calendar knows")]
    Instant { at: i64 },
    #[error("there is no time zone `{0}`")]
    Zone(String),
}

impl LeadError {
    /// The same of a property of a signal.
    fn of_signal(self, signal: &str) -> LeadError {
        let of = |property: String| format!("{signal}.{property}");
        match self {
            LeadError::Missing { field } => LeadError::Missing { field: of(field) },
            LeadError::Type { field } => LeadError::Type { field: of(field) },
            LeadError::Range { field } => LeadError::Range { field: of(field) },
            other @ (LeadError::FieldCount { .. }
            | LeadError::Stage { .. }
            | LeadError::Signal { .. }
            | LeadError::PropertyCount { .. }
            | LeadError::Instant { .. }
            | LeadError::Zone(_)) => other,
        }
    }
}

/// What is the same for all leads of a run at `as_of`, in microseconds since the epoch.
pub fn parameters(policy: &Policy, as_of: i64) -> Result<Parameters, LeadError> {
    let mut zone = Zone::named(&policy.timezone).map_err(|error| LeadError::Zone(error.0))?;
    Ok(Parameters { as_of_day: zone.local_day(as_of), as_of })
}

/// The policy's time zone.
pub fn zone(policy: &Policy) -> Result<TimeZone, LeadError> {
    TimeZone::get(&policy.timezone).map_err(|_| LeadError::Zone(policy.timezone.clone()))
}

/// The values of every column of the policy for a lead: its fields, behind them its measures at `as_of`.
pub fn columns(policy: &Policy, histories: &Histories, lead: &Lead, as_of: i64) -> Result<Vec<Option<Constant>>, LeadError> {
    check(policy, lead)?;
    let mut columns = lead.values.clone();
    columns.extend(histories.measures(policy, lead, as_of)?);
    Ok(columns)
}

/// The inputs of `program` for these leads at `as_of`, one row each.
pub fn encode(policy: &Policy, histories: &Histories, program: &Program, leads: &[Lead], as_of: i64) -> Result<Block, LeadError> {
    let columns = leads.iter().map(|lead| columns(policy, histories, lead, as_of)).collect::<Result<Vec<_>, _>>()?;
    let mut zone = Zone::named(&policy.timezone).map_err(|error| LeadError::Zone(error.0))?;
    let shown_in = self::zone(policy)?;
    let of = |row: usize, column: ColumnId| columns.get(row)?.get(column)?.as_ref();
    let other = |row: usize, other: Other| {
        let lead = leads.get(row)?;
        match other {
            Other::Stage => Some(lead.stand(as_of).stage.or(policy.start_stage).unwrap_or(0) as i64),
            Other::StageSince => lead.stand(as_of).since,
            Other::RestUntil => lead.stand(as_of).rest_until,
            Other::RouteOwner(route) => of_route(&lead.owners, route),
            Other::RouteQueue(route) => of_route(&lead.queues, route),
            Other::KeyHash => Some(arithmetic::key_hash(&key_text(policy, &shown_in, lead).unwrap_or_default())),
        }
    };
    program::encode::encode(program, &mut zone, leads.len(), of, other)
        .map_err(|OutOfRange(source)| LeadError::Range { field: source_name(policy, &source) })
}

fn check(policy: &Policy, lead: &Lead) -> Result<(), LeadError> {
    if lead.values.len() != policy.fields.len() {
        return Err(LeadError::FieldCount { given: lead.values.len(), fields: policy.fields.len() });
    }
    for (index, (field, value)) in policy.fields.iter().zip(&lead.values).enumerate() {
        // a test gives no key
        fits(policy, field, value.as_ref(), policy.key == Some(index))?;
    }
    match lead.stage {
        Some(stage) if stage >= policy.stages.len() => Err(LeadError::Stage { stage }),
        Some(_) | None => Ok(()),
    }
}

/// Whether a value is one that the field of a lead, or the property of a signal, can have.
fn fits(policy: &Policy, field: &Field, value: Option<&Constant>, can_be_left_out: bool) -> Result<(), LeadError> {
    let name = || field.name.clone();
    let blank = matches!(value, Some(Constant::Text(text)) if text.trim().is_empty());
    let Some(value) = value.filter(|_| !blank) else {
        return if field.optional || can_be_left_out { Ok(()) } else { Err(LeadError::Missing { field: name() }) };
    };
    let members = |choices: usize| policy.choices.get(choices).map_or(0, |choices| choices.members.len());
    let fits = match (field.ty, value) {
        (Type::Text, Constant::Text(_)) => true,
        (Type::Text, Constant::Integer(_)) | (_, Constant::Text(_)) => return Err(LeadError::Type { field: name() }),
        (Type::YesNo, Constant::Integer(value)) => (0..=1).contains(value),
        (Type::OneOf(choices), Constant::Integer(value)) => (0..members(choices) as i64).contains(value),
        // an empty set is a missing one
        (Type::SomeOf(choices), Constant::Integer(value)) => {
            let bits = members(choices).clamp(1, SOME_OF_CHOICES_MAX);
            (1..=i64::MAX >> (SOME_OF_CHOICES_MAX - bits)).contains(value)
        }
        (Type::Number { .. } | Type::Date | Type::Time, Constant::Integer(value)) => field.range.is_none_or(|range| range.contains(*value)),
    };
    if fits { Ok(()) } else { Err(LeadError::Range { field: name() }) }
}

fn of_route(pairs: &[(usize, usize)], route: usize) -> Option<i64> {
    pairs.iter().find(|(of, _)| *of == route).map(|(_, number)| *number as i64)
}

fn source_name(policy: &Policy, source: &InputSource) -> String {
    match source {
        InputSource::Column(column)
        | InputSource::LocalDay(column)
        | InputSource::Text { column, .. }
        | InputSource::TextIdentity { column, .. } => policy.column(*column).map(|column| column.name.to_owned()).unwrap_or_default(),
        InputSource::Stage => "stage".into(),
        InputSource::StageSince => "stage_since".into(),
        InputSource::RestUntil => "rest_until".into(),
        InputSource::RouteOwner(_) => "owner".into(),
        InputSource::RouteQueue(_) => "queue".into(),
        InputSource::KeyHash => "the key".into(),
    }
}

/// The lead's key as it is written; a test may give none.
pub fn key_text(policy: &Policy, zone: &TimeZone, lead: &Lead) -> Option<String> {
    if lead.key.is_some() {
        return lead.key.clone();
    }
    let key = policy.key?;
    let value = lead.values.get(key)?.as_ref()?;
    Some(show::Show { policy, zone }.constant(policy.fields.get(key)?.ty, value))
}
