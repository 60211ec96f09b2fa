//! Rows to lines.
//!
//! Enters: the outline of a file, its text, and its rows. Leaves: the text in its one form, with `\n` at line ends. Always holds: every token
//! is written, in order, as it was; every comment too: those that stood alone on a line do, those at the end of a line end one.

use unicode_width::UnicodeWidthStr;

use super::columns::{self, Cell, Shape, TEXT_WIDTH, Width};
use super::lines::Lines;
use super::place::{Placed, Size, place};
use super::plan::{Block, Row};
use super::spacing::{self, Break};
use crate::syntax::outline::{Comment, Kind, Outline, Part};

/// Where a long row is broken.
const LINE_WIDTH_MAX: usize = 120;
const INDENT: usize = 2;
/// How much further right than its row the second line of a long row begins.
const CONTINUATION: usize = 4;
/// What a number counts where a comment at the end of its line is placed.
const NUMBER_WIDTH: usize = 4;

pub(super) fn write(outline: &Outline, rows: &[Row], text: &str) -> String {
    let tokens: Vec<&str> = outline.tokens.iter().map(|token| &text[token.start..token.end]).collect();
    let mut is_share = vec![false; tokens.len()];
    for (part, first, _) in &outline.parts {
        if *part == Part::PERCENT
            && let Some(share) = is_share.get_mut(*first)
        {
            *share = true;
        }
    }
    let mut writer = Writer { text, outline, tokens, is_share, lines: Lines::default() };
    writer.rows(rows, 0, None);
    writer.comments_before(outline.tokens.len(), 0);
    writer.lines.finish()
}

/// A row as it is being written.
struct Head<'r> {
    row: &'r Row,
    /// Where its tokens end, or those before its block.
    end: usize,
    /// What stands for its block.
    tail: &'r str,
    /// Where its cells begin, on its first line.
    placed: Option<&'r Placed>,
    width_max: usize,
    /// Of the line that was begun.
    indent: usize,
    /// Of the lines behind the first.
    further: usize,
    line: String,
}

struct Writer<'a> {
    text: &'a str,
    outline: &'a Outline,
    tokens: Vec<&'a str>,
    /// The tokens that are the `%` of a share.
    is_share: Vec<bool>,
    lines: Lines,
}

impl Writer<'_> {
    /// Rows of one block, a line each; packed ones where a line was begun before them.
    fn rows(&mut self, rows: &[Row], indent: usize, packed: Option<usize>) {
        let placed = self.placed(rows, indent);
        for (index, (row, placed)) in rows.iter().zip(&placed).enumerate() {
            let is_blank = self.comments_before(row.first, indent);
            let joins = packed.filter(|_| index > 0 && !self.is_broken_before(row.first) && self.fits_inline(row, indent));
            if let Some(gap) = joins
                && self.lines.join(gap, &self.inline(row), LINE_WIDTH_MAX)
            {
                continue;
            }
            if is_blank {
                self.lines.blank();
            }
            self.row(row, indent, placed.as_ref());
        }
    }

    fn row(&mut self, row: &Row, indent: usize, placed: Option<&Placed>) {
        let Some(block) = &row.block else {
            return self.head(row, row.end, indent, placed, "");
        };
        if self.is_inline(block) && self.fits_inline(row, indent) {
            return self.head(row, block.open, indent, placed, &self.inline_block(block));
        }
        self.head(row, block.open, indent, placed, "{");
        let packed = (block.shape == Shape::Packed).then_some(block.gap);
        self.rows(&block.rows, indent + INDENT, packed);
        self.comments_before(block.close, indent + INDENT);
        self.lines.push(indent, "}", None);
    }

    /// A row up to its block, and what stands for the block on its line. Comments inside it, and what is too long for a line, break it.
    fn head(&mut self, row: &Row, end: usize, indent: usize, placed: Option<&Placed>, tail: &str) {
        let width_max = self.width_max(if tail == "{" { end + 1 } else { row.end });
        let mut head = Head { row, end, tail, placed, width_max, indent, further: indent + CONTINUATION, line: String::new() };
        let mut first = row.first;
        for token in row.first + 1..=end {
            let is_broken = self.comments(token).next().is_some() && (token < end || !tail.is_empty());
            if token < end && !is_broken {
                continue;
            }
            self.fill(&mut head, first, token, &Break::ALL);
            if is_broken {
                self.end_line(&mut head);
                self.comments_before(token, head.further);
            }
            first = token;
        }
        if !tail.is_empty() {
            let at_column = row.cells.last().zip(head.placed).filter(|(cell, _)| cell.first == end && tail != "{");
            let column = at_column.and_then(|(_, placed)| placed.starts.last()).copied().unwrap_or(0);
            let gap = column.saturating_sub(head.line.width()).max(usize::from(!head.line.is_empty()));
            head.line.push_str(&" ".repeat(gap));
            head.line.push_str(tail);
        }
        let counted = head.placed.and_then(|placed| placed.counted_start).map(|start| start + self.last_counted(row, end, tail));
        self.lines.push(head.indent, &head.line, counted);
    }

    /// Writes tokens behind the line that was begun: whole if there is room, on a new line if there is room there, else piece by piece.
    fn fill(&mut self, head: &mut Head, first: usize, end: usize, breaks: &[Break]) {
        let tail_width = if end == head.end && !head.tail.is_empty() { 1 + head.tail.width() } else { 0 };
        let written = self.chunk(head.row, first, end, head.placed, &head.line);
        if head.indent + head.line.width() + written.width() + tail_width <= head.width_max {
            head.line.push_str(&written);
            return;
        }
        let alone = self.chunk(head.row, first, end, None, "");
        let fits_alone = head.further + alone.width() + tail_width <= head.width_max;
        let Some((best, rest)) = breaks.split_first().filter(|_| !fits_alone || first == head.row.first) else {
            if !head.line.is_empty() {
                self.end_line(head);
            }
            let written = self.chunk(head.row, first, end, head.placed, "");
            head.line.push_str(&written);
            return;
        };
        let mut piece = first;
        for token in first + 1..=end {
            if token == end || self.break_before(head.row, token) == Some(*best) {
                self.fill(head, piece, token, rest);
                piece = token;
            }
        }
    }

    fn end_line(&mut self, head: &mut Head) {
        self.lines.push(head.indent, &std::mem::take(&mut head.line), None);
        (head.indent, head.placed) = (head.further, None);
    }

    /// The tokens from `first` to `end`, with the blanks before them, for the end of `line`.
    fn chunk(&self, row: &Row, first: usize, end: usize, placed: Option<&Placed>, line: &str) -> String {
        let mut written = String::new();
        let mut width = line.width();
        for token in first..end {
            let cell = row.cells.iter().position(|cell| cell.first == token);
            let start = cell.zip(placed).and_then(|(index, placed)| placed.starts.get(index)).copied();
            let pad = match (cell, placed) {
                (Some(index), Some(_)) => self.pad(&row.cells[index]),
                _ => 0,
            };
            let least = match cell {
                _ if width == 0 => 0,
                Some(index) if index > 0 => row.cells[index].gap,
                _ => self.gap(token),
            };
            let blanks = start.map_or(least, |start| start.saturating_sub(width).max(least)) + pad;
            written.push_str(&" ".repeat(blanks));
            written.push_str(self.tokens[token]);
            width += blanks + self.tokens[token].width();
        }
        written
    }

    fn break_before(&self, row: &Row, token: usize) -> Option<Break> {
        let is_cell = row.cells.iter().skip(1).any(|cell| cell.first == token && cell.gap > 1);
        if is_cell { Some(Break::Cell) } else { spacing::break_before(&self.tokens[row.first..row.end], token - row.first) }
    }

    // --- columns ---

    /// The places of the cells of rows; none for rows that stand in no columns.
    fn placed(&self, rows: &[Row], indent: usize) -> Vec<Option<Placed>> {
        let mut placed = vec![None; rows.len()];
        let in_columns = |row: &Row| {
            let opens = row.block.as_ref().is_some_and(|block| !(self.is_inline(block) && self.fits_inline(row, indent)));
            !opens || columns::stays_in_columns(row.part)
        };
        let mut first = 0;
        while first < rows.len() {
            if !in_columns(&rows[first]) {
                first += 1;
                continue;
            }
            let kind = columns::kind(rows[first].part);
            // A blank line parts items; the rows of a block stand together however they are grouped.
            let goes_on =
                |row: &Row| columns::kind(row.part) == kind && in_columns(row) && (indent > 0 || !self.has_blank_line_before(row.first));
            let end = (first + 1..rows.len()).find(|index| !goes_on(&rows[*index])).unwrap_or(rows.len());
            let sizes: Vec<Vec<Size>> = rows[first..end].iter().map(|row| self.sizes(row)).collect();
            for (slot, place) in placed[first..end].iter_mut().zip(place(&sizes)) {
                *slot = Some(place);
            }
            first = end;
        }
        placed
    }

    fn sizes(&self, row: &Row) -> Vec<Size> {
        let end = row.head_end();
        let ends = row.cells.iter().skip(1).map(|cell| cell.first).chain([end.max(row.cells.last().map_or(0, |cell| cell.first))]);
        row.cells
            .iter()
            .zip(ends)
            .map(|(cell, end)| {
                let pad = self.pad(cell);
                let width = pad + self.width(cell.first, end, |_, text| text.width());
                let values = |number: usize| {
                    let first = if cell.right > 0 { cell.right } else { number };
                    self.width(cell.first, end, |token, text| match self.outline.tokens[token].kind {
                        Kind::Number if token == cell.first => first,
                        Kind::Number => number,
                        Kind::String => TEXT_WIDTH,
                        Kind::Word | Kind::Open | Kind::Close | Kind::Sign => text.width(),
                    })
                };
                let counted = match cell.width {
                    Width::Full { most } => Some(width).filter(|width| *width <= most),
                    Width::AtLeast(least) => Some(width.max(least)),
                    Width::Values { number, least } => Some(values(number).max(least)),
                    Width::Free | Width::Loose => None,
                };
                Size { column: cell.column, gap: cell.gap, width, counted, free: cell.width == Width::Free }
            })
            .collect()
    }

    /// What the last cell counts for a comment behind it, the block's text included.
    fn last_counted(&self, row: &Row, end: usize, tail: &str) -> usize {
        let first = row.cells.last().map_or(row.first, |cell| cell.first);
        let cell = self.width(first.min(end), end, |token, text| match self.outline.tokens[token].kind {
            Kind::Number => NUMBER_WIDTH,
            Kind::String | Kind::Word | Kind::Open | Kind::Close | Kind::Sign => text.width(),
        });
        cell + if tail.is_empty() { 0 } else { 1 + tail.width() }
    }

    /// Blanks that set the first token of a cell right.
    fn pad(&self, cell: &Cell) -> usize {
        cell.right.saturating_sub(self.tokens[cell.first].width())
    }

    fn width(&self, first: usize, end: usize, of: impl Fn(usize, &str) -> usize) -> usize {
        (first..end).map(|token| if token == first { 0 } else { self.gap(token) } + of(token, self.tokens[token])).sum()
    }

    // --- rows on one line ---

    /// Whether a block may stand on one line.
    fn is_inline(&self, block: &Block) -> bool {
        let is_empty = block.rows.is_empty();
        let breaks = block.shape == Shape::Open || self.is_broken_before(block.open + 1);
        (is_empty || !breaks)
            && (block.open + 1..=block.close).all(|token| self.comments(token).next().is_none())
            && block.rows.iter().filter_map(|row| row.block.as_ref()).all(|block| self.is_inline(block))
    }

    fn fits_inline(&self, row: &Row, indent: usize) -> bool {
        row.block.as_ref().is_none_or(|block| self.is_inline(block))
            && (row.first + 1..row.end).all(|token| self.comments(token).next().is_none())
            && indent + self.inline(row).width() <= self.width_max(row.end)
    }

    fn inline(&self, row: &Row) -> String {
        let end = row.head_end();
        let mut written = String::new();
        for token in row.first..end {
            let gap = if token == row.first { 0 } else { self.gap(token) };
            written.push_str(&" ".repeat(gap));
            written.push_str(self.tokens[token]);
        }
        if let Some(block) = &row.block {
            written.push(' ');
            written.push_str(&self.inline_block(block));
        }
        written
    }

    fn inline_block(&self, block: &Block) -> String {
        if block.rows.is_empty() {
            return "{}".to_owned();
        }
        let rows: Vec<String> = block.rows.iter().map(|row| self.inline(row)).collect();
        format!("{{ {} }}", rows.join(&" ".repeat(block.gap)))
    }

    /// How long a line may be that ends before a token: one whose comment speaks to `lint` of this line stays one line.
    fn width_max(&self, next: usize) -> usize {
        let speaks = |comment: &Comment| {
            let words = self.text[comment.start..comment.end].trim_start_matches(['#', ' ']);
            !comment.own_line && (words.starts_with("allow(") || words.starts_with("expect("))
        };
        if self.comments(next).next().is_some_and(speaks) { usize::MAX } else { LINE_WIDTH_MAX }
    }

    // --- what was written ---

    fn gap(&self, token: usize) -> usize {
        let before = token.checked_sub(1).map_or("", |before| self.tokens[before]);
        spacing::gap(before, self.tokens[token], self.is_share[token])
    }

    /// The comments between a token and the one before it.
    fn comments(&self, token: usize) -> impl Iterator<Item = &Comment> {
        let first = self.outline.comments.partition_point(|comment| comment.before < token);
        self.outline.comments[first..].iter().take_while(move |comment| comment.before == token)
    }

    /// Writes the comments before a token; whether a blank line stood between the last of them and the token.
    fn comments_before(&mut self, token: usize, indent: usize) -> bool {
        let mut end = self.token_end_before(token);
        let comments: Vec<Comment> = self.comments(token).copied().collect();
        for comment in comments {
            let written = &self.text[comment.start..comment.end];
            if comment.own_line {
                if self.is_blank_between(end, comment.start) {
                    self.lines.blank();
                }
                self.lines.push(indent, written, None);
            } else {
                self.lines.comment(written);
            }
            end = comment.end;
        }
        self.outline.tokens.get(token).is_some_and(|token| self.is_blank_between(end, token.start))
    }

    fn has_blank_line_before(&self, token: usize) -> bool {
        let mut end = self.token_end_before(token);
        for comment in self.comments(token) {
            if self.is_blank_between(end, comment.start) {
                return true;
            }
            end = comment.end;
        }
        self.outline.tokens.get(token).is_some_and(|token| self.is_blank_between(end, token.start))
    }

    fn token_end_before(&self, token: usize) -> usize {
        token.checked_sub(1).and_then(|before| self.outline.tokens.get(before)).map_or(0, |before| before.end)
    }

    fn is_blank_between(&self, end: usize, start: usize) -> bool {
        self.text[end..start].matches('\n').count() > 1
    }

    /// Whether a line ends between a token and the one before it.
    fn is_broken_before(&self, token: usize) -> bool {
        let start = self.outline.tokens.get(token).map_or(self.text.len(), |token| token.start);
        self.text[self.token_end_before(token)..start].contains('\n')
    }
}
