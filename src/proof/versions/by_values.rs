//! Whether two choices differ, asked value by value.
//!
//! Enters: the older and the newer value of one answer. Leaves: that no lead gets another one, or a smallest lead that does. Always holds: two choices differ exactly if, for some
//! value or for `missing`, the older one has it and the newer one does not; so all of these together are the question, and each is one about rows that are used and rows that are not, in
//! which thresholds of one sum meet and rule each other out.

use super::Comparer;
use super::answers::{Numbers, Pair};
use crate::proof::graph::NodeId;
use crate::proof::{Possible, Prover, Shows, Why};

/// More choices are not asked one by one.
const VALUES_MAX: usize = 64;

impl Comparer<'_> {
    /// Whether the answer differs: the questions about single values first, with little, as they are often decided at once; then the whole; then single values with what is left.
    /// `both` are the nodes of the older and the newer value, `differs` that they are unlike.
    pub(super) fn search(&self, prover: &mut Prover, pair: &Pair, both: [NodeId; 2], differs: NodeId, shows: &Shows) -> Possible {
        let budget = prover.budget;
        let questions = single_values(prover, pair, both);
        let share = |of: u64| of / 2 / questions.len().max(1) as u64;
        if !questions.is_empty() {
            prover.budget = share(budget / 8);
            let never = |prover: &mut Prover, question: &NodeId| prover.possible_node(*question, shows) == Possible::Never;
            let is_same = questions.iter().all(|question| never(prover, question));
            prover.budget = budget;
            if is_same {
                return Possible::Never;
            }
            prover.budget = budget / 2;
        }
        let whole = prover.smallest(differs, shows);
        prover.budget = budget;
        if questions.is_empty() || whole != Possible::Undecided(Why::Budget) {
            return whole;
        }
        prover.budget = share(budget);
        let mut found = Possible::Never;
        for question in &questions {
            match prover.smallest(*question, shows) {
                Possible::Never => {}
                Possible::Undecided(why) => found = Possible::Undecided(why),
                Possible::Yes(witness) => {
                    found = Possible::Yes(witness);
                    break;
                }
            }
        }
        prover.budget = budget;
        found
    }
}

/// For each value, and for `missing`: the older answer is this, the newer one is not. None for numbers.
fn single_values(prover: &mut Prover, pair: &Pair, [old, new]: [NodeId; 2]) -> Vec<NodeId> {
    let names = match &pair.numbers {
        Numbers::Choice { names, .. } if names.len() <= VALUES_MAX => names.len(),
        Numbers::Choice { .. } | Numbers::Number { .. } | Numbers::Instant => return Vec::new(),
    };
    let graph = &mut prover.graph;
    let mut questions = Vec::with_capacity(names + 1);
    for value in 0..names as i64 {
        let [had, has] = [old, new].map(|node| graph.equals(node, value));
        let has_not = graph.not(has);
        questions.push(graph.all(vec![had, has_not]));
    }
    let [had, has] = [old, new].map(|node| graph.known(node));
    let had_none = graph.not(had);
    questions.push(graph.all(vec![had_none, has]));
    questions
}
