//! Two versions compared exactly: for which leads they give another answer.
//!
//! Enters: two checked policies with their plain programs. Leaves: for each answer that both give, that no lead gets another one; or a smallest lead that does, and
//! the leads that do in the policy's words; or that it is not decided. Always holds: "no lead" was reached by excluding every part of every domain over the leads that both versions
//! accept; a lead that is shown was scored by both versions, each by its own program.
//!
//! ```text
//! two policies ──joint, histories──▶ one policy with the leads of both      two programs ──merge──▶ one program with the answers of both
//! answers ──pairs──▶ old value, new value: one node, or a search ──▶ smallest lead ──leads──▶ replayed under either policy
//!                                          diagram ──count, rows, words──▶ the leads that differ
//! ```

mod answers;
mod apart;
mod asked_sums;
mod by_values;
mod cells;
mod count;
mod diagram;
mod histories;
mod joint;
mod leads;
mod merge;
mod parts;
mod set;
mod ways;
mod words;

pub use apart::Apart;
pub use cells::{Cells, Row};
pub use set::Set;

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use self::answers::Pair;
use self::joint::Joint;
use self::merge::{MadeUp, Merged, comparable, merged};
use super::graph::NodeId;
use super::{Possible, Prover, Shown, Why};
use crate::batch::compare::Kind;
use crate::interpret;
use crate::model::{Constant, FieldId, Policy};
use crate::program::{Lowered, OutputRole, Value};
use crate::record::{self, Histories, Lead};

/// One version: a checked policy and its plain program.
#[derive(Clone, Copy)]
pub struct Version<'v> {
    pub policy: &'v Policy,
    pub lowered: &'v Lowered,
}

/// What is known of a comparison.
#[derive(Clone, Debug)]
pub struct Compared {
    pub answers: Vec<Answer>,
    /// answers that one version alone gives
    pub old_only: Vec<String>,
    pub new_only: Vec<String>,
    pub apart: Apart,
    pub steps: u64,
}

/// An answer that both versions give.
#[derive(Clone, Debug)]
pub struct Answer {
    pub name: String,
    pub kind: Kind,
    pub outcome: Outcome,
    /// of a route: whether some lead had a queue and has none; none if that is not decided
    pub loses: Option<bool>,
    pub steps: u64,
}

#[derive(Clone, Debug)]
pub enum Outcome {
    /// no lead gets another answer
    Same,
    Differs(Box<Difference>),
    Undecided(Why),
}

#[derive(Clone, Debug)]
pub struct Difference {
    /// as the older and the newer version read it
    pub leads: [Lead; 2],
    pub as_of: i64,
    /// the value of each operation of the newer program, for a test
    pub values: Vec<Option<i64>>,
    /// fields of the newer version that are not as in the plainest lead
    pub fields: Vec<FieldId>,
    pub needs_as_of: bool,
    /// what both versions answer, as text
    pub before: String,
    pub after: String,
    pub cells: Option<Cells>,
    /// why these are not told; none where they follow from what is told already
    pub untold: Option<Why>,
}

/// How many keys are tried where it matters whose turn a key gives.
const KEYS_TRIED: usize = 400;

/// Compares two versions. `budget`: steps for each question; `is_same_balance`: whether a running score is the same in both versions, by its name.
pub fn compare(old: Version, new: Version, budget: u64, is_same_balance: &dyn Fn(&str) -> bool) -> Compared {
    let mut joint = joint::joint(old.policy, new.policy, is_same_balance);
    let merged = merged(&mut joint, [(old.policy, &old.lowered.program), (new.policy, &new.lowered.program)]);
    let Merged { mut program, values, made_up } = merged;
    let answers = answers::answers(old, new);
    let pairs: Vec<(Pair, [Value; 2])> = answers
        .common
        .into_iter()
        .map(|pair| {
            let both = [0, 1].map(|side| {
                let value = values[side][pair.values[side].index()];
                match &pair.numbers {
                    answers::Numbers::Choice { codes, .. } => comparable(&mut program, value, Some(codes[side].clone()), 0),
                    answers::Numbers::Instant => value,
                    answers::Numbers::Number { places, .. } => comparable(&mut program, value, None, places[side]),
                }
            });
            (pair, both)
        })
        .collect();
    let lowered = Lowered { program, ..Lowered::default() };
    let mut prover = Prover::new(&joint.policy, &lowered);
    prover.budget = budget;
    let comparer = Comparer {
        joint: &joint,
        versions: [old, new],
        histories: [Histories::new(old.policy), Histories::new(new.policy)],
        parts: parts::parts(&pairs, [old, new], &values),
        sums: parts::sums(&pairs, [old, new], &values),
        asked_sums: RefCell::default(),
        moves: RefCell::default(),
        made_up: &made_up,
    };
    comparer.keep_shared(&mut prover);
    let mut found = Vec::with_capacity(pairs.len());
    let mut same: Vec<(Value, NodeId)> = Vec::new();
    for (pair, both) in &pairs {
        let start = prover.steps();
        let outcome = comparer.outcome(&mut prover, pair, *both);
        // what rests on an answer that is the same for every lead rests on one value
        let own = [0, 1].map(|side| values[side][pair.values[side].index()]);
        if matches!(outcome, Outcome::Same) && own == *both && own[0] != own[1] {
            same.push((own[1], prover.translation.node(&mut prover.graph, own[0])));
            prover.translation = prover.translation.anew(&same);
        }
        let loses = if matches!(outcome, Outcome::Same) { Some(false) } else { comparer.loses(&mut prover, pair, *both) };
        found.push(Answer { name: pair.name.clone(), kind: pair.kind, outcome, loses, steps: prover.steps() - start });
    }
    Compared { answers: found, old_only: answers.old_only, new_only: answers.new_only, apart: joint.apart.clone(), steps: prover.steps() }
}

struct Comparer<'c> {
    joint: &'c Joint,
    versions: [Version<'c>; 2],
    histories: [Histories; 2],
    parts: Vec<parts::Part>,
    sums: Vec<parts::Sums>,
    /// what conditions add up and hold against constants
    asked_sums: RefCell<Vec<NodeId>>,
    /// per answer of which all rows are known, from what to what it moves
    moves: RefCell<FxHashMap<String, Vec<(String, String)>>>,
    made_up: &'c [(FieldId, MadeUp)],
}

impl Comparer<'_> {
    /// Leads are those that both versions accept: nobody has a choice that one of them does not know.
    fn keep_shared(&self, prover: &mut Prover) {
        let mut found = Vec::new();
        for (variable, node) in prover.variables.all.iter().zip(&prover.variables.nodes) {
            // of the members of a set one can stand for several, so none is ruled out: a lead that has it is not shown
            if let Some(unshared) = self.unshared(variable).filter(|_| !variable.domain.is_set) {
                found.push((*node, unshared.to_vec()));
            }
        }
        for (node, unshared) in found {
            for choice in unshared {
                let has = prover.graph.equals(node, choice);
                let has_not = prover.graph.not(has);
                if prover.graph.truth_of(has_not).is_none() {
                    prover.between.push(has_not);
                }
            }
        }
    }

    fn outcome(&self, prover: &mut Prover, pair: &Pair, both: [Value; 2]) -> Outcome {
        let [old, new] = both.map(|value| prover.translation.node(&mut prover.graph, value));
        if old == new {
            return if prover.graph.is_inexact { Outcome::Undecided(Why::TooWide) } else { Outcome::Same };
        }
        let differs = prover.differs(old, new);
        let shows = |_: &Prover, shown: &mut Shown| self.shows(pair, shown);
        match self.search(prover, pair, [old, new], differs, &shows) {
            Possible::Never => Outcome::Same,
            Possible::Undecided(Why::NoLead) if self.rests_on_retyped(prover, [old, new]) => Outcome::Undecided(Why::Retyped),
            Possible::Undecided(why) => Outcome::Undecided(why),
            Possible::Yes(witness) => match self.replayed(&witness.lead, witness.as_of) {
                Some((leads, values)) => {
                    let [before, after] = self.answers(pair, &values).map(|value| pair.numbers.text(value));
                    let cells = self.cells(prover, pair, [old, new], both);
                    let untold = cells.as_ref().err().copied().flatten();
                    let plainest = super::witness::plainest(self.versions[1].policy);
                    let own = leads[1].values.iter().zip(&plainest.values).enumerate();
                    let fields = own.filter(|(_, (value, plain))| value != plain).map(|(field, _)| field).collect();
                    let [_, values] = values;
                    let needs_as_of = witness.needs_as_of;
                    Outcome::Differs(Box::new(Difference {
                        leads,
                        as_of: witness.as_of,
                        values,
                        fields,
                        needs_as_of,
                        before,
                        after,
                        cells: cells.ok(),
                        untold,
                    }))
                }
                None => Outcome::Undecided(Why::NoLead),
            },
        }
    }

    /// Whether a field that is of another type in the other version matters.
    fn rests_on_retyped(&self, prover: &Prover, nodes: [NodeId; 2]) -> bool {
        let is_retyped = |policy: &Policy, field: &FieldId| {
            policy.fields.get(*field).is_some_and(|field| self.joint.apart.retyped.contains(&field.name))
        };
        let mut variables = nodes.into_iter().flat_map(|node| prover.graph.variables(node));
        variables.any(|variable| {
            prover.variables.all[variable as usize].meaning.column().is_some_and(|field| is_retyped(&self.joint.policy, &field))
        })
    }

    /// Whether some lead that had a queue has none.
    fn loses(&self, prover: &mut Prover, pair: &Pair, both: [Value; 2]) -> Option<bool> {
        if pair.kind != Kind::Queue {
            return Some(false);
        }
        let [had, has] = both.map(|value| {
            let node = prover.translation.node(&mut prover.graph, value);
            prover.graph.known(node)
        });
        let has_not = prover.graph.not(has);
        let lost = prover.graph.all(vec![had, has_not]);
        let shows = |_: &Prover, shown: &mut Shown| {
            let answers = self.replayed(&shown.lead, shown.as_of).map(|(_, values)| self.answers(pair, &values));
            matches!(answers, Some([Some(_), None]))
        };
        match prover.possible_node(lost, &shows) {
            Possible::Never => Some(false),
            Possible::Yes(_) => Some(true),
            Possible::Undecided(_) => None,
        }
    }

    /// Whether both versions accept the lead and answer it differently. Where it matters whose turn it is, keys are tried.
    fn shows(&self, pair: &Pair, shown: &mut Shown) -> bool {
        let differs = |lead: &Lead| {
            let answers = self.replayed(lead, shown.as_of).map(|(_, values)| self.answers(pair, &values));
            answers.is_some_and(|[before, after]| before != after)
        };
        if differs(&shown.lead) {
            return true;
        }
        if self.made_up.is_empty() || !matches!(pair.roles[1], OutputRole::Owner(_) | OutputRole::Queue(_)) {
            return false;
        }
        for number in 1..=KEYS_TRIED {
            let mut lead = shown.lead.clone();
            lead.key = Some(format!("lead-{number}"));
            for (side, version) in self.versions.iter().enumerate() {
                // the key is written in its field as well
                if let Some(key) = version.policy.key
                    && let Some(Some(place)) = lead.values.get_mut(self.joint.sides[side].fields[key].0)
                    && let (Constant::Text(text), Some(key)) = (place, &lead.key)
                {
                    text.clone_from(key);
                }
            }
            if differs(&lead) {
                shown.lead = lead;
                return true;
            }
        }
        false
    }

    /// The lead as both versions read it, and the values of their programs.
    fn replayed(&self, lead: &Lead, as_of: i64) -> Option<([Lead; 2], [Vec<Option<i64>>; 2])> {
        let leads = leads::of_both(self.joint, self.versions, lead)?;
        let run = |side: usize| {
            let Version { policy, lowered } = self.versions[side];
            let parameters = record::parameters(policy, as_of).ok()?;
            let block = record::encode(policy, &self.histories[side], &lowered.program, std::slice::from_ref(&leads[side]), as_of).ok()?;
            Some(interpret::row(&lowered.program, &block, 0, &parameters))
        };
        let values = [run(0)?, run(1)?];
        Some((leads, values))
    }

    fn answers(&self, pair: &Pair, values: &[Vec<Option<i64>>; 2]) -> [Option<i128>; 2] {
        [0, 1].map(|side| pair.numbers.common(side, values[side][pair.values[side].index()]))
    }
}
