//! What else is wrong in an item behind its first mistake.
//!
//! Enters: an item that the grammar does not read. Leaves: the mistakes of its other rows, and the item without the rows that cannot be read, in
//! [`super::tree::File::partial`]; or among the items, if all that it lacks are adjusts of a score, or rows of a flow, a route, a decide or a grid. Always holds: a mistake that may be no more than a consequence of
//! a row that is left out is not told.

use std::ops::Range;

use super::cut::ItemRange;
use super::grammar::{Meter, Rule};
use super::mistakes::Found;
use super::scan::{Token, scan_untold};
use super::tree::{Grid, ItemKind, Partial, Unread};
use super::{DEPTH_MAX, Reader, place_of, rows, trial};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// How many mistakes of one item are sought behind its first; each takes some passes over the item.
pub(super) const FURTHER_MISTAKES_MAX: usize = 20;

/// So many bytes are read in all for the mistakes behind the first, so that a long item gets fewer.
pub(super) const FURTHER_BYTES_MAX: usize = 200_000;

/// What the last mistake of an item says where these limits ended the search.
const CUT_SHORT: &str = "further mistakes of this item were not looked for: mend these first";

impl Reader<'_> {
    /// Leaves out what cannot be read, behind a mistake; true if the item is in the tree without that.
    pub(super) fn read_without_rows(&mut self, range: &ItemRange, index: usize, diagnostic: Diagnostic) -> bool {
        self.diagnostics.push(diagnostic.clone());
        self.is_shown(range) && self.read_on(range, index, &diagnostic) || self.read_row_by_row(range)
    }

    /// Reads on behind a mistake as if its row were not there, so that the other rows' mistakes are seen in the same run. What follows on the
    /// very next row may be a consequence of the missing one: there reading ends, unless that row is wrong without all others too.
    /// True if the item is in the tree without those rows.
    pub(super) fn read_on(&mut self, range: &ItemRange, index: usize, diagnostic: &Diagnostic) -> bool {
        let Some(mut rest) = self.rest(range) else { return false };
        let row = rest.row_of(self.meter, index, place_of(diagnostic));
        rest.give_up(row, diagnostic) && self.read_rest(range, rest)
    }

    /// The same behind strings that lack their end: their lines are left out, but for brackets and for heads of blocks, which are read. A bracket without a partner leaves no rows to read.
    pub(super) fn read_on_behind_strings(&mut self, range: &ItemRange) -> bool {
        let Some(mut rest) = self.rest(range) else { return false };
        let item = self.item_span(range);
        let strings = &self.scan.unterminated;
        let before = |end: u32| strings.partition_point(|place| *place < end as usize);
        let is_of_head = |place: &&usize| self.is_closed_in_head(**place);
        let (heads, others): (Vec<usize>, Vec<usize>) = strings[before(item.start)..before(item.end)].iter().partition(is_of_head);
        rest.open_strings(&others);
        for place in heads {
            rest.mute_line(place);
        }
        // of the names that a string may have swallowed, those of properties and columns are known to nobody
        let is_lead = self.word(range.first) == "lead";
        let is_left_out = !(rest.left_out.is_empty() && rest.muted.is_empty());
        rest.is_sound() && is_left_out && (self.read_rest(range, rest) || is_lead && self.read_row_by_row(range))
    }

    /// Keeps what was read of an item of which a string without its end has swallowed words: rows without it, or whatever no other words could change.
    pub(super) fn build_without(&mut self, words: &str, pair: super::build::Node, range: &ItemRange) {
        if self.read_row_by_row(range) {
            return;
        }
        self.leave_unread(range);
        if !words.contains('{')
            && let Some(item) = self.built(pair, range)
        {
            self.partial.push(Partial { item, lacks: Vec::new() });
        }
    }

    fn rest(&self, range: &ItemRange) -> Option<Rest> {
        let tokens = &self.scan.tokens[range.first..range.end];
        let (first, last) = (tokens.first()?, tokens.last()?);
        let text = self.without_comments[first.start..last.end].to_owned();
        Some(Rest { text, offset: first.start, tokens: tokens.to_vec(), left_out: Vec::new(), muted: Vec::new() })
    }

    fn read_rest(&mut self, range: &ItemRange, mut rest: Rest) -> bool {
        let mut is_silent = false;
        let passes = (FURTHER_BYTES_MAX / rest.text.len().max(1)).clamp(2, FURTHER_MISTAKES_MAX);
        for pass in 0..=passes {
            let error = match self.meter.parse(Rule::item, &rest.text) {
                Ok(mut pairs) => return pairs.next().is_some_and(|pair| self.keep_partial(pair, range, &rest)),
                Err(_) if pass == passes => {
                    self.say_cut_short(range);
                    return false;
                }
                Err(error) => error,
            };
            let found = Found::new(self.meter, &error, &rest.text, rest.offset, self.text, self.source, &rest.tokens);
            if self.is_indented_item(&rest.tokens, found.index) {
                return false;
            }
            let diagnostic = found.explain();
            let place = place_of(&diagnostic);
            let index = found.index;
            is_silent |= rest.is_on_next_row(index) && !trial::is_wrong_alone(self.meter, &rest.text, rest.offset, &rest.tokens, index);
            let row = rest.row_of(self.meter, index, place);
            let is_muted = rest.is_muted(place) || row.as_ref().is_some_and(|row| rest.is_muted(rest.tokens[row.start].start));
            if !is_silent && !is_muted {
                self.diagnostics.push(diagnostic.clone());
            }
            if !rest.give_up(row, &diagnostic) {
                return false;
            }
        }
        false
    }

    /// Lets the last mistake of an item say that there may be more.
    fn say_cut_short(&mut self, range: &ItemRange) {
        let item = self.item_span(range);
        let is_inside = |diagnostic: &&mut Diagnostic| (item.start as usize..item.end as usize).contains(&place_of(diagnostic));
        if let Some(last) = self.diagnostics.iter_mut().filter(is_inside).max_by_key(|diagnostic| place_of(diagnostic)) {
            last.add_help(CUT_SHORT);
        }
    }

    /// Keeps the item without the rows that were left out, for what is wrong in the others; what is read row by row is in the tree. True if this is, too.
    fn keep_partial(&mut self, pair: super::build::Node, range: &ItemRange, rest: &Rest) -> bool {
        let word = rows::word_of(self.word(range.first));
        if rows::row_of(self.word(range.first)).is_some() {
            return false;
        }
        let outline = self.outline.take();
        let item = self.built(pair, range);
        self.outline = outline;
        let Some(item) = item else { return false };
        let mut left_out = rest.left_out.clone();
        left_out.sort_unstable();
        left_out.dedup();
        let stands_apart = |(start, end): &(usize, usize)| stands_apart(&item.kind, *start, &self.text[*start..*end]);
        let is_apart = !left_out.is_empty() && rest.muted.is_empty() && left_out.iter().all(stands_apart);
        let lacks = left_out.iter().map(|(start, end)| Unread { word, span: Span::new(self.source, *start, *end) });
        if is_apart {
            self.unread.extend(lacks);
            self.items.push(item);
        } else {
            self.partial.push(Partial { item, lacks: lacks.collect() });
        }
        is_apart
    }
}

/// Whether whatever is said of the rest of the item holds without a row of it: of sections on an adjust, of the rows of a flow on one another. Whether rows are complete is not asked of a
/// table of conditions that lacks some; of a grid the first row says what the cells of all others stand for.
fn stands_apart(item: &ItemKind, place: usize, row: &str) -> bool {
    let is_one = !row.contains(['{', '}']);
    let is_adjust = row.split_whitespace().next() == Some("adjust");
    let is_header_before = |grid: &Grid| grid.columns.first().is_some_and(|column| (column.span.start as usize) < place);
    is_one
        && (matches!(item, ItemKind::Flow(_) | ItemKind::Decide(_) | ItemKind::Route(_))
            || matches!(item, ItemKind::Grid(grid) if is_header_before(grid))
            || matches!(item, ItemKind::Score(_)) && is_adjust)
}

/// What is left of an item, with blanks in place of what was left out; places are those of the file.
struct Rest {
    text: String,
    /// Where the item begins in the file.
    offset: usize,
    tokens: Vec<Token>,
    left_out: Vec<(usize, usize)>,
    /// Lines of which it has been said that they are wrong.
    muted: Vec<Range<usize>>,
}

impl Rest {
    /// The row with the mistake that shows at a place: what a row lacks shows in the next one.
    fn row_of(&self, meter: &Meter, index: usize, place: usize) -> Option<Range<usize>> {
        let is_wrong = |row: &Range<usize>| trial::stop_of_row_alone(meter, &self.text, self.offset, &self.tokens, row.clone()).is_some();
        let own = trial::whole_row_at(&self.tokens, place);
        if own.as_ref().is_some_and(is_wrong) {
            return own.map(|row| self.with_its_lines(row));
        }
        let start = own.as_ref().map_or(index, |row| row.start);
        let before = trial::whole_row_at(&self.tokens, self.tokens.get(start.checked_sub(1)?)?.start);
        before.filter(is_wrong).or(own).map(|row| self.with_its_lines(row))
    }

    /// A row with the lines that are indented below it, and those that it is indented below.
    fn with_its_lines(&self, mut row: Range<usize>) -> Range<usize> {
        let indent = |index: usize| self.tokens.get(index).and_then(|token| token.indent);
        let row_with = |index: Option<usize>| trial::whole_row_at(&self.tokens, self.tokens.get(index?)?.start);
        while let Some(above) = row_with(row.start.checked_sub(1)).filter(|above| indent(above.start) < indent(row.start)) {
            row.start = above.start;
        }
        while let Some(below) = row_with(Some(row.end)).filter(|below| below.start == row.end && indent(below.start) > indent(row.start)) {
            row.end = below.end;
        }
        row
    }

    /// Goes on as if the row with a mistake were not there, or, as the head of a block cannot be left out alone, as if it were mended, or the block not there; false if
    /// nothing of it can be.
    fn give_up(&mut self, row: Option<Range<usize>>, diagnostic: &Diagnostic) -> bool {
        if row.is_none() && self.mend(diagnostic).is_some() {
            return true;
        }
        let left_out = row.or_else(|| trial::block_at(&self.tokens, place_of(diagnostic)));
        left_out.map(|row| self.leave_out(row)).is_some()
    }

    /// Writes what the fix writes, if there is room for it: no other place moves. The first word of a row may reach into the blanks before it.
    fn mend(&mut self, diagnostic: &Diagnostic) -> Option<()> {
        let [fix] = &diagnostic.fixes[..] else { return None };
        let [edit] = &fix.edits[..] else { return None };
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        let index = self.tokens.binary_search_by_key(&start, |token| token.start).ok()?;
        let token = self.tokens[index];
        let room = token.indent.filter(|_| index > 0).unwrap_or(0);
        let grown = edit.text.len().saturating_sub(end - start);
        if token.end != end || edit.text.is_empty() || grown > room {
            return None;
        }
        let begins = start - grown;
        let within = begins - self.offset..end - self.offset;
        let has_room = self.text.get(within.start..start - self.offset)?.bytes().all(|byte| byte == b' ');
        if !has_room {
            return None;
        }
        let padding = " ".repeat(within.len() - edit.text.len());
        self.text.replace_range(within, &format!("{}{padding}", edit.text));
        let indent = token.indent.map(|indent| indent - grown);
        self.tokens[index] = Token { start: begins, end: begins + edit.text.len(), indent, ..token };
        Some(())
    }

    fn leave_out(&mut self, row: Range<usize>) {
        let (start, end) = (self.tokens[row.start].start, self.tokens[row.end - 1].end);
        self.blank(start, end);
        self.left_out.push((start, end));
        self.tokens.drain(row);
    }

    /// Leaves out the strings that lack their end and begin at these places, with their rows, but for the brackets that they have swallowed: all at once, as
    /// there may be one in each row.
    fn open_strings(&mut self, places: &[usize]) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        let offset = self.offset;
        for place in places {
            let Ok(index) = self.tokens.binary_search_by_key(place, |token| token.start) else { continue };
            let token = self.tokens[index];
            let written = &mut bytes[token.start - offset..token.end - offset];
            let swallows = written.iter().any(|letter| matches!(letter, b'{' | b'}'));
            if let Some(row) = trial::whole_row_at(&self.tokens, *place).filter(|_| !swallows).map(|row| self.with_its_lines(row)) {
                let (start, end) = (self.tokens[row.start].start, self.tokens[row.end - 1].end);
                bytes[start - offset..end - offset].fill(b' ');
                self.left_out.push((start, end));
                continue;
            }
            let comment = written.windows(2).position(|pair| pair == b" #").unwrap_or(written.len());
            written[comment..].fill(b' ');
            written.iter_mut().filter(|letter| !matches!(letter, b'{' | b'}')).for_each(|letter| *letter = b' ');
            if let Some(line) = self.mute_line(*place) {
                self.left_out.push((line.start, line.end));
            }
        }
        // whole tokens became blanks, and brackets in strings were left, so no character was cut
        self.text = String::from_utf8(bytes).unwrap_or_default();
        let scanned = scan_untold(&self.text).tokens;
        self.tokens = scanned.into_iter().map(|token| Token { start: token.start + offset, end: token.end + offset, ..token }).collect();
    }

    /// Keeps what is wrong on the line of the token at this place untold; the line.
    fn mute_line(&mut self, place: usize) -> Option<Range<usize>> {
        let row = trial::row_at(&self.tokens, place)?;
        let line = self.tokens[row.start].start..self.tokens[row.end - 1].end;
        self.muted.push(line.clone());
        Some(line)
    }

    /// Writes blanks over what stands between two places of the file.
    fn blank(&mut self, start: usize, end: usize) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes[start - self.offset..end - self.offset].fill(b' ');
        // whole tokens became blanks, so no character was cut
        self.text = String::from_utf8(bytes).unwrap_or_default();
    }

    /// Whether its brackets have partners, and are not nested too deep for the grammar.
    fn is_sound(&self) -> bool {
        trial::is_balanced(&self.tokens) && trial::depth(&self.tokens) <= DEPTH_MAX
    }

    fn is_muted(&self, place: usize) -> bool {
        self.muted.iter().any(|line| line.contains(&place))
    }

    /// Whether what ends before the token is what was left out last, or the row behind it.
    fn is_on_next_row(&self, index: usize) -> bool {
        let Some((_, end)) = self.left_out.last() else { return false };
        let next = self.tokens.iter().find(|token| token.start >= *end).and_then(|next| trial::row_at(&self.tokens, next.start));
        let next_end = next.map(|row| self.tokens[row.end - 1].end);
        let before = self.tokens[..index.min(self.tokens.len())].last();
        next_end.zip(before).is_some_and(|(next_end, before)| before.end <= next_end)
    }
}
