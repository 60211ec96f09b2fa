//! Many cells at once, where they are what cells of a clean file are: digits, and words that were met before.
//!
//! Enters: the cells of a column. Leaves: their values, up to the first that needs [`CellReader::text`]. Always holds: what is read here is what `text` reads; it
//! alone says what else a cell means and what is wrong with it.

use std::ops::Range;

use super::{CellReader, Kind};
use crate::batch::bad::Reason;
use crate::column::{Appended, Column};

/// Where a cell stands in a text.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'c> {
    pub text: &'c [u8],
    pub start: usize,
    pub end: usize,
}

/// The cells of a column; an empty one is missing.
pub trait Cells {
    fn cell(&self, row: usize) -> Cell<'_>;
}

impl<'c> Cell<'c> {
    pub fn bytes(self) -> &'c [u8] {
        &self.text[self.start..self.end]
    }

    /// Of whole letters, as readers make sure before.
    pub fn as_str(self) -> &'c str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    fn len(self) -> usize {
        self.end - self.start
    }

    /// One to eight bytes, the first lowest; zeros behind the last.
    #[inline(always)]
    fn short_word(self) -> u64 {
        match self.text.get(self.start..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes) & (u64::MAX >> (8 * (SHORT_BYTES - self.len()))),
            // the text ends before
            None => self.bytes().iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        }
    }

    /// One to sixteen bytes, the first lowest; zeros behind the last.
    fn long_word(self) -> u128 {
        match self.text.get(self.start..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u128::from_le_bytes(*bytes) & (u128::MAX >> (8 * (LONG_BYTES - self.len()))),
            None => self.bytes().iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte)),
        }
    }

    /// Nothing but digits, up to sixteen.
    #[inline(always)]
    fn some_digits(self) -> Option<u64> {
        let Some(more) = self.len().checked_sub(8) else { return self.few_digits() };
        let last = Cell { start: self.start + more, ..self }.few_digits()?;
        if more == 0 {
            return Some(last);
        }
        Some(Cell { end: self.start + more, ..self }.few_digits()? * 100_000_000 + last)
    }

    /// Nothing but digits, one to eight.
    #[inline(always)]
    fn few_digits(self) -> Option<u64> {
        let length = self.len();
        let eight = match self.text.get(self.start..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => return digits(self.bytes()),
        };
        // digits move to the end, with zeros before them
        let eight = eight << (8 * (8 - length)) | ZEROS.checked_shr(8 * length as u32).unwrap_or(0);
        let is_digits = eight & HIGH == ZEROS && eight.wrapping_add(SIX) & HIGH == ZEROS;
        is_digits.then(|| {
            // neighbours are put together: digits to pairs, pairs to fours, fours to the number
            let pairs = (eight & LOW).wrapping_mul(10).wrapping_add((eight & LOW) >> 8) & 0x00FF_00FF_00FF_00FF;
            let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
            fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF
        })
    }
}

const SHORT_BYTES: usize = 8;
const LONG_FROM: usize = SHORT_BYTES + 1;
const LONG_BYTES: usize = 16;
const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
const LOW: u64 = 0x0F0F_0F0F_0F0F_0F0F;
/// What makes a byte behind `9` reach beyond the digits' high half.
const SIX: u64 = 0x0606_0606_0606_0606;

/// Digits of a number that surely fits.
const DIGITS_MAX: usize = 18;

fn digits(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > DIGITS_MAX {
        return None;
    }
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')))
}

/// A number of at most so many places: digits, perhaps a sign before them and a point between.
#[inline(always)]
fn number(cell: Cell, scale: u8) -> Option<i64> {
    if scale == 0
        && cell.len() <= 16
        && let Some(number) = cell.some_digits()
    {
        return Some(number.cast_signed());
    }
    signed_number(cell, scale)
}

fn signed_number(cell: Cell, scale: u8) -> Option<i64> {
    let (sign, rest) = match cell.bytes() {
        [b'-', rest @ ..] => (-1, rest),
        rest => (1, rest),
    };
    let (whole, places) = match rest.iter().position(|byte| *byte == b'.') {
        Some(point) => (&rest[..point], &rest[point + 1..]),
        None => (rest, &rest[..0]),
    };
    let more = usize::from(scale).checked_sub(places.len())?;
    if whole.len() + usize::from(scale) > DIGITS_MAX || whole.len() < rest.len() && places.is_empty() {
        return None;
    }
    let whole = digits(whole)? * POWERS[usize::from(scale)];
    let places = if places.is_empty() { 0 } else { digits(places)? * POWERS[more] };
    Some(sign * (whole + places).cast_signed())
}

const POWERS: [u64; DIGITS_MAX + 1] = {
    let mut powers = [1; DIGITS_MAX + 1];
    let mut power = 1;
    while power <= DIGITS_MAX {
        powers[power] = powers[power - 1] * 10;
        power += 1;
    }
    powers
};

/// Short cells that were read before, with their values.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// of one to eight bytes
    short: Places<u64>,
    /// of more, up to sixteen
    long: Places<u128>,
}

/// A column with more different ones than this is no column of choices, nor of few days.
const WORDS_MAX: usize = 4_096;

impl Words {
    #[inline(always)]
    fn find(&self, cell: Cell) -> Option<i64> {
        match cell.len() {
            0 => None,
            1..=SHORT_BYTES => self.short.find(cell.short_word(), cell.len()),
            LONG_FROM..=LONG_BYTES => self.long.find(cell.long_word(), cell.len()),
            _ => None,
        }
    }

    fn insert(&mut self, cell: Cell, value: i64) {
        match cell.len() {
            0 => {}
            1..=SHORT_BYTES => self.short.insert(cell.short_word(), cell.len(), value),
            LONG_FROM..=LONG_BYTES => self.long.insert(cell.long_word(), cell.len(), value),
            _ => {}
        }
    }
}

/// Open addressing: a word, its length (0 if the place is free) and its value; a power of two long, at most half full.
#[derive(Clone, Debug, Default)]
struct Places<W> {
    places: Vec<(W, usize, i64)>,
    count: usize,
}

trait Word: Copy + Eq + Default {
    fn mixed(self) -> u64;
}

impl Word for u64 {
    #[inline]
    fn mixed(self) -> u64 {
        self
    }
}

impl Word for u128 {
    #[inline]
    fn mixed(self) -> u64 {
        self as u64 ^ ((self >> 64) as u64).rotate_left(23)
    }
}

impl<W: Word> Places<W> {
    #[inline(always)]
    fn find(&self, word: W, length: usize) -> Option<i64> {
        if self.places.is_empty() {
            return None;
        }
        let mask = self.places.len() - 1;
        let mut place = hash(word) & mask;
        loop {
            let (known, known_length, value) = self.places[place];
            if known == word && known_length == length {
                return Some(value);
            }
            if known_length == 0 {
                return None;
            }
            place = (place + 1) & mask;
        }
    }

    fn insert(&mut self, word: W, length: usize, value: i64) {
        if self.count == WORDS_MAX || self.find(word, length).is_some() {
            return;
        }
        if self.places.len() <= 2 * self.count {
            let larger = vec![(W::default(), 0, 0); (self.places.len() * 2).max(64)];
            for (word, length, value) in std::mem::replace(&mut self.places, larger) {
                if length > 0 {
                    self.place(word, length, value);
                }
            }
        }
        self.place(word, length, value);
        self.count += 1;
    }

    fn place(&mut self, word: W, length: usize, value: i64) {
        let mask = self.places.len() - 1;
        let mut place = hash(word) & mask;
        while self.places[place].1 > 0 {
            place = (place + 1) & mask;
        }
        self.places[place] = (word, length, value);
    }
}

#[inline]
fn hash(word: impl Word) -> usize {
    (word.mixed().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
}

impl CellReader {
    /// Appends the values of these rows' cells, up to the first that is none of the plain ones; gives its row, or that behind the last. A missing value is plain
    /// unless it is `required`.
    pub fn extend(&mut self, cells: &impl Cells, rows: Range<usize>, required: bool, into: &mut Column) -> usize {
        match &self.kind {
            Kind::Text => self.extend_by(cells, rows, required, into, |cell| is_plain_text(cell.bytes()).then_some(0)),
            Kind::Number { scale } => self.extend_by(cells, rows, required, into, |cell| number(cell, *scale)),
            Kind::YesNo | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_) => {
                self.extend_by(cells, rows, required, into, |cell| self.words.find(cell))
            }
        }
    }

    fn extend_by(
        &self,
        cells: &impl Cells,
        rows: Range<usize>,
        required: bool,
        into: &mut Column,
        read: impl Fn(Cell) -> Option<i64>,
    ) -> usize {
        let limits = self.limits;
        into.extend(rows, |row| {
            let cell = cells.cell(row);
            if cell.is_empty() {
                return appended(None, required);
            }
            match read(cell) {
                Some(value) if limits.contains(value) => Appended::Known(value),
                Some(_) | None => Appended::Not,
            }
        })
    }

    /// The same for integers, which count wholes: those that [`CellReader::whole`] takes for numbers within their limits.
    pub fn extend_wholes(&mut self, value: impl Fn(usize) -> Option<i64>, rows: Range<usize>, required: bool, into: &mut Column) -> usize {
        let Kind::Number { scale } = self.kind else { return rows.start };
        let Some(power) = 10i64.checked_pow(u32::from(scale)) else { return rows.start };
        let limits = self.limits;
        into.extend(rows, |row| match value(row) {
            None => appended(None, required),
            Some(value) => match value.checked_mul(power) {
                Some(value) if limits.contains(value) => Appended::Known(value),
                Some(_) | None => Appended::Not,
            },
        })
    }

    /// What [`CellReader::text`] made of a cell, for the next one that is the same.
    pub fn remember(&mut self, cell: Cell, value: Result<Option<i64>, Reason>) {
        match (&self.kind, value) {
            (Kind::YesNo | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_), Ok(Some(value))) => self.words.insert(cell, value),
            (Kind::Text | Kind::Number { .. } | Kind::YesNo | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_), _) => {}
        }
    }
}

/// What a value is to a column, known to be good.
pub fn appended(value: Option<i64>, required: bool) -> Appended {
    match value {
        Some(value) => Appended::Known(value),
        None if required => Appended::Not,
        None => Appended::Missing,
    }
}

/// A text that begins with a sign which can be seen, and holds no NUL.
fn is_plain_text(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_graphic) && memchr::memchr(0, bytes).is_none()
}
