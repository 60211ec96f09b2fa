//! What holds between the measures of one history, whatever the history is.
//!
//! Enters: a policy's measures, and the nodes that they are. Leaves: conditions that every lead keeps. Always holds: no history breaks one of them, so adding
//! them to a question loses no lead.
//!
//! Two measures are compared if all that the one counts, the other counts too: of fewer signals, in a shorter window, under the same `where` or with
//! one more, since the same moment. Then what the one has seen, the other has seen, and of plain counts the one is at most the other.

use super::graph::{Graph, NodeId};
use super::variables::{Meaning, Variables};
use crate::model::{CapPeriod, Length, Measure, MeasureKind, Policy, Subject};

pub fn between(policy: &Policy, graph: &mut Graph, node_of: impl Fn(usize) -> Option<NodeId>) -> Vec<NodeId> {
    let mut conditions = Vec::new();
    let nodes: Vec<(usize, NodeId)> = (0..policy.measures.len()).filter_map(|measure| Some((measure, node_of(measure)?))).collect();
    for (left, left_node) in &nodes {
        for (right, right_node) in &nodes {
            if left == right {
                continue;
            }
            let (few, many) = (&policy.measures[*left], &policy.measures[*right]);
            if !is_part(few, many) || !forgets_alike(policy, *left, *right) {
                continue;
            }
            if let (Some(sees), Some(has_seen)) = (sees(graph, few, *left_node), seen(graph, many, *right_node)) {
                let not = graph.not(sees);
                conditions.push(graph.any(vec![not, has_seen]));
            }
            let counts = |measure: &Measure| measure.kind == MeasureKind::Count && measure.fading.is_none();
            if counts(few) && counts(many) && many.cap.is_none() {
                let difference = graph.sum(0, vec![(*right_node, 1), (*left_node, -1)]);
                conditions.push(graph.at_least(difference, 0));
            }
        }
    }
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

/// Whether everything that the one counts, the other counts too.
fn is_part(few: &Measure, many: &Measure) -> bool {
    let subject = match (&few.subject, &many.subject) {
        (Subject::Signals(few), Subject::Signals(many)) => !few.is_empty() && few.iter().all(|signal| many.contains(signal)),
        (few, many) => few == many,
    };
    let condition = many.condition.is_none() || few.condition == many.condition;
    let window = match (few.window, many.window) {
        (_, None) => true,
        (Some(Length::Days(few)), Some(Length::Days(many))) | (Some(Length::Elapsed(few)), Some(Length::Elapsed(many))) => few <= many,
        (None, Some(_)) | (Some(Length::Days(_)), Some(Length::Elapsed(_))) | (Some(Length::Elapsed(_)), Some(Length::Days(_))) => false,
    };
    subject && condition && window && few.since == many.since
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
