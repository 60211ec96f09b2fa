//! What holds between the measures of one history, whatever the history is.
//!
//! Enters: a policy's measures, and the nodes that they are. Leaves: conditions that every lead keeps. Always holds: no history breaks one of them, so adding
//! them to a question loses no lead.
//!
//! Two measures are compared if all that the one counts, the other counts too: of fewer signals, in a shorter window, under the same `where` or one that
//! asks for more, since the same moment. Then what the one has seen, the other has seen, and of plain counts the one is at most the other. Two counts of which no signal is in both
//! add up to at most a third that counts what either does, and to at least one that counts nothing else.

use rustc_hash::FxHashMap;

use super::Prover;
use super::events::Events;
use super::graph::{Graph, NodeId};
use super::variables::{Meaning, Variables};
use crate::calendar::MICROS_PER_DAY;
use crate::model::{CapPeriod, EventConditionId, Length, Measure, MeasureKind, Policy, SignalId, Subject};
use crate::program::{Value, lower_event_conditions};

/// The most questions about single signals.
const ASKED_MAX: usize = 400;

pub fn between(policy: &Policy, graph: &mut Graph, node_of: impl Fn(usize) -> Option<NodeId>) -> Vec<NodeId> {
    let mut conditions = Vec::new();
    let nodes: Vec<(usize, NodeId)> = (0..policy.measures.len()).filter_map(|measure| Some((measure, node_of(measure)?))).collect();
    let program = lower_event_conditions(policy);
    // one condition alone neither follows from another nor excludes it
    let events = (policy.event_conditions.len() > 1).then(|| Events::new(policy, &program));
    let mut signals = Signals { events, answers: FxHashMap::default() };
    for (left, left_node) in &nodes {
        for (right, right_node) in &nodes {
            if left == right {
                continue;
            }
            let (few, many) = (&policy.measures[*left], &policy.measures[*right]);
            if !is_part(&mut signals, few, many) || !forgets_alike(policy, *left, *right) {
                continue;
            }
            if let (Some(sees), Some(has_seen)) = (sees(graph, few, *left_node), seen(graph, many, *right_node)) {
                let not = graph.not(sees);
                conditions.push(graph.any(vec![not, has_seen]));
            }
            if is_count(few) && is_count(many) && many.cap.is_none() {
                let difference = graph.sum(0, vec![(*right_node, 1), (*left_node, -1)]);
                conditions.push(graph.at_least(difference, 0));
            }
        }
    }
    conditions.extend(of_three(policy, graph, &mut signals, &nodes));
    for (last, last_node) in &nodes {
        for (window, window_node) in &nodes {
            let (of, within) = (&policy.measures[*last], &policy.measures[*window]);
            let (MeasureKind::DaysSinceLast, Some(Length::Days(days))) = (of.kind, within.window) else { continue };
            let alike = of.subject == within.subject && of.condition == within.condition && of.since == within.since && of.window.is_none();
            if !alike || !forgets_alike(policy, *last, *window) {
                continue;
            }
            let Some(has_seen) = sees(graph, within, *window_node).filter(|_| is_plain(within)) else { continue };
            // the last is in the window exactly if it is at most so many days ago
            let known = graph.known(*last_node);
            let beyond = graph.at_least(*last_node, days.saturating_add(1));
            let recent = graph.not(beyond);
            let recent = graph.all(vec![known, recent]);
            let (not_seen, not_recent) = (graph.not(has_seen), graph.not(recent));
            conditions.push(graph.any(vec![not_seen, recent]));
            if keeps_one(within) {
                conditions.push(graph.any(vec![not_recent, has_seen]));
            }
        }
    }
    conditions.retain(|condition| graph.truth_of(*condition).is_none());
    conditions.sort_unstable();
    conditions.dedup();
    conditions
}

/// A time and its day are known together.
pub fn of_moments(graph: &mut Graph, variables: &Variables) -> Vec<NodeId> {
    let mut conditions = Vec::new();
    for (number, variable) in variables.all.iter().enumerate() {
        let Meaning::Column(column) = variable.meaning else { continue };
        let Some(day) = variables.day_of(column) else { continue };
        let [instant, day] = [number, day].map(|number| graph.known(variables.nodes[number]));
        let (no_instant, no_day) = (graph.not(instant), graph.not(day));
        conditions.push(graph.any(vec![no_instant, day]));
        conditions.push(graph.any(vec![no_day, instant]));
    }
    conditions.retain(|condition| graph.truth_of(*condition).is_none());
    conditions
}

/// What two counts of different signals add up to, held against a count of both.
fn of_three(policy: &Policy, graph: &mut Graph, signals: &mut Signals, nodes: &[(usize, NodeId)]) -> Vec<NodeId> {
    let plain = |measure: usize| is_count(&policy.measures[measure]) && policy.measures[measure].cap.is_none();
    let counts: Vec<(usize, NodeId)> = nodes.iter().copied().filter(|(measure, _)| plain(*measure)).collect();
    let mut conditions = Vec::new();
    for (place, (first, first_node)) in counts.iter().enumerate() {
        for (second, second_node) in &counts[place + 1..] {
            let (one, other) = (&policy.measures[*first], &policy.measures[*second]);
            if !forgets_alike(policy, *first, *second) || !signals.are_apart(one, other) {
                continue;
            }
            for (third, both_node) in counts.iter().filter(|(third, _)| third != first && third != second) {
                let both = &policy.measures[*third];
                if !forgets_alike(policy, *first, *third) {
                    continue;
                }
                if is_part(signals, one, both) && is_part(signals, other, both) {
                    let rest = graph.sum(0, vec![(*both_node, 1), (*first_node, -1), (*second_node, -1)]);
                    conditions.push(graph.at_least(rest, 0));
                }
                if alike_in_time(one, both) && alike_in_time(other, both) && signals.are_all(both, [one, other]) {
                    let more = graph.sum(0, vec![(*first_node, 1), (*second_node, 1), (*both_node, -1)]);
                    conditions.push(graph.at_least(more, 0));
                }
            }
        }
    }
    conditions
}

/// What is known of single signals.
struct Signals<'a> {
    events: Option<Events<'a>>,
    answers: FxHashMap<(SignalId, Vec<EventConditionId>, Vec<EventConditionId>), bool>,
}

impl Signals<'_> {
    /// No signal of this kind meets all of the first conditions and none of the others; also said to be possible where too much was asked before.
    fn is_impossible(&mut self, signal: SignalId, yes: Vec<EventConditionId>, no: Vec<EventConditionId>) -> bool {
        let is_full = self.answers.len() >= ASKED_MAX;
        match self.answers.get(&(signal, yes.clone(), no.clone())) {
            Some(answer) => *answer,
            None if is_full => false,
            None => {
                let answer = self.events.as_mut().is_some_and(|events| events.is_impossible(signal, &yes, &no));
                self.answers.insert((signal, yes, no), answer);
                answer
            }
        }
    }

    /// What meets the condition of the one meets that of the other.
    fn implies(&mut self, one: &Measure, other: &Measure) -> bool {
        match (&one.subject, one.condition, other.condition) {
            (_, _, None) => true,
            (_, one, other) if one == other => true,
            (Subject::Signals(signals), Some(one), Some(other)) => {
                signals.iter().all(|signal| self.is_impossible(*signal, vec![one], vec![other]))
            }
            (_, _, Some(_)) => false,
        }
    }

    /// No signal counts for both.
    fn are_apart(&mut self, one: &Measure, other: &Measure) -> bool {
        let (Subject::Signals(ones), Subject::Signals(others)) = (&one.subject, &other.subject) else { return false };
        let conditions: Vec<EventConditionId> = one.condition.into_iter().chain(other.condition).collect();
        let common = ones.iter().filter(|signal| others.contains(signal));
        common.into_iter().all(|signal| conditions.len() == 2 && self.is_impossible(*signal, conditions.clone(), Vec::new()))
    }

    /// Every signal that counts for the whole counts for one of the parts, as far as its kind and its properties go.
    fn are_all(&mut self, whole: &Measure, parts: [&Measure; 2]) -> bool {
        let Subject::Signals(signals) = &whole.subject else { return false };
        signals.iter().all(|signal| {
            let of = parts.iter().filter(|part| matches!(&part.subject, Subject::Signals(of) if of.contains(signal)));
            let conditions: Vec<Option<EventConditionId>> = of.map(|part| part.condition).collect();
            // one that asks nothing takes them all
            let asked: Option<Vec<EventConditionId>> = conditions.iter().copied().collect();
            !conditions.is_empty() && asked.is_none_or(|asked| self.is_impossible(*signal, whole.condition.into_iter().collect(), asked))
        })
    }
}

fn is_count(measure: &Measure) -> bool {
    measure.kind == MeasureKind::Count && measure.fading.is_none()
}

fn alike_in_time(one: &Measure, other: &Measure) -> bool {
    one.window == other.window && one.since == other.since
}

/// Whether everything that the one counts, the other counts too.
fn is_part(signals: &mut Signals, few: &Measure, many: &Measure) -> bool {
    let subject = match (&few.subject, &many.subject) {
        (Subject::Signals(few), Subject::Signals(many)) => !few.is_empty() && few.iter().all(|signal| many.contains(signal)),
        (few, many) => few == many,
    };
    let window = match (few.window, many.window) {
        (_, None) => true,
        (Some(Length::Days(few)), Some(Length::Days(many))) | (Some(Length::Elapsed(few)), Some(Length::Elapsed(many))) => few <= many,
        // what came so long ago came at most one calendar day earlier than that, however far clocks were moved in between: they never were by more than a day
        (Some(Length::Elapsed(few)), Some(Length::Days(many))) => few.unsigned_abs().div_ceil(MICROS_PER_DAY as u64) < many.unsigned_abs(),
        (Some(Length::Days(few)), Some(Length::Elapsed(many))) => {
            few.checked_add(2).and_then(|days| days.checked_mul(MICROS_PER_DAY)).is_some_and(|few| few <= many)
        }
        (None, Some(_)) => false,
    };
    subject && window && few.since == many.since && signals.implies(few, many)
}

/// What one of the two forgets, the other may remember: then nothing is known between them.
fn forgets_alike(policy: &Policy, left: usize, right: usize) -> bool {
    policy.forgets.iter().all(|forget| forget.measures.contains(&left) == forget.measures.contains(&right))
}

fn is_plain(measure: &Measure) -> bool {
    matches!(measure.kind, MeasureKind::Any) || (measure.kind == MeasureKind::Count && measure.fading.is_none())
}

/// Whether the measure counts one wherever there is one to count. A cap remembers what came before a window or a moment: what it kept there leaves no
/// room for what lies within, unless no period of the cap reaches across the edge.
fn keeps_one(measure: &Measure) -> bool {
    match (measure.cap.map(|cap| cap.per), measure.window) {
        (None, _) => true,
        (Some(_), None) | (Some(CapPeriod::Hour | CapPeriod::Day), Some(Length::Days(_))) => measure.since.is_none(),
        (Some(_), Some(_)) => false,
    }
}

/// A condition that implies that the measure has counted something.
fn sees(graph: &mut Graph, measure: &Measure, node: NodeId) -> Option<NodeId> {
    match measure.kind {
        MeasureKind::Count | MeasureKind::Any => Some(graph.at_least(node, 1)),
        MeasureKind::DaysSinceLast | MeasureKind::First(_) | MeasureKind::Last(_) => Some(graph.known(node)),
        MeasureKind::Sum(_) | MeasureKind::DaysIn | MeasureKind::Quiet(_) | MeasureKind::Waited(_) | MeasureKind::Balance(_) => None,
    }
}

/// A condition that holds whenever the measure has something to count.
fn seen(graph: &mut Graph, measure: &Measure, node: NodeId) -> Option<NodeId> {
    match measure.kind {
        MeasureKind::Count if measure.fading.is_none() && keeps_one(measure) => Some(graph.at_least(node, 1)),
        MeasureKind::Any => Some(graph.at_least(node, 1)),
        MeasureKind::DaysSinceLast => Some(graph.known(node)),
        MeasureKind::Count
        | MeasureKind::First(_)
        | MeasureKind::Last(_)
        | MeasureKind::Sum(_)
        | MeasureKind::DaysIn
        | MeasureKind::Quiet(_)
        | MeasureKind::Waited(_)
        | MeasureKind::Balance(_) => None,
    }
}

impl Prover<'_> {
    /// From now on only leads are looked at for which these conditions hold, as they do for every lead that there can be.
    pub fn keep(&mut self, conditions: &[Value]) {
        for condition in conditions {
            let node = self.translation.node(&mut self.graph, *condition);
            if self.graph.truth_of(node).is_none() {
                self.kept.push(node);
            }
        }
    }

    /// What holds between the variables that a node depends on, with those that these are tied to by what is kept.
    pub(super) fn between_measures(&self, node: NodeId) -> Vec<NodeId> {
        let (mut tied, mut rest) = (vec![node], self.kept.clone());
        loop {
            let (more, apart): (Vec<NodeId>, Vec<NodeId>) =
                rest.into_iter().partition(|kept| tied.iter().any(|tied| !self.graph.is_disjoint(*kept, *tied)));
            rest = apart;
            if more.is_empty() {
                break;
            }
            tied.extend(more);
        }
        let kept = tied.split_off(1);
        let support = self.graph.support(node);
        let inside = |words: &[u64]| words.iter().enumerate().all(|(index, word)| word & !support.get(index).copied().unwrap_or(0) == 0);
        self.between.iter().copied().filter(|between| inside(self.graph.support(*between))).chain(kept).collect()
    }
}
