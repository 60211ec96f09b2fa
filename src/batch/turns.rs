//! Turns of rotations, taken in the order of the file whatever thread works on which part of it.
//!
//! Enters: blocks of answers as the program leaves them: queues as routed, owners only where a lead keeps its own. Leaves: the same blocks with the
//! queue and the owner that each lead gets in the end. Always holds: chunks take their turns one after the other, in the order of the file; a
//! rejected lead and one that keeps its owner use none; if one chunk fails, those behind it do not wait for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::lead_block::LeadBlock;
use crate::column::Block;
use crate::model::Policy;
use crate::program::{OutputRole, Program};
use crate::rotation::state::State;
use crate::rotation::{Given, Rotations};

/// Shared by the threads of a run.
#[derive(Debug)]
pub struct Turns {
    /// columns of queue and owner, with the number of the route
    routes: Vec<(usize, usize, usize)>,
    inside: Mutex<Inside>,
    moved: Condvar,
}

#[derive(Debug)]
struct Inside {
    rotations: Rotations,
    /// the chunk whose turn it is
    next: usize,
    has_failed: bool,
    tally: TurnTally,
    watched: Option<String>,
}

/// What became of turns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnTally {
    /// leads that keep their owner
    pub kept: u64,
    /// turns that were taken
    pub taken: u64,
    /// per queue: leads for whom nobody was left in it
    pub left: Vec<u64>,
    /// leads that are in a queue that rotates, and have no owner
    pub without_owner: u64,
    /// what the lead that was watched for got, by route
    pub watched: Vec<Watched>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    pub route: usize,
    /// as routed
    pub queue: usize,
    pub given: Given,
    /// owners of the queue who were full
    pub full: Vec<usize>,
}

/// A chunk waited for one that failed.
#[derive(Debug)]
pub struct Stopped;

impl Turns {
    /// `program` must be lowered for turns by state. `watched` is the key of a lead of which everything is to be known.
    pub fn new(policy: &Policy, program: &Program, state: &State, watched: Option<String>) -> Turns {
        let column = |role: OutputRole| program.outputs.iter().position(|output| output.role == role);
        let routes = (0..policy.routes.len())
            .filter_map(|route| Some((column(OutputRole::Queue(route))?, column(OutputRole::Owner(route))?, route)))
            .collect();
        let tally = TurnTally { left: vec![0; policy.queues.len()], ..TurnTally::default() };
        let inside = Inside { rotations: Rotations::new(policy, state), next: 0, has_failed: false, tally, watched };
        Turns { routes, inside: Mutex::new(inside), moved: Condvar::new() }
    }

    /// Gives the leads of a block their owners, once all chunks before `chunk` are done.
    pub fn give(&self, chunk: usize, leads: &LeadBlock, answers: &mut Block) -> Result<(), Stopped> {
        let mut inside = self.wait_for(chunk)?;
        let Inside { rotations, tally, watched, .. } = &mut *inside;
        for row in (0..leads.rows).filter(|row| !leads.rejected[*row]) {
            let is_watched = watched.as_deref() == Some(leads.keys.get(row)) && tally.watched.is_empty();
            for (queue_column, owner_column, route) in &self.routes {
                let queue = answers.columns[*queue_column].get(row).and_then(|queue| usize::try_from(queue).ok());
                if answers.columns[*owner_column].is_known(row) {
                    tally.kept += 1;
                    continue;
                }
                let Some(queue) = queue else { continue };
                let full = if is_watched { rotations.full(queue) } else { Vec::new() };
                let given = rotations.give(queue);
                tally.taken += u64::from(given.owner.is_some());
                tally.without_owner += u64::from(given.owner.is_none() && !given.left.is_empty());
                given.left.iter().for_each(|left| tally.left[*left] += 1);
                answers.columns[*queue_column].set(row, Some(given.queue as i64));
                answers.columns[*owner_column].set(row, given.owner.map(|owner| owner as i64));
                if is_watched {
                    tally.watched.push(Watched { route: *route, queue, given, full });
                }
            }
        }
        Ok(())
    }

    /// The chunk has taken all its turns: the next one's begin.
    pub fn end(&self, chunk: usize) -> Result<(), Stopped> {
        let mut inside = self.wait_for(chunk)?;
        inside.next = chunk + 1;
        self.moved.notify_all();
        Ok(())
    }

    /// Nobody has to wait any more.
    pub fn fail(&self) {
        self.lock().has_failed = true;
        self.moved.notify_all();
    }

    pub fn finish(&self) -> (State, TurnTally) {
        let inside = self.lock();
        (inside.rotations.state(), inside.tally.clone())
    }

    /// Names of owners and queues of the state that the policy does not know.
    pub fn strangers(&self) -> (Vec<String>, Vec<String>) {
        let inside = self.lock();
        let (owners, queues) = inside.rotations.strangers();
        (owners.into_iter().map(str::to_owned).collect(), queues.into_iter().map(str::to_owned).collect())
    }

    fn wait_for(&self, chunk: usize) -> Result<MutexGuard<'_, Inside>, Stopped> {
        let waits = |inside: &mut Inside| inside.next != chunk && !inside.has_failed;
        let inside = self.moved.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        if inside.has_failed { Err(Stopped) } else { Ok(inside) }
    }

    /// A thread that panicked has failed its chunk; what it left is never used.
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fails the run's turns unless it is told that all went well.
pub struct Guard<'t>(pub Option<&'t Turns>);

impl Guard<'_> {
    pub fn is_well(mut self) {
        self.0 = None;
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(turns) = self.0 {
            turns.fail();
        }
    }
}
