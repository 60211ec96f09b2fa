//! Blocks that are read row by row: what cannot be read of a `lead`, a `signal`, a `table` or the header is left out, and everything else is kept.
//!
//! Enters: the tokens of an item that the grammar does not read. Leaves: the item without those rows; a field or column among them is kept with a type that
//! nobody knows. Always holds: what is left out has been reported with the item's mistakes, and is in [`super::tree::File::unread`].

use std::ops::Range;

use super::Reader;
use super::cut::{ITEM_WORDS, ItemRange};
use super::grammar::{Meter, RESERVED_WORDS, Rule, WINDOW_TOKENS, place_of};
use super::meant::{TYPE_WORDS, snake_case};
use super::scan::{Kind, Token};
use super::tree::{Column, Field, ItemKind, Lead, Name, Signal, Table, TypeExpr, TypeKind, Unread};
use crate::source::Span;

/// How many tokens of a broken row are tried as the beginning of the next.
const TRIED_MAX: usize = 200;

/// A row that cannot be read.
#[derive(Debug)]
struct Broken {
    /// its tokens
    tokens: Range<usize>,
    /// It begins on the line of another, which may be the row with the mistake.
    continues: bool,
}

impl Reader<'_> {
    /// Reads a block without the rows that cannot be read; false if that leaves nothing that can be.
    pub(super) fn read_row_by_row(&mut self, range: &ItemRange) -> bool {
        let tokens = &self.scan.tokens[range.first..range.end];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return false };
        let word = &self.text[first.start..first.end];
        let text = &self.without_comments[first.start..last.end];
        let Some(rule) = row_of(word) else { return false };
        let Some(broken) = broken_rows(self.meter, text, first.start, tokens, rule, &self.scan.unterminated) else { return false };
        let mut rest = text.as_bytes().to_vec();
        let spans: Vec<Span> = broken.iter().map(|row| self.span_of(&tokens[row.tokens.clone()])).collect();
        for span in &spans {
            rest[span.start as usize - first.start..span.end as usize - first.start].fill(b' ');
        }
        // a blank for each byte of whole tokens leaves the text well-formed
        let Ok(rest) = String::from_utf8(rest) else { return false };
        let Some(pair) = self.meter.parse(Rule::item, &rest).ok().and_then(|mut pairs| pairs.next()) else { return false };
        let outline = self.outline.take();
        self.build(pair, range);
        self.outline = outline;
        let word = word_of(word);
        self.unread.extend(spans.iter().map(|span| Unread { word, span: *span }));
        // a string without its end may have swallowed the names of other rows
        let swallowed = broken.iter().flat_map(|row| &tokens[row.tokens.clone()]).filter(|token| self.lacks_its_end(token));
        let swallowed: Vec<Span> = swallowed.map(|token| Span::new(self.source, token.start + 1, token.end)).collect();
        self.unread.extend(swallowed.into_iter().map(|span| Unread { word, span }));
        let names: Vec<Name> = broken.iter().map(|row| self.name_of(&tokens[row.tokens.clone()])).collect();
        let written = self.text;
        let rows = broken.iter().zip(spans).zip(names).map(|((row, span), name)| KeptRow {
            continues: row.continues,
            span,
            name,
            written: &written[span.start as usize..span.end as usize],
        });
        let Some(item) = self.items.last_mut() else { return true };
        // of a row of the header nothing is kept
        if let ItemKind::Lead(Lead { fields }) | ItemKind::Signal(Signal { properties: fields, .. }) = &mut item.kind {
            keep(fields, rows);
        } else if let ItemKind::Table(Table { columns, .. }) = &mut item.kind {
            keep(columns, rows);
        }
        true
    }

    fn lacks_its_end(&self, token: &Token) -> bool {
        self.scan.unterminated.binary_search(&token.start).is_ok() && !self.is_closed_in_head(token.start)
    }

    fn span_of(&self, tokens: &[Token]) -> Span {
        let (start, end) = (tokens.first().map_or(0, |token| token.start), tokens.last().map_or(0, |token| token.end));
        Span::new(self.source, start, end)
    }

    /// The name that a row begins with, `deal-size` and `"Deal size"` among them; the whole row and its place instead if it begins with none, as no other text names that: what is
    /// left of a field may begin with its `from`.
    fn name_of(&self, tokens: &[Token]) -> Name {
        let written = |token: &Token| &self.text[token.start..token.end];
        let joined = tokens.windows(2).take_while(|pair| pair[0].end == pair[1].start).count() + 1;
        let is_typed = tokens.get(1).is_some_and(|second| TYPE_WORDS.contains(&written(second)));
        let is_word =
            |first: &Token| matches!(first.kind, Kind::Word | Kind::String) && (is_typed || !RESERVED_WORDS.contains(&written(first)));
        let is_name = tokens.first().is_some_and(is_word);
        let span = self.span_of(if is_name { &tokens[..joined] } else { tokens });
        let text = self.text[span.start as usize..span.end as usize].trim_matches(['`', '"']);
        if !is_name {
            return Name { text: format!("{text} {}", span.start), span };
        }
        Name { text: snake_case(text).unwrap_or_else(|| text.to_owned()), span }
    }
}

/// The item word that is written.
pub(super) fn word_of(written: &str) -> Option<&'static str> {
    ITEM_WORDS.into_iter().find(|known| *known == written)
}

/// The rule of the rows of a block that is read row by row.
pub(super) fn row_of(item: &str) -> Option<Rule> {
    match item {
        "policy" => Some(Rule::policy_property),
        "lead" | "signal" => Some(Rule::field),
        "table" => Some(Rule::column),
        _ => None,
    }
}

/// What stands between rows that can be read; none if the block has no brackets of its own, or too much of it cannot be read. `text` is that of the item, which
/// begins at `offset`; `unterminated` are the places of strings without their end, with which no row can be read.
fn broken_rows(meter: &Meter, text: &str, offset: usize, tokens: &[Token], rule: Rule, unterminated: &[usize]) -> Option<Vec<Broken>> {
    let last = tokens.len().checked_sub(1)?;
    let open = tokens.iter().position(|token| token.kind == Kind::Open)?;
    let inside = text.get(..tokens[last].start - offset)?;
    let row_at = |index: usize| meter.parse_beginning(rule, &inside[tokens[index].start - offset..], &tokens[index..last]);
    let begins_row_behind = |index: usize| {
        let tried = tokens[index..last].iter().take(WINDOW_TOKENS).next_back();
        tried.is_some_and(|end| meter.may_try(end.end - tokens[index].start)) && row_at(index).is_ok()
    };
    let mut broken = Vec::new();
    let mut index = open + 1;
    while index < last {
        let start = tokens[index].start;
        let offending = match row_at(index) {
            Ok(pairs) => {
                let end = start + pairs.as_str().trim_end().len();
                let next = tokens.partition_point(|token| token.start < end).max(index + 1);
                if let Some(list) = list_without_choices(text, offset, &tokens[index..next]) {
                    broken.push(Broken { tokens: index..index + list, continues: false });
                    index += list;
                    continue;
                }
                let is_open = |token: &Token| unterminated.binary_search(&token.start).is_ok();
                let Some(open) = tokens[index..next].iter().position(is_open) else {
                    index = next;
                    continue;
                };
                index + open
            }
            Err(error) => tokens.partition_point(|token| token.end <= start + place_of(&error)).max(index),
        };
        let line = (0..=index).rev().find_map(|index| tokens[index].indent)?;
        // a row that begins its line has it alone
        let shares_line = tokens[index].indent.is_none();
        let begins_row = |next: &usize| match tokens[*next].indent {
            Some(indent) => indent <= line,
            None => shares_line && *next > offending && *next <= offending + TRIED_MAX && begins_row_behind(*next),
        };
        let end = (index + 1..last).find(begins_row).unwrap_or(last);
        // brackets inside belong to something else
        if tokens[index..end].iter().any(|token| matches!(token.kind, Kind::Open | Kind::Close)) {
            return None;
        }
        broken.push(Broken { tokens: index..end, continues: shares_line && index > open + 1 });
        index = end;
    }
    (tokens[last].kind == Kind::Close).then_some(broken)
}

/// Where `one of` at the end of its line takes the name of the row below for its choice, the number of tokens of that line.
fn list_without_choices(text: &str, offset: usize, row: &[Token]) -> Option<usize> {
    let indent = row.first()?.indent?;
    let below = row.iter().skip(1).position(|token| token.indent.is_some_and(|other| other <= indent))? + 1;
    let last = row[below - 1];
    (text.get(last.start - offset..last.end - offset)? == "of").then_some(below)
}

/// What is known of a row that is left out.
struct KeptRow<'t> {
    /// It begins on the line of another, which may be the row with the mistake.
    continues: bool,
    span: Span,
    name: Name,
    written: &'t str,
}

/// A field of a `lead` or `signal`, or a column of a `table`.
trait Declared {
    fn of(row: KeptRow) -> Self;
    fn start(&self) -> u32;
    fn ty(&mut self) -> &mut TypeExpr;
}

impl KeptRow<'_> {
    fn ty(&self) -> TypeExpr {
        TypeExpr { kind: TypeKind::Unread, span: self.span }
    }

    fn has(&self, word: &str) -> Option<Span> {
        self.written.split_whitespace().any(|written| written == word).then_some(self.span)
    }
}

impl Declared for Field {
    fn of(row: KeptRow) -> Field {
        let (ty, key, optional, span) = (row.ty(), row.has("key"), row.has("optional"), row.span);
        Field { doc: None, name: row.name, display: None, ty, key, optional, changes: Vec::new(), sources: Vec::new(), span }
    }

    fn start(&self) -> u32 {
        self.span.start
    }

    fn ty(&mut self) -> &mut TypeExpr {
        &mut self.ty
    }
}

impl Declared for Column {
    fn of(row: KeptRow) -> Column {
        let (ty, key, optional, span) = (row.ty(), row.has("key"), row.has("optional"), row.span);
        Column { doc: None, name: row.name, ty, key, prefix: false, optional, span }
    }

    fn start(&self) -> u32 {
        self.span.start
    }

    fn ty(&mut self) -> &mut TypeExpr {
        &mut self.ty
    }
}

/// Keeps the names of rows that are left out, and whether they are keys or optional.
fn keep<'t, D: Declared>(declared: &mut Vec<D>, rows: impl Iterator<Item = KeptRow<'t>>) {
    let mut kept: Vec<D> = Vec::new();
    for row in rows {
        let place = declared.partition_point(|other| other.start() < row.span.start);
        let read = declared[..place].last_mut();
        // the row before it, which was read or not
        let before = if kept.last().map(D::start) > read.as_ref().map(|other| other.start()) { kept.last_mut() } else { read };
        match before {
            Some(before) if row.continues => before.ty().kind = TypeKind::Unread,
            _ => kept.push(D::of(row)),
        }
    }
    declared.extend(kept);
    declared.sort_by_key(D::start);
}
