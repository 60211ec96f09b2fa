//! What a run reads of every row, worked out once.
//!
//! Enters: the policy, its program and a [`Binding`]. Leaves: a [`Slot`] for each field and for the columns that say where a lead stands, and
//! for each column of the file what it is used for. Always holds: a slot's limits lie within the program's interval for it, so that no
//! value can surprise an evaluator; slots of fields come first, in the policy's order, then those of measures, which no column gives.

use super::OnBadRow;
use super::bad::Subject;
use super::bind::{Binding, Bound};
use super::cells::CellReader;
use crate::calendar::Zone;
use crate::column::Width;
use crate::model::{ChoicesId, ColumnId, Interval, MeasureId, Policy, SOME_OF_CHOICES_MAX, Type};
use crate::program::shape::{DAYS, INSTANTS};
use crate::program::{InputSource, Program};

#[derive(Clone, Debug)]
pub struct Plan {
    pub slots: Vec<Slot>,
    /// parallel to the binding's columns
    pub uses: Vec<ColumnUse>,
    pub on_bad_row: OnBadRow,
    pub kept_count: usize,
    pub key_column: usize,
    /// what the program wants of each measure; the slot of the first one stands behind the fields
    pub measures: Vec<MeasureUse>,
}

/// What the program wants of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureUse {
    pub store: Store,
    /// stands for what cannot be missing, in rows that are rejected
    pub placeholder: Option<i64>,
}

impl Plan {
    /// The slot of a subject; behind all slots if there is none.
    pub fn slot_of(&self, subject: Subject) -> usize {
        self.slots.iter().position(|slot| slot.subject == subject).unwrap_or(self.slots.len())
    }
}

/// One thing to read of every row.
#[derive(Clone, Debug)]
pub struct Slot {
    pub subject: Subject,
    pub name: String,
    pub reader: CellReader,
    pub ty: Type,
    pub is_key: bool,
    pub required: bool,
    /// a bad cell may count as missing, if the user says so
    pub forgivable: bool,
    pub store: Store,
    /// stands for the value of a rejected row; within the limits
    pub placeholder: i64,
    /// where it is read from in files whose columns are fixed
    pub column: Option<usize>,
}

/// How a slot's values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Nothing,
    Integers(Width),
    Texts,
}

/// What a column of the file is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnUse {
    pub slots: Vec<usize>,
    pub key: bool,
    pub kept: Option<usize>,
}

impl ColumnUse {
    pub fn is_used(&self) -> bool {
        self.key || self.kept.is_some() || !self.slots.is_empty()
    }
}

/// How much of a row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// what the program reads
    Program,
    /// every field, to show a lead
    Everything,
}

pub fn plan(policy: &Policy, program: &Program, binding: &Binding, on_bad_row: OnBadRow, extent: Extent, zone: &Zone) -> Plan {
    let measures: Vec<MeasureUse> = (0..policy.measures.len()).map(|measure| measure_use(policy, program, measure)).collect();
    let slots: Vec<Slot> = binding
        .fields
        .iter()
        .map(|bound| slot(policy, program, bound, extent, zone))
        .chain((0..measures.len()).map(|measure| measure_slot(policy, measure, zone)))
        .chain(binding.standing.iter().map(|bound| slot(policy, program, bound, extent, zone)))
        .collect();
    let mut uses = vec![ColumnUse::default(); binding.columns.len()];
    for (index, slot) in slots.iter().enumerate() {
        if let Some(column) = slot.column {
            uses[column].slots.push(index);
        }
    }
    for (index, kept) in binding.kept.iter().enumerate() {
        uses[kept.column].kept = Some(index);
    }
    if let Some(key) = uses.get_mut(binding.key) {
        key.key = true;
    }
    Plan { slots, uses, on_bad_row, kept_count: binding.kept.len(), key_column: binding.key, measures }
}

fn slot(policy: &Policy, program: &Program, bound: &Bound, extent: Extent, zone: &Zone) -> Slot {
    let choices = |choices: Option<ChoicesId>| choices.map_or(Type::Text, Type::OneOf);
    let (ty, range, needed) = match bound.subject {
        Subject::Field(field) => {
            let declared = &policy.fields[field];
            (declared.ty, declared.range, needed_column(program, field))
        }
        Subject::Stage => (choices(policy.stage_choices), None, needed(program, &InputSource::Stage)),
        Subject::RestUntil => (Type::Time, None, needed(program, &InputSource::RestUntil)),
        Subject::StageSince => (Type::Time, None, needed(program, &InputSource::StageSince)),
        Subject::RouteOwner(route) => (choices(policy.owner_choices), None, needed(program, &InputSource::RouteOwner(route))),
        Subject::RouteQueue(route) => (choices(policy.queue_choices), None, needed(program, &InputSource::RouteQueue(route))),
        Subject::Measure(_) | Subject::Row => (Type::Time, None, Needed::default()),
    };
    // measures, clocks and the stage log ask where a lead stands
    let measured = matches!(bound.subject, Subject::Stage | Subject::StageSince);
    let mut limits = type_limits(policy, ty);
    for narrower in [range, needed.interval].into_iter().flatten() {
        limits = Interval { low: limits.low.max(narrower.low), high: limits.high.min(narrower.high) };
    }
    let store = needed.store(ty, measured || extent == Extent::Everything);
    Slot {
        subject: bound.subject,
        name: bound.name.clone(),
        reader: CellReader::new(policy, ty, limits, zone),
        ty,
        is_key: policy.key.map(Subject::Field) == Some(bound.subject),
        required: bound.required,
        // A lead whose stage cannot be read must not start again from the first one.
        forgivable: matches!(bound.subject, Subject::Field(_)) && !bound.required,
        store,
        placeholder: limits.low.max(limits.high.min(0)),
        column: bound.column.as_ref().map(|(column, _)| *column),
    }
}

/// A slot that no decoder fills: measures are worked out when a block's leads are known.
fn measure_slot(policy: &Policy, measure: MeasureId, zone: &Zone) -> Slot {
    let measured = &policy.measures[measure];
    Slot {
        subject: Subject::Measure(measure),
        name: measured.text.clone(),
        reader: CellReader::new(policy, measured.ty, Interval::FULL, zone),
        ty: measured.ty,
        is_key: false,
        required: false,
        forgivable: false,
        store: Store::Nothing,
        placeholder: 0,
        column: None,
    }
}

fn measure_use(policy: &Policy, program: &Program, measure: MeasureId) -> MeasureUse {
    let column = policy.measure_column(measure);
    let input = program.inputs.iter().find(|input| input.source == InputSource::Column(column));
    MeasureUse {
        store: needed_column(program, column).store(policy.measures[measure].ty, false),
        placeholder: input.filter(|input| !input.optional).map(|input| input.interval.0),
    }
}

/// What values a type has, whatever a policy says of the field.
fn type_limits(policy: &Policy, ty: Type) -> Interval {
    let choices = |id: usize| policy.choices.get(id).map_or(0, |choices| choices.members.len() as i64);
    match ty {
        Type::Text | Type::Number { .. } => Interval::FULL,
        Type::YesNo => Interval { low: 0, high: 1 },
        Type::OneOf(id) => Interval { low: 0, high: choices(id) - 1 },
        Type::SomeOf(id) => {
            let bits = choices(id).clamp(0, SOME_OF_CHOICES_MAX as i64);
            Interval { low: 1, high: i64::MAX >> (SOME_OF_CHOICES_MAX as i64 - bits) }
        }
        Type::Date => DAYS,
        Type::Time => INSTANTS,
    }
}

/// What the program wants of a slot.
#[derive(Clone, Copy, Default)]
struct Needed {
    anyhow: bool,
    width: Option<Width>,
    interval: Option<Interval>,
}

impl Needed {
    fn store(&self, ty: Type, anyhow: bool) -> Store {
        match (self.anyhow || anyhow, ty) {
            (false, _) => Store::Nothing,
            (true, Type::Text) => Store::Texts,
            (true, Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time) => {
                Store::Integers(self.width.unwrap_or(Width::I64))
            }
        }
    }
}

fn needed_column(program: &Program, wanted: ColumnId) -> Needed {
    let mut needed = needed(program, &InputSource::Column(wanted));
    needed.anyhow |= program.inputs.iter().any(|input| input.source.column() == Some(wanted));
    needed
}

fn needed(program: &Program, source: &InputSource) -> Needed {
    match program.inputs.iter().find(|input| input.source == *source) {
        Some(input) => {
            Needed { anyhow: true, width: Some(input.width), interval: Some(Interval { low: input.interval.0, high: input.interval.1 }) }
        }
        None => Needed::default(),
    }
}
