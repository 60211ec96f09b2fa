//! Cuts a file into items.
//!
//! Enters: the tokens of a file. Leaves: [`Cut`], the ranges of tokens that are items, the documentation that stands above tokens, and
//! diagnostics for brackets without a partner, for nesting beyond [`super::DEPTH_MAX`] and for too many items. Always holds: every token
//! belongs to exactly one item, in order; an item that is not `deep` nests no deeper than the limit, so that the
//! grammar may recurse through brackets.
//!
//! An item starts where the first column of a line holds a word. A line in the first column that cannot be an item while a bracket is open
//! is a row that lacks its indentation: it is reported and stays in its item.

use std::collections::HashMap;

use super::grammar::RESERVED_WORDS;
use super::scan::{Kind, Scan, Token};
use super::tree::Text;
use super::{DEPTH_MAX, ITEMS_MAX};
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::{SourceId, Span};

/// The words that items begin with.
pub(crate) const ITEM_WORDS: [&str; 22] = [
    "policy", "use", "standard", "team", "calendar", "lead", "signal", "group", "table", "let", "score", "decide", "grid", "stage", "flow",
    "route", "queue", "sla", "promise", "claim", "test", "cases",
];

#[derive(Clone, Debug)]
pub(super) struct ItemRange {
    /// Its tokens.
    pub first: usize,
    pub end: usize,
    /// The scanner reported something in it, so that a syntax error is likely to be a consequence.
    pub broken: bool,
    /// It is nested too deep to be parsed.
    pub deep: bool,
}

pub(super) struct Cut {
    pub items: Vec<ItemRange>,
    /// The `##` lines directly above a token, by the start of that token.
    pub docs: HashMap<usize, Text>,
    /// Braces that were told to be too many, although what goes on behind them needs the block that they close.
    pub surplus: Vec<usize>,
}

struct Opener {
    token: usize,
    /// Blanks before the first token of its line.
    indent: usize,
    /// That token.
    line: usize,
}

pub(super) fn cut(text: &str, source: SourceId, scan: &Scan, diagnostics: &mut Vec<Diagnostic>) -> Cut {
    let mut cutter = Cutter {
        text,
        source,
        tokens: &scan.tokens,
        unterminated: &scan.unterminated,
        diagnostics,
        items: Vec::new(),
        openers: Vec::new(),
        uncounted: 0,
        suspect: None,
        surplus: None,
        surplus_told: Vec::new(),
        line_indent: 0,
        line: 0,
        text_end: text.trim_end().len(),
    };
    cutter.walk();
    let surplus = cutter.surplus_told;
    let mut items = cutter.items;
    mark_unterminated(&mut items, scan);
    if let Some(item) = items.get(ITEMS_MAX) {
        let token = scan.tokens[item.first];
        diagnostics.push(too_many_items(Span::new(source, token.start, token.end), &format!("this one has {}", items.len())));
        items.truncate(ITEMS_MAX);
    }
    Cut { items, docs: docs(text, source, scan), surplus }
}

/// Items beyond the limit, of which the first is at `span`.
pub(super) fn too_many_items(span: Span, this_one: &str) -> Diagnostic {
    Diagnostic::new(Code::TooManyItems, format!("a file can have {ITEMS_MAX} parts, {this_one}"))
        .at(span, "the first one too many")
        .help("split the file and `use` its pieces, or move repeated parts into a table")
}

struct Cutter<'a> {
    text: &'a str,
    source: SourceId,
    tokens: &'a [Token],
    /// Where strings begin that lack their end, in order.
    unterminated: &'a [usize],
    diagnostics: &'a mut Vec<Diagnostic>,
    items: Vec<ItemRange>,
    /// The brackets that are open.
    openers: Vec<Opener>,
    /// How many more are open than `openers` holds.
    uncounted: usize,
    /// The bracket whose partner stands further left than its line: the one that probably lacks its own, and where.
    suspect: Option<(usize, usize)>,
    /// The first brace that closes a block which its place does not look like the end of: the one that is probably too many, if one is.
    surplus: Option<usize>,
    surplus_told: Vec<usize>,
    line_indent: usize,
    /// The first token of the line.
    line: usize,
    /// Where the file ends, but for blanks.
    text_end: usize,
}

impl Cutter<'_> {
    fn walk(&mut self) {
        for index in 0..self.tokens.len() {
            let token = self.tokens[index];
            if let Some(indent) = token.indent {
                self.line_indent = indent;
                self.line = index;
            }
            if self.items.is_empty() || (token.indent == Some(0) && token.kind != Kind::Close && self.starts_item(token)) {
                self.close_item(index);
                self.items.push(ItemRange { first: index, end: index, broken: false, deep: false });
            }
            match token.kind {
                Kind::Open => self.open(index),
                Kind::Close => self.close(index),
                Kind::Word | Kind::Number | Kind::String | Kind::Sign => {}
            }
        }
        self.close_item(self.tokens.len());
    }

    /// Whether a token in the first column starts an item. A reserved word never does, so that it continues the item above. With a bracket
    /// open, only a word that items begin with (or nearly) does.
    fn starts_item(&mut self, token: Token) -> bool {
        let word = &self.text[token.start..token.end];
        let is_item =
            if self.openers.is_empty() { !RESERVED_WORDS.contains(&word) } else { word == "leadwright" || is_nearly_item_word(word) };
        if is_item {
            return true;
        }
        let place = Span::new(self.source, token.start, token.start);
        self.diagnostics.push(
            Diagnostic::new(Code::Syntax, format!("`{word}` stands in the first column, where only items start"))
                .at(Span::new(self.source, token.start, token.end), "the item above goes on here")
                .help("put blanks in front of it")
                .replace("indent the line", Applicability::Safe, place, "  "),
        );
        false
    }

    fn open(&mut self, index: usize) {
        // Far beyond the limit only the number matters.
        if self.openers.len() > 2 * DEPTH_MAX {
            self.uncounted += 1;
            return;
        }
        self.openers.push(Opener { token: index, indent: self.line_indent, line: self.line });
        if self.openers.len() == DEPTH_MAX + 1
            && let Some(item) = self.items.last_mut()
            && !item.deep
        {
            item.deep = true;
            let token = self.tokens[index];
            self.diagnostics.push(
                Diagnostic::new(Code::TooDeep, format!("brackets are nested deeper than {DEPTH_MAX}"))
                    .at(Span::new(self.source, token.start, token.end), "the first one too deep")
                    .help("give a part of it a name with `let`"),
            );
        }
    }

    fn close(&mut self, index: usize) {
        let token = self.tokens[index];
        let closer = &self.text[token.start..token.end];
        if self.uncounted > 0 {
            self.uncounted -= 1;
            return;
        }
        let partner = self.openers.iter().rposition(|opener| self.partner_of(opener) == closer);
        let Some(partner) = partner else {
            let span = Span::new(self.source, token.start, token.end);
            let is_in_block = self.openers.last().is_some_and(|opener| self.partner_of(opener) == "}");
            if is_in_block && self.has_all_braces(index) {
                // the block goes on behind it
                if self.break_item() {
                    self.report_stray(index);
                }
            } else if let Some(opener) = self.openers.pop() {
                self.report_mismatch(opener, span);
            } else if self.break_item() {
                self.report_stray(index);
            }
            return;
        };
        // Brackets inside that are still open lack their partner.
        if let Some(unclosed) = self.openers.get(partner + 1).map(|opener| opener.token) {
            self.report_unclosed(unclosed, token.start);
        }
        if let (None, Some(indent)) = (self.suspect, token.indent)
            && indent < self.openers[partner].indent
        {
            self.suspect = Some((self.openers[partner].token, token.start));
        }
        // on its own line it stands where the line of its partner begins, and else on the line of its partner
        let opener = &self.openers[partner];
        if closer == "}" && token.indent.map_or(opener.line != self.line, |indent| indent > opener.indent) {
            self.surplus.get_or_insert(index);
        }
        self.openers.truncate(partner);
    }

    /// Whether every brace that is open has its partner in what follows of the item. An item that is broken already was looked at.
    fn has_all_braces(&self, index: usize) -> bool {
        if self.items.last().is_some_and(|item| item.broken) {
            return true;
        }
        let mut open = self.openers.iter().filter(|opener| self.partner_of(opener) == "}").count();
        for token in &self.tokens[index + 1..] {
            let written = &self.text[token.start..token.end];
            if token.indent == Some(0) && ITEM_WORDS.contains(&written) {
                break;
            }
            match written {
                "{" => open += 1,
                "}" => open = open.saturating_sub(1),
                _ => {}
            }
        }
        open == 0
    }

    /// Nothing is open. Where the block that was closed last did not look like its end, the brace there is the one too many.
    fn report_stray(&mut self, index: usize) {
        let goes_on = |surplus: &usize| self.tokens[*surplus..index].iter().any(|token| token.kind != Kind::Close);
        let told = self.surplus.filter(goes_on).unwrap_or(index);
        self.surplus_told.extend(Some(told).filter(|told| *told != index));
        let span = |index: usize| Span::new(self.source, self.tokens[index].start, self.tokens[index].end);
        let closer = &self.text[self.tokens[told].start..self.tokens[told].end];
        let diagnostic = if told == index {
            Diagnostic::new(Code::StrayBracket, format!("`{closer}` closes nothing")).at(span(told), "no bracket is open here")
        } else {
            Diagnostic::new(Code::StrayBracket, format!("a `{closer}` is too many"))
                .at(span(told), "what goes on below ends here")
                .at(span(index), "so that no bracket is open here")
        };
        self.diagnostics.push(diagnostic.help(format!("remove this `{closer}`, or open its partner before it")).replace(
            "remove the bracket",
            Applicability::Unsafe,
            span(told),
            "",
        ));
    }

    /// `(a]`
    fn report_mismatch(&mut self, opener: Opener, closer: Span) {
        if !self.break_item() {
            return;
        }
        let token = self.tokens[opener.token];
        let (open, close) = (&self.text[token.start..token.end], self.partner_of(&opener));
        let written = &self.text[closer.start as usize..closer.end as usize];
        self.diagnostics.push(
            Diagnostic::new(Code::StrayBracket, format!("`{written}` does not close `{open}`"))
                .at(closer, format!("`{close}` would"))
                .at(Span::new(self.source, token.start, token.end), "opened here")
                .help(format!("write `{close}`"))
                .replace(format!("write `{close}`"), Applicability::Unsafe, closer, close),
        );
    }

    /// Ends the current item before token `end` and reports a bracket that is still open.
    fn close_item(&mut self, end: usize) {
        let suspect = self.suspect.take();
        self.surplus = None;
        if let Some(last) = self.openers.last() {
            let file_end = self.tokens.get(end.wrapping_sub(1)).map_or(0, |token| token.end);
            let (opener, place) = suspect.unwrap_or((last.token, file_end));
            self.report_unclosed(opener, place);
        }
        self.openers.clear();
        self.uncounted = 0;
        if let Some(item) = self.items.last_mut() {
            item.end = end;
        }
    }

    fn report_unclosed(&mut self, opener: usize, place: usize) {
        if !self.break_item() {
            return;
        }
        let token = self.tokens[opener];
        let written = &self.text[token.start..token.end];
        let closer = closer_of(written);
        // A closing brace stands on its own line if the next one, or the end of the item, does; it is indented as its opener's line is.
        let line_start = |place: usize| self.text[..place].rfind('\n').map_or(0, |end| end + 1);
        let opener_line = &self.text[line_start(token.start)..token.start];
        let indentation = &opener_line[..opener_line.len() - opener_line.trim_start().len()];
        let before = &self.text[line_start(place)..place];
        let at_line_end = self.text[place..].trim_start_matches([' ', '\t', '\r']).starts_with('\n') || place == self.text_end;
        // what a string without its end has swallowed is told with it
        let mut of_line = self.tokens[opener + 1..].iter().take_while(|token| token.indent.is_none());
        let is_open = |token: &Token| self.unterminated.binary_search(&token.start).is_ok();
        if of_line.any(|token| is_open(token) && self.text[token.start..token.end].contains(closer)) {
            return;
        }
        if let Some(second) = self.second_of_pair(opener) {
            let message = format!("`{written}` stands twice");
            self.diagnostics.push(
                Diagnostic::new(Code::StrayBracket, message)
                    .at(second, "again")
                    .at(Span::new(self.source, token.start, token.end), "is not closed")
                    .help("leave one of them out")
                    .replace("remove the second", Applicability::Unsafe, second, ""),
            );
            return;
        }
        let (place, insert) = match closer {
            ")" | "]" => (self.end_of_line(opener), closer.to_owned()),
            _ if let Some(last) = self.last_of_block(opener, place) => {
                let end = self.tokens[last].end;
                if self.tokens[opener + 1..=last].iter().any(|token| token.indent.is_some()) {
                    let line = self.text[end..].lines().next().unwrap_or_default();
                    (end + line.len(), format!("\n{indentation}}}"))
                } else {
                    (end, format!(" {closer}"))
                }
            }
            "}" if before.trim().is_empty() => (place - before.len(), format!("{indentation}}}\n")),
            "}" if at_line_end => (place, format!("\n{indentation}}}")),
            _ => (place, closer.to_owned()),
        };
        self.diagnostics.push(
            Diagnostic::new(Code::StrayBracket, format!("`{written}` is not closed"))
                .at(Span::new(self.source, token.start, token.end), "opened here")
                .help(format!("close it with `{closer}`"))
                .replace(format!("insert `{closer}`"), Applicability::Unsafe, Span::new(self.source, place, place), insert),
        );
    }

    /// The last token of the block that a brace opens, before a line that stands no deeper than the one with the brace, and begins before `place`. None if the block's
    /// own lines do not stand deeper, so that nothing follows from that.
    fn last_of_block(&self, opener: usize, place: usize) -> Option<usize> {
        let own = (0..=opener).rev().find_map(|index| self.tokens[index].indent)?;
        let is_inside = |index: &usize| self.tokens[*index].start < place;
        let ends = |index: usize| self.tokens[index].indent.is_some_and(|indent| indent <= own);
        let next = (opener + 1..self.tokens.len()).take_while(is_inside).find(|index| ends(*index))?;
        let has_rows = next > opener + 1 && self.tokens[next].kind != Kind::Close;
        has_rows.then(|| next - 1)
    }

    /// `{ {`, of which the one is not closed: where the second stands.
    fn second_of_pair(&self, opener: usize) -> Option<Span> {
        let written = |index: usize| self.tokens.get(index).map(|token| &self.text[token.start..token.end]);
        let is_same = |index: &usize| written(*index) == written(opener) && written(*index) != Some("(");
        let second = [Some(opener + 1), Some(opener)].into_iter().flatten().find(|second| {
            let other = if *second == opener { second.checked_sub(1) } else { Some(*second) };
            other.is_some_and(|other| is_same(&other))
        })?;
        let token = self.tokens[second];
        Some(Span::new(self.source, token.start, token.end))
    }

    /// Where the line ends on which a bracket is opened, before the block whose head it may be.
    fn end_of_line(&self, opener: usize) -> usize {
        let behind = self.tokens[opener + 1..].iter().take_while(|token| token.indent.is_none());
        let of_line = behind.take_while(|token| &self.text[token.start..token.end] != "{" && &self.text[token.start..token.end] != "}");
        of_line.last().map_or(self.tokens[opener].end, |token| token.end)
    }

    /// Marks the current item as broken; false if it was already, so that one slip is reported once.
    fn break_item(&mut self) -> bool {
        match self.items.last_mut() {
            Some(item) => !std::mem::replace(&mut item.broken, true),
            None => true,
        }
    }

    fn partner_of(&self, opener: &Opener) -> &'static str {
        let token = self.tokens[opener.token];
        closer_of(&self.text[token.start..token.end])
    }
}

fn closer_of(opener: &str) -> &'static str {
    match opener {
        "{" => "}",
        "(" => ")",
        _ => "]",
    }
}

fn is_nearly_item_word(word: &str) -> bool {
    ITEM_WORDS.contains(&word) || ((4..=20).contains(&word.len()) && nearest(word, ITEM_WORDS).is_some())
}

/// A string without an end swallows whatever stands behind it on its line.
fn mark_unterminated(items: &mut [ItemRange], scan: &Scan) {
    for start in &scan.unterminated {
        let token = scan.tokens.partition_point(|token| token.start < *start);
        let item = items.partition_point(|item| item.end <= token);
        if let Some(item) = items.get_mut(item) {
            item.broken = true;
        }
    }
}

/// Collects `##` lines that stand directly above a token.
fn docs(text: &str, source: SourceId, scan: &Scan) -> HashMap<usize, Text> {
    let mut docs = HashMap::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut block: Option<Span> = None;
    for comment in &scan.comments {
        let written = &text[comment.start..comment.end];
        let Some(line) = written.strip_prefix("##").filter(|line| comment.own_line && !line.starts_with('#')) else { continue };
        let span = Span::new(source, comment.start, comment.end);
        if !block.is_some_and(|block| is_next_line(text, block.end as usize, comment.start)) {
            lines.clear();
            block = None;
        }
        lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end());
        let whole = block.map_or(span, |block| block.to(span));
        block = Some(whole);
        let token = scan.tokens.partition_point(|token| token.start < comment.end);
        if let Some(token) = scan.tokens.get(token)
            && is_next_line(text, comment.end, token.start)
        {
            docs.insert(token.start, Text { value: lines.join("\n"), span: whole });
        }
    }
    docs
}

/// Whether nothing but one line end and blanks stand between the two places.
fn is_next_line(text: &str, end: usize, start: usize) -> bool {
    let between = &text[end..start];
    between.trim().is_empty() && between.matches('\n').count() == 1
}
