//! What happens to the clocks of one lead, taken down while its history runs.
//!
//! Enters: at each turn of a replay, the signal whose turn it is, and what the program answers. Leaves: the happenings of each clock in order.
//! Always holds: a target is read when a clock may start, and kept; a condition that goes on holding happens once.

use super::holders::Holders;
use super::snapshot::Snapshot;
use super::{Happening, Instance, Signals, What};
use crate::model::{ClockRow, Moment, Policy, SignalId};

/// Used again for lead after lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    /// per clock
    tracks: Vec<Track>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Track {
    happenings: Vec<Happening>,
    /// per row: when it happened last, and whether it holds
    rows: Vec<(Option<i64>, bool)>,
}

impl Recorder {
    /// Before the first turn of a lead.
    pub fn begin(&mut self, policy: &Policy) {
        self.tracks.resize_with(policy.slas.len(), Track::default);
        for (track, clock) in self.tracks.iter_mut().zip(&policy.slas) {
            track.happenings.clear();
            track.rows.clear();
            track.rows.resize(clock.rows().count(), (None, false));
        }
    }

    /// A signal has its turn; the program was run at that instant, before anything that the signal brings.
    pub fn signal(
        &mut self,
        snapshot: &Snapshot,
        signals: &dyn Signals,
        signal: usize,
        output: &dyn Fn(usize) -> Option<i64>,
        holders: Holders,
    ) {
        let (at, kind) = (signals.at(signal), signals.kind(signal));
        for (id, (track, clock)) in self.tracks.iter_mut().zip(&snapshot.policy().slas).enumerate() {
            let fits = |row: &ClockRow| match row.moment() {
                Some(Moment::On { signals: wanted, condition }) => {
                    wanted.contains(&kind) && condition.is_none_or(|condition| signals.holds(signal, condition))
                }
                Some(Moment::Entering { .. } | Moment::Leaving { .. } | Moment::When(_)) | None => false,
            };
            let what = clock.rows().filter(fits).filter_map(|row| snapshot.what(id, &row, true, output, holders)).collect();
            track.happen(at, what);
        }
    }

    /// The program was run at an instant: what the stage and conditions bring. Does no harm when nothing has changed.
    pub fn look(&mut self, snapshot: &Snapshot, at: i64, output: &dyn Fn(usize) -> Option<i64>, holders: Holders) {
        for (id, (track, clock)) in self.tracks.iter_mut().zip(&snapshot.policy().slas).enumerate() {
            let mut brought = Vec::new();
            for (index, row) in clock.rows().enumerate() {
                let (Some(place), Some((last, held))) = (snapshot.place(id, index), track.rows.get_mut(index)) else { continue };
                let since = output(place);
                let holds = since.is_some();
                let happens = match row.moment() {
                    // `pauses when …` goes both ways
                    None => *held != holds,
                    Some(Moment::When(_)) => holds && !*held,
                    // at the instant of the transition, also when it is looked at twice
                    Some(Moment::Entering { .. } | Moment::Leaving { .. }) => since == Some(at) && *last != Some(at),
                    Some(Moment::On { .. }) => false,
                };
                *held = holds;
                if happens {
                    *last = Some(at);
                    brought.extend(snapshot.what(id, &row, holds, output, holders));
                }
            }
            track.happen(at, brought);
        }
    }

    /// Every instance of each clock; see [`super::Clocks::run`]. `holders` say who has the lead at the end.
    pub fn instances(&self, snapshot: &Snapshot, until: i64, holders: Holders) -> Vec<Vec<Instance>> {
        let clocks = snapshot.clocks();
        let of_clock = |(id, track): (usize, &Track)| {
            let mut instances = clocks.run(id, &track.happenings, until);
            if let Some(last) = instances.last_mut().filter(|last| last.stopped.is_none()) {
                last.owner_at_end = clocks.holder_before(id, holders).owner;
            }
            instances
        };
        self.tracks.iter().enumerate().map(of_clock).collect()
    }

    /// Whether some clock of the policy waits for a signal of this kind.
    pub fn waits_for(policy: &Policy, kind: SignalId) -> bool {
        let mut moments = policy.slas.iter().flat_map(|clock| clock.rows()).filter_map(|row| row.moment());
        moments.any(|moment| matches!(moment, Moment::On { signals, .. } if signals.contains(&kind)))
    }
}

impl Track {
    fn happen(&mut self, at: i64, mut what: Vec<What>) {
        what.sort_by_key(|what| what.order());
        self.happenings.extend(what.into_iter().map(|what| Happening { at, what }));
    }
}
