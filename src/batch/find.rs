//! One lead out of a file, by its key.
//!
//! Enters: a file of leads and a key. Leaves: the values of the first row with that key, and what was bad about it, also if it could not be split into cells.
//! Always holds: the values are those that scoring the file would read.

use super::bad::{BadCell, Outcome, Subject, shown};
use super::error::BatchError;
use super::lead_block::{LeadBlock, SlotValues};
use super::plan::{Extent, Plan};
use super::prepare::prepare;
use super::source::{Opened, open};
use super::{Input, Options};
use crate::model::{Constant, Policy};
use crate::program::Program;

#[derive(Clone, Debug, Default)]
pub struct Found {
    /// per field of the policy, in the units of its type; none is missing
    pub values: Vec<Option<Constant>>,
    /// number of the lead's stage, if the file says it
    pub stage: Option<usize>,
    /// both in microseconds since the epoch
    pub stage_since: Option<i64>,
    pub rest_until: Option<i64>,
    /// routes that may keep owners, with the owner and the queue that the lead has
    pub owners: Vec<(usize, usize)>,
    pub queues: Vec<(usize, usize)>,
    /// line of the file, or number of the row in Parquet and Arrow
    pub line: u64,
    /// `line` or `row`
    pub unit: &'static str,
    pub bad: Vec<BadCell>,
    /// a file should have each key once
    pub rows_with_key: u64,
    /// the key as the file has it
    pub key: String,
}

/// No row has the key.
#[derive(Clone, Debug, Default)]
pub struct NotFound {
    /// rows that could not be split into cells, and so have no key that could be compared
    pub lost_rows: u64,
    /// line of the first of them
    pub first_lost: Option<u64>,
}

impl Found {
    /// The row would not be scored.
    pub fn is_rejected(&self) -> bool {
        self.bad.iter().any(|cell| cell.outcome == Outcome::Rejected)
    }
}

pub fn find_lead(
    policy: &Policy,
    program: &Program,
    options: &Options,
    input: &Input,
    key: &str,
) -> Result<Result<Found, NotFound>, BatchError> {
    let opened = open(input, &options.keep)?;
    let prepared = prepare(policy, program, options, &opened, Extent::Everything)?;
    let mut decoder = prepared.decoder();
    let unit = opened.unit();
    let Opened { content, .. } = opened;
    let mut chunks = content.read(&prepared.used_columns(), &prepared.choice_columns(), 1)?;
    let mut found: Option<Found> = None;
    let mut lost = NotFound::default();
    // The key of a row that cannot be split is known as it is shown.
    let shown_key = shown(key);
    while let Some(chunk) = chunks.next_chunk()? {
        decoder.decode(&chunk, &mut |leads| {
            let split = (0..leads.rows).filter(|row| leads.keys.get(*row) == key).map(|row| (leads.lines[row], Some(row)));
            let is_split = |line: u64| leads.lines.binary_search(&line).is_ok();
            let is_lost = |cell: &&BadCell| cell.subject == Subject::Row && !is_split(cell.line);
            let with_key = leads.bad.iter().filter(is_lost).filter(|cell| !key.is_empty() && cell.key == shown_key);
            let mut rows: Vec<(u64, Option<usize>)> = split.chain(with_key.map(|cell| (cell.line, None))).collect();
            rows.sort_unstable();
            for (line, row) in rows {
                let first = found.get_or_insert_with(|| match row {
                    Some(row) => found_at(&prepared.plan, leads, row, unit),
                    None => {
                        let bad = leads.bad.iter().filter(|cell| cell.line == line).cloned().collect();
                        Found { line, unit, bad, key: key.to_owned(), ..Found::default() }
                    }
                });
                first.rows_with_key += 1;
            }
            lost.lost_rows += leads.lost_rows;
            lost.first_lost = lost.first_lost.or_else(|| leads.bad.iter().find(is_lost).map(|cell| cell.line));
            Ok(())
        })?;
    }
    Ok(found.ok_or(lost))
}

fn found_at(plan: &Plan, leads: &LeadBlock, row: usize, unit: &'static str) -> Found {
    let line = leads.lines[row];
    let bad = leads.bad.iter().filter(|cell| cell.line == line).cloned().collect();
    let mut found = Found { line, unit, bad, key: leads.keys.get(row).to_owned(), ..Found::default() };
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
        let number = integer.and_then(|integer| usize::try_from(integer).ok());
        match slot.subject {
            Subject::Field(_) => found.values.push(value),
            Subject::Stage => found.stage = number,
            Subject::RestUntil => found.rest_until = integer,
            Subject::StageSince => found.stage_since = integer,
            Subject::RouteOwner(route) => found.owners.extend(number.map(|owner| (route, owner))),
            Subject::RouteQueue(route) => found.queues.extend(number.map(|queue| (route, queue))),
            Subject::Measure(_) | Subject::Row => {}
        }
    }
    found
}
