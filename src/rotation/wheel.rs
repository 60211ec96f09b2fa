//! One queue's rotation: who is owed how much, and who takes the next turn.
//!
//! Always holds: what those who take part are owed adds up to nothing; see the rule in the folder's `mod.rs`.

use std::collections::BTreeMap;

use super::state::{QueueState, SeatState};
use crate::model::Queue;
use crate::model::value::fold_choice;

/// A turn has so many parts for each unit of the total weight.
const PARTS: i64 = 1_000;

#[derive(Clone, Debug)]
pub struct Wheel {
    pub name: String,
    pub rotates: bool,
    pub fallback: Option<usize>,
    /// turns taken so far
    pub turns: u64,
    /// how many parts a turn has; 0 before the first
    unit: i64,
    seats: Vec<Seat>,
    /// seats of the state that the queue no longer has
    strangers: BTreeMap<String, SeatState>,
}

#[derive(Clone, Debug)]
struct Seat {
    owner: usize,
    name: String,
    weight: u32,
    capacity: Option<u32>,
    skipped: bool,
    /// the weight with which it took part in the last turn; 0 if it did not
    weighed: u32,
    /// in parts of a turn
    owed: i64,
    turns: u64,
}

impl Seat {
    fn takes_part(&self, open: &[u64]) -> bool {
        self.weight > 0 && !self.skipped && !self.is_full(open)
    }

    fn is_full(&self, open: &[u64]) -> bool {
        self.capacity.is_some_and(|capacity| open.get(self.owner).is_some_and(|open| *open >= u64::from(capacity)))
    }
}

impl Wheel {
    pub fn new(queue: &Queue, owners: &[String], state: &QueueState) -> Wheel {
        let mut strangers: BTreeMap<String, SeatState> = state.seats.clone();
        let by_name: BTreeMap<String, String> = state.seats.keys().map(|name| (fold_choice(name), name.clone())).collect();
        let seats = queue.rotation.iter().map(|seat| {
            let name = owners.get(seat.owner).cloned().unwrap_or_default();
            let known = by_name.get(&fold_choice(&name)).and_then(|name| strangers.remove(name)).unwrap_or_default();
            Seat {
                owner: seat.owner,
                name,
                weight: seat.weight,
                capacity: seat.capacity,
                skipped: seat.skipped,
                weighed: known.weight,
                owed: known.owed,
                turns: known.turns,
            }
        });
        let mut seats: Vec<Seat> = seats.collect();
        // a state that was changed by hand may not add up; then debts are made to, as when others take part
        let weights: i64 = state.seats.values().map(|seat| i64::from(seat.weight)).sum();
        let debts: i128 = state.seats.values().filter(|seat| seat.weight > 0).map(|seat| i128::from(seat.owed)).sum();
        if weights.checked_mul(PARTS) != Some(state.unit) || debts != 0 {
            seats.iter_mut().for_each(|seat| seat.weighed = 0);
        }
        Wheel {
            name: queue.name.clone(),
            rotates: queue.rotates(),
            fallback: queue.fallback,
            turns: state.turns,
            unit: state.unit,
            seats,
            strangers,
        }
    }

    /// The owner who takes the next turn; none if nobody takes part.
    pub fn turn(&mut self, open: &[u64]) -> Option<usize> {
        let takes_part: Vec<bool> = self.seats.iter().map(|seat| seat.takes_part(open)).collect();
        if !takes_part.contains(&true) {
            return None;
        }
        let changed = self.seats.iter().zip(&takes_part).any(|(seat, part)| seat.weighed != if *part { seat.weight } else { 0 });
        if changed || self.unit == 0 || self.strangers.values().any(|seat| seat.weight > 0) {
            self.begin(&takes_part);
        }
        let chosen = self.earliest(&takes_part)?;
        for (seat, part) in self.seats.iter_mut().zip(&takes_part) {
            if *part {
                seat.owed += i64::from(seat.weight) * PARTS;
            }
        }
        let seat = &mut self.seats[chosen];
        seat.owed -= self.unit;
        seat.turns += 1;
        self.turns += 1;
        Some(seat.owner)
    }

    /// Of those who are owed nothing or more, the one who would soonest have a turn more than its share; the earlier seat of equal ones.
    fn earliest(&self, takes_part: &[bool]) -> Option<usize> {
        let unit = i128::from(self.unit);
        let mut best: Option<(usize, &Seat)> = None;
        for (index, seat) in self.seats.iter().enumerate().filter(|(index, seat)| takes_part[*index] && seat.owed >= 0) {
            // (unit - owed) / weight is when; compared without dividing
            let sooner = best.is_none_or(|(_, best)| {
                (unit - i128::from(seat.owed)) * i128::from(best.weight) < (unit - i128::from(best.owed)) * i128::from(seat.weight)
            });
            if sooner {
                best = Some((index, seat));
            }
        }
        best.map(|(index, _)| index)
    }

    /// Others take part than in the last turn, or with other weights: debts are counted in parts of their total, and add up to nothing.
    fn begin(&mut self, takes_part: &[bool]) {
        let total: i64 = self.seats.iter().zip(takes_part).filter(|(_, part)| **part).map(|(seat, _)| i64::from(seat.weight)).sum();
        let unit = total * PARTS;
        let before = self.unit;
        let scaled = |owed: i64| if before == 0 { 0 } else { divided(i128::from(owed) * i128::from(unit), i128::from(before)) };
        for (seat, part) in self.seats.iter_mut().zip(takes_part) {
            seat.owed = scaled(seat.owed);
            seat.weighed = if *part { seat.weight } else { 0 };
        }
        for seat in self.strangers.values_mut() {
            (seat.owed, seat.weight) = (scaled(seat.owed), 0);
        }
        self.unit = unit;
        let part_of = |seats: &[Seat]| -> i64 { seats.iter().zip(takes_part).filter(|(_, part)| **part).map(|(seat, _)| seat.owed).sum() };
        let surplus = part_of(&self.seats);
        for (seat, _) in self.seats.iter_mut().zip(takes_part).filter(|(_, part)| **part) {
            seat.owed -= divided(i128::from(surplus) * i128::from(seat.weight), i128::from(total));
        }
        // what rounding left over is less than a part for each
        let mut rest = part_of(&self.seats);
        for (seat, _) in self.seats.iter_mut().zip(takes_part).filter(|(_, part)| **part) {
            seat.owed -= rest.signum();
            rest -= rest.signum();
        }
    }

    /// Owners who would take part if they were not full.
    pub fn full(&self, open: &[u64]) -> Vec<usize> {
        self.seats.iter().filter(|seat| seat.weight > 0 && !seat.skipped && seat.is_full(open)).map(|seat| seat.owner).collect()
    }

    pub fn state(&self) -> QueueState {
        let mut seats = self.strangers.clone();
        for seat in &self.seats {
            seats.insert(seat.name.clone(), SeatState { weight: seat.weighed, owed: seat.owed, turns: seat.turns });
        }
        QueueState { turns: self.turns, unit: self.unit, seats }
    }
}

/// Rounded half away from zero.
fn divided(value: i128, by: i128) -> i64 {
    let half = by / 2 * value.signum();
    i64::try_from((value + half) / by).unwrap_or(0)
}
