//! Whose turn it is in a queue that rotates, with a memory of the turns before.
//!
//! Enters: a policy, the [`State`] that earlier leads left, then leads one after the other. Leaves: the queue and the owner of each, and the state
//! behind them. Always holds: the same leads in the same order, with the same policy, tables and state, get the same owners; a run over two files
//! one after the other gives what one run over both gives; while the same owners take turns with the same weights, each has had, after any number
//! of leads, less than one turn more or less than its share.
//!
//! **The rule.** It is *earliest eligible virtual deadline first* (I. Stoica, H. Abdel-Wahab: Earliest Eligible Virtual Deadline First, Old
//! Dominion University TR-95-22, 1995) with turns for time. Each owner is *owed* turns: with each turn of the queue its share of one more,
//! weight / total weight, and one less when it takes the turn; what all are owed adds up to nothing. Of those who are owed nothing or more, the
//! one takes the turn who would soonest have one turn more than its share. There always is one, as the debts add up to nothing; and nobody is ever
//! owed, or owes, a whole turn (theorem 2 there). Debts are integers in parts of a turn of which each share is a whole number, so nothing is rounded.
//!
//! An owner who is away, full or without weight takes no part: what it was owed stays as it was, so that it catches nothing up when it is back.
//! Whenever those who take part or their weights change, the debts of the new ones are moved by shares of what they add up to, so that they add up to
//! nothing again. A turn then gets as many parts as that takes; only where it would have more than 2^42 are debts rounded, by less than a thousandth
//! of a turn.

pub mod state;
mod wheel;

use std::collections::BTreeMap;

use crate::model::Policy;
use crate::model::value::fold_choice;
use state::{OwnerState, QueueState, State};
use wheel::Wheel;

/// The rotations of all queues of a policy.
#[derive(Clone, Debug)]
pub struct Rotations {
    policy: String,
    wheels: Vec<Wheel>,
    /// open leads by number of the owner
    open: Vec<u64>,
    owners: Vec<String>,
    /// owners and queues of the state that the policy does not know
    strangers: State,
}

/// Who got a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// another than the lead was routed to, if nobody was left there
    pub queue: usize,
    pub owner: Option<usize>,
    /// which turn of the queue it was, counted from one
    pub turn: Option<u64>,
    /// queues in which nobody was left
    pub left: Vec<usize>,
}

impl Rotations {
    /// Goes on from a state; from an empty one, nobody is owed anything.
    pub fn new(policy: &Policy, state: &State) -> Rotations {
        let members = policy.owner_choices.and_then(|owners| policy.choices.get(owners)).map(|owners| owners.members.as_slice());
        let owners: Vec<String> = members.unwrap_or_default().iter().map(|member| member.name.clone()).collect();
        let numbers: BTreeMap<String, usize> = owners.iter().enumerate().map(|(number, name)| (fold_choice(name), number)).collect();
        let mut open = vec![0; owners.len()];
        let mut strangers = State { policy: state.policy.clone(), ..State::default() };
        for (name, owner) in &state.owners {
            match numbers.get(&fold_choice(name)) {
                Some(number) => open[*number] = owner.open,
                None => {
                    strangers.owners.insert(name.clone(), owner.clone());
                }
            }
        }
        let fresh = QueueState::default();
        let wheels = policy.queues.iter().map(|queue| Wheel::new(queue, &owners, state.queues.get(&queue.name).unwrap_or(&fresh)));
        let wheels = wheels.collect();
        let unknown = state.queues.iter().filter(|(name, _)| policy.queues.iter().all(|queue| queue.name != **name));
        strangers.queues.extend(unknown.map(|(name, queue)| (name.clone(), queue.clone())));
        Rotations { policy: policy.name.clone(), wheels, open, owners, strangers }
    }

    /// The next lead of a queue: the owner whose turn it is takes it; if nobody is left, it goes on to the queue's fallback.
    pub fn give(&mut self, queue: usize) -> Given {
        let mut given = Given { queue, ..Given::default() };
        // a checked policy has no circle of fallbacks; each step is one of at most so many
        for _ in 0..self.wheels.len() {
            let Some(wheel) = self.wheels.get_mut(given.queue).filter(|wheel| wheel.rotates) else { break };
            if let Some(owner) = wheel.turn(&self.open) {
                self.open[owner] += 1;
                given.owner = Some(owner);
                given.turn = Some(wheel.turns);
                break;
            }
            given.left.push(given.queue);
            match wheel.fallback {
                Some(next) => given.queue = next,
                None => break,
            }
        }
        given
    }

    /// Why owners of a queue take no turn now: "full".
    pub fn full(&self, queue: usize) -> Vec<usize> {
        self.wheels.get(queue).map(|wheel| wheel.full(&self.open)).unwrap_or_default()
    }

    /// Names of owners and queues in the state that the policy does not know; they stay in the state as they are.
    pub fn strangers(&self) -> (Vec<&str>, Vec<&str>) {
        (self.strangers.owners.keys().map(String::as_str).collect(), self.strangers.queues.keys().map(String::as_str).collect())
    }

    pub fn state(&self) -> State {
        let mut state = State { policy: self.policy.clone(), ..self.strangers.clone() };
        for (name, open) in self.owners.iter().zip(&self.open).filter(|(_, open)| **open > 0) {
            state.owners.insert(name.clone(), OwnerState { open: *open });
        }
        for wheel in self.wheels.iter().filter(|wheel| wheel.turns > 0) {
            state.queues.insert(wheel.name.clone(), wheel.state());
        }
        state
    }
}
