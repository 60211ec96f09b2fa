//! Routes: the first row that applies gives the queue; a queue that rotates gives the owner.

use xxhash_rust::xxh64::xxh64;

use super::Lowering;
use crate::model::{Queue, Route, RouteRow, RouteTarget};
use crate::program::{Op, RouteTrace, Value};

/// Up to this many turns, turns are an array; beyond, owners are found by where their turns start.
const TURNS_IN_ARRAY: u32 = 256;

impl Lowering<'_> {
    pub fn lower_routes(&mut self) {
        for route in &self.policy.routes {
            let lowered = self.route(route);
            self.routes.push(lowered);
        }
    }

    fn route(&mut self, route: &Route) -> RouteTrace {
        let condition = route.condition.as_ref().map(|condition| self.condition(condition));
        let rows: Vec<Value> = route.rows.iter().map(|row| self.route_row(row)).collect();
        // A row applies if it gives a queue.
        let mut value = self.builder.missing();
        for row in rows.iter().rev() {
            value = if self.builder.shape(*row).optional { self.builder.op(Op::Else(*row, value)) } else { *row };
        }
        if let Some(condition) = condition {
            let missing = self.builder.missing();
            value = self.builder.select(condition, value, missing);
        }
        let mut trace = RouteTrace { condition, rows, value, owner: None, hash: None, turns: Vec::new() };
        trace.owner = self.owner(route, &mut trace);
        trace
    }

    /// The queue that the row gives, missing if it does not apply.
    fn route_row(&mut self, row: &RouteRow) -> Value {
        let condition = self.optional_condition(row.condition.as_ref());
        let queue = match &row.target {
            RouteTarget::Queue(queue) => self.builder.constant(*queue as i64),
            RouteTarget::By(queue) => self.value(queue),
            RouteTarget::KeepOwner => self.builder.missing(),
        };
        let missing = self.builder.missing();
        self.builder.select(condition, queue, missing)
    }

    /// The owner that the queue's rotation gives the lead; none if no queue of the route rotates.
    fn owner(&mut self, route: &Route, trace: &mut RouteTrace) -> Option<Value> {
        let queue = trace.value;
        let policy = self.policy;
        let any_queue = route.rows.iter().any(|row| matches!(row.target, RouteTarget::By(_)));
        let targeted =
            |queue: usize| any_queue || route.rows.iter().any(|row| matches!(row.target, RouteTarget::Queue(target) if target == queue));
        let mut rows = Vec::new();
        for (number, found) in policy.queues.iter().enumerate() {
            let reachable = targeted(number) && self.builder.shape(queue).interval.contains(number as i64);
            if let Some((turn, owner)) = reachable.then(|| self.rotation(found)).flatten() {
                trace.turns.push((number, turn));
                rows.push((self.builder.equals(queue, number as i64), owner));
            }
        }
        if rows.is_empty() {
            return None;
        }
        trace.hash = Some(self.key_hash());
        let missing = self.builder.missing();
        Some(self.builder.first_match(&rows, missing))
    }

    /// The turn of the lead's key, and the owner whose turn that is: each has as many turns as weight, one after the other.
    fn rotation(&mut self, queue: &Queue) -> Option<(Value, Value)> {
        let total = queue.rotation.iter().try_fold(0u32, |total, (_, weight)| total.checked_add(*weight)).filter(|total| *total > 0)?;
        let hash = self.key_hash();
        let turn = self.builder.op(Op::Turn { hash, seed: xxh64(queue.name.as_bytes(), 0) as i64, total });
        if total <= TURNS_IN_ARRAY {
            let turns = queue.rotation.iter().flat_map(|(owner, weight)| (0..*weight).map(|_| Some(*owner as i64)));
            let array = self.builder.array(turns.collect());
            return Some((turn, self.builder.table(turn, array)));
        }
        let owners: Vec<(usize, u32)> = queue.rotation.iter().copied().filter(|(_, weight)| *weight > 0).collect();
        let mut start = 0;
        let mut thresholds = Vec::with_capacity(owners.len());
        for (_, weight) in owners.iter().take(owners.len() - 1) {
            start += i64::from(*weight);
            thresholds.push(start);
        }
        let number = self.builder.band(turn, &thresholds);
        let array = self.builder.array(owners.iter().map(|(owner, _)| Some(*owner as i64)).collect());
        Some((turn, self.builder.table(number, array)))
    }
}
