//! Files of tables that are given at run time.
//!
//! Enters: a policy, one of its tables `from input`, a file of any format that leads come in. Leaves: the table's rows, or an error that names
//! file, row and column. Always holds: columns bind and cells are read by the rules that hold for leads; every row counts, so one that cannot be
//! read ends the reading; keys are known and differ once folded.

use super::bad::{BadCell, Outcome};
use super::error::BatchError;
use super::lead_block::{LeadBlock, SlotValues};
use super::plan::Extent;
use super::prepare::prepare;
use super::source::{Opened, open};
use super::{Input, Keep, OnBadRow, Options};
use crate::model::{Constant, Effort, Field, Policy, Queue, Table, TableId, TableRows, Team, Type};
use crate::program::Program;

/// The most rows of a table that is given at run time; of one that a queue rotates from.
const ROWS_MAX: usize = 2_000_000;
const OWNERS_MAX: usize = 200_000;
/// Mistakes are shown up to so many; the rest is counted.
const SHOWN_MAX: usize = 5;

pub fn read_table(policy: &Policy, id: TableId, input: &Input) -> Result<TableRows, BatchError> {
    let Some(table) = policy.tables.get(id) else { return Err(BatchError::NoKeyField) };
    let rows_max = if policy.queues.iter().any(|queue| queue.from_table.as_ref().is_some_and(|from| from.table == id)) {
        OWNERS_MAX
    } else {
        ROWS_MAX
    };
    let opened = open(input, &Keep::Key)?;
    let file = opened.name.clone();
    let unit = opened.unit();
    let record = record_of(policy, table);
    let options = Options { keep: Keep::Key, on_bad_row: OnBadRow::Reject, ..Options::at(0) };
    let prepared = prepare(&record, &Program::default(), &options, &opened, Extent::Everything)?;
    let mut decoder = prepared.decoder();
    let Opened { content, .. } = opened;
    let mut chunks = content.read(&prepared.used_columns(), &prepared.choice_columns(), 1)?;
    let mut rows = TableRows::of(table);
    let mut mistakes = Mistakes { record: &record, unit, shown: Vec::new(), unshown: 0 };
    // line of each row
    let mut lines: Vec<u64> = Vec::new();
    let mut values: Vec<Option<Constant>> = Vec::new();
    while let Some(chunk) = chunks.next_chunk()? {
        decoder.decode(&chunk, &mut |block| {
            block.bad.iter().filter(|cell| cell.outcome == Outcome::Rejected).for_each(|cell| mistakes.bad_cell(cell));
            for row in (0..block.rows).filter(|row| !block.rejected[*row]) {
                values_of(block, row, &mut values);
                if let Some((owner, queue, team)) = policy.queue_of_others(id, &values) {
                    mistakes.stranger(&owner, queue, team, block.lines[row]);
                }
                match rows.push(&values) {
                    Ok(()) => lines.push(block.lines[row]),
                    Err(first) => mistakes.repeated(table, &values, block.lines[row], lines.get(first).copied().unwrap_or_default()),
                }
            }
            if rows.len() > rows_max {
                return Err(BatchError::TableTooLong { file: file.clone(), table: table.name.clone(), limit: rows_max });
            }
            Ok(())
        })?;
    }
    match mistakes.sentence() {
        None => Ok(rows),
        Some(mistakes) => Err(BatchError::BadTable { file, table: table.name.clone(), mistakes }),
    }
}

/// The table's row as the record of a policy of its own, so that its cells are read as leads are.
fn record_of(policy: &Policy, table: &Table) -> Policy {
    let fields = table.columns.iter().map(|column| Field {
        name: column.name.clone(),
        display: None,
        doc: None,
        ty: column.ty,
        range: column.range,
        optional: column.optional,
        effort: Effort::default(),
        sources: Vec::new(),
        span: column.span,
    });
    Policy {
        name: policy.name.clone(),
        timezone: policy.timezone.clone(),
        currency: policy.currency,
        choices: policy.choices.clone(),
        fields: fields.collect(),
        key: table.columns.iter().position(|column| column.key),
        ..Policy::default()
    }
}

/// One value per column of the table.
fn values_of(block: &LeadBlock, row: usize, values: &mut Vec<Option<Constant>>) {
    values.clear();
    values.extend(block.slots.iter().map(|slot| match slot {
        SlotValues::Integers(column) if row < column.len() => column.get(row).map(Constant::Integer),
        SlotValues::Texts(texts) if row < texts.len() => texts.code(row).map(|code| Constant::Text(texts.text(code).to_owned())),
        // no such column in the file
        SlotValues::Integers(_) | SlotValues::Texts(_) | SlotValues::Nothing => None,
    }));
}

struct Mistakes<'m> {
    record: &'m Policy,
    unit: &'static str,
    shown: Vec<String>,
    unshown: usize,
}

impl Mistakes<'_> {
    fn bad_cell(&mut self, cell: &BadCell) {
        let sentence = cell.sentence(self.record);
        self.add(cell.line, sentence);
    }

    fn repeated(&mut self, table: &Table, values: &[Option<Constant>], line: u64, first: u64) {
        let keys = table.columns.iter().zip(values).filter(|(column, _)| column.key);
        let parts: Vec<String> = keys
            .map(|(column, value)| match (value, column.ty) {
                (Some(Constant::Text(text)), _) => format!("`{}`", super::bad::shown(text)),
                (Some(Constant::Integer(value)), Type::OneOf(choices)) => {
                    let member = usize::try_from(*value).ok().and_then(|at| self.record.choices.get(choices)?.members.get(at));
                    member.map_or_else(|| format!("`{}`", column.name), |member| format!("`{}`", member.name))
                }
                (Some(Constant::Integer(_)) | None, _) => format!("`{}`", column.name),
            })
            .collect();
        self.add(line, format!("the key {} stands in {} {first} already", parts.join(", "), self.unit));
    }

    fn stranger(&mut self, owner: &str, queue: &Queue, team: &Team, line: u64) {
        let owner = super::bad::shown(owner);
        self.add(
            line,
            format!("`{owner}` is not a member of the team `{}`, whose queue `{}` rotates among these rows", team.name, queue.name),
        );
    }

    fn add(&mut self, line: u64, sentence: String) {
        if self.shown.len() < SHOWN_MAX {
            self.shown.push(format!("{} {line}: {sentence}", self.unit));
        } else {
            self.unshown += 1;
        }
    }

    fn sentence(mut self) -> Option<String> {
        if self.shown.is_empty() {
            return None;
        }
        if self.unshown > 0 {
            self.shown.push(format!("and {} more", self.unshown));
        }
        Some(self.shown.join("; "))
    }
}
