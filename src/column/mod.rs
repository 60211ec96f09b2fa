//! Equal-length typed columns with validity bits: what evaluators read and write.
//!
//! Always holds: values stand in a 64-byte aligned buffer of the column's width; bit `row` (least significant first) of the
//! validity is set when the value is known; a column without validity has no missing value; the integer under a missing value is 0.

use std::ops::Range;

use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, MutableBuffer, NullBuffer};

/// Rows that [`Column::extend`] handles at a time.
const WINDOW: usize = 64;

/// How an integer is stored. `U8` and `U16` are unsigned codes, the others signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    U8,
    U16,
    I32,
    I64,
}

impl Width {
    pub fn bytes(self) -> usize {
        match self {
            Width::U8 => 1,
            Width::U16 => 2,
            Width::I32 => 4,
            Width::I64 => 8,
        }
    }

    /// The narrowest width that holds both bounds.
    pub fn of(low: i64, high: i64) -> Width {
        if low >= 0 && high <= i64::from(u8::MAX) {
            Width::U8
        } else if low >= 0 && high <= i64::from(u16::MAX) {
            Width::U16
        } else if low >= i64::from(i32::MIN) && high <= i64::from(i32::MAX) {
            Width::I32
        } else {
            Width::I64
        }
    }
}

/// What is made of one row, where a column is appended to many rows at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    Known(i64),
    Missing,
    /// nothing: the rows end here
    Not,
}

/// One column of integers.
#[derive(Debug)]
pub struct Column {
    width: Width,
    len: usize,
    values: MutableBuffer,
    validity: Option<MutableBuffer>,
}

impl Column {
    pub fn with_capacity(width: Width, rows: usize) -> Column {
        Column { width, len: 0, values: MutableBuffer::with_capacity(rows * width.bytes()), validity: None }
    }

    /// A column of `rows` zeros; all are missing if `optional`, all known if not. Evaluators write into it.
    pub fn zeroed(width: Width, rows: usize, optional: bool) -> Column {
        Column {
            width,
            len: rows,
            values: MutableBuffer::from_len_zeroed(rows * width.bytes()),
            validity: optional.then(|| MutableBuffer::from_len_zeroed(rows.div_ceil(8))),
        }
    }

    pub fn width(&self) -> Width {
        self.width
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn clear(&mut self) {
        self.len = 0;
        self.values.clear();
        self.validity = None;
    }

    /// Appends a value, which must fit the width (it is cut to it), or a missing one.
    pub fn push(&mut self, value: Option<i64>) {
        let raw = value.unwrap_or(0);
        match self.width {
            Width::U8 => self.values.push(raw as u8),
            Width::U16 => self.values.push(raw as u16),
            Width::I32 => self.values.push(raw as i32),
            Width::I64 => self.values.push(raw),
        }
        if value.is_none() && self.validity.is_none() {
            self.begin_validity();
        }
        self.push_validity(value.is_some());
        self.len += 1;
    }

    /// All values so far are known.
    fn begin_validity(&mut self) {
        let mut bits = MutableBuffer::new(self.len / 8 + 64);
        bits.resize(self.len.div_ceil(8), 0xFF);
        if !self.len.is_multiple_of(8) {
            let last = bits.len() - 1;
            bits.as_slice_mut()[last] = (1u8 << (self.len % 8)) - 1;
        }
        self.validity = Some(bits);
    }

    /// Of the value that is being appended, if the column has validity.
    fn push_validity(&mut self, is_known: bool) {
        if let Some(bits) = &mut self.validity {
            if self.len.is_multiple_of(8) {
                bits.push(0u8);
            }
            bits.as_slice_mut()[self.len / 8] |= u8::from(is_known) << (self.len % 8);
        }
    }

    /// Appends what `read` gives for these rows, until it gives nothing for one or all are done. Gives the row at which it ended.
    #[inline]
    pub fn extend(&mut self, rows: Range<usize>, read: impl FnMut(usize) -> Appended) -> usize {
        match self.width {
            Width::U8 => self.extend_as(rows, read, |value| value as u8),
            Width::U16 => self.extend_as(rows, read, |value| value as u16),
            Width::I32 => self.extend_as(rows, read, |value| value as i32),
            Width::I64 => self.extend_as(rows, read, |value| value),
        }
    }

    #[inline]
    fn extend_as<T: ArrowNativeType>(
        &mut self,
        rows: Range<usize>,
        mut read: impl FnMut(usize) -> Appended,
        cut: impl Fn(i64) -> T,
    ) -> usize {
        let mut row = rows.start;
        while row < rows.end {
            let window = (rows.end - row).min(WINDOW);
            self.values.resize((self.len + window) * size_of::<T>(), 0);
            let (mut known, mut count) = (0u64, 0);
            for place in &mut self.values.typed_data_mut::<T>()[self.len..] {
                match read(row + count) {
                    Appended::Known(value) => {
                        *place = cut(value);
                        known |= 1 << count;
                    }
                    Appended::Missing => {}
                    Appended::Not => break,
                }
                count += 1;
            }
            self.values.truncate((self.len + count) * size_of::<T>());
            self.extend_validity(known, count);
            row += count;
            if count < window {
                return row;
            }
        }
        row
    }

    /// Appends what a table has for each key that is known.
    pub fn extend_looked_up(&mut self, keys: &[i32], nulls: Option<&NullBuffer>, table: &[i64]) {
        match self.width {
            Width::U8 => self.look_up(keys, nulls, table, |value| value as u8),
            Width::U16 => self.look_up(keys, nulls, table, |value| value as u16),
            Width::I32 => self.look_up(keys, nulls, table, |value| value as i32),
            Width::I64 => self.look_up(keys, nulls, table, |value| value),
        }
    }

    fn look_up<T: ArrowNativeType>(&mut self, keys: &[i32], nulls: Option<&NullBuffer>, table: &[i64], cut: impl Fn(i64) -> T) {
        let table: Vec<T> = table.iter().map(|value| cut(*value)).collect();
        let first = self.len;
        self.values.resize((first + keys.len()) * size_of::<T>(), 0);
        for (place, key) in self.values.typed_data_mut::<T>()[first..].iter_mut().zip(keys) {
            *place = table.get(*key as usize).copied().unwrap_or_default();
        }
        let mut known = nulls.map(|nulls| nulls.inner().bit_chunks().iter_padded().collect::<Vec<u64>>()).into_iter().flatten();
        for window in (0..keys.len()).step_by(WINDOW) {
            let count = (keys.len() - window).min(WINDOW);
            let known = known.next().unwrap_or(u64::MAX) & u64::MAX >> (WINDOW - count);
            for missing in (0..count).filter(|row| known >> row & 1 == 0) {
                self.values.typed_data_mut::<T>()[first + window + missing] = T::default();
            }
            self.extend_validity(known, count);
        }
    }

    /// Of so many values, up to 64, that have just been appended.
    fn extend_validity(&mut self, known: u64, count: usize) {
        if self.validity.is_none() && known.count_ones() as usize == count {
            self.len += count;
            return;
        }
        if self.validity.is_none() {
            self.begin_validity();
        }
        match &mut self.validity {
            Some(bits) if self.len.is_multiple_of(8) => {
                bits.extend_from_slice(&known.to_le_bytes()[..count.div_ceil(8)]);
                self.len += count;
            }
            Some(_) | None => {
                for value in 0..count {
                    self.push_validity(known >> value & 1 == 1);
                    self.len += 1;
                }
            }
        }
    }

    pub fn get(&self, row: usize) -> Option<i64> {
        assert!(row < self.len, "row {row} of {}", self.len);
        if !self.is_known(row) {
            return None;
        }
        Some(match self.width {
            Width::U8 => i64::from(self.values.as_slice()[row]),
            Width::U16 => i64::from(self.values.typed_data::<u16>()[row]),
            Width::I32 => i64::from(self.values.typed_data::<i32>()[row]),
            Width::I64 => self.values.typed_data::<i64>()[row],
        })
    }

    /// Shows all rows in order.
    #[inline]
    pub fn for_each(&self, visit: impl FnMut(usize, Option<i64>)) {
        match self.width {
            Width::U8 => self.for_each_as::<u8>(visit),
            Width::U16 => self.for_each_as::<u16>(visit),
            Width::I32 => self.for_each_as::<i32>(visit),
            Width::I64 => self.for_each_as::<i64>(visit),
        }
    }

    #[inline]
    fn for_each_as<T: ArrowNativeType + Into<i64>>(&self, mut visit: impl FnMut(usize, Option<i64>)) {
        let values = self.values_as::<T>();
        match &self.validity {
            None => values.iter().enumerate().for_each(|(row, value)| visit(row, Some((*value).into()))),
            Some(_) => values.iter().enumerate().for_each(|(row, value)| visit(row, self.is_known(row).then(|| (*value).into()))),
        }
    }

    /// A copy of the values; of missing ones it is that of 0.
    pub fn to_vec<T>(&self, convert: impl Fn(i64) -> T) -> Vec<T> {
        match self.width {
            Width::U8 => self.values_as::<u8>().iter().map(|value| convert((*value).into())).collect(),
            Width::U16 => self.values_as::<u16>().iter().map(|value| convert((*value).into())).collect(),
            Width::I32 => self.values_as::<i32>().iter().map(|value| convert((*value).into())).collect(),
            Width::I64 => self.values_as::<i64>().iter().map(|value| convert(*value)).collect(),
        }
    }

    /// Which values are known, if some are missing.
    pub fn nulls(&self) -> Option<NullBuffer> {
        let bits = self.validity.as_ref()?;
        let known = BooleanBuffer::new(Buffer::from(bits.as_slice()), 0, self.len);
        Some(NullBuffer::new(known)).filter(|nulls| nulls.null_count() > 0)
    }

    fn values_as<T: ArrowNativeType>(&self) -> &[T] {
        &self.values.typed_data::<T>()[..self.len]
    }

    pub fn is_known(&self, row: usize) -> bool {
        match &self.validity {
            Some(bits) => bits.as_slice()[row / 8] >> (row % 8) & 1 == 1,
            None => true,
        }
    }

    /// Overwrites a row of a column made by [`Column::zeroed`]; a missing value needs an optional column.
    pub fn set(&mut self, row: usize, value: Option<i64>) {
        assert!(row < self.len, "row {row} of {}", self.len);
        let raw = value.unwrap_or(0);
        match self.width {
            Width::U8 => self.values.as_slice_mut()[row] = raw as u8,
            Width::U16 => self.values.typed_data_mut::<u16>()[row] = raw as u16,
            Width::I32 => self.values.typed_data_mut::<i32>()[row] = raw as i32,
            Width::I64 => self.values.typed_data_mut::<i64>()[row] = raw,
        }
        match (&mut self.validity, value) {
            (Some(bits), Some(_)) => bits.as_slice_mut()[row / 8] |= 1 << (row % 8),
            (Some(bits), None) => bits.as_slice_mut()[row / 8] &= !(1 << (row % 8)),
            (None, Some(_)) => {}
            (None, None) => panic!("a missing value in a column without validity"),
        }
    }

    pub fn has_validity(&self) -> bool {
        self.validity.is_some()
    }

    /// Start of the values, for compiled code; valid for `len` values of `width` until the column changes.
    pub fn values_ptr(&self) -> *const u8 {
        self.values.as_ptr()
    }

    pub fn values_mut_ptr(&mut self) -> *mut u8 {
        self.values.as_mut_ptr()
    }

    /// Start of the validity bits, or null if every value is known.
    pub fn validity_ptr(&self) -> *const u8 {
        self.validity.as_ref().map_or(std::ptr::null(), |bits| bits.as_ptr())
    }

    pub fn validity_mut_ptr(&mut self) -> *mut u8 {
        self.validity.as_mut().map_or(std::ptr::null_mut(), |bits| bits.as_mut_ptr())
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Column) -> bool {
        self.len == other.len && (0..self.len).all(|row| self.get(row) == other.get(row))
    }
}

/// Columns of equal length.
#[derive(Debug, Default, PartialEq)]
pub struct Block {
    pub rows: usize,
    pub columns: Vec<Column>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_up_appends_what_pushing_one_by_one_does() {
        let table = [3, 0, 250, 7];
        for (first, count) in [(0, 0), (0, 1), (0, 64), (1, 63), (5, 64), (8, 65), (64, 200), (3, 129)] {
            for missing in [0, 1, 3, 64] {
                let keys: Vec<i32> = (0..count).map(|row| row * 7 % 4).collect();
                let known: Vec<bool> = (0..count).map(|row| missing == 0 || row % missing != missing - 1).collect();
                let nulls = (missing > 0).then(|| NullBuffer::from(known.clone()));
                for width in [Width::U8, Width::U16, Width::I32, Width::I64] {
                    let (mut together, mut alone) = (Column::with_capacity(width, 0), Column::with_capacity(width, 0));
                    for row in 0..first {
                        together.push((row != 2).then_some(row));
                        alone.push((row != 2).then_some(row));
                    }
                    together.extend_looked_up(&keys, nulls.as_ref(), &table);
                    for (key, known) in keys.iter().zip(&known) {
                        alone.push(known.then(|| table[*key as usize]));
                    }
                    assert_eq!(together, alone, "{first} {count} {missing} {width:?}");
                    // also what stands under missing values
                    assert_eq!(together.to_vec(|value| value), alone.to_vec(|value| value));
                    let nulls = together.nulls();
                    assert_eq!(nulls.map_or(0, |nulls| nulls.null_count()), (0..alone.len()).filter(|row| !alone.is_known(*row)).count());
                }
            }
        }
    }
}
