//! Parts to rows.
//!
//! Enters: the outline of a file. Leaves: [`Row`]s, which hold [`Cell`]s and at most one [`Block`] of further rows at their end. Always
//! holds: the rows of a file, and those of a block, cover all its tokens, in order; a row's cells cover its tokens up to its block.

use super::columns::{self, Cell, Shape, Width};
use crate::syntax::outline::{Node, Outline, Part};

#[derive(Debug)]
pub(super) struct Row {
    pub part: Part,
    /// Its tokens, those of its block included.
    pub first: usize,
    pub end: usize,
    pub cells: Vec<Cell>,
    pub block: Option<Block>,
}

#[derive(Debug)]
pub(super) struct Block {
    /// The brackets.
    pub open: usize,
    pub close: usize,
    pub shape: Shape,
    /// Blanks between two rows on one line.
    pub gap: usize,
    pub rows: Vec<Row>,
}

impl Row {
    /// Where its cells end: at its block, or with it.
    pub fn head_end(&self) -> usize {
        self.block.as_ref().map_or(self.end, |block| block.open)
    }
}

pub(super) fn plan(outline: &Outline) -> Vec<Row> {
    let version_end = outline.items.first().map_or(outline.tokens.len(), |item| item.first);
    let version = (version_end > 0).then(|| Row {
        part: Part::item,
        first: 0,
        end: version_end,
        cells: vec![Cell::start(0, Width::Full { most: columns::CELL_WIDTH_MAX })],
        block: None,
    });
    version.into_iter().chain(outline.items.iter().map(row)).collect()
}

fn row(node: &Node) -> Row {
    let open = node.children.iter().position(|child| child.part == Part::OPEN_BRACE);
    let (head, inside) = match open {
        Some(open) => (&node.children[..open], &node.children[open..]),
        None => (node.children.as_slice(), &[][..]),
    };
    let mut cells = vec![columns::first(node)];
    head.iter().for_each(|child| add_cells(node.part, child, &mut cells));
    let block = inside.split_first().zip(inside.last()).map(|((open, rows), close)| Block {
        open: open.first,
        close: close.first,
        shape: columns::shape(node.part),
        gap: columns::inline_gap(node.part),
        rows: rows[..rows.len().saturating_sub(1)].iter().map(|node| row(unwrapped(node))).collect(),
    });
    if let Some(block) = &block
        && let Some(cell) = columns::of_block(node.part, block.open)
    {
        cells.push(cell);
    }
    Row { part: node.part, first: node.first, end: node.end, cells, block }
}

/// Parts of the grammar that only say "one of these".
fn unwrapped(node: &Node) -> &Node {
    let wraps = matches!(
        node.part,
        Part::policy_property | Part::calendar_row | Part::score_part | Part::section_row | Part::sla_row | Part::test_part
    );
    match node.children.first() {
        Some(only) if wraps => only,
        _ => node,
    }
}

/// The cells that begin in this part of a row, which is walked down to where one does.
fn add_cells(row: Part, node: &Node, cells: &mut Vec<Cell>) {
    let known = cells.last().map_or(0, |cell| cell.first);
    match columns::cell(row, node, cells) {
        Some(cell) if cell.first > known => cells.push(cell),
        _ => {}
    }
    node.children.iter().for_each(|child| add_cells(row, child, cells));
}
