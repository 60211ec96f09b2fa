//! Policy to program.
//!
//! Enters: a checked [`Policy`] without errors. Leaves: a [`Program`](super::Program) that gives every score, section, decide, stage and
//! route of it, with everything that an explanation may want to show, and the [`Trace`] that says where. Always holds: the
//! program verifies; lowering never fails and never panics. Measures, balances and what `on` and `after` rows wait for are inputs, which whoever
//! encodes a lead takes from its history. A table from input that was not given has no rows.
//!
//! Arithmetic is exact: a sum, a fraction, a remainder or an extreme is missing only where its result leaves 64 bits. Where bounds allow a part
//! to leave them, one operation works the whole out ([`super::calculation`]).

mod arithmetic;
mod builder;
mod clocks;
mod conditions;
mod decides;
mod events;
mod expressions;
mod flow;
mod inputs;
mod matchers;
mod outputs;
mod points;
mod routes;
mod scores;
mod tables;
mod texts;
mod times;
mod vocabularies;

use rustc_hash::FxHashMap;

pub use self::events::lower_event_conditions;

use self::builder::Builder;
use self::texts::Text;
use self::vocabularies::Vocabularies;
use super::{DecideTrace, Lowered, RouteTrace, ScoreTrace, Trace, Value};
use crate::model::wide::Wide;
use crate::model::{ClaimKind, Derived, LetId, Policy, Type};

/// Whose turn it is in a queue that rotates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turns {
    /// a stable hash of the lead's key says it
    #[default]
    ByHash,
    /// whoever keeps the state of rotations says it, once the program has run: queues are given as routed, and only kept owners
    ByState,
}

/// The program of a policy, not optimised.
pub fn lower(policy: &Policy) -> Lowered {
    lower_with(policy, Turns::ByHash)
}

/// The same, with turns taken as asked.
pub fn lower_with(policy: &Policy, turns: Turns) -> Lowered {
    lower_parts(policy, turns).finish()
}

/// The program of a policy, not optimised, with values for its claims, which no answer depends on.
pub fn lower_with_claims(policy: &Policy) -> Lowered {
    let mut lowering = lower_parts(policy, Turns::ByHash);
    for claim in &policy.claims {
        let value = match &claim.kind {
            ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => lowering.condition(condition),
            ClaimKind::Monotone { value, .. } => lowering.value(value),
        };
        lowering.trace.claims.push(value);
    }
    lowering.finish()
}

fn lower_parts(policy: &Policy, turns: Turns) -> Lowering<'_> {
    let mut lowering = Lowering::new(policy);
    lowering.turns = turns;
    for derived in &policy.order {
        match *derived {
            Derived::Let(id) => lowering.lower_let(id),
            Derived::Score(id) => lowering.lower_score(id),
            Derived::Decide(id) => lowering.lower_decide(id),
        }
    }
    lowering.lower_flows();
    lowering.lower_routes();
    lowering.lower_clocks();
    lowering
}

/// What is known so far. Derived values are lowered in the policy's order, so that what an expression needs is there.
struct Lowering<'p> {
    policy: &'p Policy,
    turns: Turns,
    builder: Builder,
    vocabularies: Vocabularies,
    /// columns of tables as arrays, and key columns as indexes
    tables: tables::Tables,
    lets: Vec<LoweredLet>,
    scores: Vec<ScoreTrace>,
    decides: Vec<Option<DecideTrace>>,
    routes: Vec<RouteTrace>,
    trace: Trace,
    /// bounds of the parts of the calculation at hand, so that none is worked out again for each that it stands in
    part_ranges: Vec<Option<Wide>>,
}

/// A let in the forms that may be asked for.
#[derive(Clone, Default)]
struct LoweredLet {
    /// none for a text
    value: Option<Value>,
    /// of a time: its calendar day
    day: Option<Value>,
    /// of a text
    text: Option<Text>,
}

impl<'p> Lowering<'p> {
    fn new(policy: &'p Policy) -> Lowering<'p> {
        Lowering {
            policy,
            turns: Turns::ByHash,
            builder: Builder::default(),
            vocabularies: Vocabularies::default(),
            tables: tables::Tables::default(),
            lets: vec![LoweredLet::default(); policy.lets.len()],
            scores: vec![ScoreTrace::default(); policy.scores.len()],
            decides: vec![None; policy.decides.len()],
            routes: Vec::with_capacity(policy.routes.len()),
            trace: Trace { expressions: FxHashMap::default(), ..Trace::default() },
            part_ranges: Vec::new(),
        }
    }

    /// Texts are looked through, so a text let is kept as what it stands for; a time is kept with its day.
    fn lower_let(&mut self, id: LetId) {
        let expr = &self.policy.lets[id].value;
        let lowered = match expr.ty {
            Type::Text => LoweredLet { text: Some(self.text(expr)), ..LoweredLet::default() },
            Type::Time => {
                let (value, day) = (self.value(expr), self.local_day(expr));
                LoweredLet { value: Some(value), day: Some(day), text: None }
            }
            Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date => {
                LoweredLet { value: Some(self.value(expr)), ..LoweredLet::default() }
            }
        };
        self.lets[id] = lowered;
    }

    fn finish(mut self) -> Lowered {
        self.lower_outputs();
        self.finish_vocabularies();
        let mut trace = self.trace;
        trace.lets = self.lets.iter().map(|lowered| lowered.value).collect();
        trace.scores = self.scores;
        trace.decides = self
            .decides
            .into_iter()
            .map(|decide| decide.unwrap_or_else(|| DecideTrace { rows: Vec::new(), columns: Vec::new(), value: self.builder.missing() }))
            .collect();
        trace.routes = self.routes;
        let mut program = self.builder.finish();
        if self.turns == Turns::ByState {
            outputs::make_room_for_turns(&mut program, self.policy);
        }
        Lowered { program, trace }
    }
}
