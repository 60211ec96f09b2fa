//! `ignore bursts of 4 within 1 second`: what a machine did, not a person.
//!
//! Enters: a lead's events up to as-of. Leaves: which of them are dropped. Always holds: an event is dropped exactly if some span of that length,
//! both ends in, holds it and as many of its signal as make a burst.

use super::{Events, later};
use crate::calendar::Zone;
use crate::model::{Bursts, Policy};

/// The signals that ignore bursts.
pub(super) fn bursty(policy: &Policy) -> Vec<(u16, Bursts)> {
    let signals = policy.signals.iter().enumerate();
    signals.filter_map(|(id, signal)| Some((u16::try_from(id).ok()?, signal.bursts?))).collect()
}

/// Marks the dropped ones of the first `count` events. `places` is room to work in.
pub(super) fn mark(
    bursty: &[(u16, Bursts)],
    events: Events<'_>,
    count: usize,
    zone: &mut Zone,
    places: &mut Vec<usize>,
    dropped: &mut Vec<bool>,
) {
    dropped.clear();
    if bursty.is_empty() {
        return;
    }
    dropped.resize(count, false);
    for (signal, bursts) in bursty {
        places.clear();
        places.extend((0..count).filter(|event| events.signal.get(*event) == Some(signal)));
        let Some(others) = usize::try_from(bursts.count).ok().and_then(|count| count.checked_sub(1)) else { continue };
        // marked up to here
        let mut marked = 0;
        for first in 0..places.len().saturating_sub(others) {
            let last = first + others;
            let (from, until) = (events.at[places[first]], events.at[places[last]]);
            if until > later(zone, from, bursts.within) {
                continue;
            }
            for place in &places[marked.max(first)..=last] {
                dropped[*place] = true;
            }
            marked = last + 1;
        }
    }
}
