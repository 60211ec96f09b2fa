//! Whose a lead is while it goes its way, and who gets it when a clock takes it from somebody (`breach reassign`).
//!
//! Enters: whose the file says it is, what routes give at its steps, and clocks whose time was over for long enough. Leaves: owner and queue of each
//! route, and of the whole lead those who have or had it, the last one first. Always holds: nobody gets a lead that he let a clock run out on, as long
//! as another one of the queue takes turns; who is away, or has no weight, takes none; the same key gives the same owners.
//!
//! A replay has no memory of other leads' turns: the turn is that of the key's hash, as when a queue is entered, in the rotation without those who are
//! passed over, and mixed anew each time.

use xxhash_rust::xxh64::xxh64;

use super::Given;
use crate::model::{Policy, Queue, SlaId};
use crate::program::arithmetic;

/// Used again for lead after lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// the last one last
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    route: usize,
    given: Given,
}

/// A clock took the lead from somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reassignment {
    pub sla: SlaId,
    /// when the clock was started
    pub started: i64,
    pub at: i64,
    /// who had the lead
    pub from: Option<usize>,
    pub outcome: Outcome,
}

/// What became of a lead that a clock took from its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// another owner of the same queue has it
    Owner,
    /// nobody else was left there: the queue behind `otherwise` has it, or somebody there
    Fallback,
    /// nobody else was left anywhere, or nobody is known to have had it: nothing changed
    Stayed,
}

impl Held {
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// What each route gives at one instant, or what the file says of each.
    pub fn give(&mut self, given: impl DoubleEndedIterator<Item = (usize, Given)>) {
        let known = given.rev().filter(|(_, given)| *given != Given::default());
        self.entries.extend(known.map(|(route, given)| Entry { route, given }));
    }

    /// Who has or had the lead, the last one first.
    pub fn owners(&self) -> Vec<usize> {
        self.entries.iter().rev().filter_map(|entry| entry.given.owner).collect()
    }

    /// The owner whom a route gave the lead last.
    pub fn owner(&self, route: usize) -> Option<usize> {
        self.of(route).find_map(|given| given.owner)
    }

    /// The queue to which a route gave it last.
    pub fn queue(&self, route: usize) -> Option<usize> {
        self.of(route).find_map(|given| given.queue)
    }

    fn of(&self, route: usize) -> impl Iterator<Item = &Given> {
        self.entries.iter().rev().filter(move |entry| entry.route == route).map(|entry| &entry.given)
    }

    /// Gives the lead of one owner to another. `earlier` had it, and let the same clock run out since it was started.
    pub fn reassign(&mut self, policy: &Policy, key_hash: i64, from: Option<usize>, earlier: impl Iterator<Item = usize>) -> Outcome {
        let Some((from, queue)) = from.and_then(|from| Some((from, self.queue_of(policy, from)?))) else { return Outcome::Stayed };
        let passed: Vec<usize> = earlier.chain([from]).collect();
        let Some(next) = next(policy, key_hash, queue, &passed) else { return Outcome::Stayed };
        let is_taken = |route: &usize| self.owner(*route) == Some(from) && self.queue(*route).is_none_or(|own| own == queue);
        let routes: Vec<usize> = (0..policy.holder_count()).filter(is_taken).collect();
        if next.owner.is_none() {
            // the queue has it now, and nobody of those who had it
            let taken = self.entries.iter_mut().filter(|entry| routes.contains(&entry.route));
            taken.for_each(|entry| entry.given.owner = None);
        }
        self.give(routes.into_iter().map(|route| (route, next)));
        if next.queue == Some(queue) { Outcome::Owner } else { Outcome::Fallback }
    }

    /// The owner who has the lead in a queue of the team; of several, whom it was given to last.
    pub fn in_queue_of(&self, policy: &Policy, team: &str) -> Option<usize> {
        let is_theirs = |queue: usize| policy.queues.get(queue).is_some_and(|queue| queue.team.as_deref() == Some(team));
        let mut entries = self.entries.iter().rev().filter(|entry| entry.given.queue.is_some_and(is_theirs));
        entries.find(|entry| entry.given.owner.is_some() && self.owner(entry.route) == entry.given.owner)?.given.owner
    }

    /// The queue in which an owner has the lead; none if the route that gave it to this owner gave it to somebody else since.
    fn queue_of(&self, policy: &Policy, owner: usize) -> Option<usize> {
        let Entry { route, given } = *self.entries.iter().rev().find(|entry| entry.given.owner == Some(owner))?;
        let home = || policy.queues.iter().position(|queue| queue.rotation.iter().any(|seat| seat.owner == owner));
        given.queue.or_else(home).filter(|_| self.owner(route) == Some(owner))
    }
}

/// Whose turn it is in a queue, or in those behind it if nobody is left there; none if the lead cannot go anywhere else.
fn next(policy: &Policy, key_hash: i64, queue: usize, passed: &[usize]) -> Option<Given> {
    let (seed, last) = (passed.len() as u64, passed.last()?);
    let first = policy.queues.get(queue)?;
    let mut owner = turn(first, key_hash, seed, passed).or_else(|| turn(first, key_hash, seed, &[*last]));
    let mut at = queue;
    // a checked policy has no circle of fallbacks; each step is one of at most so many
    for _ in 0..policy.queues.len() {
        let current = policy.queues.get(at)?;
        if owner.is_some() || !current.rotates() {
            break;
        }
        let Some(behind) = current.fallback else { break };
        at = behind;
        owner = policy.queues.get(at).and_then(|queue| turn(queue, key_hash, seed, &[*last]));
    }
    (owner.is_some() || at != queue).then_some(Given { queue: Some(at), owner })
}

/// The turn of the key in a rotation without some of its owners.
fn turn(queue: &Queue, key_hash: i64, seed: u64, without: &[usize]) -> Option<usize> {
    let seats = || queue.rotation.iter().filter(|seat| seat.is_taken() && !without.contains(&seat.owner));
    let total = seats().try_fold(0u32, |total, seat| total.checked_add(seat.weight)).filter(|total| *total > 0)?;
    let mut turn = arithmetic::turn(key_hash, xxh64(queue.name.as_bytes(), seed).cast_signed(), total);
    for seat in seats() {
        turn -= i64::from(seat.weight);
        if turn < 0 {
            return Some(seat.owner);
        }
    }
    None
}
