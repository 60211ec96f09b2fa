//! Where a lead stood at a moment of its past.
//!
//! Enters: the moment, the instants of the lead's signals, its stage log, where it stands now. Leaves: a [`Situation`]. Always holds: of what
//! happened at one instant, signals and entries of the log follow each other as the log says (see [`Transition::behind`]); a stay whose beginning no log tells began
//! before the signals of that instant.

use super::Stand;
use crate::clock::Then;
use crate::model::Transition;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    pub at: i64,
    /// before what happened at that moment; no stage: none that is known
    pub stand: Stand,
    /// how many signals, and how many entries of the log, there were by then
    pub signals: usize,
    pub entries: usize,
}

/// `signals` are the instants of the lead's signals in order; `now` is where the lead stands at as-of, before the transition.
pub fn situation(then: Then, signals: &[i64], log: &[Transition], now: Stand) -> Situation {
    match then {
        Then::Signal(signal) => {
            let at = signals.get(signal).copied().unwrap_or(i64::MIN);
            let entries = log.partition_point(|entry| entry.at < at || (entry.at == at && behind(entry, signals) <= signal));
            Situation { at, stand: stood(&log[..entries], at, log.len() == entries, now), signals: signal + 1, entries }
        }
        Then::Entry(number) => {
            let Some(entry) = log.get(number) else { return Situation { at: i64::MIN, stand: now, signals: 0, entries: 0 } };
            let signals = behind(entry, signals);
            match entry.from {
                // it came into being there
                None => Situation { at: entry.at, stand: after(entry), signals, entries: number + 1 },
                Some(from) => {
                    let before = log[..number].last().filter(|before| before.to == from).map(after);
                    let stand = before.unwrap_or(Stand { stage: Some(from), since: None, rest_until: None });
                    Situation { at: entry.at, stand, signals, entries: number }
                }
            }
        }
        Then::Stay(at) => Situation { at, stand: now, signals: signals.partition_point(|signal| *signal <= at), entries: log.len() },
        Then::Move { at, signals } => Situation { at, stand: now, signals, entries: log.len() },
    }
}

/// How many signals came before an entry.
fn behind(entry: &Transition, signals: &[i64]) -> usize {
    entry.behind(signals.partition_point(|at| *at < entry.at), signals.partition_point(|at| *at <= entry.at))
}

/// By what the log had told by then, or by where the lead stands now, if that began before.
fn stood(log: &[Transition], at: i64, is_all: bool, now: Stand) -> Stand {
    if is_all && now.since.is_none_or(|since| since <= at) {
        return now;
    }
    log.last().map(after).unwrap_or_default()
}

fn after(entry: &Transition) -> Stand {
    Stand { stage: Some(entry.to), since: Some(entry.at), rest_until: entry.rest_until }
}
