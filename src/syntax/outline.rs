//! What a file looks like: its tokens, its comments, and which tokens are which part of the language.
//!
//! Enters: what the scanner and pest found. Leaves: [`Outline`]. Always holds: parts are ranges of tokens, so that nothing here depends on
//! blanks, line ends or comments: two files with equal tokens, [`Outline::parts`] and [`Outline::docs`] have the same tree, but for places.
//! Parts bear the names that the grammar's rules have; the tree says what they mean.

use super::build;
use super::cut::Cut;
pub use super::grammar::Rule as Part;
use super::scan::Scan;
pub use super::scan::{Kind, Token};

#[derive(Debug, Default)]
pub struct Outline {
    pub tokens: Vec<Token>,
    pub comments: Vec<Comment>,
    /// The items that could be read.
    pub items: Vec<Node>,
    /// Every part of every item, the inside of expressions included, outer parts first.
    pub parts: Vec<(Part, usize, usize)>,
    /// The documentation that stands above tokens.
    pub docs: Vec<(usize, String)>,
}

#[derive(Clone, Copy, Debug)]
pub struct Comment {
    pub start: usize,
    pub end: usize,
    /// It stands alone on its line.
    pub own_line: bool,
    /// The token that follows; the number of tokens, if none does.
    pub before: usize,
}

/// A part of the language, down to expressions, whose inside is not divided.
#[derive(Debug)]
pub struct Node {
    pub part: Part,
    /// Its tokens.
    pub first: usize,
    pub end: usize,
    pub children: Vec<Node>,
}

impl Outline {
    pub(super) fn take(&mut self, text: &str, scan: &Scan, cut: &Cut) {
        self.tokens = scan.tokens.clone();
        let comment = |comment: &super::scan::Comment| Comment {
            start: comment.start,
            end: comment.start + text[comment.start..comment.end].trim_end().len(),
            own_line: comment.own_line,
            before: scan.tokens.partition_point(|token| token.start < comment.start),
        };
        self.comments = scan.comments.iter().map(comment).collect();
        let token = |start: &usize| self.tokens.partition_point(|token| token.start < *start);
        self.docs = cut.docs.iter().map(|(start, doc)| (token(start), doc.value.clone())).collect();
        self.docs.sort();
    }

    pub(super) fn add(&mut self, item: &build::Node, tokens: &[Token], offset: usize) {
        for pair in item.clone().into_inner().flatten() {
            let (first, end) = range(&pair, tokens, offset);
            self.parts.push((pair.as_rule(), first, end));
        }
        self.items.extend(item.clone().into_inner().next().map(|pair| node(&pair, tokens, offset)));
    }
}

/// Walks the rules that do not nest themselves: its depth is that of the longest way from `item` to `expression`.
fn node(pair: &build::Node, tokens: &[Token], offset: usize) -> Node {
    let part = pair.as_rule();
    let (first, end) = range(pair, tokens, offset);
    let undivided = matches!(part, Part::expression | Part::where_chain | Part::lookup | Part::constants);
    let children = if undivided {
        Vec::new()
    } else {
        pair.clone().into_inner().filter(|child| child.as_rule() != Part::EOI).map(|child| node(&child, tokens, offset)).collect()
    };
    Node { part, first, end, children }
}

fn range(pair: &build::Node, tokens: &[Token], offset: usize) -> (usize, usize) {
    let span = pair.as_span();
    let first = tokens.partition_point(|token| token.start < offset + span.start());
    let end = tokens.partition_point(|token| token.start < offset + span.end());
    (first, end.max(first))
}
