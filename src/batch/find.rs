//! One lead out of a file, by its key.
//!
//! Enters: a file of leads and a key. Leaves: the first row with that key as a [`Lead`], with what was bad about it. Always holds: the values are those
//! that scoring the file would read.

use super::bad::{BadCell, Outcome, Subject};
use super::error::BatchError;
use super::lead_block::{LeadBlock, SlotValues};
use super::plan::{Extent, Plan};
use super::prepare::prepare;
use super::source::{Opened, open};
use super::{Input, Options};
use crate::model::{Constant, Policy};
use crate::program::Program;
use crate::record::Lead;

#[derive(Clone, Debug)]
pub struct Found {
    pub lead: Lead,
    /// line of the file, or number of the row in Parquet and Arrow
    pub line: u64,
    /// `line` or `row`
    pub unit: &'static str,
    pub bad: Vec<BadCell>,
}

impl Found {
    /// The row would not be scored.
    pub fn is_rejected(&self) -> bool {
        self.bad.iter().any(|cell| cell.outcome == Outcome::Rejected)
    }
}

pub fn find_lead(policy: &Policy, program: &Program, options: &Options, input: &Input, key: &str) -> Result<Option<Found>, BatchError> {
    let opened = open(input)?;
    let prepared = prepare(policy, program, options, &opened, Extent::Everything)?;
    let mut decoder = prepared.decoder();
    let unit = opened.unit();
    let Opened { content, .. } = opened;
    let mut chunks = content.read(&prepared.used_columns())?;
    let mut found = None;
    while let Some(chunk) = chunks.next()? {
        decoder.decode(&chunk, &mut |leads| {
            if found.is_none()
                && let Some(row) = (0..leads.rows).find(|row| leads.keys.get(*row) == key)
            {
                let line = leads.lines[row];
                let bad = leads.bad.iter().filter(|cell| cell.line == line).cloned().collect();
                found = Some(Found { lead: lead(&prepared.plan, leads, row), line, unit, bad });
            }
            Ok(())
        })?;
        if found.is_some() {
            break;
        }
    }
    Ok(found)
}

fn lead(plan: &Plan, leads: &LeadBlock, row: usize) -> Lead {
    let mut lead = Lead::default();
    for (slot, values) in plan.slots.iter().zip(&leads.slots) {
        let value = match values {
            SlotValues::Integers(column) if row < column.len() => column.get(row).map(Constant::Integer),
            // The key is never changed, not even its blanks.
            SlotValues::Texts(_) if slot.is_key => Some(Constant::Text(leads.keys.get(row).to_owned())),
            SlotValues::Texts(texts) if row < texts.len() => texts.code(row).map(|code| Constant::Text(texts.text(code).to_owned())),
            // no such column in the file
            SlotValues::Integers(_) | SlotValues::Texts(_) | SlotValues::Nothing => None,
        };
        let integer = match &value {
            Some(Constant::Integer(integer)) => Some(*integer),
            Some(Constant::Text(_)) | None => None,
        };
        match slot.subject {
            Subject::Field(_) => lead.values.push(value),
            Subject::Stage => lead.stage = integer.and_then(|stage| usize::try_from(stage).ok()),
            Subject::RestUntil => lead.rest_until = integer,
            Subject::StageSince | Subject::Row => {}
        }
    }
    lead
}
