//! Pest pairs to the tree, one item at a time.
//!
//! Enters: the pairs of an item. Leaves: its [`tree::ItemKind`], and diagnostics for what the grammar reads although it is wrong (`==`,
//! impossible dates, mixed `and` and `or` …); where a literal cannot be read, a harmless one takes its place, so that the rest
//! of the item is kept. Always holds: spans cover whole tokens and neither blanks nor comments; the walk recurses only where the
//! text nests brackets. One file per part of the language.

mod clocks;
mod data;
mod expressions;
mod header;
mod literals;
mod measures;
mod repeats;
mod rules;
mod scores;
mod tests;
mod units;
pub(super) mod values;

use std::collections::HashMap;

use pest::iterators::{Pair, Pairs};

use super::grammar::{Rule, is_token};
use super::meant::snake_case;
use super::mended::Places;
use super::scan::Token;
use super::tree::{ItemKind, Name, Text};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::{SourceId, Span};

pub(super) type Node<'i> = Pair<'i, Rule>;

/// How it is said that a word cannot be a name as it is written.
pub(crate) const NOT_A_NAME: &str = " is not a name: names are small letters `a` to `z`, digits and `_`";

/// The grammar let something through that the builder does not know. It cannot happen as long as the two agree; if it does,
/// the item is reported as unreadable rather than read wrongly.
#[derive(Debug)]
pub(super) struct Unbuilt;

pub(super) type Built<T> = Result<T, Unbuilt>;

pub(super) struct Builder<'a> {
    pub source: SourceId,
    /// The whole file.
    pub text: &'a str,
    /// Where in the file the item stands; pest counts from its beginning.
    pub places: &'a Places,
    pub tokens: &'a [Token],
    pub docs: &'a HashMap<usize, Text>,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl Builder<'_> {
    /// Builds what stands under the grammar's rule `item`.
    pub fn item(&mut self, item: Node) -> Built<ItemKind> {
        let node = item.into_inner().next().ok_or(Unbuilt)?;
        self.check_repeats(&node);
        Ok(match node.as_rule() {
            Rule::policy => ItemKind::Policy(self.policy(node)?),
            Rule::use_file => ItemKind::Use(self.text_of(Parts::of(node).need(Rule::string)?)),
            Rule::standard => ItemKind::Standard(self.standard(node)?),
            Rule::team => ItemKind::Team(self.team(node)?),
            Rule::calendar => ItemKind::Calendar(self.calendar(node)?),
            Rule::lead => ItemKind::Lead(self.lead(node)?),
            Rule::signal => ItemKind::Signal(self.signal(node)?),
            Rule::group => ItemKind::Group(self.group(node)?),
            Rule::table => ItemKind::Table(self.table(node)?),
            Rule::let_value => ItemKind::Let(self.let_value(node)?),
            Rule::score => ItemKind::Score(self.score(node)?),
            Rule::decide => ItemKind::Decide(self.decide(node)?),
            Rule::grid => ItemKind::Grid(self.grid(node)?),
            Rule::stage => ItemKind::Stage(self.stage(node)?),
            Rule::flow => ItemKind::Flow(self.flow(node)?),
            Rule::route => ItemKind::Route(self.route(node)?),
            Rule::queue => ItemKind::Queue(self.queue(node)?),
            Rule::sla => ItemKind::Sla(self.sla(node)?),
            Rule::promise => ItemKind::Promise(self.promise(node)?),
            Rule::claim => ItemKind::Claim(self.claim(node)?),
            Rule::test => ItemKind::Test(self.test(node)?),
            Rule::cases => ItemKind::Cases(self.cases(node)?),
            _ => return Err(Unbuilt),
        })
    }

    /// The span of a node: pest's, cut back to its last token.
    pub fn span(&self, node: &Node) -> Span {
        let span = node.as_span();
        let (start, end) = (self.places.start(span.start()), self.places.end(span.end()));
        let behind = self.tokens.partition_point(|token| token.start < end);
        let last_end = behind.checked_sub(1).and_then(|index| self.tokens.get(index)).map_or(end, |token| token.end);
        Span::new(self.source, start, end.min(last_end.max(start)))
    }

    /// The `##` lines directly above.
    pub fn doc(&self, span: Span) -> Option<Text> {
        self.docs.get(&(span.start as usize)).cloned()
    }

    /// A name without its backquotes; one that is not snake_case is reported, and is the one that its fix would write, so that what is said of
    /// it elsewhere goes with the fix.
    pub fn name(&mut self, node: Node) -> Name {
        let span = self.span(&node);
        let written = node.as_str();
        let text = written.trim_matches('`').to_owned();
        let is_snake_case = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_');
        if !is_snake_case {
            let diagnostic = Diagnostic::new(Code::Syntax, format!("`{text}`{NOT_A_NAME}")).at(span, "not in snake_case");
            let snake = snake_case(&text);
            let meant = snake.clone().unwrap_or(text);
            self.diagnostics.push(match snake {
                None => diagnostic
                    .help("choose a name that begins with a letter, such as `deal_size`; a string behind the name says how to show it"),
                Some(snake) => diagnostic.help(format!("write `{snake}`; a string behind the name says how to show it")).replace(
                    format!("rename to `{snake}`"),
                    Applicability::Unsafe,
                    span,
                    snake,
                ),
            });
            return Name { text: meant, span };
        }
        Name { text, span }
    }

    /// Under a node of the grammar's rule `names`.
    pub fn names(&mut self, node: Node) -> Vec<Name> {
        Parts::of(node).every(Rule::name).map(|name| self.name(name)).collect()
    }

    /// `readiness.demographic`
    pub fn path(&mut self, node: Node) -> Vec<Name> {
        self.names(node)
    }

    /// The name and the display name that begin most items.
    pub fn heading(&mut self, parts: &mut Parts) -> Built<(Name, Option<Text>)> {
        let name = self.name(parts.need(Rule::name)?);
        Ok((name, self.optional_text(parts)))
    }

    pub fn optional_text(&mut self, parts: &mut Parts) -> Option<Text> {
        parts.next_if(Rule::string).map(|string| self.text_of(string))
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports what is written otherwise in Leadwright, with the replacement.
    pub fn report_habit(&mut self, span: Span, instead: &str, help: &str) {
        let written = self.text[span.start as usize..span.end as usize].to_owned();
        self.report(
            Diagnostic::new(Code::Syntax, format!("write `{}` for `{written}`", instead.trim()))
                .at(span, "not a word of the language")
                .help(help)
                .replace(format!("replace by `{}`", instead.trim()), Applicability::Safe, span, instead),
        );
    }

    /// The character before a place, and the one behind it.
    pub fn is_blank_at(&self, offset: u32) -> bool {
        self.text[offset as usize..].chars().next().is_none_or(char::is_whitespace)
    }
}

/// The parts of a node, read from left to right.
pub(super) struct Parts<'i> {
    pairs: std::iter::Peekable<Pairs<'i, Rule>>,
}

impl<'i> Parts<'i> {
    pub fn of(node: Node<'i>) -> Parts<'i> {
        Parts { pairs: node.into_inner().peekable() }
    }

    /// The next part, if it has this rule, over the tokens before it; otherwise nothing is passed over.
    pub fn optional(&mut self, rule: Rule) -> Option<Node<'i>> {
        let mut ahead = self.pairs.clone();
        let found = ahead.find(|next| next.as_rule() == rule || !is_token(next.as_rule())).filter(|next| next.as_rule() == rule)?;
        self.pairs = ahead;
        Some(found)
    }

    /// The next part, which the grammar says has this rule.
    pub fn need(&mut self, rule: Rule) -> Built<Node<'i>> {
        self.optional(rule).ok_or(Unbuilt)
    }

    /// The parts with this rule that follow one another.
    pub fn every(&mut self, rule: Rule) -> impl Iterator<Item = Node<'i>> + use<'_, 'i> {
        std::iter::from_fn(move || self.optional(rule))
    }

    /// The next part or token, if it is this one; nothing is passed over.
    pub fn next_if(&mut self, rule: Rule) -> Option<Node<'i>> {
        self.pairs.next_if(|next| next.as_rule() == rule)
    }

    /// The next token, whatever it is; nothing is passed over.
    pub fn any_token(&mut self) -> Option<Node<'i>> {
        self.pairs.next_if(|next| is_token(next.as_rule()))
    }

    /// The next part, whatever it is; tokens are passed over.
    pub fn part(&mut self) -> Option<Node<'i>> {
        self.pairs.by_ref().find(|next| !is_token(next.as_rule()))
    }
}

impl<'i> Iterator for Parts<'i> {
    type Item = Node<'i>;

    /// The next part or token.
    fn next(&mut self) -> Option<Node<'i>> {
        self.pairs.next()
    }
}
