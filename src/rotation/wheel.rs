//! One queue's rotation: who is owed how much, and who takes the next turn.
//!
//! Always holds: what those who take part are owed adds up to nothing; see the rule in the folder's `mod.rs`.

use std::collections::BTreeMap;

use super::state::{QueueState, SeatState};
use crate::model::Queue;
use crate::model::value::fold_choice;

/// A turn has at least so many parts for each unit of the total weight, and a multiple of them where debts are finer.
const PARTS: i64 = 1_000;
/// Debts of finer parts of a turn than this are rounded to `PARTS`: denominators may grow with every change of those who take part.
const UNIT_MAX: i128 = 1 << 42;

#[derive(Clone, Debug)]
pub struct Wheel {
    pub name: String,
    pub rotates: bool,
    pub fallback: Option<usize>,
    /// turns taken so far
    pub turns: u64,
    /// how many parts a turn has; 0 before the first
    unit: i64,
    /// parts of a turn for each unit of the total weight
    parts: i64,
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
        if state.unit.checked_rem(weights) != Some(0) || debts != 0 {
            seats.iter_mut().for_each(|seat| seat.weighed = 0);
        }
        Wheel {
            name: queue.name.clone(),
            rotates: queue.rotates(),
            fallback: queue.fallback,
            turns: state.turns,
            unit: state.unit,
            parts: state.unit.checked_div(weights).unwrap_or(0),
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
                seat.owed += i64::from(seat.weight) * self.parts;
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

    /// Others take part than in the last turn, or with other weights: what these are owed is moved by their weights so that it adds up to nothing,
    /// and all debts are counted in parts of a turn of which each is a whole number.
    fn begin(&mut self, takes_part: &[bool]) {
        let takers = || self.seats.iter().zip(takes_part).filter(|(_, part)| **part).map(|(seat, _)| seat);
        let total: i128 = takers().map(|seat| i128::from(seat.weight)).sum();
        let surplus: i128 = takers().map(|seat| i128::from(seat.owed)).sum();
        let before = i128::from(self.unit);
        // debts in parts of a turn of which it has `before * total`
        let moved = |seat: &Seat, part: bool| i128::from(seat.owed) * total - if part { surplus * i128::from(seat.weight) } else { 0 };
        let debts: Vec<i128> = self.seats.iter().zip(takes_part).map(|(seat, part)| moved(seat, *part)).collect();
        let strange = self.strangers.values().map(|seat| i128::from(seat.owed) * total);
        let common = debts.iter().copied().chain(strange).fold(before, greatest_common);
        let parts = parts_for(if common == 0 { 1 } else { before / common }, total);
        let counted = |debt: i128| if before == 0 { 0 } else { divided(debt * parts, before) };
        for ((seat, part), debt) in self.seats.iter_mut().zip(takes_part).zip(debts) {
            (seat.owed, seat.weighed) = (counted(debt), if *part { seat.weight } else { 0 });
        }
        for seat in self.strangers.values_mut() {
            (seat.owed, seat.weight) = (counted(i128::from(seat.owed) * total), 0);
        }
        (self.unit, self.parts) = (whole(total * parts), whole(parts));
        // what rounding left over is less than a part for each
        let mut rest: i64 = self.seats.iter().zip(takes_part).filter(|(_, part)| **part).map(|(seat, _)| seat.owed).sum();
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

/// The least multiple of `PARTS` that `needed` divides; `PARTS` if a turn would have too many parts.
fn parts_for(needed: i128, total: i128) -> i128 {
    let least = i128::from(PARTS);
    let parts = needed / greatest_common(needed, least) * least;
    if parts.saturating_mul(total) > UNIT_MAX { least } else { parts }
}

/// Of nothing and a number it is that number.
fn greatest_common(one: i128, other: i128) -> i128 {
    let (mut one, mut other) = (one.abs(), other.abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Rounded half away from zero.
fn divided(value: i128, by: i128) -> i64 {
    let half = by / 2 * value.signum();
    whole((value + half) / by)
}

fn whole(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(0)
}
