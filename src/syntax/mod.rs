//! Text to the untyped tree.
//!
//! Enters: one file of a policy. Leaves: [`tree::File`], and every mistake as a diagnostic. Always holds: [`parse`] never fails and never
//! panics, takes time linear in the text and a stack of its own, so that what is accepted does not depend on the caller's;
//! a mistake in one item hides no other item; whatever is missing from the tree has been reported as an error.
//!
//! The way: `scan` makes light tokens, `cut` finds the items, `heads` adds the braces that heads of blocks lack, `item_words` mends the words of items, pest reads each of them by `grammar/leadwright.pest`, `build` makes the tree,
//! `mistakes` turns what pest expected into a sentence.
//!
//! ```
//! use leadwright::{source::Sources, syntax};
//! let mut sources = Sources::default();
//! let source = sources.add("a.lead", "leadwright 1\nlet big = beds >= 500\nlet odd = beds = 7\n");
//! let (file, diagnostics) = syntax::parse(&sources, source);
//! assert_eq!(file.items.len(), 2);
//! assert_eq!(diagnostics[0].message, "write `is` for `=`");
//! ```

mod build;
mod cut;
mod further;
mod grammar;
mod heads;
mod item_words;
mod leave_out;
pub mod meant;
mod mended;
mod mistakes;
pub mod outline;
mod pairs;
mod rows;
mod scan;
pub mod tree;
mod trial;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostic::{self, Applicability, Code, Diagnostic, Edit, nearest};
use crate::source::{SourceId, Sources, Span};
use build::Builder;
pub(crate) use build::NOT_A_NAME;
pub(crate) use build::values::UNQUOTED;
pub(crate) use cut::ITEM_WORDS;
use cut::{Cut, ItemRange};
pub(crate) use grammar::RESERVED_WORDS;
use grammar::{Meter, Rule};
use item_words::Slip;
pub use leave_out::without_items;
use mended::Places;
use mistakes::Found;
use outline::Outline;
use scan::{Kind, Scan, Token};
use tree::{Comment, File, Item, Partial, Unread};
use trial::Outcome;

/// The largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// How deep brackets may nest.
pub const DEPTH_MAX: usize = 64;

/// How many items a file may have.
pub const ITEMS_MAX: usize = 10_000;

/// How many diagnostics one file gets; what a file with more mistakes lacks is not another one.
pub const DIAGNOSTICS_MAX: usize = 200;

/// An item is read up to so many words first that could begin another one below it, if it has more, and then up to four times as many: where each of them does, the
/// text behind is not walked for each.
const INDENTED_FIRST: usize = 8;

/// The version of the language that this compiler knows.
pub const LANGUAGE_VERSION: u32 = 1;

/// The stack on which pest and the builder run. At the greatest depth they need less than 6 MiB of it, even unoptimised; what is not
/// used is never touched.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Reads a file of a policy; whatever can be read of it is in the tree.
pub fn parse(sources: &Sources, source: SourceId) -> (File, Vec<Diagnostic>) {
    let meter = Meter::new(sources.get(source).text.len());
    parse_with(sources, source, &meter, None)
}

/// How many bytes are read by the grammar to parse a file, whatever is read once more to find further mistakes and to try fixes included: what its time is in
/// proportion to.
pub fn bytes_read(sources: &Sources, source: SourceId) -> usize {
    let meter = Meter::new(sources.get(source).text.len());
    parse_with(sources, source, &meter, None);
    meter.bytes_read()
}

/// The tokens, comments and parts of a file, for tools that change its text and not its meaning; with every mistake as a diagnostic.
pub fn outline(sources: &Sources, source: SourceId) -> (Outline, Vec<Diagnostic>) {
    let mut outline = Outline::default();
    let meter = Meter::new(sources.get(source).text.len());
    let (_, diagnostics) = parse_with(sources, source, &meter, Some(&mut outline));
    (outline, diagnostics)
}

fn parse_with(sources: &Sources, source: SourceId, meter: &Meter, outline: Option<&mut Outline>) -> (File, Vec<Diagnostic>) {
    let text = sources.get(source).text.as_str();
    let mut diagnostics = Vec::new();
    let file = if text.len() > FILE_BYTES_MAX {
        diagnostics.push(
            Diagnostic::new(Code::FileTooLarge, format!("a file can have {FILE_BYTES_MAX} bytes, this one has {}", text.len()))
                .at(Span::new(source, 0, 0), "")
                .help("split the file and `use` its pieces, or move data into a table"),
        );
        File { source, version: None, items: Vec::new(), unread: Vec::new(), partial: Vec::new(), comments: Vec::new() }
    } else {
        stacker::grow(STACK_BYTES, || read(text, source, meter, outline, &mut diagnostics))
    };
    let left_over = diagnostics.len().saturating_sub(DIAGNOSTICS_MAX);
    diagnostics.truncate(DIAGNOSTICS_MAX);
    if let Some(last) = diagnostics.last_mut().filter(|_| left_over > 0) {
        last.add_help(&format!("further mistakes of this file, at least {left_over}, are not shown: mend these first"));
    }
    if let Some(last) = diagnostics.last_mut().filter(|_| meter.is_short()) {
        last.add_help("fixes of some mistakes were not tried, as there are many: mend those that have one first");
    }
    (file, diagnostics)
}

/// The mistakes are in order, and the fixes of those that are shown have been tried.
fn read(text: &str, source: SourceId, meter: &Meter, mut outline: Option<&mut Outline>, diagnostics: &mut Vec<Diagnostic>) -> File {
    let mut scan = scan::scan(text, source, diagnostics);
    let scanned = diagnostics.len();
    let mut cut = cut::cut(text, source, &scan, diagnostics);
    let heads = heads::without_brace(text, &scan, &cut, meter);
    let mended = if heads.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(heads::mended(text, &mut scan, &heads)) };
    if !heads.is_empty() {
        diagnostics.truncate(scanned);
        cut = cut::cut(&mended, source, &scan, diagnostics);
        diagnostics.extend(heads.iter().map(|head| head.explain(text, source)));
    }
    let mended = without_surplus(mended, source, &mut scan, &mut cut, diagnostics);
    let (mended, slips) = item_words::mended(mended, source, &mut scan, &cut, meter);
    let text = &*mended;
    if let Some(outline) = outline.as_deref_mut() {
        outline.take(text, &scan, &cut);
    }
    let comments = scan
        .comments
        .iter()
        .map(|comment| Comment { span: Span::new(source, comment.start, comment.end), text: text[comment.start..comment.end].to_owned() });
    let comments = comments.collect();
    let without_comments = &*scan.without_comments(text);
    let mut told: Vec<usize> = diagnostics.iter().map(place_of).collect();
    told.sort_unstable();
    let may_begin_below =
        |token: &Token| token.indent.is_some_and(|indent| indent > 0) && ITEM_WORDS.contains(&&text[token.start..token.end]);
    let mut reader = Reader {
        meter,
        text,
        without_comments,
        source,
        scan: &scan,
        cut: &cut,
        slips,
        indented: scan.tokens.iter().enumerate().filter(|(_, token)| may_begin_below(token)).map(|(index, _)| index).collect(),
        told,
        diagnostics,
        outline,
        items: Vec::new(),
        unread: Vec::new(),
        partial: Vec::new(),
        is_full: false,
    };
    let (version, behind) = reader.version();
    for item in &cut.items {
        // The first item is the version line, and what stands indented below it.
        reader.item(ItemRange { first: item.first.max(behind), ..item.clone() });
    }
    let read_to = cut.items.last().map_or(0, |item| item.end);
    reader.leave_unread(&ItemRange { first: read_to.max(behind), end: scan.tokens.len(), broken: true, deep: false });
    diagnostic::sort(reader.diagnostics);
    reader.check_fixes_of_pairs();
    let Reader { items, unread, partial, .. } = reader;
    File { source, version, items, unread, partial, comments }
}

/// The text with blanks in place of braces that are too many, so that the blocks which they cut off are read; none where that leads to further mistakes.
fn without_surplus<'t>(
    text: Cow<'t, str>,
    source: SourceId,
    scan: &mut Scan,
    cut: &mut Cut,
    diagnostics: &mut Vec<Diagnostic>,
) -> Cow<'t, str> {
    if cut.surplus.is_empty() {
        return text;
    }
    let mut bytes = text.as_bytes().to_vec();
    let surplus: HashSet<usize> = cut.surplus.iter().map(|index| scan.tokens[*index].start).collect();
    let kept = scan.tokens.iter().copied().filter(|token| !surplus.contains(&token.start)).collect();
    // each is a brace of one byte
    surplus.iter().for_each(|start| bytes[*start] = b' ');
    let Ok(mended) = String::from_utf8(bytes) else { return text };
    let all = std::mem::replace(&mut scan.tokens, kept);
    let mut further = Vec::new();
    let again = cut::cut(&mended, source, scan, &mut further);
    let is_told = |diagnostic: &Diagnostic| surplus.contains(&place_of(diagnostic));
    let (told, others): (Vec<Diagnostic>, Vec<Diagnostic>) = std::mem::take(diagnostics).into_iter().partition(is_told);
    let strays = |all: &[Diagnostic]| all.iter().filter(|one| one.code == Code::StrayBracket).count();
    if strays(&further) > strays(&others) {
        scan.tokens = all;
        diagnostics.extend(told.into_iter().chain(others));
        return text;
    }
    // what the scanner and the first cut said of other places stands
    diagnostics.extend(told.into_iter().chain(others));
    *cut = again;
    Cow::Owned(mended)
}

struct Reader<'a> {
    meter: &'a Meter,
    text: &'a str,
    /// of the same length
    without_comments: &'a str,
    source: SourceId,
    scan: &'a Scan,
    cut: &'a Cut,
    /// The item words that were mended, in order.
    slips: Vec<Slip>,
    /// The tokens that may begin an item below another although they are indented.
    indented: Vec<usize>,
    /// Where the mistakes are that scanner and cutter have told of all the file, in order.
    told: Vec<usize>,
    diagnostics: &'a mut Vec<Diagnostic>,
    outline: Option<&'a mut Outline>,
    items: Vec<Item>,
    unread: Vec<Unread>,
    partial: Vec<Partial>,
    /// It has as many items as a file can have.
    is_full: bool,
}

impl Reader<'_> {
    /// Reads `leadwright 1`, the first line; and the number of tokens that this takes.
    fn version(&mut self) -> (Option<(u32, Span)>, usize) {
        let written = format!("leadwright {LANGUAGE_VERSION}");
        let tokens = &self.scan.tokens;
        let is_misspelt = tokens.first().is_some_and(|token| token.kind == Kind::Word) && nearest(self.word(0), ["leadwright"]).is_some();
        // the number alone, which no item begins with
        let is_number = tokens.first().is_some_and(|token| token.kind == Kind::Number);
        if self.word(0) != "leadwright" && !is_misspelt && !is_number {
            let bare = self.text.trim_start_matches('\u{FEFF}');
            let place = tokens.first().map_or(self.text.len() - bare.len(), |token| token.start);
            let span = tokens.first().map_or(Span::new(self.source, place, place), |token| self.token_span(*token));
            self.diagnostics.push(
                Diagnostic::new(Code::MissingVersion, "the file does not name the language version")
                    .at(span, "the first line is the place")
                    .help(format!("write `{written}` as the first line"))
                    .replace(
                        format!("insert `{written}`"),
                        Applicability::Safe,
                        Span::new(self.source, place, place),
                        format!("{written}\n\n"),
                    ),
            );
            return (None, 0);
        }
        let behind = tokens.iter().skip(1).position(|token| token.indent.is_some()).map_or(tokens.len(), |next| next + 1);
        let number = tokens.get(1).filter(|_| behind == 2 && !is_misspelt).copied();
        let Some((token, number)) = number.and_then(|token| Some((token, self.text[token.start..token.end].parse::<u32>().ok()?))) else {
            let span = tokens[..behind].iter().fold(self.token_span(tokens[0]), |span, token| span.to(self.token_span(*token)));
            self.diagnostics.push(
                Diagnostic::new(Code::MissingVersion, "the first line does not name the language version")
                    .at(span, "not a version")
                    .help(format!("write `{written}`"))
                    .replace(format!("write `{written}`"), Applicability::Unsafe, span, written),
            );
            return (None, behind);
        };
        let span = self.token_span(token);
        if number != LANGUAGE_VERSION {
            self.diagnostics.push(
                Diagnostic::new(Code::UnknownVersion, format!("this compiler does not know version {number} of the language"))
                    .at(span, format!("it knows version {LANGUAGE_VERSION}"))
                    .help(format!("write `{written}`, or use a newer compiler")),
            );
        }
        (Some((number, span)), behind)
    }

    /// Reads the items in a range, which are several if some are indented.
    fn item(&mut self, mut range: ItemRange) {
        while range.first < range.end {
            let token = self.scan.tokens[range.first];
            if self.items.len() >= ITEMS_MAX && !std::mem::replace(&mut self.is_full, true) {
                self.diagnostics.push(cut::too_many_items(self.token_span(token), "this one has more"));
            }
            if self.is_full || !self.starts_well(token, &range) || range.deep {
                self.read_with_its_word(&range);
                return;
            }
            match self.parse_item(&range) {
                // An item word that is indented may continue an item, as in `queue a` and `team b` below it. Where it cannot, it starts one.
                Some(next) => range.first = next,
                None => return,
            }
        }
    }

    /// The tree lacks what these tokens say.
    fn leave_unread(&mut self, range: &ItemRange) {
        let Some(first) = self.scan.tokens[..range.end].get(range.first) else { return };
        let written = &self.text[first.start..first.end];
        let meant = if meant::USE_WORDS.contains(&written) { "use" } else { written };
        let word = ITEM_WORDS.into_iter().find(|word| *word == meant);
        self.unread.push(Unread { word, span: self.item_span(range) });
    }

    /// Whether an item can begin with this token; if not, that is reported.
    fn starts_well(&mut self, token: Token, range: &ItemRange) -> bool {
        let word = &self.text[token.start..token.end];
        let span = self.token_span(token);
        if let Ok(slip) = self.slips.binary_search_by_key(&token.start, |slip| slip.start) {
            self.diagnostics.push(self.slips[slip].explain());
            return true;
        }
        if ITEM_WORDS.contains(&word) {
            if let Some(indent) = token.indent.filter(|indent| *indent > 0) {
                let blanks = Span::new(self.source, token.start - indent, token.start);
                self.diagnostics.push(
                    Diagnostic::new(Code::IndentedItem, format!("`{word}` does not start in the first column"))
                        .at(span, "items start in the first column")
                        .help("remove the blanks before it")
                        .replace("remove the blanks", Applicability::Safe, blanks, ""),
                );
            }
            return true;
        }
        if word == "leadwright" {
            self.diagnostics.push(
                Diagnostic::new(Code::Syntax, "the language version stands in the first line only")
                    .at(span, "a second place")
                    .help("remove this line"),
            );
            return false;
        }
        let diagnostic = match token.kind {
            Kind::Word => Diagnostic::new(Code::Syntax, format!("no item begins with `{word}`")).at(span, "not an item word"),
            Kind::Close => return false,
            Kind::String if word.ends_with(".lead\"") => {
                let place = Span::new(self.source, token.start, token.start);
                self.diagnostics.push(
                    Diagnostic::new(Code::Syntax, format!("expected an item, found `{word}`"))
                        .at(span, "a file of the policy?")
                        .help(format!("write `use {word}`"))
                        .replace("insert `use`", Applicability::Unsafe, place, "use "),
                );
                return false;
            }
            _ => Diagnostic::new(Code::Syntax, format!("expected an item, found `{word}`")).at(span, "not an item word"),
        };
        let is_use = meant::USE_WORDS.contains(&word);
        let near = if is_use { Some("use") } else { nearest(word, ITEM_WORDS).filter(|_| token.kind == Kind::Word) };
        self.diagnostics.push(match near {
            Some(near) if !self.may_begin_with(near, range) => diagnostic.help(format!("did you mean `{near}`?")),
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).replace(
                format!("replace by `{near}`"),
                Applicability::Unsafe,
                span,
                near,
            ),
            None => diagnostic
                .help(format!("an item begins with one of `{}`; indent a line that continues the one above", ITEM_WORDS.join("`, `"))),
        });
        false
    }

    /// Whether more of an item can be read if it begins with this word.
    fn may_begin_with(&self, word: &str, range: &ItemRange) -> bool {
        let tokens = &self.scan.tokens[range.first..range.end];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return false };
        let edit = Edit { span: self.token_span(*first), text: word.to_owned() };
        match trial::with_edits(self.meter, &self.text[first.start..last.end], first.start, &[edit]) {
            Outcome::Whole => true,
            Outcome::StopsAt(place) => tokens.get(2).is_some_and(|third| place >= third.start),
            Outcome::Unmended => false,
        }
    }

    /// Parses one item; the answer is the token with which an indented item starts behind it.
    fn parse_item(&mut self, range: &ItemRange) -> Option<usize> {
        let tokens = &self.scan.tokens[range.first..range.end];
        let (first, last) = (tokens.first()?, tokens.last()?);
        let text = &self.text[first.start..last.end];
        let indented = &self.indented[self.indented.partition_point(|index| *index <= range.first)..];
        let counts = std::iter::successors(Some(INDENTED_FIRST), |count| Some(count * 4));
        let ends = counts.map_while(|count| indented.get(count)).take_while(|end| **end < range.end).map(|end| end - range.first);
        let read = &self.without_comments[first.start..last.end];
        let parsed = self.meter.sure_mistake(Rule::item, read, tokens, ends).map_or_else(|| self.meter.parse(Rule::item, read), Err);
        match parsed {
            Ok(mut pairs) => {
                let pair = pairs.next()?;
                match self.swallowed(range) {
                    None => self.build(pair, range),
                    Some(words) => self.build_without(&words, pair, range),
                }
                None
            }
            Err(error) => {
                let found = Found::new(self.meter, &error, text, first.start, self.text, self.source, tokens);
                let next = Some(found.index).filter(|index| *index > 0 && self.is_indented_item(tokens, *index));
                match next {
                    Some(index) => {
                        let end = range.first + index;
                        self.parse_item(&ItemRange { end, ..range.clone() });
                        Some(end)
                    }
                    None => {
                        // What a missing bracket or quotation mark leads to has been said with it.
                        let is_shown = self.is_shown(range);
                        let is_kept = if range.broken {
                            is_shown && (self.read_mended(range, None) || self.read_on_behind_strings(range))
                        } else {
                            let diagnostic = if is_shown { found.explain() } else { found.unexplained() };
                            is_shown && self.read_mended(range, Some(&diagnostic)) || self.read_without_rows(range, found.index, diagnostic)
                        };
                        if !is_kept {
                            self.leave_unread(range);
                        }
                        None
                    }
                }
            }
        }
    }

    /// Whether mistakes of this item may be among those that are shown: so many others stand before it, some of which may be told twice.
    fn is_shown(&self, range: &ItemRange) -> bool {
        let start = self.scan.tokens.get(range.first).map_or(0, |token| token.start);
        let read = self.diagnostics.len() - self.told.len();
        self.told.partition_point(|place| *place < start) + read <= 2 * DIAGNOSTICS_MAX
    }

    fn build(&mut self, pair: build::Node, range: &ItemRange) {
        let item = self.built(pair, range);
        if item.is_none() {
            self.leave_unread(range);
        }
        self.items.extend(item);
    }

    /// None if the compiler does not know what the grammar reads, which is reported.
    fn built(&mut self, pair: build::Node, range: &ItemRange) -> Option<Item> {
        let start = self.item_span(range).start as usize;
        if let Some(outline) = self.outline.as_deref_mut() {
            outline.add(&pair, &self.scan.tokens, start);
        }
        self.built_at(pair, range, &Places::at(start))
    }

    /// The same of an item whose parts stand elsewhere than where they are read.
    fn built_at(&mut self, pair: build::Node, range: &ItemRange, places: &Places) -> Option<Item> {
        let span = self.item_span(range);
        let mut builder = Builder {
            source: self.source,
            text: self.text,
            places,
            tokens: &self.scan.tokens,
            docs: &self.cut.docs,
            diagnostics: self.diagnostics,
        };
        let doc = builder.doc(span);
        let built = builder.item(pair);
        match built {
            Ok(kind) => Some(Item { doc, span, kind }),
            Err(build::Unbuilt) => {
                self.diagnostics.push(
                    Diagnostic::new(Code::Syntax, "this part cannot be read")
                        .at(span, "the grammar reads it, the compiler does not")
                        .help("this is a mistake in the compiler; write the part in another way and report it"),
                );
                None
            }
        }
    }

    fn word(&self, token: usize) -> &str {
        self.scan.tokens.get(token).map_or("", |token| &self.text[token.start..token.end])
    }

    fn token_span(&self, token: Token) -> Span {
        Span::new(self.source, token.start, token.end)
    }

    fn item_span(&self, item: &ItemRange) -> Span {
        let start = self.scan.tokens.get(item.first).map_or(0, |token| token.start);
        let end = item.end.checked_sub(1).and_then(|last| self.scan.tokens.get(last)).map_or(start, |token| token.end);
        Span::new(self.source, start, end.max(start))
    }
}

/// Where the text of a diagnostic begins.
fn place_of(diagnostic: &Diagnostic) -> usize {
    diagnostic.labels.first().map_or(0, |label| label.span.start as usize)
}
