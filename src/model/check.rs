//! Trees to model: the one context that every part's checker works on.
//!
//! The order of work: `load` reads the files; `declare` enters every name; then the parts in the order of [`check`]. A checker never
//! stops at a mistake: it reports it and leaves out (or gives a harmless stand-in for) what it could not make sense of.

use rustc_hash::{FxHashMap, FxHashSet};

use super::hidden::Hidden;
use super::order::Memory;
use super::{ChoicesId, DecideId, FieldId, LetId, Policy, ScoreId, TableId};
use crate::diagnostic::Diagnostic;
use crate::source::{Files, SourceId, Sources, Span};
use crate::syntax::tree;

/// What a policy was made of, and everything found on the way. `policy` is only to be evaluated if no diagnostic is an error.
#[derive(Debug, Default)]
pub struct Checked {
    pub sources: Sources,
    pub files: Vec<tree::File>,
    pub policy: Policy,
    /// sorted by place
    pub diagnostics: Vec<Diagnostic>,
}

/// The day on which a policy is checked, for what its standard says of its age. The clock is an input: a check without a day asks nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    Day(jiff::civil::Date),
    /// microseconds since the epoch; its day is that of the policy's zone
    Moment(i64),
}

/// A name of the one space that fields, lets, scores, decides, routes and slas share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    Decide(DecideId),
    Route(usize),
    Sla(usize),
    /// Declared, but its declaration is wrong and reported: whoever uses the name says nothing more.
    Broken,
}

/// A signal as far as checking needs it.
#[derive(Clone, Debug)]
pub(crate) struct SignalInfo {
    pub name: String,
    pub span: Span,
    /// properties, as fields
    pub properties: Vec<super::Field>,
    /// properties whose type is wrong and reported: whoever uses one says nothing more
    pub broken_properties: FxHashSet<String>,
}

/// The trees of the derived values, in the order of their ids: `lets[id]`, `scores[id]`, `decides[id]` (a `decide` or a `grid`).
#[derive(Default)]
pub(crate) struct DerivedTrees<'t> {
    pub lets: Vec<(&'t tree::Item, &'t tree::Let)>,
    pub scores: Vec<(&'t tree::Item, &'t tree::Score)>,
    pub decides: Vec<(&'t tree::Item, DecideTree<'t>)>,
}

#[derive(Clone, Copy)]
pub(crate) enum DecideTree<'t> {
    Decide(&'t tree::Decide),
    Grid(&'t tree::Grid),
}

/// Every item of every file, by kind, in the order of the text.
#[derive(Default)]
pub(crate) struct Items<'t> {
    pub policies: Vec<(&'t tree::Item, &'t tree::Policy)>,
    pub standards: Vec<(&'t tree::Item, &'t tree::Standard)>,
    pub teams: Vec<(&'t tree::Item, &'t tree::Team)>,
    pub calendars: Vec<(&'t tree::Item, &'t tree::Calendar)>,
    pub leads: Vec<(&'t tree::Item, &'t tree::Lead)>,
    pub signals: Vec<(&'t tree::Item, &'t tree::Signal)>,
    pub groups: Vec<(&'t tree::Item, &'t tree::Group)>,
    pub tables: Vec<(&'t tree::Item, &'t tree::Table)>,
    pub stages: Vec<(&'t tree::Item, &'t tree::Stage)>,
    pub flows: Vec<(&'t tree::Item, &'t tree::Flow)>,
    pub routes: Vec<(&'t tree::Item, &'t tree::Route)>,
    pub queues: Vec<(&'t tree::Item, &'t tree::Queue)>,
    pub slas: Vec<(&'t tree::Item, &'t tree::Sla)>,
    pub promises: Vec<(&'t tree::Item, &'t tree::Promise)>,
    pub claims: Vec<(&'t tree::Item, &'t tree::Claim)>,
    pub tests: Vec<(&'t tree::Item, &'t tree::Test)>,
    pub cases: Vec<(&'t tree::Item, &'t tree::Cases)>,
    /// stages and queues of names that others have already: none of the policy's, but what they refer to is looked at
    pub further_stages: Vec<(&'t tree::Item, &'t tree::Stage)>,
    pub further_queues: Vec<(&'t tree::Item, &'t tree::Queue)>,
}

pub(crate) struct Checker<'t> {
    pub sources: &'t mut Sources,
    pub policy: Policy,
    pub diagnostics: Vec<Diagnostic>,
    pub names: FxHashMap<String, (Named, Span)>,
    pub tables: FxHashMap<String, TableId>,
    pub signals: FxHashMap<String, SignalInfo>,
    /// group name -> member signals
    pub groups: FxHashMap<String, Vec<String>>,
    pub teams: FxHashMap<String, Span>,
    pub calendars: FxHashMap<String, Span>,
    pub standards: FxHashMap<String, Span>,
    /// the standards that the policy follows, and where it says so
    pub followed: Vec<(&'t tree::Standard, Span)>,
    /// tables whose columns are wrong and reported: whoever looks one up says nothing more
    pub broken_tables: FxHashSet<String>,
    /// the choices that teams are, for cells of tables
    pub team_choices: Option<ChoicesId>,
    /// the header's currency is wrong and reported: amounts say nothing more
    pub currency_broken: bool,
    pub items: Items<'t>,
    pub derived: DerivedTrees<'t>,
    pub hidden: Hidden,
    /// the entry file, where "the policy as a whole" diagnostics point
    pub entry: SourceId,
    pub memory: Memory,
    pub as_of: Option<AsOf>,
}

impl<'t> Checker<'t> {
    pub fn new(sources: &'t mut Sources, entry: SourceId) -> Checker<'t> {
        Checker {
            sources,
            policy: Policy { timezone: "UTC".to_owned(), ..Policy::default() },
            diagnostics: Vec::new(),
            names: FxHashMap::default(),
            tables: FxHashMap::default(),
            signals: FxHashMap::default(),
            groups: FxHashMap::default(),
            teams: FxHashMap::default(),
            calendars: FxHashMap::default(),
            standards: FxHashMap::default(),
            followed: Vec::new(),
            broken_tables: FxHashSet::default(),
            team_choices: None,
            currency_broken: false,
            items: Items::default(),
            derived: DerivedTrees::default(),
            hidden: Hidden::default(),
            entry,
            memory: Memory::default(),
            as_of: None,
        }
    }

    /// Every part, in the order in which parts need each other.
    pub fn check(&mut self, files: &dyn Files, trees: &'t [tree::File]) {
        self.declare(trees);
        self.check_header();
        self.check_lead();
        self.check_teams();
        self.check_signals();
        self.check_stages();
        self.check_queues();
        self.check_tables(files);
        self.check_derived();
        self.check_flows();
        self.check_routes();
        self.check_clocks();
        // claims are about every day
        let looks_at_day = self.memory.looks_at_day;
        self.check_claims();
        self.memory.looks_at_day = looks_at_day;
        self.check_tests(files);
        self.check_standards();
        self.check_missing_passes();
        self.mend_renamed_columns();
        self.show_let_through();
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
