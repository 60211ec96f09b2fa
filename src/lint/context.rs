//! What a rule may look at: the checked policy, its trees with comments and spans, its text, and the day.

use std::cell::OnceCell;

use jiff::civil::Date;

use super::uses::Uses;
use crate::diagnostic::Edit;
use crate::model::{Attribute, Checked, Policy, Score};
use crate::source::{Sources, Span};
use crate::syntax::tree::{self, File, Item, ItemKind};

pub struct Context<'a> {
    pub checked: &'a Checked,
    pub policy: &'a Policy,
    pub files: &'a [File],
    pub sources: &'a Sources,
    /// the day on which the policy is looked at
    pub day: Date,
    /// rows of which it is proved that no lead gets to them
    pub dead_rows: Vec<Span>,
    uses: OnceCell<Uses<'a>>,
}

/// `lets()`: every `let` of every file with its item, in the order of the text.
macro_rules! items_by_kind {
    ($($method:ident $kind:ident)*) => {
        $(pub fn $method(&self) -> impl Iterator<Item = (&'a Item, &'a tree::$kind)> {
            self.items().filter_map(|item| match &item.kind {
                ItemKind::$kind(part) => Some((item, part)),
                _ => None,
            })
        })*
    };
}

impl<'a> Context<'a> {
    pub fn new(checked: &'a Checked, day: Date) -> Context<'a> {
        Context {
            checked,
            policy: &checked.policy,
            files: &checked.files,
            sources: &checked.sources,
            day,
            dead_rows: Vec::new(),
            uses: OnceCell::new(),
        }
    }

    /// Every item of every file, in the order of the text.
    pub fn items(&self) -> impl Iterator<Item = &'a Item> + use<'a> {
        self.files.iter().flat_map(|file| &file.items)
    }

    items_by_kind! {
        headers Policy
        teams Team
        calendars Calendar
        leads Lead
        signals Signal
        groups Group
        tables Table
        lets Let
        scores Score
        decides Decide
        grids Grid
        stages Stage
        flows Flow
        routes Route
        queues Queue
        slas Sla
        promises Promise
        claims Claim
        tests Test
        standards Standard
    }

    /// The attributes of every score, in every model.
    pub fn attributes(&self) -> impl Iterator<Item = &'a Attribute> + use<'a> {
        self.policy.scores.iter().flat_map(Score::sections_of_models).flat_map(|section| &section.attributes)
    }

    /// Which names are read, and by what.
    pub fn uses(&self) -> &Uses<'a> {
        self.uses.get_or_init(|| Uses::of(self))
    }

    pub fn text(&self, span: Span) -> &'a str {
        self.sources.text(span)
    }

    /// Where findings about the policy as a whole point: the name in its header.
    pub fn header(&self) -> Option<Span> {
        self.headers().map(|(_, header)| header.name.span).next()
    }

    /// The text on one line, without comments, strings as they are: what is compared where only the text counts.
    pub fn plain(&self, span: Span) -> String {
        let mut plain = String::new();
        let (mut in_string, mut escaped, mut gap) = (false, false, false);
        let mut rest = self.text(span).chars();
        while let Some(character) = rest.next() {
            match character {
                _ if in_string => {
                    plain.push(character);
                    in_string = character != '"' || escaped;
                    escaped = character == '\\' && !escaped;
                }
                '#' => gap = rest.by_ref().any(|behind| behind == '\n') || gap,
                blank if blank.is_whitespace() => gap = true,
                _ => {
                    if gap && !plain.is_empty() {
                        plain.push(' ');
                    }
                    gap = false;
                    in_string = character == '"';
                    plain.push(character);
                }
            }
        }
        plain
    }

    /// Takes a whole item away, with its documentation and the line end behind it.
    pub fn without_item(&self, item: &Item) -> Edit {
        self.without(item.doc.as_ref().map_or(item.span, |doc| doc.span.to(item.span)))
    }

    /// Takes a piece away; its whole lines if nothing else stands on them.
    pub fn without(&self, span: Span) -> Edit {
        let text = &self.sources.get(span.source).text;
        let (start, end) = (span.start as usize, span.end as usize);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        let (before, behind) = (&text[line_start..start], &text[end..line_end]);
        let alone = before.trim().is_empty() && (behind.trim().is_empty() || behind.trim_start().starts_with('#'));
        let span = if alone {
            Span::new(span.source, line_start, (line_end + 1).min(text.len()))
        } else if before.ends_with([' ', '\t']) {
            // the blanks before it go too, so that none are left over
            Span::new(span.source, line_start + before.trim_end().len(), end)
        } else {
            let blanks = behind.len() - behind.trim_start().len();
            Span::new(span.source, start, end + blanks)
        };
        Edit { span, text: String::new() }
    }
}
