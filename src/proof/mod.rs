//! Proof: what always holds of a policy, and leads that show what can be.
//!
//! Enters: a checked policy and its plain program. Leaves: for a condition over the program's values, whether some lead meets it: never, or yes with
//! a lead, or undecided within the budget; for a value, all that it can be. Always holds: "never" was reached by excluding every part of every domain, over domains that
//! are at least as wide as what leads can be; "yes" comes with a lead that was replayed through the interpreter, at the as-of
//! given with it. Nothing in between is given out as either.
//!
//! ```text
//! program ──translate──▶ graph (equal values are one node; thresholds move to variables)
//! inputs ──variables──▶ domains, cut by comparisons       graph ──search──▶ a part of the domains where a condition holds
//!                                                          graph ──sets──▶ every value of a score
//! part ──witness, histories──▶ lead ──interpreter──▶ shown, or undecided
//! ```
//!
//! [`Prover`] answers single conditions and claims; [`questions`] asks all that can be asked of a policy.

mod algebra;
pub mod as_test;
mod between;
mod boxes;
mod caps;
mod cells;
mod changes;
mod claims;
mod combinations;
mod condition;
mod differences;
mod events;
mod graph;
mod histories;
mod moves;
mod number;
pub mod open;
mod part;
pub mod questions;
mod reach;
mod restrict;
mod search;
mod sets;
mod showing;
mod smallest;
mod spellings;
mod stages;
mod texts;
mod translate;
mod variables;
pub mod versions;
mod witness;

use std::rc::Rc;

use num_bigint::BigUint;

pub use cells::{Counts, Uncounted};
pub use claims::Answer;
pub use condition::Condition;
pub use reach::{Reach, Way};
pub use sets::Values;
pub use showing::Missed;
pub use witness::{AS_OF, Witness, plainest};

use self::cells::{Cells, Counted, each_part};
use self::graph::{Graph, Leaf, NodeId};
use self::search::{Domains, Memory, Search, Spent};
use self::sets::Sets;
use self::translate::Translation;
use self::variables::{Ground, Meaning, Variable, Variables};
use crate::interpret;
use crate::model::{ColumnId, Constant, FieldId, Interval, Policy};
use crate::program::{Lowered, Value};
use crate::record::{self, Histories, Lead};

/// Whether some lead meets a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Possible {
    Never,
    Yes(Box<Witness>),
    Undecided(Why),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// the question needs more steps than it may take
    Budget,
    /// values that meet the condition were found, but no lead that has them all: they belong to one history, or one text
    NoLead,
    /// numbers leave 64 bits on the way, or texts are told apart in too many ways
    TooWide,
    /// rows of a table are given at run time, and what they say is not known
    OpenTable,
    /// a field that the answer rests on is of another type in the other version
    Retyped,
    /// a field that is calculated with has no range
    NoRange,
    /// a measure that it rests on starts anew, or goes on, with the move itself
    Moving,
    /// what is asked of has too many forms to ask one by one
    TooMany,
}

impl Why {
    pub fn text(self) -> &'static str {
        match self {
            Why::Budget => "it takes more steps than the budget allows",
            Why::NoLead => "values that would show it were found, but no lead that has them all",
            Why::TooWide => "numbers or texts go beyond what is told apart here",
            Why::OpenTable => "the policy reads a table that is given at run time, whose rows are not known",
            Why::NoRange => "the field has no range, and the value is calculated with it",
            Why::Moving => "it rests on a measure that the move itself changes",
            Why::TooMany => "there are more of them than are asked one by one",
            Why::Retyped => "a field is of another type now, and no value of it was found that shows it and is written alike in both",
        }
    }
}

/// A lead that was replayed, before it is known whether it shows what it should.
struct Shown {
    lead: Lead,
    as_of: i64,
    /// per variable
    values: Vec<Option<i64>>,
    /// per operation of the program
    replayed: Vec<Option<i64>>,
    raised: Option<(FieldId, i64, i64, i64)>,
}

/// Whether some values meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    No,
    Yes,
    /// with a text alone of which it is not known whether there is one
    WithoutText,
}

/// Whether a lead shows what it should.
type Shows<'a> = dyn Fn(&Prover, &mut Shown) -> bool + 'a;

/// Steps that one question may take, unless said otherwise; some hundred thousand are a second's work at most.
pub const BUDGET: u64 = 2_000_000;
/// Telling texts apart may take as many steps as this part of all questions.
const SHARE_OF_TEXTS: u64 = 4;

/// Answers questions about one policy; remembers what it found out on the way.
pub struct Prover<'p> {
    policy: &'p Policy,
    lowered: &'p Lowered,
    histories: Histories,
    graph: Graph<'p>,
    variables: Variables,
    translation: Translation,
    baseline: Vec<Option<i64>>,
    between: Vec<NodeId>,
    /// what holds for every lead besides, see [`Prover::keep`]
    kept: Vec<NodeId>,
    /// per variable that has kinds of texts without a text: that it is of another kind
    with_texts: Vec<(u32, NodeId)>,
    memory: Memory,
    sets: Sets,
    counted: Counted,
    missed: Vec<Missed>,
    /// steps per question
    pub budget: u64,
    /// steps for all that is still to come
    pub budget_left: u64,
}

impl<'p> Prover<'p> {
    /// `lowered` is the policy's plain program.
    pub fn new(policy: &'p Policy, lowered: &'p Lowered) -> Prover<'p> {
        Prover::within(policy, lowered, BUDGET, u64::MAX)
    }

    /// The same with so many steps per question, and for all together. To tell texts apart may take a part of as many besides; where that is not enough, leads can be shown, but nothing is proved never to happen.
    pub fn within(policy: &'p Policy, lowered: &'p Lowered, budget: u64, budget_left: u64) -> Prover<'p> {
        let histories = Histories::new(policy);
        let plainest = witness::plainest(policy);
        let measures = histories.measures(policy, &plainest, AS_OF).unwrap_or_default();
        let measures = measures.into_iter().map(|value| match value {
            Some(Constant::Integer(value)) => Some(value),
            Some(Constant::Text(_)) | None => None,
        });
        let parameters = record::parameters(policy, AS_OF).unwrap_or(crate::program::Parameters { as_of_day: 0, as_of: AS_OF });
        let ground = Ground { policy, parameters, measures: measures.collect(), steps_of_texts: budget_left / SHARE_OF_TEXTS };
        let mut graph = Graph::new(vec![&lowered.program]);
        let mut variables = Variables::default();
        let translation = variables.translation(&mut graph, 0, &ground);
        let baseline = variables.baseline();
        let is_of_history = |variable: &Variable| matches!(variable.meaning, Meaning::Column(column) if column >= policy.fields.len());
        graph.of_history = variables.all.iter().map(is_of_history).collect();
        let node_of = |measure: usize| {
            let meaning = Meaning::Column(policy.measure_column(measure));
            variables.all.iter().position(|variable| variable.meaning == meaning).map(|found| variables.nodes[found])
        };
        let mut between = between::between(policy, &mut graph, node_of);
        between.extend(between::of_moments(&mut graph, &variables));
        let with_texts = variables.with_texts(&mut graph);
        Prover {
            policy,
            lowered,
            histories,
            graph,
            variables,
            translation,
            baseline,
            between,
            kept: Vec::new(),
            with_texts,
            memory: Memory::default(),
            sets: Sets::default(),
            counted: Counted::default(),
            missed: Vec::new(),
            budget,
            budget_left,
        }
    }

    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    pub fn lowered(&self) -> &'p Lowered {
        self.lowered
    }

    pub fn histories(&self) -> &Histories {
        &self.histories
    }

    /// What the measures were to be of which no lead was found by the last question, if that is why it stayed undecided.
    pub fn missed(&self) -> &[Missed] {
        &self.missed
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        self.graph.steps
    }

    /// Whether some lead meets the condition.
    pub fn possible(&mut self, condition: &Condition) -> Possible {
        let node = condition.node(&mut self.graph, &mut self.translation);
        let possible = self.possible_node(node, &|_: &Prover, shown: &mut Shown| condition.holds(&shown.replayed));
        self.with_rows(possible)
    }

    /// Tables that are given at run time are taken as empty: a lead that shows something shows it so, but rows could make happen what never does without them.
    fn with_rows(&self, possible: Possible) -> Possible {
        match possible {
            Possible::Never if self.policy.awaits_rows() => Possible::Undecided(Why::OpenTable),
            Possible::Never | Possible::Yes(_) | Possible::Undecided(_) => possible,
        }
    }

    /// Whether no lead meets the condition, or why that is not decided; cheaper where the lead itself does not matter.
    pub fn never(&mut self, condition: &Condition) -> Result<bool, Why> {
        let node = condition.node(&mut self.graph, &mut self.translation);
        let until = self.until();
        let start = self.graph.steps;
        let condition = self.with_measures(node);
        let mut domains = self.variables.nodes.clone();
        let found = self.find_with_texts(condition, &mut domains, until);
        self.spend(start);
        match found {
            Ok(Found::Yes) => Ok(false),
            Ok(Found::No) if !self.graph.is_inexact => Ok(true),
            Ok(Found::No) => Err(self.why_inexact()),
            Ok(Found::WithoutText) => Err(Why::NoLead),
            Err(Spent) => Err(Why::Budget),
        }
    }

    /// Every value that a value of the program can have; none if that takes too long, or too many are there. Exact if [`Prover::is_free`]; else no
    /// other value can occur, and perhaps not all of these do.
    pub fn values(&mut self, value: Value) -> Option<Rc<Values>> {
        let node = self.translation.node(&mut self.graph, value);
        let until = self.until();
        let start = self.graph.steps;
        let values = self.sets.values(&mut self.graph, node, until);
        self.spend(start);
        values.ok().filter(|_| !self.graph.is_inexact)
    }

    /// How many cells give each value, of those in which the condition holds; the others are counted as missing.
    pub fn cells(&mut self, value: Value, within: Option<&Condition>) -> Result<Counts<BigUint>, Uncounted> {
        let mut node = self.translation.node(&mut self.graph, value);
        if let Some(within) = within {
            let (condition, missing) = (within.node(&mut self.graph, &mut self.translation), self.graph.missing());
            node = self.graph.select(condition, node, missing);
        }
        let (until, start) = (self.until(), self.graph.steps);
        let quick = Cells::<u128>::new(&mut self.graph, &mut self.counted, &[node], until).counts(node);
        let counts = match quick {
            Ok(counts) => Ok(Counts::from(&*counts)),
            Err(Uncounted::Beyond) => {
                let counts = Cells::<BigUint>::new(&mut self.graph, &mut self.counted, &[node], until).counts(node);
                counts.map(|counts| (*counts).clone())
            }
            Err(other) => Err(other),
        };
        self.spend(start);
        counts.and_then(|counts| if self.graph.is_inexact { Err(Uncounted::Wide) } else { Ok(counts) })
    }

    /// The least and the greatest value; none if undecided, or if it is always missing. Exact as [`Prover::values`] are. All of it is one question.
    pub fn extremes(&mut self, value: Value) -> Option<(i64, i64)> {
        let (budget, until) = (self.budget, self.graph.steps.saturating_add(self.budget));
        let extremes = self.extremes_until(value, until);
        self.budget = budget;
        extremes
    }

    fn extremes_until(&mut self, value: Value, until: u64) -> Option<(i64, i64)> {
        let never = |prover: &mut Self, condition: &Condition| {
            prover.budget = until.saturating_sub(prover.graph.steps);
            prover.never(condition).ok()
        };
        let node = self.translation.node(&mut self.graph, value);
        let Interval { low, high } = self.graph.shape(node).interval;
        if never(self, &Condition::AtLeast(value, low))? {
            return None;
        }
        // the greatest is the last that is reached
        let (mut reached, mut beyond) = (i128::from(low), i128::from(high) + 1);
        while beyond - reached > 1 {
            let middle = (reached + beyond).div_euclid(2);
            let is_beyond = never(self, &Condition::AtLeast(value, middle as i64))?;
            if is_beyond { beyond = middle } else { reached = middle }
        }
        let greatest = reached as i64;
        // the least is the last below whose next one something is
        let (mut under, mut found) = (i128::from(low) - 1, i128::from(greatest));
        while found - under > 1 {
            let middle = (found + under).div_euclid(2);
            let known = Condition::Is(value, None).negated();
            let at_most = match (middle as i64).checked_add(1) {
                Some(next) => Condition::All(vec![known, Condition::AtLeast(value, next).negated()]),
                None => known,
            };
            if never(self, &at_most)? { under = middle } else { found = middle }
        }
        Some((found as i64, greatest))
    }

    /// Both known and unlike, or one of the two alone.
    fn differs(&mut self, old: NodeId, new: NodeId) -> NodeId {
        let same = self.graph.equal(old, new);
        let none = [old, new].map(|node| {
            let known = self.graph.known(node);
            self.graph.not(known)
        });
        let both_missing = self.graph.all(none.to_vec());
        let alike = self.graph.any(vec![same, both_missing]);
        self.graph.not(alike)
    }

    /// A second variable with the domain that one has now.
    fn another(&mut self, place: usize) -> NodeId {
        let meaning = Meaning::Raised(place);
        let of = self.variables.all[place].clone();
        if let Some(found) = self.variables.all.iter().position(|variable| variable.meaning == meaning) {
            let domain = Leaf { variable: found as u32, ..of.domain };
            (self.variables.all[found].domain, self.variables.nodes[found]) = (domain, self.graph.variable(domain));
            return self.variables.nodes[found];
        }
        self.baseline.push(of.baseline);
        self.graph.of_history.resize(self.variables.all.len(), false);
        self.graph.of_history.push(self.graph.is_of_history(place as u32));
        self.variables.fresh(&mut self.graph, meaning, of.domain, of.baseline)
    }

    /// Whether what the value depends on can be anything within its domain, whatever the rest is: not so for measures of one history, for two answers about
    /// one text, and for the owner that a key gives.
    pub fn is_free(&mut self, value: Value) -> bool {
        let node = self.translation.node(&mut self.graph, value);
        let fields = self.policy.fields.len();
        let variables = self.graph.variables(node);
        variables.into_iter().all(|variable| match &self.variables.all[variable as usize].meaning {
            Meaning::Column(column) | Meaning::Day(column) => *column < fields,
            Meaning::Text { column, .. } => *column < fields && self.has_texts(node, variable),
            Meaning::Identity { .. } | Meaning::KeyHash | Meaning::Raised(_) | Meaning::Part(_) => false,
            Meaning::DaysBefore { .. }
            | Meaning::Stage
            | Meaning::StageSince
            | Meaning::RestUntil
            | Meaning::RouteOwner(_)
            | Meaning::RouteQueue(_)
            | Meaning::AsOfDay
            | Meaning::AsOf => true,
        })
    }

    /// Whether each kind of texts that a node tells apart is one that some text is of.
    fn has_texts(&mut self, node: NodeId, variable: u32) -> bool {
        let Meaning::Text { kinds, .. } = &self.variables.all[variable as usize].meaning else { return false };
        let is_told: Vec<bool> = kinds.iter().map(|kind| kind.text.is_some()).collect();
        if is_told.iter().all(|told| *told) {
            return true;
        }
        let leaf = self.graph.leaf(self.variables.nodes[variable as usize]);
        let Some(values) = leaf.and_then(|leaf| each_part(&self.graph, node, leaf)) else { return false };
        let mut starts: Vec<usize> = values.into_iter().flatten().filter_map(|value| usize::try_from(value).ok()).collect();
        starts.push(is_told.len());
        let (told, untold): (Vec<_>, Vec<_>) = starts.windows(2).partition(|part| is_told[part[0]..part[1]].contains(&true));
        let mut rest = |part: &[usize]| {
            let kind = self.graph.constant(part[0] as i64);
            self.graph.restrict(node, variable, kind)
        };
        let told: Vec<NodeId> = told.into_iter().map(&mut rest).collect();
        untold.into_iter().all(|part| told.contains(&rest(part)))
    }

    /// Whether the value depends on measures.
    pub fn rests_on_signals(&mut self, value: Value) -> bool {
        let fields = self.policy.fields.len();
        self.rests_on(value, |column| column >= fields)
    }

    /// Whether the value depends on some field or measure of these.
    pub fn rests_on(&mut self, value: Value, is_one: impl Fn(ColumnId) -> bool) -> bool {
        let node = self.translation.node(&mut self.graph, value);
        let column = |variable: u32| self.variables.all[variable as usize].meaning.column();
        self.graph.variables(node).into_iter().any(|variable| column(variable).is_some_and(&is_one))
    }

    /// Replays a lead: the value of each operation of the program.
    pub fn replay(&self, lead: &Lead, as_of: i64) -> Option<Vec<Option<i64>>> {
        let parameters = record::parameters(self.policy, as_of).ok()?;
        let block = record::encode(self.policy, &self.histories, &self.lowered.program, std::slice::from_ref(lead), as_of).ok()?;
        Some(interpret::row(&self.lowered.program, &block, 0, &parameters))
    }

    fn as_of_day(&self, as_of: i64) -> Option<i64> {
        Some(record::parameters(self.policy, as_of).ok()?.as_of_day)
    }

    /// Why nothing is proved by an inexact graph.
    fn why_inexact(&self) -> Why {
        if self.graph.is_cut_short { Why::Budget } else { Why::TooWide }
    }

    fn until(&self) -> u64 {
        self.graph.steps.saturating_add(self.budget.min(self.budget_left))
    }

    fn spend(&mut self, start: u64) {
        self.budget_left = self.budget_left.saturating_sub(self.graph.steps - start);
    }

    /// The condition, and what holds between the measures that it depends on.
    fn with_measures(&mut self, condition: NodeId) -> NodeId {
        let mut members = self.between_measures(condition);
        members.push(condition);
        self.graph.all(members)
    }

    fn find(&mut self, condition: NodeId, domains: &mut Domains, until: u64) -> Result<bool, Spent> {
        Search { graph: &mut self.graph, memory: &mut self.memory, baseline: &self.baseline, until }.find(condition, domains)
    }

    /// The same, but of kinds of texts that no text was found of nothing is said.
    fn find_with_texts(&mut self, condition: NodeId, domains: &mut Domains, until: u64) -> Result<Found, Spent> {
        let told = self.told(condition);
        if told == condition {
            return Ok(if self.find(condition, domains, until)? { Found::Yes } else { Found::No });
        }
        if self.find(told, domains, until)? {
            return Ok(Found::Yes);
        }
        Ok(if self.find(condition, domains, until)? { Found::WithoutText } else { Found::No })
    }

    /// The condition, of texts that are known.
    fn told(&mut self, condition: NodeId) -> NodeId {
        let asked = self.with_texts.iter().filter(|(variable, _)| self.graph.depends(condition, *variable));
        let members: Vec<NodeId> = asked.map(|(_, node)| *node).chain([condition]).collect();
        self.graph.all(members)
    }

    fn possible_node(&mut self, node: NodeId, shows: &Shows) -> Possible {
        let start = self.graph.steps;
        let until = self.until();
        let answer = self.search(node, until, shows);
        self.spend(start);
        answer
    }
}
