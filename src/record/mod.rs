//! Single leads in memory.
//!
//! Enters: a checked policy, its program, and leads as values of its fields. Leaves: the block of inputs that an evaluator reads. Always
//! holds: a lead that breaks the policy's own rules (a choice that does not exist, a number out of range, a field left out that is not
//! optional) is refused, so evaluators may rely on what the policy says. A blank text is a missing one, as in files.
//!
//! Files of leads go another way (`batch`), which gives the same inputs for the same lead.

pub mod clocks;
pub mod reader;
pub mod show;

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::column::{Block, Column};
use crate::model::value::fold_text;
use crate::model::{ColumnId, Constant, Event, Policy, SOME_OF_CHOICES_MAX, Transition, Type};
use crate::program::text_map::domain_of;
use crate::program::{Input, InputSource, Parameters, Program, arithmetic};

/// One lead: what is known of it, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lead {
    /// its key as it is written, which is what counts of a key; none: as a scored file would write the key's value
    pub key: Option<String>,
    /// per field of the policy, in the units of its type; none is missing
    pub values: Vec<Option<Constant>>,
    /// number of its stage; the start stage if none
    pub stage: Option<usize>,
    /// when it entered that stage, in microseconds since the epoch; as-of if none
    pub stage_since: Option<i64>,
    /// no `when` row moves it before this instant, in microseconds since the epoch
    pub rest_until: Option<i64>,
    /// what it did, in any order
    pub signals: Vec<Event>,
    /// the stages it went through, as far as known, in the order of time
    pub log: Vec<Transition>,
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
    #[error("there is no time zone `{0}`")]
    Zone(String),
}

/// What is the same for all leads of a run at `as_of`, in microseconds since the epoch.
pub fn parameters(policy: &Policy, as_of: i64) -> Result<Parameters, LeadError> {
    Ok(Parameters { as_of_day: local_day(&zone(policy)?, as_of), as_of })
}

/// The policy's time zone.
pub fn zone(policy: &Policy) -> Result<TimeZone, LeadError> {
    TimeZone::get(&policy.timezone).map_err(|_| LeadError::Zone(policy.timezone.clone()))
}

/// The calendar day of an instant, in days since 1970-01-01.
pub fn local_day(zone: &TimeZone, microseconds: i64) -> i64 {
    let instant = jiff::Timestamp::from_microsecond(microseconds).unwrap_or(if microseconds < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    });
    let date = zone.to_datetime(instant).date();
    i64::from(jiff::civil::date(1970, 1, 1).until(date).map_or(0, |span| span.get_days()))
}

/// The inputs of `program` for these leads, one row each.
pub fn encode(policy: &Policy, program: &Program, leads: &[Lead]) -> Result<Block, LeadError> {
    for lead in leads {
        check(policy, lead)?;
    }
    let zone = zone(policy)?;
    // equal texts of any field get equal numbers, within one block
    let mut identities = FxHashMap::default();
    let columns =
        program.inputs.iter().map(|input| column(policy, program, &zone, input, leads, &mut identities)).collect::<Result<_, _>>()?;
    Ok(Block { rows: leads.len(), columns })
}

fn check(policy: &Policy, lead: &Lead) -> Result<(), LeadError> {
    if lead.values.len() != policy.fields.len() {
        return Err(LeadError::FieldCount { given: lead.values.len(), fields: policy.fields.len() });
    }
    for (index, (field, value)) in policy.fields.iter().zip(&lead.values).enumerate() {
        let name = || field.name.clone();
        let blank = matches!(value, Some(Constant::Text(text)) if text.trim().is_empty());
        let Some(value) = value.as_ref().filter(|_| !blank) else {
            // a test gives no key
            if field.optional || policy.key == Some(index) {
                continue;
            }
            return Err(LeadError::Missing { field: name() });
        };
        let fits = match (field.ty, value) {
            (Type::Text, Constant::Text(_)) => true,
            (Type::Text, Constant::Integer(_)) => return Err(LeadError::Type { field: name() }),
            (_, Constant::Text(_)) => return Err(LeadError::Type { field: name() }),
            (Type::YesNo, Constant::Integer(value)) => (0..=1).contains(value),
            (Type::OneOf(choices), Constant::Integer(value)) => (0..policy.choices[choices].members.len() as i64).contains(value),
            // an empty set is a missing one
            (Type::SomeOf(choices), Constant::Integer(value)) => {
                let bits = policy.choices[choices].members.len().clamp(1, SOME_OF_CHOICES_MAX);
                (1..=i64::MAX >> (SOME_OF_CHOICES_MAX - bits)).contains(value)
            }
            (Type::Number { .. } | Type::Date | Type::Time, Constant::Integer(value)) => {
                field.range.is_none_or(|range| range.contains(*value))
            }
        };
        if !fits {
            return Err(LeadError::Range { field: name() });
        }
    }
    match lead.stage {
        Some(stage) if stage >= policy.stages.len() => Err(LeadError::Stage { stage }),
        Some(_) | None => Ok(()),
    }
}

fn column(
    policy: &Policy,
    program: &Program,
    zone: &TimeZone,
    input: &Input,
    leads: &[Lead],
    identities: &mut FxHashMap<String, i64>,
) -> Result<Column, LeadError> {
    let mut column = Column::with_capacity(input.width, leads.len());
    let text = |lead: &Lead, column: ColumnId| match lead.values.get(column) {
        Some(Some(Constant::Text(text))) if !text.trim().is_empty() => Some(text.clone()),
        Some(Some(Constant::Text(_) | Constant::Integer(_)) | None) | None => None,
    };
    let integer = |lead: &Lead, column: ColumnId| match lead.values.get(column) {
        Some(Some(Constant::Integer(value))) => Some(*value),
        Some(Some(Constant::Text(_)) | None) | None => None,
    };
    for lead in leads {
        let value = match &input.source {
            InputSource::Column(field) => integer(lead, *field),
            InputSource::LocalDay(field) => integer(lead, *field).map(|instant| local_day(zone, instant)),
            InputSource::Text { column, map } => text(lead, *column).and_then(|text| program.text_maps[*map].code(&text)),
            InputSource::TextIdentity { column, domain } => text(lead, *column)
                .map(|text| fold_text(&text))
                .and_then(|folded| if *domain { domain_of(&folded).map(str::to_string) } else { Some(folded) })
                .map(|folded| {
                    let next = identities.len() as i64;
                    *identities.entry(folded).or_insert(next)
                }),
            InputSource::Stage => Some(lead.stage.or(policy.start_stage).unwrap_or(0) as i64),
            InputSource::StageSince => lead.stage_since,
            InputSource::RestUntil => lead.rest_until,
            InputSource::KeyHash => Some(arithmetic::key_hash(&key_text(policy, zone, lead).unwrap_or_default())),
        };
        // only a key can be left out without being optional; what then stands for it must be harmless
        let value = if input.optional { value } else { value.or(Some(input.interval.0)) };
        if value.is_some_and(|value| value < input.interval.0 || value > input.interval.1) {
            return Err(LeadError::Range { field: source_name(policy, &input.source) });
        }
        column.push(value);
    }
    Ok(column)
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
