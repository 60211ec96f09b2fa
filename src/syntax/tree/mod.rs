//! The untyped tree: what the text says, before anyone asks whether it makes sense.
//!
//! Every node knows its span. Names are as written (backquotes removed); nothing is resolved. Chains (`a and b and c`, sums,
//! products, `else`) are lists, so that the depth of a tree is bounded by the nesting of brackets in the text.
//!
//! One file for each part of the language; their types are used by the path `tree::Name` alone.

mod clocks;
mod derived;
mod expressions;
mod header;
mod lead;
mod stages;
mod tests;

pub use clocks::*;
pub use derived::*;
pub use expressions::*;
pub use header::*;
pub use lead::*;
pub use stages::*;
pub use tests::*;

use crate::source::{SourceId, Span};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// A string literal, unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct File {
    pub source: SourceId,
    /// The number of `leadwright N`, if the line is there.
    pub version: Option<(u32, Span)>,
    pub items: Vec<Item>,
    /// What could not be read, in order; each has a reported mistake.
    pub unread: Vec<Unread>,
    /// Items among these, without the rows that could not be read.
    pub partial: Vec<Partial>,
    /// Every comment, in order, `#` included; documentation (`##`) too.
    pub comments: Vec<Comment>,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub span: Span,
    pub text: String,
}

/// Text that could not be read, so that the tree lacks what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The item word that it begins with; none if it begins with another, so that nobody knows what it was meant to be.
    pub word: Option<&'static str>,
    pub span: Span,
}

/// An item that stands in [`File::unread`], without the rows that could not be read: what is wrong in the others can be told, what the item as a whole
/// says is not known.
#[derive(Clone, Debug)]
pub struct Partial {
    pub item: Item,
    pub lacks: Vec<Unread>,
}

#[derive(Clone, Debug)]
pub struct Item {
    /// The `##` lines directly above, joined by newlines.
    pub doc: Option<Text>,
    pub span: Span,
    pub kind: ItemKind,
}

#[derive(Clone, Debug)]
pub enum ItemKind {
    Policy(Policy),
    Use(Text),
    Standard(Standard),
    Team(Team),
    Calendar(Calendar),
    Lead(Lead),
    Signal(Signal),
    Group(Group),
    Table(Table),
    Let(Let),
    Score(Score),
    Decide(Decide),
    Grid(Grid),
    Stage(Stage),
    Flow(Flow),
    Route(Route),
    Queue(Queue),
    Sla(Sla),
    Promise(Promise),
    Claim(Claim),
    Test(Test),
    Cases(Cases),
}

// --- literals ---------------------------------------------------------------------------------------------------------

/// A number as written: `mantissa` × 10^-`places`. `-25`, `250_000`, `12.50` (mantissa 1250, places 2), `100 EUR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    pub mantissa: i128,
    pub places: u8,
    /// Three capital letters behind the number.
    pub currency: Option<Name>,
    pub span: Span,
}

impl Number {
    /// In place of a number that cannot be read, which has been reported. No number that is written reaches it.
    pub(crate) const UNREADABLE: i128 = i128::MAX;

    /// Whether it has been reported that it cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.mantissa == Number::UNREADABLE
    }
}

/// `2026-11-18T15:00`, with seconds, `Z` or an offset if written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLiteral {
    pub local: jiff::civil::DateTime,
    /// Seconds east of UTC, if `Z` or an offset is written.
    pub offset: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Weeks,
}

/// `4 business hours`, `90 days`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duration {
    pub amount: u64,
    pub unit: Unit,
    pub business: bool,
    pub span: Span,
}
