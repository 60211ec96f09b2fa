//! Leads to the columns that a program reads.
//!
//! Enters: a [`LeadBlock`]. Leaves: a [`Block`] with one column per input of the program. Always holds: a column has
//! its input's width; a value lies within its input's interval; only optional inputs have missing values (a rejected row, whose answers
//! nobody sees, gets the least value instead).

use super::bad::Subject;
use super::interner::Interner;
use super::lead_block::{LeadBlock, SlotValues, TextColumn};
use super::plan::Plan;
use crate::calendar::Zone;
use crate::column::{Block, Column};
use crate::model::value::fold_text;
use crate::model::{FieldId, Policy};
use crate::program::text_map::domain_of;
use crate::program::{Input, InputSource, Program, TextMap, arithmetic};

/// Turns the blocks of one run into the program's inputs.
#[derive(Clone, Debug)]
pub struct Encoder {
    inputs: Vec<Input>,
    maps: Vec<TextMap>,
    zone: Zone,
    start_stage: i64,
    /// slots of the columns that say where a lead stands, if the file has them
    stage_slot: Option<usize>,
    since_slot: Option<usize>,
    rest_slot: Option<usize>,
    /// of the owners and queues that leads have already
    route_slots: Vec<(Subject, usize)>,
    /// of one block
    identities: Interner,
}

impl Encoder {
    pub fn new(policy: &Policy, program: &Program, plan: &Plan, zone: &Zone) -> Encoder {
        let slots = plan.slots.iter().enumerate().map(|(index, slot)| (slot.subject, index));
        let slot_of = |subject: Subject| plan.slots.iter().position(|slot| slot.subject == subject);
        Encoder {
            inputs: program.inputs.clone(),
            maps: program.text_maps.clone(),
            zone: zone.clone(),
            start_stage: policy.start_stage.unwrap_or(0) as i64,
            stage_slot: slot_of(Subject::Stage),
            since_slot: slot_of(Subject::StageSince),
            rest_slot: slot_of(Subject::RestUntil),
            route_slots: slots.filter(|(subject, _)| matches!(subject, Subject::RouteOwner(_) | Subject::RouteQueue(_))).collect(),
            identities: Interner::default(),
        }
    }

    /// Takes what columns it can use as they are out of the block.
    pub fn encode(&mut self, block: &mut LeadBlock) -> Block {
        self.identities.clear();
        let inputs = std::mem::take(&mut self.inputs);
        // Columns are taken away last, when nothing else reads them any more.
        let mut columns: Vec<Option<Column>> = inputs.iter().map(|input| self.derived(input, block)).collect();
        for index in 0..inputs.len() {
            if columns[index].is_none() {
                let input = &inputs[index];
                let twin = inputs[..index].iter().position(|earlier| earlier.source == input.source);
                columns[index] = Some(match twin.and_then(|twin| columns[twin].as_ref()) {
                    Some(twin) => filled(input, block.rows, |row| twin.get(row)),
                    None => self.taken(input, block),
                });
            }
        }
        self.inputs = inputs;
        Block { rows: block.rows, columns: columns.into_iter().flatten().collect() }
    }

    /// The number of a further folded text, beside those of the last block.
    pub fn identity(&mut self, folded: &str) -> i64 {
        i64::from(self.identities.insert(folded.as_bytes()))
    }

    /// Inputs that are worked out from a slot.
    fn derived(&mut self, input: &Input, block: &LeadBlock) -> Option<Column> {
        match input.source {
            InputSource::Column(_)
            | InputSource::StageSince
            | InputSource::RestUntil
            | InputSource::RouteOwner(_)
            | InputSource::RouteQueue(_) => None,
            InputSource::LocalDay(field) => {
                let zone = &mut self.zone;
                let times = integers(block, Some(field));
                Some(filled(input, block.rows, |row| Some(zone.local_day(times?.get(row)?))))
            }
            InputSource::Text { column, map } => {
                let texts = texts(block, column);
                let codes = translated(texts, |text| self.maps.get(map)?.code(text));
                Some(filled(input, block.rows, |row| codes[texts?.code(row)? as usize]))
            }
            InputSource::TextIdentity { column, domain } => {
                let texts = texts(block, column);
                let identities = &mut self.identities;
                let codes = translated(texts, |text| {
                    let folded = fold_text(text);
                    let compared = if domain { domain_of(&folded)? } else { &folded };
                    Some(i64::from(identities.insert(compared.as_bytes())))
                });
                Some(filled(input, block.rows, |row| codes[texts?.code(row)? as usize]))
            }
            InputSource::Stage => {
                let stages = integers(block, self.stage_slot);
                let start = self.start_stage;
                Some(filled(input, block.rows, |row| stages.and_then(|stages| stages.get(row)).or(Some(start))))
            }
            InputSource::KeyHash => Some(filled(input, block.rows, |row| Some(arithmetic::key_hash(block.keys.get(row))))),
        }
    }

    fn slot_of(&self, wanted: Subject) -> Option<usize> {
        self.route_slots.iter().find(|(subject, _)| *subject == wanted).map(|(_, slot)| *slot)
    }

    /// Inputs that are a slot's column as it stands.
    fn taken(&self, input: &Input, block: &mut LeadBlock) -> Column {
        let slot = match input.source {
            InputSource::Column(field) => Some(field),
            InputSource::StageSince => self.since_slot,
            InputSource::RestUntil => self.rest_slot,
            InputSource::RouteOwner(route) => self.slot_of(Subject::RouteOwner(route)),
            InputSource::RouteQueue(route) => self.slot_of(Subject::RouteQueue(route)),
            InputSource::LocalDay(_)
            | InputSource::Text { .. }
            | InputSource::TextIdentity { .. }
            | InputSource::Stage
            | InputSource::KeyHash => None,
        };
        match slot.and_then(|slot| block.slots.get_mut(slot)) {
            Some(SlotValues::Integers(column)) if column.len() == block.rows && column.width() == input.width => {
                std::mem::replace(column, Column::with_capacity(input.width, block.rows))
            }
            // no such column in the file
            Some(SlotValues::Integers(_) | SlotValues::Nothing | SlotValues::Texts(_)) | None => filled(input, block.rows, |_| None),
        }
    }
}

fn filled(input: &Input, rows: usize, mut value: impl FnMut(usize) -> Option<i64>) -> Column {
    let mut column = Column::with_capacity(input.width, rows);
    for row in 0..rows {
        let value = value(row);
        column.push(if input.optional { value } else { value.or(Some(input.interval.0)) });
    }
    column
}

/// The integers of a slot, unless the file has no column for it.
fn integers(block: &LeadBlock, slot: Option<usize>) -> Option<&Column> {
    match block.slots.get(slot?)? {
        SlotValues::Integers(column) if column.len() == block.rows => Some(column),
        SlotValues::Integers(_) | SlotValues::Texts(_) | SlotValues::Nothing => None,
    }
}

fn texts(block: &LeadBlock, field: FieldId) -> Option<&TextColumn> {
    match block.slots.get(field)? {
        SlotValues::Texts(texts) if texts.len() == block.rows => Some(texts),
        SlotValues::Texts(_) | SlotValues::Integers(_) | SlotValues::Nothing => None,
    }
}

/// The value of each text of a dictionary.
fn translated(texts: Option<&TextColumn>, mut value: impl FnMut(&str) -> Option<i64>) -> Vec<Option<i64>> {
    let Some(texts) = texts else { return Vec::new() };
    (0..texts.dictionary.len() as u32).map(|code| value(texts.text(code))).collect()
}
