//! What happens to the clocks of one lead, taken down while its history runs.
//!
//! Enters: at each turn of a replay, the signal whose turn it is, and what the program answers. Leaves: how each clock stands, who is to get another
//! owner meanwhile, and in the end every time that each was started. Always holds: a target is read when a clock may start, and kept; a condition
//! that goes on holding happens once; reassignments of all clocks come in the order of time, and those of one instant in that of the policy.

use super::holders::{Holder, Holders};
use super::run::{Machine, State};
use super::snapshot::Snapshot;
use super::{Clocks, Happening, Instance, Signals, What};
use crate::model::{ClockRow, Moment, Policy, SignalId, Sla, SlaId};

/// Used again for lead after lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    /// per clock
    tracks: Vec<Track>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Track {
    state: State,
    /// per row: at which entry of the stage log it happened last, and whether it holds
    rows: Vec<(Option<usize>, bool)>,
}

impl Recorder {
    /// Before the first turn of a lead.
    pub fn begin(&mut self, policy: &Policy) {
        self.tracks.resize_with(policy.slas.len(), Track::default);
        for (track, clock) in self.tracks.iter_mut().zip(&policy.slas) {
            track.state = State::default();
            track.rows.clear();
            track.rows.resize(clock.rows().count(), (None, false));
        }
    }

    /// Lets time go on: what lies before `to` happens. `reassign` decides who gets the lead that a clock takes from its owner; it is asked with the
    /// clock, its instance and the instant.
    pub fn advance(&mut self, snapshot: &Snapshot, to: i64, reassign: &mut dyn FnMut(SlaId, &Instance, i64) -> Holder) {
        let clocks = snapshot.clocks();
        loop {
            let tracks = self.tracks.iter_mut().zip(&snapshot.policy().slas).enumerate();
            let due = tracks.filter_map(|(id, (track, sla))| Some((track.machine(clocks, id, sla).advance(to)?, id))).min();
            let Some((at, id)) = due else { return };
            let (Some(track), Some(sla)) = (self.tracks.get_mut(id), clocks.sla(id)) else { return };
            let Some(holder) = track.state.active().map(|instance| reassign(id, instance, at)) else { return };
            track.machine(clocks, id, sla).reassign(holder);
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
            track.happen(snapshot.clocks(), id, clock, at, what);
        }
    }

    /// The program was run at an instant: what the stage and conditions bring. Does no harm when nothing has changed. Until then the lead's stage log has
    /// so many entries, the last of them into `stage`.
    pub fn look(
        &mut self,
        snapshot: &Snapshot,
        at: i64,
        (stage, entries): (usize, usize),
        output: &dyn Fn(usize) -> Option<i64>,
        holders: Holders,
    ) {
        for (id, (track, clock)) in self.tracks.iter_mut().zip(&snapshot.policy().slas).enumerate() {
            let mut brought = Vec::new();
            for (index, row) in clock.rows().enumerate() {
                let (Some(place), Some((last, held))) = (snapshot.place(id, index), track.rows.get_mut(index)) else { continue };
                let since = output(place);
                let holds = since.is_some();
                // the one that brought the lead where it is, or the one to come
                let entry = match row.moment() {
                    Some(Moment::Entering { stage: entered, .. }) if *entered == stage => entries.saturating_sub(1),
                    Some(Moment::Entering { .. } | Moment::Leaving { .. } | Moment::When(_) | Moment::On { .. }) | None => entries,
                };
                let happens = match row.moment() {
                    // `pauses when …` goes both ways
                    None => *held != holds,
                    Some(Moment::When(_)) => holds && !*held,
                    // at the instant of the transition, also when it is looked at twice
                    Some(Moment::Entering { .. } | Moment::Leaving { .. }) => since == Some(at) && *last != Some(entry),
                    Some(Moment::On { .. }) => false,
                };
                *held = holds;
                if happens {
                    *last = Some(entry);
                    brought.extend(snapshot.what(id, &row, holds, output, holders));
                }
            }
            track.happen(snapshot.clocks(), id, clock, at, brought);
        }
    }

    /// Every instance of each clock, once time has [gone on](Recorder::advance) to the end. `holders` say who has the lead then.
    pub fn instances(&mut self, snapshot: &Snapshot, holders: Holders) -> Vec<Vec<Instance>> {
        let clocks = snapshot.clocks();
        let of_clock = |(id, track): (usize, &mut Track)| {
            let mut instances = std::mem::take(&mut track.state).into_instances();
            if let Some(last) = instances.last_mut().filter(|last| last.stopped.is_none()) {
                last.owner_at_end = clocks.holder_before(id, holders).owner;
            }
            instances
        };
        self.tracks.iter_mut().enumerate().map(of_clock).collect()
    }

    /// Whether some clock of the policy waits for a signal of this kind.
    pub fn waits_for(policy: &Policy, kind: SignalId) -> bool {
        let mut moments = policy.slas.iter().flat_map(|clock| clock.rows()).filter_map(|row| row.moment());
        moments.any(|moment| matches!(moment, Moment::On { signals, .. } if signals.contains(&kind)))
    }
}

impl Track {
    fn happen(&mut self, clocks: &Clocks, id: SlaId, sla: &Sla, at: i64, mut what: Vec<What>) {
        if what.is_empty() {
            return;
        }
        what.sort_by_key(|what| what.order());
        let mut machine = self.machine(clocks, id, sla);
        // nobody is reassigned here: time has gone on to this instant
        machine.advance(at);
        what.into_iter().for_each(|what| machine.take(Happening { at, what }));
    }

    fn machine<'m, 'p>(&'m mut self, clocks: &'m Clocks<'p>, id: SlaId, sla: &'m Sla) -> Machine<'m, 'p> {
        Machine { clocks, id, sla, state: &mut self.state }
    }
}
