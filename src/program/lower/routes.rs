//! Routes: the first row that applies gives the queue; a queue that rotates gives the owner, unless the row keeps the one that the lead has.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh64::xxh64;

use super::{Lowering, Turns};
use crate::model::{Queue, Route, RouteRow, RouteTarget};
use crate::program::{Op, RouteTrace, Value};

/// Up to this many turns, turns are an array; beyond, owners are found by where their turns start.
const TURNS_IN_ARRAY: u32 = 256;

/// What a row gives, if it applies.
struct Row {
    applies: Value,
    queue: Value,
    /// the queue, missing where the row does not apply
    given: Value,
    keeps: bool,
}

impl Lowering<'_> {
    pub fn lower_routes(&mut self) {
        for (number, route) in self.policy.routes.iter().enumerate() {
            // siblings of one `for each` have the same spans
            let shared = route.choice.is_some().then(|| std::mem::take(&mut self.trace.expressions));
            let mut lowered = self.route(number, route);
            if let Some(shared) = shared {
                lowered.expressions = std::mem::replace(&mut self.trace.expressions, shared);
            }
            self.routes.push(lowered);
        }
    }

    fn route(&mut self, number: usize, route: &Route) -> RouteTrace {
        let condition = route.condition.as_ref().map(|condition| self.condition(condition));
        let rows: Vec<Row> = route.rows.iter().map(|row| self.route_row(number, row)).collect();
        let missing = self.builder.missing();
        let (mut routed, mut kept) = (missing, None);
        if route.keeps_owners() {
            let queues: Vec<(Value, Value)> = rows.iter().map(|row| (row.applies, row.queue)).collect();
            routed = self.builder.first_match(&queues, missing);
            let (yes, no) = (self.builder.truth(true), self.builder.truth(false));
            let keeps: Vec<(Value, Value)> = rows.iter().map(|row| (row.applies, if row.keeps { yes } else { no })).collect();
            kept = Some(self.builder.first_match(&keeps, no));
        } else {
            // a row applies if it gives a queue
            for row in rows.iter().rev() {
                routed = if self.builder.shape(row.given).optional { self.builder.op(Op::Else(row.given, routed)) } else { row.given };
            }
        }
        if let Some(condition) = condition {
            routed = self.builder.select(condition, routed, missing);
            kept = kept.map(|kept| self.builder.and(condition, kept));
        }
        let rows = rows.iter().map(|row| row.applies).collect();
        let mut trace = RouteTrace {
            condition,
            rows,
            routed,
            kept,
            value: routed,
            owner: None,
            hash: None,
            turns: Vec::new(),
            expressions: FxHashMap::default(),
        };
        self.take_turn(number, route, &mut trace);
        trace
    }

    fn route_row(&mut self, number: usize, row: &RouteRow) -> Row {
        let condition = self.optional_condition(row.condition.as_ref());
        let (found, queue, keeps) = match &row.target {
            RouteTarget::Queue(queue) => (self.builder.truth(true), self.builder.constant(*queue as i64), false),
            RouteTarget::By(queue) => {
                let queue = self.value(queue);
                (self.builder.known(queue), queue, false)
            }
            RouteTarget::KeepOwner => {
                let owner = self.current_owner(number);
                (self.builder.known(owner), self.kept_queue(number, owner), true)
            }
        };
        let missing = self.builder.missing();
        let given = self.builder.select(condition, queue, missing);
        Row { applies: self.builder.and(condition, found), queue, given, keeps }
    }

    /// The queue that the lead is in already; if that is not known, the first one that rotates among owners with this one.
    fn kept_queue(&mut self, number: usize, owner: Value) -> Value {
        let policy = self.policy;
        let current = self.current_queue(number);
        let owner_count = policy.owner_choices.map_or(0, |choices| self.choice_count(choices));
        let home = |owner: usize| policy.queues.iter().position(|queue| queue.rotation.iter().any(|seat| seat.owner == owner));
        let homes: Vec<Option<i64>> =
            (0..usize::try_from(owner_count).unwrap_or(0)).map(|owner| home(owner).map(|home| home as i64)).collect();
        if homes.is_empty() {
            return current;
        }
        let homes = self.builder.array(homes);
        let home = self.builder.table(owner, homes);
        self.builder.or_else(current, home)
    }

    /// The queue that gets the lead in the end, and the owner; no owner if no queue of the route rotates and none is kept.
    fn take_turn(&mut self, number: usize, route: &Route, trace: &mut RouteTrace) {
        let (routed, kept) = (trace.routed, trace.kept);
        let policy = self.policy;
        let targets = self.targets(route);
        let rotates = policy.queues.iter().zip(&targets).any(|(queue, targeted)| *targeted && queue.rotates());
        if !rotates && kept.is_none() {
            return;
        }
        trace.hash = Some(self.key_hash());
        let missing = self.builder.missing();
        let (mut value, mut owner) = (routed, missing);
        if self.turns == Turns::ByHash {
            let (left, moved) = self.left_to(routed, &targets);
            let mut turns = Vec::new();
            for (number, queue) in policy.queues.iter().enumerate() {
                let reached = targets[number] && self.builder.shape(left).interval.contains(number as i64);
                if let Some((turn, owner)) = reached.then(|| self.rotation(queue)).flatten() {
                    trace.turns.push((number, turn));
                    turns.push((self.builder.equals(left, number as i64), owner));
                }
            }
            owner = self.builder.first_match(&turns, missing);
            if moved {
                value = left;
            }
        }
        if let Some(kept) = kept {
            let current = self.current_owner(number);
            value = self.builder.select(kept, routed, value);
            owner = self.builder.select(kept, current, owner);
        }
        (trace.value, trace.owner) = (value, Some(owner));
        trace.hash = (!trace.turns.is_empty()).then(|| self.key_hash());
    }

    /// Per queue: whether a lead of the route can get there by a row, or because nobody is left in a queue before it.
    fn targets(&self, route: &Route) -> Vec<bool> {
        let queues = &self.policy.queues;
        let any_queue = route.rows.iter().any(|row| matches!(row.target, RouteTarget::By(_)));
        let by_row = |queue: usize| route.rows.iter().any(|row| matches!(row.target, RouteTarget::Queue(target) if target == queue));
        let mut targets: Vec<bool> = (0..queues.len()).map(|queue| any_queue || by_row(queue)).collect();
        for start in 0..queues.len() {
            let mut at = Some(start).filter(|start| targets[*start]);
            // a checked policy has no circle of fallbacks; each step is one of at most so many
            for _ in 0..queues.len() {
                let Some(next) = at.and_then(|queue| queues[queue].fallback).filter(|next| *next < targets.len()) else { break };
                targets[next] = true;
                at = Some(next);
            }
        }
        targets
    }

    /// The queue, or the one that takes its leads while its table has nobody who takes turns; and whether there is such a queue.
    fn left_to(&mut self, queue: Value, targets: &[bool]) -> (Value, bool) {
        let queues = &self.policy.queues;
        let is_left = |queue: &Queue| queue.rotates() && !queue.rotation.iter().any(|seat| seat.is_taken());
        let left_to: Vec<Option<i64>> = (0..queues.len())
            .map(|start| {
                let mut at = start;
                for _ in 0..queues.len() {
                    match queues[at].fallback.filter(|next| is_left(&queues[at]) && *next < queues.len()) {
                        Some(next) => at = next,
                        None => break,
                    }
                }
                Some(at as i64)
            })
            .collect();
        if !left_to.iter().zip(0..).zip(targets).any(|((left_to, queue), targeted)| *targeted && *left_to != Some(queue)) {
            return (queue, false);
        }
        let array = self.builder.array(left_to);
        (self.builder.table(queue, array), true)
    }

    /// The turn of the lead's key, and the owner whose turn that is: each has as many turns as weight, one after the other.
    fn rotation(&mut self, queue: &Queue) -> Option<(Value, Value)> {
        let seats: Vec<(usize, u32)> = queue.rotation.iter().filter(|seat| seat.is_taken()).map(|seat| (seat.owner, seat.weight)).collect();
        let total = seats.iter().try_fold(0u32, |total, (_, weight)| total.checked_add(*weight)).filter(|total| *total > 0)?;
        let hash = self.key_hash();
        let turn = self.builder.op(Op::Turn { hash, seed: xxh64(queue.name.as_bytes(), 0) as i64, total });
        if total <= TURNS_IN_ARRAY {
            let turns = seats.iter().flat_map(|(owner, weight)| (0..*weight).map(|_| Some(*owner as i64)));
            let array = self.builder.array(turns.collect());
            return Some((turn, self.builder.table(turn, array)));
        }
        let mut start = 0;
        let mut thresholds = Vec::with_capacity(seats.len());
        for (_, weight) in seats.iter().take(seats.len() - 1) {
            start += i64::from(*weight);
            thresholds.push(start);
        }
        let number = self.builder.band(turn, &thresholds);
        let array = self.builder.array(seats.iter().map(|(owner, _)| Some(*owner as i64)).collect());
        Some((turn, self.builder.table(number, array)))
    }
}
