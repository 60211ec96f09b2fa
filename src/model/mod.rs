//! The typed, resolved, inert policy.
//!
//! Enters: the untyped trees of a policy's files and the CSV text of its tables. Leaves: [`Policy`], in which every name is an
//! index, every expression has a type, and every constant is an integer in the units of what it is compared with.
//! Always holds, when no error was reported: indexes are valid; `order` lists every derived value after all that it needs; the
//! rows of attributes, decides and grids cover their domain; no score can leave 64 bits.
//!
//! Units of integers: a number of scale `n` is counted in 10^-n; money in minor units of the policy's currency; a date in days
//! since 1970-01-01; a time in microseconds since 1970-01-01T00:00Z; `yes_no` is 0 or 1; a `one of` is the index of its choice;
//! a `some of` has bit `i` set for choice `i` (at most 63 choices; empty is missing).

mod arithmetic;
mod cells;
pub(crate) mod check;
mod conditions;
mod constants;
mod coverage;
mod csv_text;
mod currencies;
mod decides;
mod decimals;
mod declare;
mod exhaustive;
pub(crate) mod expressions;
mod flow;
mod fold;
mod header;
mod later;
mod lead;
mod lets;
mod load;
mod lookups;
mod measures;
pub(crate) mod order;
mod paths;
mod patterns;
mod queues;
mod ranges;
mod resolve;
mod routes;
mod score_scale;
mod scores;
mod signals;
mod stages;
mod table_rows;
mod tables;
mod teams;
mod tests;
mod types;
pub mod value;
mod weights;
mod words;

pub use check::Checked;
pub use load::check;
pub use value::{Constant, Decimal, Interval, Type, Unit};

use crate::source::Span;
use crate::syntax::tree::{Factor, Sign};

pub type FieldId = usize;
pub type LetId = usize;
pub type ScoreId = usize;
pub type DecideId = usize;
pub type TableId = usize;
pub type ChoicesId = usize;

/// The most choices a `some of` may have: one bit each, and the sign bit stays free.
pub const SOME_OF_CHOICES_MAX: usize = 63;

/// The most key columns a table may have.
pub const TABLE_KEYS_MAX: usize = 4;

#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub version: Option<String>,
    /// IANA name; `UTC` if the policy names none
    pub timezone: String,
    pub currency: Option<Currency>,
    /// every set of names that a value can take: fields, decides, stages, queues, owners, teams
    pub choices: Vec<Choices>,
    pub fields: Vec<Field>,
    pub key: Option<FieldId>,
    pub tables: Vec<Table>,
    pub lets: Vec<Let>,
    pub scores: Vec<Score>,
    pub decides: Vec<Decide>,
    pub stages: Vec<Stage>,
    /// the choices whose indexes are stage numbers
    pub stage_choices: Option<ChoicesId>,
    pub start_stage: Option<usize>,
    pub flows: Vec<Flow>,
    pub queues: Vec<Queue>,
    pub queue_choices: Option<ChoicesId>,
    /// everyone that a queue rotates among
    pub owner_choices: Option<ChoicesId>,
    pub routes: Vec<Route>,
    /// lets, scores and decides, each after all that it needs
    pub order: Vec<Derived>,
    pub tests: Vec<Test>,
    /// parts that parse and check but that scoring does not do yet; scoring reports each as `NotEvaluated`
    pub unevaluated: Vec<Unevaluated>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217, e.g. `USD`
    pub code: [u8; 3],
    /// decimal places of the minor unit: USD 2, JPY 0
    pub places: u8,
}

/// A part of the language that is not evaluated yet, e.g. what = "`sla first_touch`".
#[derive(Clone, Debug)]
pub struct Unevaluated {
    pub what: String,
    /// A score would be wrong or incomplete without it, so scoring refuses. Claims, promises and the signals of tests are false: only
    /// their own commands need them.
    pub scoring: bool,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Derived {
    Let(LetId),
    Score(ScoreId),
    Decide(DecideId),
}

#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub members: Vec<ChoiceMember>,
}

#[derive(Clone, Debug)]
pub struct ChoiceMember {
    pub name: String,
    pub display: Option<String>,
    /// every accepted spelling, folded with [`value::fold_choice`], the name included
    pub spellings: Vec<String>,
    pub span: Span,
}

impl Choices {
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    /// The choice that a cell of a file means, by any of its spellings.
    pub fn index_of_spelling(&self, cell: &str) -> Option<usize> {
        let folded = value::fold_choice(cell);
        self.members.iter().position(|member| member.spellings.contains(&folded))
    }
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub ty: Type,
    /// bounds of the schema, in the type's units; a value outside makes a bad row
    pub range: Option<Interval>,
    pub optional: bool,
    /// (system, column name there)
    pub sources: Vec<(String, String)>,
    pub span: Span,
}

/// A look-up table with its rows.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<TableColumn>,
    pub row_count: usize,
    /// `from input`: given at run time, not evaluated yet
    pub from_input: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TableColumn {
    pub name: String,
    pub ty: Type,
    pub key: bool,
    /// the longest key that the value starts with (text keys only; at most one such column)
    pub prefix: bool,
    pub optional: bool,
    /// of a text column: distinct texts (folded with [`value::fold_text`]); cells are indexes into it
    pub dictionary: Vec<String>,
    /// of a text column: the texts as first written, parallel to `dictionary`
    pub spelled: Vec<String>,
    /// one per row, in the type's units
    pub cells: Vec<Option<i64>>,
    pub span: Span,
}

// --- expressions ------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Type,
    /// can be missing
    pub optional: bool,
    /// bounds of a known value, for numbers, dates and times
    pub range: Option<Interval>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Constant(Constant),
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    /// index into [`Score::sections`]
    Section(ScoreId, usize),
    Decide(DecideId),
    /// the stage before the transition
    Stage,
    Cell {
        table: TableId,
        keys: Vec<Expr>,
        column: usize,
    },
    /// members keep their own scale; the sum has the largest
    Sum(Vec<(Sign, Expr)>),
    /// `Times` and `Over` only: the exact quotient of all numerators by all denominators, rounded once, half away from zero,
    /// to the scale of the expression's type (which is the sum of scales if there is no denominator and no `to N places`)
    Product(Vec<(Factor, Expr)>),
    /// `left % right`: sign of the left side, scale the larger of both, missing when the right side is zero
    Remainder(Box<Expr>, Box<Expr>),
    Larger(Vec<Expr>),
    Smaller(Vec<Expr>),
    Else(Box<Expr>, Constant),
    /// whole days from the value's calendar day to as-of's, in the policy's zone; missing if negative
    DaysSince(Box<Expr>),
    DaysUntil(Box<Expr>),
    /// the part behind the last `@` of a text, missing without one
    DomainOf(Box<Expr>),
    /// a measure over signals or the stage log: typed, not evaluated yet
    Measure(String),

    // conditions: `yes_no`, never missing
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Implies(Box<Expr>, Box<Expr>),
    /// a number, date or time with a constant; the constant may have more places than the left side
    CompareConstant {
        left: Box<Expr>,
        operator: Operator,
        right: Decimal,
    },
    /// two values of one unit, perhaps of two scales
    Compare {
        left: Box<Expr>,
        operator: Operator,
        right: Box<Expr>,
    },
    /// `is one of`: choice indexes, 0/1 of `yes_no`, or numbers, dates, times in the left side's units
    IsOneOf {
        left: Box<Expr>,
        negated: bool,
        values: Vec<i64>,
    },
    /// texts folded with [`value::fold_text`]
    IsText {
        left: Box<Expr>,
        negated: bool,
        values: Vec<String>,
    },
    SameAs {
        left: Box<Expr>,
        negated: bool,
        right: Box<Expr>,
    },
    IsKnown {
        left: Box<Expr>,
        known: bool,
    },
    /// any of the bits
    Has {
        left: Box<Expr>,
        mask: i64,
    },
    TextTest {
        left: Box<Expr>,
        test: TextTest,
        text: String,
    },
    Entering(usize),
    Leaving(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    AtLeast,
    Above,
    AtMost,
    Below,
}

#[derive(Clone, Debug)]
pub struct Let {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub value: Expr,
    pub span: Span,
}

// --- scores -----------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Score {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// every section name of every persona, once, with the type of its score
    pub sections: Vec<SectionName>,
    /// first match; a score without personas has one, without condition
    pub personas: Vec<Persona>,
    pub adjusts: Vec<Adjust>,
    /// `from A to B`, in units of `sum_scale`: applied before rounding
    pub range: Option<Interval>,
    /// `rounded to N places`
    pub rounded: Option<u8>,
    /// scale of the exact sum, before rounding: the least at which every possible sum is an integer
    pub sum_scale: u8,
    /// bounds of the exact sum before the range is applied, in units of `sum_scale`
    pub sum_interval: Interval,
    /// scale of the score: `rounded` if written, else `sum_scale`
    pub scale: u8,
    /// bounds of the score
    pub interval: Interval,
    /// `running`: not evaluated yet
    pub running: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct SectionName {
    pub name: String,
    pub display: Option<String>,
    /// scale of the section's score
    pub scale: u8,
    pub interval: Interval,
    /// some persona lacks it
    pub optional: bool,
}

#[derive(Clone, Debug)]
pub struct Persona {
    /// none for `otherwise` and for a score without personas
    pub condition: Option<Expr>,
    pub sections: Vec<Section>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Section {
    /// index into [`Score::sections`]
    pub name: usize,
    pub doc: Option<String>,
    pub kind: SectionKind,
    pub attributes: Vec<Attribute>,
    pub points: Vec<PointsRow>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// per cent
    Weighted(Decimal),
    /// raw points, at most so many
    Points { up_to: Option<Decimal> },
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub doc: Option<String>,
    /// as written: `beds`, `territories[state].region`
    pub name: String,
    pub display: Option<String>,
    pub subject: Expr,
    /// per cent of the section; none in a points section
    pub weight: Option<Decimal>,
    /// in the order written; together they cover the subject's domain
    pub rows: Vec<BandRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BandRow {
    pub matchers: Vec<Matcher>,
    pub points: RowPoints,
    pub because: Option<String>,
    /// as written: `500 or more`
    pub text: String,
    pub span: Span,
}

/// What a row of an attribute or an edge of a grid matches. Rows do not overlap, except `Otherwise`, which takes what no
/// other row of its block takes (a missing value only if there is no `Missing` row), and over `some of`, where the highest matching
/// priority counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Matcher {
    /// choice index, or 0/1 of `yes_no`
    Choice(usize),
    /// folded
    Text(String),
    /// both ends in, in the subject's units; none is open
    Range {
        low: Option<i64>,
        high: Option<i64>,
    },
    Missing,
    Otherwise,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowPoints {
    Constant(Decimal),
    /// times the subject's value (`5 each` over a decimal 2 value of 1.50 gives 7.5)
    Each(Decimal),
    /// points for each full `step` (in the subject's units, positive), counted toward zero
    Per {
        points: Decimal,
        step: i64,
    },
}

/// `+5 when …` of a points section.
#[derive(Clone, Debug)]
pub struct PointsRow {
    pub doc: Option<String>,
    pub points: Decimal,
    /// none for rows over signals, which are not evaluated yet
    pub condition: Option<Expr>,
    pub because: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Adjust {
    pub doc: Option<String>,
    pub points: Decimal,
    pub condition: Expr,
    pub because: Option<String>,
    pub span: Span,
}

// --- decide, stage, flow, route ---------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Decide {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub choices: ChoicesId,
    pub body: DecideBody,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum DecideBody {
    /// first match; the rows are exhaustive
    Rows(Vec<DecideRow>),
    Grid(Box<Grid>),
}

#[derive(Clone, Debug)]
pub struct DecideRow {
    pub doc: Option<String>,
    pub outcome: usize,
    /// none for `otherwise`
    pub condition: Option<Expr>,
    pub because: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Grid {
    pub rows_of: Expr,
    pub columns_of: Expr,
    pub columns: Vec<Edge>,
    pub rows: Vec<(Edge, Vec<usize>)>,
}

/// One edge of a grid: a column's or a row's pattern. Edges cover the domain.
#[derive(Clone, Debug)]
pub struct Edge {
    pub matcher: Matcher,
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Stage {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub owner: Option<String>,
    pub start: bool,
    pub is_final: bool,
    pub accountable: Vec<String>,
    pub responsible: Vec<String>,
    pub consulted: Vec<String>,
    pub informed: Vec<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Flow {
    pub name: Option<String>,
    pub rows: Vec<FlowRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct FlowRow {
    pub doc: Option<String>,
    /// stage numbers, ascending
    pub from: Vec<usize>,
    pub to: usize,
    pub trigger: Trigger,
    pub recycle: bool,
    /// `rest N days`, in seconds
    pub rest_seconds: Option<i64>,
    pub because: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Trigger {
    When(Expr),
    /// `on` and `after` rows: not evaluated yet
    Later,
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub team: Option<String>,
    /// (index into the owner choices, weight); empty without rotation
    pub rotation: Vec<(usize, u32)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Route {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub condition: Option<Expr>,
    pub rows: Vec<RouteRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct RouteRow {
    pub doc: Option<String>,
    pub target: RouteTarget,
    /// none for `otherwise`
    pub condition: Option<Expr>,
    pub because: Option<String>,
    /// the target as written
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RouteTarget {
    Queue(usize),
    /// a `one of` over the queues, perhaps missing: then the row does not apply
    By(Expr),
    /// not evaluated yet
    KeepOwner,
}

// --- tests ------------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Test {
    pub title: String,
    /// microseconds since the epoch
    pub as_of: Option<i64>,
    /// stage number before the evaluation
    pub stage: Option<usize>,
    /// per field, the value in its units (texts as written); none is missing
    pub lead: Vec<Option<Constant>>,
    pub expect: Vec<Expected>,
    /// it gives signals, which are not evaluated yet
    pub later: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Expected {
    /// as written: `readiness.demographic`
    pub path: String,
    pub target: Target,
    /// none for `missing`
    pub value: Option<Constant>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    Section(ScoreId, usize),
    Decide(DecideId),
    /// the stage after the transition
    Stage,
    Route(usize),
    /// `handover.owner`
    RouteOwner(usize),
    /// clocks: not evaluated yet
    Later,
}
