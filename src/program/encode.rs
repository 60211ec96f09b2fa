//! Values to inputs, one at a time: the plain way, for single leads and signals in memory.
//!
//! Enters: a program and what is known of its columns. Leaves: one [`Block`] with a column per input. Always holds: a column has its input's
//! width; only optional inputs have missing values; a blank text is a missing one; equal texts of any column of one block get equal
//! identities.

use rustc_hash::FxHashMap;

use super::text_map::domain_of;
use super::{InputSource, Program};
use crate::calendar::Zone;
use crate::column::{Block, Column};
use crate::model::value::fold_text;
use crate::model::{ColumnId, Constant};

/// What an input reads that is no column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    Stage,
    StageSince,
    RestUntil,
    RouteOwner(usize),
    RouteQueue(usize),
    KeyHash,
}

/// A value lies outside of the bounds of its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRange(pub InputSource);

/// One row per lead (or signal): `of` gives the value of a column, `other` what an input reads that is no column.
pub fn encode<'v>(
    program: &Program,
    zone: &mut Zone,
    rows: usize,
    of: impl Fn(usize, ColumnId) -> Option<&'v Constant>,
    other: impl Fn(usize, Other) -> Option<i64>,
) -> Result<Block, OutOfRange> {
    let mut identities: FxHashMap<String, i64> = FxHashMap::default();
    let mut columns = Vec::with_capacity(program.inputs.len());
    for input in &program.inputs {
        let mut column = Column::with_capacity(input.width, rows);
        for row in 0..rows {
            let value = match &input.source {
                InputSource::Column(id) => integer(of(row, *id)),
                InputSource::LocalDay(id) => integer(of(row, *id)).map(|instant| zone.local_day(instant)),
                InputSource::Text { column, map } => {
                    text(of(row, *column)).and_then(|text| program.text_maps.get(*map).and_then(|map| map.code(text)))
                }
                InputSource::TextIdentity { column, domain } => text(of(row, *column))
                    .map(fold_text)
                    .and_then(|folded| if *domain { domain_of(&folded).map(str::to_string) } else { Some(folded) })
                    .map(|folded| {
                        let next = identities.len() as i64;
                        *identities.entry(folded).or_insert(next)
                    }),
                InputSource::Stage => other(row, Other::Stage),
                InputSource::StageSince => other(row, Other::StageSince),
                InputSource::RestUntil => other(row, Other::RestUntil),
                InputSource::RouteOwner(route) => other(row, Other::RouteOwner(*route)),
                InputSource::RouteQueue(route) => other(row, Other::RouteQueue(*route)),
                InputSource::KeyHash => other(row, Other::KeyHash),
            };
            // only a key can be left out without being optional; what then stands for it must be harmless
            let value = if input.optional { value } else { value.or(Some(input.interval.0)) };
            if value.is_some_and(|value| value < input.interval.0 || value > input.interval.1) {
                return Err(OutOfRange(input.source.clone()));
            }
            column.push(value);
        }
        columns.push(column);
    }
    Ok(Block { rows, columns })
}

fn integer(value: Option<&Constant>) -> Option<i64> {
    match value {
        Some(Constant::Integer(value)) => Some(*value),
        Some(Constant::Text(_)) | None => None,
    }
}

fn text(value: Option<&Constant>) -> Option<&str> {
    match value {
        Some(Constant::Text(text)) if !text.trim().is_empty() => Some(text),
        Some(Constant::Text(_) | Constant::Integer(_)) | None => None,
    }
}
