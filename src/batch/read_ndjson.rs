//! NDJSON to blocks of leads.
//!
//! Enters: text with one JSON object per line. Leaves: the names that occur at the beginning ([`open`]), then [`LeadBlock`]s ([`NdjsonDecoder`]). Always
//! holds: numbers are read from their text; each row is bound by its own names, wherever they first occur; empty lines are no rows; a line that
//! is no object, a used name that occurs twice, two names for one field, an object where a value should stand and a value longer than 1 MiB reject the
//! row, each once.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::bad::{Reason, Subject};
use super::bind::{Binding, Matched, Names};
use super::cells::{CellReader, Cells};
use super::error::BatchError;
use super::json_line::{read_object, scalar_text};
use super::lead_block::{BLOCK_ROWS_MAX, KeptValues, LeadBlock, Texts};
use super::ndjson_lines::{Shape, Use, Values};
use super::plan::{ColumnUse, Plan};
use super::read_text::{CELL_BYTES_MAX, TextChunk, TextChunks};
use super::rows::Rows;
use crate::model::value::fold_text;

/// The names at the beginning of a file (about a megabyte of it), in the order of their first occurrence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    pub names: Vec<String>,
    /// names of the first object
    pub first: Vec<String>,
}

pub fn open(chunks: &mut TextChunks, file: &str) -> Result<Beginning, BatchError> {
    if chunks.peek()?.starts_with(b"\xEF\xBB\xBF") {
        chunks.skip(3, 0);
    }
    chunks.peek()?;
    let is_all_seen = chunks.is_all_seen();
    let head = chunks.peek()?;
    // A last line that is cut off is no object; then it is left for later.
    let lines = head.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let mut beginning = Beginning { names: Vec::new(), first: Vec::new() };
    let mut known = FxHashSet::default();
    let mut objects = 0;
    let mut entries = Vec::new();
    for line in lines {
        entries.clear();
        if line.trim().is_empty() || read_object(line, &mut |name, _| entries.push(name.to_owned())).is_err() {
            continue;
        }
        objects += 1;
        if objects == 1 {
            // a name that comes twice is a matter of its row
            beginning.first =
                entries.iter().enumerate().filter(|(at, name)| !entries[..*at].contains(name)).map(|(_, name)| name.clone()).collect();
        }
        for name in entries.drain(..) {
            if known.insert(fold_text(&name)) {
                beginning.names.push(name);
            }
        }
    }
    // A first line that goes on behind the beginning says nothing yet.
    let has_line = head.trim_ascii_start().contains(&b'\n') || is_all_seen;
    if objects == 0 && has_line && !head.trim_ascii().is_empty() {
        let is = "text without JSON objects, one per line".to_owned();
        return Err(BatchError::WrongKind { file: file.to_owned(), expected: "NDJSON file".to_owned(), is, instead: String::new() });
    }
    Ok(beginning)
}

/// The names of all objects, in the order of their first occurrence.
pub fn all_names(chunks: &mut TextChunks, file: &str) -> Result<Vec<String>, BatchError> {
    if chunks.peek()?.starts_with(b"\xEF\xBB\xBF") {
        chunks.skip(3, 0);
    }
    let mut names = Vec::new();
    let mut known = FxHashSet::default();
    while let Some(chunk) = chunks.next_chunk()? {
        for line in chunk.bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok()) {
            let mut new = Vec::new();
            let read = read_object(line, &mut |name, _| {
                if !known.contains(name) {
                    new.push(name.to_owned());
                }
            });
            // What is no object is no row that could be kept.
            for name in new.into_iter().filter(|_| read.is_ok()) {
                let folded = fold_text(&name);
                if known.insert(folded.clone()) {
                    names.push(name.clone());
                }
                known.insert(name);
            }
            if names.len() > COLUMNS_KEPT_MAX {
                return Err(BatchError::TooManyColumns { file: file.to_owned(), limit: COLUMNS_KEPT_MAX });
            }
        }
    }
    Ok(names)
}

/// More different names than any honest file has; each would be a column of every scored row.
const COLUMNS_KEPT_MAX: usize = 10_000;

/// A name that was not at the beginning of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateName {
    pub name: String,
    pub line: u64,
}

#[derive(Debug)]
pub struct NdjsonDecoder {
    rows: Rows,
    names: Names,
    /// folded name of each kept column
    kept: FxHashMap<String, usize>,
    /// folded names of the file's beginning
    beginning: FxHashSet<String>,
    /// per slot, the folded name of the column that it is bound to
    bound: Vec<Option<String>>,
    /// names as they occur, by their text
    uses: FxHashMap<String, usize>,
    use_list: Vec<ColumnUse>,
    /// of one row: which name, and where its value is
    entries: Vec<(usize, String, Range<usize>)>,
    filled_slots: Vec<Option<usize>>,
    filled_kept: Vec<Option<usize>>,
    pub late_names: Vec<LateName>,
    /// what lines look like, since one was last read name by name; and the use of each of its names
    shape: Option<(Shape, Vec<(usize, String)>)>,
    /// of lines that look like this
    values: Values,
    /// lines that are read name by name before another shape is tried, and how many they were the last time
    wait: usize,
    waited: usize,
}

/// Rows whose values are read column by column; the text of so many is still in the nearest caches.
const ROWS_READ: usize = 1_024;

/// Most lines that are read name by name before another shape is tried.
const WAIT_MAX: usize = 1_024;

/// A line with more names than this is read name by name.
const SHAPE_NAMES_MAX: usize = 1_000;

/// After so many different names, which no honest file has, all are forgotten and worked out anew.
const NAMES_REMEMBERED_MAX: usize = 10_000;

impl NdjsonDecoder {
    /// `beginning` has the names that are known before the first row is read.
    pub fn new(plan: Plan, names: Names, binding: &Binding, beginning: &[String]) -> NdjsonDecoder {
        let kept = binding.kept.iter().enumerate().map(|(index, kept)| (fold_text(&binding.columns[kept.column]), index)).collect();
        let (slot_count, kept_count) = (plan.slots.len(), plan.kept_count);
        let bound = plan.slots.iter().map(|slot| Some(fold_text(binding.columns.get(slot.column?)?))).collect();
        let mut rows = Rows::new(plan);
        rows.block.kept = (0..kept_count).map(|_| KeptValues::Json(Texts::default())).collect();
        NdjsonDecoder {
            rows,
            names,
            kept,
            beginning: beginning.iter().map(|name| fold_text(name)).collect(),
            bound,
            uses: FxHashMap::default(),
            use_list: Vec::new(),
            entries: Vec::new(),
            filled_slots: vec![None; slot_count],
            filled_kept: vec![None; kept_count],
            late_names: Vec::new(),
            shape: None,
            values: Values::default(),
            wait: 0,
            waited: 0,
        }
    }

    /// Gives the leads of a chunk, some thousand at a time.
    pub fn decode(&mut self, chunk: &TextChunk, sink: &mut dyn FnMut(&mut LeadBlock) -> Result<(), BatchError>) -> Result<(), BatchError> {
        self.rows.clear();
        // Looked at once for all; only a chunk that is not clean is looked at line by line.
        let clean = simdutf8::basic::from_utf8(&chunk.bytes).unwrap_or_default();
        let lines = chunk.bytes.strip_suffix(b"\n").unwrap_or(&chunk.bytes);
        let mut start = 0;
        for (end, number) in memchr::memchr_iter(b'\n', lines).chain([lines.len()]).zip(chunk.first_line..) {
            let line = start..end;
            start = end + 1;
            if self.take(clean, line.clone()) {
                (self.wait, self.waited) = (0, 0);
                self.rows.begin(number);
            } else {
                self.read_values(clean);
                let line = &chunk.bytes[line];
                match std::str::from_utf8(line) {
                    Ok(text) if text.trim().is_empty() => continue,
                    Ok(text) => self.line(text, number),
                    Err(_) => self.rows.lose(number, "", &String::from_utf8_lossy(&line[..line.len().min(1_024)]), Reason::RowNotUtf8),
                }
            }
            if self.values.rows() == ROWS_READ || self.rows.block.rows == BLOCK_ROWS_MAX {
                self.read_values(clean);
            }
            if self.rows.block.rows == BLOCK_ROWS_MAX {
                sink(self.rows.finish())?;
                self.rows.clear();
            }
        }
        self.read_values(clean);
        sink(self.rows.finish())
    }

    /// Takes a line that looks like the last one, if it does.
    fn take(&mut self, clean: &str, line: Range<usize>) -> bool {
        let Some((shape, _)) = &self.shape else { return false };
        !clean.is_empty() && line.len() <= CELL_BYTES_MAX && shape.take(clean.as_bytes(), line, &mut self.values)
    }

    /// Reads the values of the lines that were taken since the last time, column by column.
    fn read_values(&mut self, text: &str) {
        let count = self.values.rows();
        let Some((_, names)) = self.shape.as_ref().filter(|_| count > 0) else { return };
        let rows = &mut self.rows;
        let first = rows.block.rows - count;
        self.filled_slots.fill(None);
        self.filled_kept.fill(None);
        let mut has_key = false;
        for (number, (index, name)) in names.iter().enumerate() {
            let using = &self.use_list[*index];
            let column = self.values.column(text, number);
            for slot in &using.slots {
                self.filled_slots[*slot] = Some(number);
                let extend = |reader: &mut CellReader, rows, required, into: &mut _| reader.extend(&column, rows, required, into);
                rows.put_many(*slot, first..rows.block.rows, &extend, &mut |rows, row| match column.json(row) {
                    "" => put_nothing(rows, *slot, first + row),
                    value => {
                        let cell = column.cell(row);
                        let reader = &mut rows.plan.slots[*slot].reader;
                        let read = reader.text(cell.as_str());
                        reader.remember(cell, read);
                        put_json(rows, *slot, first + row, name, value);
                    }
                });
            }
            if using.key {
                (0..count).for_each(|row| rows.block.keys.push(column.cell(row).as_str()));
                has_key = true;
            }
            if let Some(kept) = using.kept {
                self.filled_kept[kept] = Some(number);
                if let Some(KeptValues::Json(texts)) = rows.block.kept.get_mut(kept) {
                    (0..count).for_each(|row| texts.push(column.json(row)));
                }
            }
        }
        for row in first..rows.block.rows {
            if !has_key {
                rows.block.keys.push("");
            }
            put_what_is_not_there(rows, row, &self.filled_slots, &self.filled_kept);
        }
        self.values.clear();
    }

    fn line(&mut self, text: &str, number: u64) {
        if self.uses.len() >= NAMES_REMEMBERED_MAX {
            self.uses.clear();
            self.use_list.clear();
            self.shape = None;
        }
        let learns = self.wait == 0;
        self.wait = self.wait.saturating_sub(1);
        let mut names = Vec::new();
        let mut entries = std::mem::take(&mut self.entries);
        let mut count = 0;
        let start = text.as_ptr() as usize;
        let mut is_too_long = false;
        let read = read_object(text, &mut |name, value| {
            is_too_long |= value.len() > CELL_BYTES_MAX;
            let index = self.use_of(name, number);
            if learns && names.len() < SHAPE_NAMES_MAX {
                names.push((index, name.to_owned()));
            }
            if self.use_list[index].is_used() {
                let begin = value.as_ptr() as usize - start;
                let range = begin..begin + value.len();
                match entries.get_mut(count) {
                    Some(entry) => {
                        (entry.0, entry.2) = (index, range);
                        entry.1.clear();
                        entry.1.push_str(name);
                    }
                    None => entries.push((index, name.to_owned(), range)),
                }
                count += 1;
            }
        });
        match read {
            Ok(()) if is_too_long => {
                let key = entries[..count].iter().find(|(index, ..)| self.use_list[*index].key);
                let mut unescaped = String::new();
                let key = key.and_then(|(_, _, range)| scalar_text(&text[range.clone()], &mut unescaped)).unwrap_or_default();
                self.rows.lose(number, key, text, Reason::CellTooLong);
            }
            Ok(()) => self.row(text, number, &entries[..count]),
            Err(reason) => self.rows.lose(number, "", text, reason),
        }
        self.entries = entries;
        if learns {
            self.learn(names);
            // a file whose lines are never written alike is not asked at each of them
            self.waited = (2 * self.waited).clamp(1, WAIT_MAX);
            self.wait = self.waited - 1;
        }
    }

    /// The next lines may well be written like one that has these names. Not if two of them are for the same thing, which rejects a row.
    fn learn(&mut self, names: Vec<(usize, String)>) {
        let uses = || names.iter().map(|(index, _)| &self.use_list[*index]);
        let slots: Vec<usize> = uses().flat_map(|using| using.slots.iter().copied()).collect();
        let kept: Vec<usize> = uses().filter_map(|using| using.kept).collect();
        let has_two = |numbers: &[usize]| numbers.iter().enumerate().any(|(at, number)| numbers[..at].contains(number));
        if names.is_empty() || names.len() == SHAPE_NAMES_MAX || has_two(&slots) || has_two(&kept) {
            return;
        }
        let shape = Shape::of(names.iter().map(|(index, name)| {
            let using = &self.use_list[*index];
            let is_needed = using.slots.iter().any(|slot| self.rows.plan.slots[*slot].required);
            (
                name.as_str(),
                if is_needed {
                    Use::Needed
                } else if using.is_used() {
                    Use::Used
                } else {
                    Use::Unused
                },
            )
        }));
        self.shape = shape.map(|shape| (shape, names.into_iter().filter(|(index, _)| self.use_list[*index].is_used()).collect()));
    }

    fn row(&mut self, text: &str, number: u64, entries: &[(usize, String, Range<usize>)]) {
        let row = self.rows.begin(number);
        self.filled_slots.fill(None);
        self.filled_kept.fill(None);
        let mut has_key = false;
        for (entry, (index, name, range)) in entries.iter().enumerate() {
            let value = &text[range.clone()];
            let using = &self.use_list[*index];
            let of_slots = using.slots.iter().filter_map(|slot| self.filled_slots[*slot]);
            if let Some(earlier) = of_slots.chain(using.kept.and_then(|kept| self.filled_kept[kept])).next() {
                // One line of the rejects for a name, however often it is repeated and whatever it is used for.
                let repetitions = entries[..entry].iter().filter(|(earlier, ..)| earlier == index).count();
                let is_same_name = entries[earlier].0 == *index;
                if repetitions <= usize::from(is_same_name) {
                    let subject = using.slots.first().map_or(Subject::Row, |slot| self.rows.plan.slots[*slot].subject);
                    let reason = if is_same_name || subject == Subject::Row { Reason::RepeatedName } else { Reason::TwoColumns };
                    self.rows.reject_row(row, subject, name, value, reason);
                }
                continue;
            }
            for slot in &using.slots {
                put_json(&mut self.rows, *slot, row, name, value);
                self.filled_slots[*slot] = Some(entry);
            }
            if using.key && !has_key {
                let mut unescaped = String::new();
                self.rows.block.keys.push(scalar_text(value, &mut unescaped).unwrap_or_default());
                has_key = true;
            }
            if let Some(kept) = using.kept {
                self.filled_kept[kept] = Some(entry);
                if let Some(KeptValues::Json(texts)) = self.rows.block.kept.get_mut(kept) {
                    texts.push(value);
                }
            }
        }
        if !has_key {
            self.rows.block.keys.push("");
        }
        put_what_is_not_there(&mut self.rows, row, &self.filled_slots, &self.filled_kept);
    }

    fn use_of(&mut self, name: &str, line: u64) -> usize {
        if let Some(index) = self.uses.get(name) {
            return *index;
        }
        // a name for every route gives way to the route's own, where the beginning of the file has it
        let gives_way = |slot: usize, matched: &Matched| {
            *matched == Matched::AnyRoute && self.bound[slot].as_ref().is_some_and(|bound| *bound != fold_text(name))
        };
        let subjects = self.names.of_column(name);
        let is_for = |slot: usize| {
            let subject = self.rows.plan.slots[slot].subject;
            subjects.iter().any(|(wanted, matched)| *wanted == subject && !gives_way(slot, matched))
        };
        let slots: Vec<usize> = (0..self.rows.plan.slots.len()).filter(|slot| is_for(*slot)).collect();
        let key = slots.iter().any(|slot| self.rows.plan.slots[*slot].is_key);
        let folded = fold_text(name);
        let kept = self.kept.get(&folded).copied();
        if !self.beginning.contains(&folded) {
            self.late_names.push(LateName { name: name.to_owned(), line });
        }
        self.use_list.push(ColumnUse { slots, key, kept });
        let index = self.use_list.len() - 1;
        self.uses.insert(name.to_owned(), index);
        index
    }
}

/// What a row lacks is missing.
fn put_what_is_not_there(rows: &mut Rows, row: usize, filled_slots: &[Option<usize>], filled_kept: &[Option<usize>]) {
    for (slot, filled) in filled_slots.iter().enumerate() {
        if filled.is_none() {
            put_nothing(rows, slot, row);
        }
    }
    for (kept, filled) in rows.block.kept.iter_mut().zip(filled_kept) {
        if let (KeptValues::Json(texts), None) = (kept, filled) {
            texts.push("");
        }
    }
}

fn put_nothing(rows: &mut Rows, slot: usize, row: usize) {
    let name = rows.plan.slots[slot].name.clone();
    rows.put(slot, row, &name, "", Ok(None));
}

fn put_json(rows: &mut Rows, slot: usize, row: usize, name: &str, value: &str) {
    let reader = &mut rows.plan.slots[slot].reader;
    let mut unescaped = String::new();
    let read = match value.as_bytes().first() {
        Some(b'n') => Ok(None),
        Some(b't') => reader.yes_no(true),
        Some(b'f') => reader.yes_no(false),
        Some(b'"') => {
            let Some(text) = scalar_text(value, &mut unescaped) else {
                return rows.put(slot, row, name, value, Err(Reason::BrokenEscape));
            };
            return rows.put_text(slot, row, name, text);
        }
        Some(b'[') => match serde_json::from_str::<Vec<Option<String>>>(value) {
            // as in Arrow, a member that is missing is none
            Ok(members) => reader.list(members.iter().flatten().map(String::as_str)),
            Err(_) => Err(Reason::NotOneValue),
        },
        Some(b'-' | b'0'..=b'9') => reader.json_number(value),
        Some(_) | None => Err(Reason::NotOneValue),
    };
    rows.put(slot, row, name, value, read);
}
