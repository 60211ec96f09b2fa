//! Signals that are added to a lead's history.
//!
//! Enters: how many of each kind. Leaves: histories to try, those with late signals first. Always holds: no signal is later than as-of; a history is one way among many, so that none of them does is no proof.

use crate::model::{Constant, Event, SignalId};

/// So many histories are tried for one choice of signals.
const TRIED_MAX: usize = 1_500;

/// A kind of signal that is added: how often, and the properties that it may have.
pub struct Added {
    pub signal: SignalId,
    pub count: usize,
    pub properties: Vec<Vec<Option<Constant>>>,
}

pub fn placements(added: &[Added], moments: &[i64]) -> Vec<Vec<Event>> {
    let kinds: Vec<(SignalId, &Vec<Option<Constant>>)> =
        added.iter().flat_map(|added| added.properties.iter().map(move |properties| (added.signal, properties))).collect();
    let mut all: Vec<Vec<Event>> = Vec::new();
    let together = choices_of_properties(added);
    // all at one moment, then one at each of the moments from one on
    for step in [0, 1] {
        for start in 0..moments.len() {
            for chosen in &together {
                if all.len() < TRIED_MAX {
                    all.extend(spread(added, chosen, moments, start, step));
                }
            }
        }
    }
    let total: usize = added.iter().map(|added| added.count).sum();
    if total == 2 {
        all.extend(pairs(added, &kinds, moments).take(TRIED_MAX));
    }
    all
}

/// Per kind of signal, the number of its properties: every combination.
fn choices_of_properties(added: &[Added]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for added in added {
        let longer = all.iter().flat_map(|chosen| {
            (0..added.properties.len()).map(move |next| {
                let mut chosen = chosen.clone();
                chosen.push(next);
                chosen
            })
        });
        all = longer.take(TRIED_MAX).collect();
    }
    all
}

fn spread(added: &[Added], chosen: &[usize], moments: &[i64], start: usize, step: usize) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    for (added, chosen) in added.iter().zip(chosen) {
        for number in 0..added.count {
            let at = *moments.get(start + number * step)?;
            events.push(Event { signal: added.signal, at, values: added.properties.get(*chosen)?.clone() });
        }
    }
    Some(events)
}

/// Two signals at any two of the moments.
fn pairs<'a>(
    added: &'a [Added],
    kinds: &'a [(SignalId, &'a Vec<Option<Constant>>)],
    moments: &'a [i64],
) -> impl Iterator<Item = Vec<Event>> + 'a {
    let (first, second) = match added {
        [one] => (one.signal, one.signal),
        [one, other, ..] => (one.signal, other.signal),
        [] => (0, 0),
    };
    let event = |signal: SignalId, at: i64, values: &Vec<Option<Constant>>| Event { signal, at, values: values.clone() };
    let of = move |signal: SignalId| kinds.iter().filter(move |(of, _)| *of == signal);
    moments.iter().flat_map(move |one| {
        moments.iter().flat_map(move |other| {
            of(first).flat_map(move |(_, values)| {
                of(second).map(move |(_, others)| vec![event(first, *one, values), event(second, *other, others)])
            })
        })
    })
}
