//! The untyped tree: what the text says, before anyone asks whether it makes sense.
//!
//! Every node knows its span. Names are as written (backquotes removed); nothing is resolved. Chains (`a and b and c`, sums,
//! products, `else`) are lists, so that the depth of a tree is bounded by the nesting of brackets in the text.

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
    /// Every comment, in order, `#` included; documentation (`##`) too.
    pub comments: Vec<Comment>,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub span: Span,
    pub text: String,
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

// --- expressions ------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Number(Number),
    Text(String),
    YesNo(bool),
    Date(jiff::civil::Date),
    Time(TimeLiteral),
    /// `missing`, where a value stands (tests, `else` is not allowed to use it)
    Missing,
    /// `beds`, `readiness.demographic`, `stage`
    Path(Vec<Name>),
    /// `territories[state].queue`, `desks[product, state].queue`
    Cell {
        table: Name,
        keys: Vec<Expr>,
        column: Name,
    },
    /// `a + b - c`; the first sign is `Plus`
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c % d to 2 places`; the first operator is `Times`
    Product {
        factors: Vec<(Factor, Expr)>,
        places: Option<(u8, Span)>,
    },
    /// `larger of (A, B)`
    Larger(Vec<Expr>),
    /// `smaller of (A, B)`
    Smaller(Vec<Expr>),
    /// `A else CONSTANT`
    Else {
        value: Box<Expr>,
        default: Box<Expr>,
    },
    /// `days since A`
    DaysSince(Box<Expr>),
    /// `days until A`
    DaysUntil(Box<Expr>),
    /// `domain of email`
    DomainOf(Box<Expr>),
    Measure(Box<Measure>),
    /// `in parentheses`
    Paren(Box<Expr>),

    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// `not a`; of several in a row one or two are kept, which mean the same
    Not(Box<Expr>),
    Implies(Box<Expr>, Box<Expr>),
    /// `a >= b`
    Compare {
        left: Box<Expr>,
        operator: Comparison,
        operator_span: Span,
        right: Box<Expr>,
    },
    /// `a is B`, `a is not B`, `a is one of B, C`, `a is not one of B, C`
    Is {
        left: Box<Expr>,
        negated: bool,
        choices: Vec<Expr>,
        one_of: bool,
    },
    /// `a is same as b`, `a is not same as b`
    SameAs {
        left: Box<Expr>,
        negated: bool,
        right: Box<Expr>,
    },
    /// `a is missing` (known = false), `a is known`; `is not missing` and `is not known` turn it round
    IsKnown {
        left: Box<Expr>,
        known: bool,
    },
    /// `a between B and C`, `a is between B and C`, both ends in
    Between {
        left: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    /// `products has service`, `products has any of A, B` (all = false, when several)
    Has {
        left: Box<Expr>,
        choices: Vec<Expr>,
    },
    /// `path starts with "/careers"`
    StartsWith {
        left: Box<Expr>,
        text: Text,
    },
    EndsWith {
        left: Box<Expr>,
        text: Text,
    },
    Contains {
        left: Box<Expr>,
        text: Text,
    },
    /// `entering mql` as a condition
    Entering(Name),
    /// `leaving mql` as a condition
    Leaving(Name),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    Times,
    Over,
    Remainder,
}

/// `>= > <= <`; equality is written `is`, see [`ExprKind::Is`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// A measure over signals or over the stage log.
#[derive(Clone, Debug)]
pub struct Measure {
    pub kind: MeasureKind,
    pub subject: Subject,
    /// of `sum of`, `first of`, `last of`
    pub property: Option<Name>,
    pub condition: Option<Expr>,
    /// `in last N days`
    pub window: Option<Duration>,
    pub since: Option<Since>,
    pub cap: Option<Cap>,
    pub fading: Option<Fading>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureKind {
    CountOf,
    Any,
    SumOf,
    FirstOf,
    LastOf,
    DaysSinceLast,
    /// `days in mql`
    DaysIn,
}

#[derive(Clone, Debug)]
pub enum Subject {
    /// a signal or a group of signals
    Signal(Name),
    /// `entering mql`
    Entering(Name),
    Leaving(Name),
    /// of `days in mql`
    Stage(Name),
}

#[derive(Clone, Debug)]
pub enum Since {
    Entering(Name),
    LastSignal(Name),
}

/// `at most 1 per day`, `at most 1 per 90 days`, `at most 1 ever`
#[derive(Clone, Debug)]
pub struct Cap {
    pub amount: u64,
    pub per: Period,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Period {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Days(u64),
    Ever,
}

#[derive(Clone, Debug)]
pub enum Fading {
    /// `fading half every N days`
    HalfEvery(Duration),
    /// `fading to nothing over N days`
    ToNothingOver(Duration),
}

// --- header, teams, calendars -----------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Policy {
    pub name: Name,
    pub display: Option<Text>,
    pub properties: Vec<PolicyProperty>,
}

#[derive(Clone, Debug)]
pub enum PolicyProperty {
    Version(Text),
    Owner(Name),
    Timezone(Text),
    /// three capital letters
    Currency(Name),
    Follows(Vec<Name>),
}

#[derive(Clone, Debug)]
pub struct Team {
    pub name: Name,
    pub display: Option<Text>,
    pub members: Vec<Name>,
    /// `on us_sales`
    pub calendar: Option<Name>,
}

#[derive(Clone, Debug)]
pub struct Calendar {
    pub name: Name,
    pub display: Option<Text>,
    pub timezone: Option<Text>,
    pub hours: Vec<Hours>,
    pub closed: Vec<(jiff::civil::Date, Option<Text>, Span)>,
    pub special: Vec<Special>,
}

/// `mon to fri 08:30 to 12:00, 13:00 to 17:00`; a single day has first = last. Minutes from midnight, 24:00 = 1440.
#[derive(Clone, Debug)]
pub struct Hours {
    pub first: jiff::civil::Weekday,
    pub last: jiff::civil::Weekday,
    pub blocks: Vec<Block>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub open_minute: u16,
    pub close_minute: u16,
    pub span: Span,
}

/// `special 2026-12-24 "Christmas Eve" 08:30 to 12:00`
#[derive(Clone, Debug)]
pub struct Special {
    pub date: jiff::civil::Date,
    pub display: Option<Text>,
    pub blocks: Vec<Block>,
    pub span: Span,
}

// --- lead, signals, tables --------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Lead {
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub doc: Option<Text>,
    pub name: Name,
    pub display: Option<Text>,
    pub ty: TypeExpr,
    pub key: Option<Span>,
    pub optional: Option<Span>,
    /// `from marketo "Number_of_Beds", salesforce "Beds__c"`
    pub sources: Vec<(Name, Text)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TypeExpr {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TypeKind {
    Text,
    Whole,
    WholeRange(Number, Number),
    /// `decimal 2`, `decimal 2 0..100`
    Decimal {
        places: u8,
        range: Option<(Number, Number)>,
    },
    /// `money`, `money EUR`, `money 0..1_000_000`
    Money {
        currency: Option<Name>,
        range: Option<(Number, Number)>,
    },
    YesNo,
    OneOf(Vec<Choice>),
    SomeOf(Vec<Choice>),
    Date,
    Time,
    /// a cell that names a queue
    Queue,
    /// a cell that names a team
    Team,
    /// a cell that names an owner
    Owner,
    /// a cell that names a stage
    Stage,
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub name: Name,
    /// spellings that systems use
    pub spellings: Vec<Text>,
}

#[derive(Clone, Debug)]
pub struct Signal {
    pub name: Name,
    pub display: Option<Text>,
    /// `by inside_sales`
    pub by: Option<Name>,
    /// `ignore bursts of 4 within 1 second`
    pub bursts: Option<(u64, Duration)>,
    pub properties: Vec<Field>,
}

/// `group scoring = page_view, form_fill`
#[derive(Clone, Debug)]
pub struct Group {
    pub name: Name,
    pub display: Option<Text>,
    pub members: Vec<Name>,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: Name,
    pub display: Option<Text>,
    /// `from "file.csv"`; none for `from input`
    pub file: Option<Text>,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub doc: Option<Text>,
    pub name: Name,
    pub ty: TypeExpr,
    pub key: Option<Span>,
    /// `prefix key`
    pub prefix: bool,
    pub optional: Option<Span>,
    pub span: Span,
}

// --- derived values ---------------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Let {
    pub name: Name,
    pub display: Option<Text>,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub struct Score {
    pub name: Name,
    pub display: Option<Text>,
    pub running: Option<Span>,
    /// `from 0 to 100`
    pub range: Option<(Number, Number)>,
    /// `rounded to 0 places`
    pub rounded: Option<(u8, Span)>,
    pub parts: Vec<ScorePart>,
}

#[derive(Clone, Debug)]
pub enum ScorePart {
    Section(Section),
    Adjust(Adjust),
    /// `for role is pharmacist { … }`, `otherwise { … }` (condition none)
    Persona {
        condition: Option<Expr>,
        sections: Vec<Section>,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub struct Section {
    pub doc: Option<Text>,
    pub name: Name,
    pub display: Option<Text>,
    /// `40%`
    pub weight: Option<Number>,
    /// `points`
    pub points: Option<Span>,
    /// `up to 45`
    pub up_to: Option<Number>,
    pub rows: Vec<SectionRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum SectionRow {
    Attribute(Attribute),
    Points(PointsRow),
}

/// `beds 30% { … }`; in a points section without a weight
#[derive(Clone, Debug)]
pub struct Attribute {
    pub doc: Option<Text>,
    /// a path or a cell
    pub subject: Expr,
    pub display: Option<Text>,
    pub weight: Option<Number>,
    pub rows: Vec<BandRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BandRow {
    pub patterns: Vec<Pattern>,
    pub points: Points,
    pub because: Option<Text>,
    pub span: Span,
}

/// What a row of an attribute, a grid's edge matches.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    /// a choice, `yes`, `"OH"`, a number, a date
    Value(Expr),
    /// `500 or more`
    OrMore(Expr),
    /// `under 100`
    Under(Expr),
    /// `100 to 499`, both in
    To(Expr, Expr),
    /// `100 to under 500`
    ToUnder(Expr, Expr),
    Missing,
    Otherwise,
}

#[derive(Clone, Debug)]
pub enum Points {
    Constant(Number),
    /// `2 each`
    Each(Number, Span),
    /// `1 per 500`
    Per(Number, Number, Span),
}

/// A row of a points section.
#[derive(Clone, Debug)]
pub struct PointsRow {
    pub doc: Option<Text>,
    pub points: Number,
    pub kind: PointsKind,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PointsKind {
    /// `-5 when quiet_days > 30`
    When(Expr),
    /// `+100 per ask_for_rep where … at most 1 per day`, `-25 per 3 careers_view`
    Per {
        every: u64,
        subject: Subject,
        condition: Option<Expr>,
        window: Option<Duration>,
        since: Option<Since>,
        cap: Option<Cap>,
        fading: Option<Fading>,
    },
    /// `-10 per 30 days without scoring at most 3 ever`
    PerQuiet { duration: Duration, signal: Name, cap: Option<Cap> },
}

#[derive(Clone, Debug)]
pub struct Adjust {
    pub doc: Option<Text>,
    pub points: Number,
    pub condition: Expr,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Decide {
    pub name: Name,
    pub display: Option<Text>,
    pub rows: Vec<DecideRow>,
}

#[derive(Clone, Debug)]
pub struct DecideRow {
    pub doc: Option<Text>,
    pub outcome: Name,
    pub display: Option<Text>,
    pub guard: Guard,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Guard {
    When(Expr),
    Otherwise(Span),
}

/// `grid grade of fit across engagement { 75 or more, under 75   70 or more a1, a2   under 70 b1, b2 }`
#[derive(Clone, Debug)]
pub struct Grid {
    pub name: Name,
    pub display: Option<Text>,
    /// `of`: what the rows cut
    pub rows_of: Expr,
    /// `across`: what the columns cut
    pub columns_of: Expr,
    pub columns: Vec<Pattern>,
    pub rows: Vec<GridRow>,
}

#[derive(Clone, Debug)]
pub struct GridRow {
    pub pattern: Pattern,
    pub outcomes: Vec<Name>,
    pub span: Span,
}

// --- stages, flow, routes ---------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Stage {
    pub name: Name,
    pub display: Option<Text>,
    pub owner: Option<Name>,
    pub start: Option<Span>,
    pub is_final: Option<Span>,
    pub raci: Vec<Raci>,
}

#[derive(Clone, Debug)]
pub struct Raci {
    pub role: RaciRole,
    pub teams: Vec<Name>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaciRole {
    Accountable,
    Responsible,
    Consulted,
    Informed,
}

#[derive(Clone, Debug)]
pub struct Flow {
    pub name: Option<Name>,
    pub rows: Vec<FlowRow>,
}

#[derive(Clone, Debug)]
pub struct FlowRow {
    pub doc: Option<Text>,
    pub from: FromStages,
    pub to: Name,
    pub trigger: Trigger,
    /// a further `when` behind `on` or `after`
    pub condition: Option<Expr>,
    pub recycle: Option<Recycle>,
    pub because: Option<Because>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum FromStages {
    Listed(Vec<Name>),
    /// `any`, `any except won, lost`
    Any {
        except: Vec<Name>,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub enum Trigger {
    When(Expr),
    On { signal: Name, condition: Option<Expr> },
    After { duration: Duration, without: Option<Name> },
}

#[derive(Clone, Debug)]
pub struct Recycle {
    /// `forget behavioural`
    pub forget: Option<Name>,
    /// `rest 90 days`
    pub rest: Option<Duration>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Because {
    Text(Text),
    /// `because call.reason`
    Property(Vec<Name>, Span),
}

#[derive(Clone, Debug)]
pub struct Route {
    pub name: Name,
    pub display: Option<Text>,
    /// `for each product in products`
    pub each: Option<(Name, Name)>,
    pub condition: Option<Expr>,
    pub rows: Vec<RouteRow>,
}

#[derive(Clone, Debug)]
pub struct RouteRow {
    pub doc: Option<Text>,
    pub target: RouteTarget,
    pub guard: Guard,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RouteTarget {
    Queue(Name),
    /// `by territories[state].queue`; without a guard of its own the row has `when yes`: it applies if the look-up finds a queue
    By(Expr),
    KeepOwner(Span),
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub name: Name,
    pub display: Option<Text>,
    pub team: Option<Name>,
    pub rotate: Option<Rotate>,
}

#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each queue, hence few")]
pub enum Rotate {
    /// `rotate rep_a weight 1, rep_b weight 2` (weight 1 if not written); `capacity 50` if written
    Owners(Vec<Turn>, Span),
    /// `rotate from reps weight reps.ramp skip when … otherwise duty_desk`
    Table { table: Name, weight: Option<Vec<Name>>, skip: Option<Expr>, otherwise: Option<Name>, span: Span },
}

#[derive(Clone, Debug)]
pub struct Turn {
    pub owner: Name,
    pub weight: Option<Number>,
    pub capacity: Option<Number>,
    pub span: Span,
}

// --- clocks, promises, claims, standards ------------------------------------------------------------------------------

#[derive(Clone, Debug)]
pub struct Sla {
    pub name: Name,
    pub display: Option<Text>,
    pub rows: Vec<SlaRow>,
}

#[derive(Clone, Debug)]
pub struct SlaRow {
    pub kind: SlaKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum SlaKind {
    Starts(Moment),
    Stops(Moment),
    Restarts(Moment),
    /// `pauses when …`, `pauses on out_of_office for 1 week`
    Pauses {
        on: Moment,
        length: Option<Duration>,
    },
    Within {
        duration: Duration,
        guard: Option<Guard>,
    },
    By(Name),
    /// `remind owner at 80%`
    Remind {
        whom: Name,
        at: Number,
    },
    /// `breach notify sales_manager`, `breach reassign after 8 business hours`
    Breach {
        action: BreachAction,
        after: Option<Duration>,
    },
    /// `escalate to sales_manager after 2 business hours, director after 1 business day`
    Escalate(Vec<(Name, Duration)>),
}

#[derive(Clone, Debug)]
pub enum Moment {
    WhenEntering(Name),
    WhenLeaving(Name),
    When(Expr),
    On { signal: Name, condition: Option<Expr> },
}

#[derive(Clone, Debug)]
pub enum BreachAction {
    Notify(Name),
    Reassign,
}

#[derive(Clone, Debug)]
pub struct Promise {
    pub who: Name,
    pub kind: PromiseKind,
    pub per: Period,
}

#[derive(Clone, Debug)]
pub enum PromiseKind {
    /// `delivers 400 mql`
    Delivers { amount: u64, stage: Name },
    /// `meets first_touch for 90%`
    Meets { sla: Name, share: Number },
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub title: Text,
    pub kind: ClaimKind,
}

#[derive(Clone, Debug)]
pub enum ClaimKind {
    Always(Expr),
    Never(Expr),
    Possible(Expr),
    /// `readiness never falls as beds rises`
    Monotone {
        value: Vec<Name>,
        negated: bool,
        direction: Direction,
        field: Name,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Rises,
    Falls,
}

#[derive(Clone, Debug)]
pub struct Standard {
    pub name: Name,
    pub display: Option<Text>,
    pub requires: Vec<Require>,
}

/// A requirement is kept as its words: `require weight of section demographic <= 50% because "…" as warning`.
#[derive(Clone, Debug)]
pub struct Require {
    pub words: Vec<Word>,
    pub because: Option<Text>,
    pub as_warning: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Word {
    Name(Name),
    /// a reserved word
    Keyword(Name),
    /// `status.qualified`
    Path(Vec<Name>),
    Number(Number),
    /// `50%`
    Percent(Number),
    Text(Text),
    Duration(Duration),
    Comparison(Comparison, Span),
    Comma(Span),
}

#[derive(Clone, Debug)]
pub struct Test {
    pub title: Text,
    pub as_of: Option<(TimeLiteral, Span)>,
    /// `stage mql`, `stage mql since 3 days ago`
    pub stage: Option<(Name, Option<Ago>)>,
    pub lead: Vec<Given>,
    pub signals: Vec<GivenSignal>,
    pub expect: Vec<Expected>,
    pub span: Span,
}

/// When something happened in a test.
#[derive(Clone, Debug)]
pub enum Ago {
    /// `3 days ago`
    Before(Duration),
    At(TimeLiteral, Span),
}

/// `site_of_care hospital`, `products dispensing, service`
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Name,
    pub values: Vec<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct GivenSignal {
    pub signal: Name,
    pub when: Ago,
    pub properties: Vec<Given>,
    pub span: Span,
}

/// `readiness 82.78`, `first_touch.due 2026-11-18T15:05`, `handover missing`
#[derive(Clone, Debug)]
pub struct Expected {
    pub path: Vec<Name>,
    pub value: Expr,
    pub span: Span,
}
