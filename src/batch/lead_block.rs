//! Some thousand leads as columns: what readers give and the encoder takes.
//!
//! Enters: cells, through [`super::rows::Rows`]. Leaves: integers in the model's units, texts as codes into a dictionary, keys, columns to carry
//! through, and what was bad. Always holds: every column has `rows` entries; a rejected row stands in the block with harmless values, so that
//! columns stay whole, and is left out when answers are written.

use arrow_array::ArrayRef;

use super::bad::BadCell;
use super::interner::Interner;
use crate::column::Column;

/// The most rows of a block: a column of it fits the fast memory near the processor.
pub const BLOCK_ROWS_MAX: usize = 8_192;

#[derive(Debug, Default)]
pub struct LeadBlock {
    pub rows: usize,
    /// one for each slot of the plan
    pub slots: Vec<SlotValues>,
    /// the leads' keys as written
    pub keys: Texts,
    pub kept: Vec<KeptValues>,
    /// line (or row number) of each row
    pub lines: Vec<u64>,
    pub rejected: Vec<bool>,
    pub rejected_count: usize,
    /// rows of the file that are not even in this block, because they could not be split into cells
    pub lost_rows: u64,
    pub cells_taken_as_missing: u64,
    /// in the order of lines
    pub bad: Vec<BadCell>,
    /// parallel to `bad`: its row in this block; none for a lost row
    pub bad_rows: Vec<Option<usize>>,
}

/// The values of one slot.
#[derive(Debug)]
pub enum SlotValues {
    /// checked but of no use to the program
    Nothing,
    Integers(Column),
    Texts(TextColumn),
}

/// A carried column, as the input had it.
#[derive(Debug)]
pub enum KeptValues {
    /// cells of a CSV file; an empty one is missing
    Cells(Texts),
    /// JSON values; nothing at all is missing
    Json(Texts),
    Array(ArrayRef),
}

/// One text after the other.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    ends: Vec<usize>,
    text: String,
}

impl Texts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    pub fn extend<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        texts.for_each(|text| self.push(text));
    }

    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    pub fn clear(&mut self) {
        self.ends.clear();
        self.text.clear();
    }

    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// Texts as numbers of different ones.
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    /// as written; empty texts are missing and never in here
    pub dictionary: Interner,
    codes: Vec<u32>,
}

impl TextColumn {
    const MISSING: u32 = u32::MAX;

    pub fn len(&self) -> usize {
        self.codes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    pub fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(TextColumn::MISSING, |text| self.dictionary.insert(text.as_bytes()));
        self.codes.push(code);
    }

    pub fn code(&self, row: usize) -> Option<u32> {
        Some(self.codes[row]).filter(|code| *code != TextColumn::MISSING)
    }

    /// What a code stands for.
    pub fn text(&self, code: u32) -> &str {
        // Only whole texts go in.
        std::str::from_utf8(self.dictionary.get(code)).unwrap_or_default()
    }

    pub fn clear(&mut self) {
        self.dictionary.clear();
        self.codes.clear();
    }
}
