//! Where the cells of rows that follow each other begin.
//!
//! Enters: the widths of their cells. Leaves: a [`Placed`] for each row. Always holds: a cell begins at its gap behind the cell before it, or
//! further right; cells of one column begin at the same place, unless what stands before one of them is too wide.

/// What follows a condition stands so far behind its beginning, if no column is further right and the condition is no longer.
const CONDITION_WIDTH: usize = 32;

#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub column: Option<usize>,
    pub gap: usize,
    /// as it is
    pub width: usize,
    /// as it counts for the column behind it; none if it does not
    pub counted: Option<usize>,
    /// a condition
    pub free: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Placed {
    /// Where the cells begin.
    pub starts: Vec<usize>,
    /// Where the last one would begin if every cell were as wide as it counts; none if one does not count.
    pub counted_start: Option<usize>,
}

pub(super) fn place(rows: &[Vec<Size>]) -> Vec<Placed> {
    let column_count = rows.iter().flatten().filter_map(|size| size.column).max().map_or(0, |last| last + 1);
    let mut targets: Vec<usize> = Vec::with_capacity(column_count);
    for column in 0..column_count {
        let votes = rows.iter().filter_map(|row| vote(row, column, &targets));
        targets.push(votes.max().unwrap_or(0));
    }
    rows.iter().map(|row| row_starts(row, &targets)).collect()
}

/// Where the row would have the column begin.
fn vote(row: &[Size], column: usize, targets: &[usize]) -> Option<usize> {
    let index = row.iter().position(|size| size.column == Some(column))?;
    counted_start(&row[..=index], targets)
}

/// Where the last cell would begin; the columns before its own have their places.
fn counted_start(cells: &[Size], targets: &[usize]) -> Option<usize> {
    let mut end = 0;
    let mut start = 0;
    for (index, size) in cells.iter().enumerate() {
        let target = size.column.and_then(|column| targets.get(column)).copied().unwrap_or(0);
        start = target.max(if index == 0 { 0 } else { end + size.gap });
        if index + 1 < cells.len() {
            end = start + size.counted?;
        }
    }
    Some(start)
}

fn row_starts(row: &[Size], targets: &[usize]) -> Placed {
    let mut starts: Vec<usize> = Vec::with_capacity(row.len());
    let mut end = 0;
    for (index, size) in row.iter().enumerate() {
        let earliest = if index == 0 { 0 } else { end + size.gap };
        let target = size.column.and_then(|column| targets.get(column)).copied().unwrap_or(0);
        let start = match index.checked_sub(1).map(|before| (row[before], starts[before])) {
            Some((before, began)) if before.free && target < earliest && size.column.is_some() => earliest.max(began + CONDITION_WIDTH),
            _ => target.max(earliest),
        };
        starts.push(start);
        end = start + size.width;
    }
    Placed { starts, counted_start: counted_start(row, targets) }
}
