//! Ways through the stages, for measures of the stage log.
//!
//! Enters: a lead, and the stages that measures ask the log of. Leaves: leads with one stay more in their logs. Always holds: each move of a log leads on from where the one before ended,
//! the last one ends in the lead's stage, and if it is said since when the lead is there, at that moment.

use super::histories::Wanted;
use crate::calendar::{MICROS_PER_DAY, MICROS_PER_HOUR};
use crate::model::{Policy, Since, Subject, Transition};
use crate::record::Lead;

/// So many ways are tried for one more stay.
const TRIED_MAX: usize = 2_000;

/// The stages that the log is asked of.
pub fn stages_asked(policy: &Policy, wanted: &[Wanted]) -> Vec<usize> {
    let measures = wanted.iter().filter_map(|wanted| policy.measures.get(wanted.measure));
    let subjects = measures.filter_map(|measure| match measure.subject {
        Subject::Entering(stage) | Subject::Leaving(stage) | Subject::Stage(stage) => Some(stage),
        Subject::Signals(_) => None,
    });
    let mut stages: Vec<usize> = subjects.chain(since(policy, wanted)).collect();
    stages.sort_unstable();
    stages.dedup();
    stages
}

/// The stages from whose last beginning on something counts.
fn since(policy: &Policy, wanted: &[Wanted]) -> impl Iterator<Item = usize> {
    let measures = wanted.iter().filter_map(|wanted| policy.measures.get(wanted.measure));
    measures.filter_map(|measure| if let Some(Since::Entering(stage)) = measure.since { Some(stage) } else { None })
}

/// The lead with a stay in a stage from which on something counts: long ago, and of late.
pub fn begun(policy: &Policy, wanted: &[Wanted], lead: &Lead, as_of: i64, moments: &[i64]) -> Vec<Lead> {
    let oldest = moments.iter().copied().min().unwrap_or(as_of);
    let mut all = Vec::new();
    for stage in since(policy, wanted) {
        for at in
            [oldest.saturating_sub(2 * MICROS_PER_DAY), as_of.saturating_sub(MICROS_PER_DAY), as_of.saturating_sub(3 * MICROS_PER_HOUR)]
        {
            if stage != here(policy, lead) {
                all.extend(longer(policy, lead, stage, as_of, &[at, at.saturating_add(MICROS_PER_HOUR)]));
            } else if lead.stage_since.is_none() {
                all.push(Lead { stage_since: Some(at), ..lead.clone() });
            }
        }
    }
    all
}

/// The lead with one more stay in a stage, or one more way back into it, at any two of the moments.
pub fn longer(policy: &Policy, lead: &Lead, stage: usize, as_of: i64, moments: &[i64]) -> Vec<Lead> {
    let mut all = Vec::new();
    for place in 0..=lead.log.len() {
        let before = place.checked_sub(1).and_then(|before| lead.log.get(before));
        let next = lead.log.get(place);
        // where the lead is until that entry; of one that came into being there, somewhere else
        let segment = match (before, next) {
            (Some(before), _) => Some(before.to),
            (None, Some(first)) => first.from.or_else(|| another(policy, first.to)),
            (None, None) => Some(here(policy, lead)),
        };
        let Some(segment) = segment else { continue };
        let Some(other) = (if segment == stage { another(policy, stage) } else { Some(stage) }) else { continue };
        let from = before.map_or(i64::MIN, |before| before.at);
        let to = next.map_or(as_of, |next| next.at.saturating_sub(1));
        let is_last = place == lead.log.len();
        let inside = || moments.iter().copied().filter(|at| from < *at && *at <= to);
        // where it is said when the stay that runs began, the way back ends there
        let ends: Vec<i64> = match lead.stage_since.filter(|_| is_last) {
            Some(_) if !lead.log.is_empty() => continue,
            Some(since) => vec![since],
            None => inside().collect(),
        };
        for end in ends {
            for start in inside().filter(|start| *start < end) {
                let came_there = (place == 0).then_some(None);
                for before in came_there.into_iter().chain([Some(segment)]) {
                    let mut log = lead.log.clone();
                    if let Some(next) = log.get_mut(place) {
                        next.from = Some(segment);
                    }
                    log.splice(place..place, [entry(start, before, other), entry(end, Some(other), segment)]);
                    all.push(Lead { log, ..lead.clone() });
                }
            }
        }
        if all.len() > TRIED_MAX {
            break;
        }
    }
    all
}

fn entry(at: i64, from: Option<usize>, to: usize) -> Transition {
    Transition { at, from, to, forget: None, rest_until: None, signals_before: None }
}

/// Where the lead is.
fn here(policy: &Policy, lead: &Lead) -> usize {
    lead.stage.or(policy.start_stage).unwrap_or(0)
}

/// The start, or any other stage.
fn another(policy: &Policy, stage: usize) -> Option<usize> {
    policy.start_stage.into_iter().chain(0..policy.stages.len()).find(|other| *other != stage)
}
