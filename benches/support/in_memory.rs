//! What benches of blocks in memory share: their size, their clock, and the reading of as many bytes that they stand beside.

use std::hint::black_box;
use std::time::Instant;

use leadwright::column::{Block, Column};
use leadwright::program::Parameters;

pub const BLOCK_ROWS: usize = 8_192;
/// so many blocks come from memory
pub const BLOCKS: usize = 64;
pub const PARAMETERS: Parameters = Parameters { as_of_day: 20_000, as_of: 1_728_000_000_000_000 };

/// Of each lead.
pub fn nanoseconds(leads: usize, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e9 / leads as f64
}

/// What memory gives: each word is read once, and next to nothing is made of it.
pub fn read(blocks: &[Vec<u64>]) {
    for words in blocks {
        black_box(black_box(words).iter().fold(0u64, |sum, word| sum.wrapping_add(*word)));
    }
}

pub fn bytes_of(block: &Block) -> usize {
    let bytes = |column: &Column| column.len() * column.width().bytes() + if column.has_validity() { column.len() / 8 } else { 0 };
    block.columns.iter().map(bytes).sum()
}

/// As many bytes as the columns of a block have.
pub fn words_of(block: &Block) -> Vec<u64> {
    (0..bytes_of(block) as u64 / 8).collect()
}
