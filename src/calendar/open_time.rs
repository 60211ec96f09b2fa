//! Open time of a [`Calendar`]: how much lies between two instants, where an amount is used up, what opens and closes when.
//!
//! A block holds its opening instant and not its closing instant; blocks that touch, at midnight too, are one open period.

use jiff::Timestamp;

use super::local_hours::Of;
use super::timeline::{Dial, Piece};
use super::{Calendar, MICROS_PER_DAY};

impl Calendar {
    /// Forward: the earliest instant with that much open time after `start`; backward (`amount` below 0): the latest instant with that much
    /// open time before it; 0: `start`.
    pub fn add(&self, start: i64, amount: i64) -> Option<i64> {
        if amount >= 0 { self.forward(Of::Open, start, amount) } else { self.backward(start, amount.checked_neg()?) }
    }

    /// Open time from `start` to `end`; negative if `end` is earlier. What lies beyond the years that jiff knows counts as closed.
    pub fn between(&self, start: i64, end: i64) -> i64 {
        if end < start {
            return -self.between(end, start);
        }
        let (mut open, mut at) = (0, start.max(Timestamp::MIN.as_microsecond()));
        while at < end {
            let Some(piece) = self.timeline.at(at) else { break };
            let until = piece.until.min(end);
            open += self.in_piece(Of::Open, piece, at, until);
            at = until;
        }
        open
    }

    pub fn is_open(&self, instant: i64) -> bool {
        self.timeline.at(instant).is_some_and(|piece| match piece.dial {
            Dial::Runs { offset } => self.hours.is_open(instant + offset),
            Dial::Repeats { set_back_from } => self.hours.is_open(set_back_from - 1),
        })
    }

    /// `instant` if it is open, else the next opening.
    pub fn next_open(&self, instant: i64) -> Option<i64> {
        if self.is_open(instant) { Some(instant) } else { self.forward(Of::Open, instant, 1).map(|reached| reached - 1) }
    }

    /// The first opening later than `instant`.
    pub fn next_opening(&self, instant: i64) -> Option<i64> {
        let closed = if self.is_open(instant) { self.next_close(instant)? } else { instant };
        self.next_open(closed)
    }

    /// The first closing later than `instant`.
    pub fn next_close(&self, instant: i64) -> Option<i64> {
        self.forward(Of::Closed, self.next_open(instant)?, 1).map(|reached| reached - 1)
    }

    /// `instant` if it is open or a closing, else the last closing before it.
    pub fn roll_back(&self, instant: i64) -> Option<i64> {
        if self.is_open(instant) || self.is_open(instant.checked_sub(1)?) {
            return Some(instant);
        }
        self.backward(instant, 1).map(|reached| reached + 1)
    }

    fn forward(&self, of: Of, start: i64, amount: i64) -> Option<i64> {
        let (mut at, mut left) = (start, amount);
        while left > 0 {
            let piece = self.timeline.at(at)?;
            let here = self.in_piece(of, piece, at, piece.until);
            if here < left {
                if !self.hours.ever(of, at.div_euclid(MICROS_PER_DAY) - 1) {
                    return None;
                }
                left -= here;
                at = piece.until;
                continue;
            }
            return match piece.dial {
                Dial::Runs { offset } => {
                    let amount = self.hours.before(of, at + offset) + left;
                    self.hours.earliest_with(of, amount, at + offset).map(|local| local - offset)
                }
                Dial::Repeats { .. } => Some(at + left),
            };
        }
        Some(at)
    }

    fn backward(&self, start: i64, amount: i64) -> Option<i64> {
        let (mut at, mut left) = (start, amount);
        while left > 0 {
            let piece = self.timeline.at(at.checked_sub(1)?)?;
            let here = self.in_piece(Of::Open, piece, piece.from, at);
            if here < left {
                if !self.hours.ever_open_before(at.div_euclid(MICROS_PER_DAY) + 1) {
                    return None;
                }
                left -= here;
                at = piece.from;
                continue;
            }
            return match piece.dial {
                Dial::Runs { offset } => {
                    let amount = self.hours.before(Of::Open, at + offset) - left;
                    self.hours.latest_with(amount).map(|local| local - offset)
                }
                Dial::Repeats { .. } => Some(at - left),
            };
        }
        Some(at)
    }

    /// Open (closed) time between two instants of one piece.
    fn in_piece(&self, of: Of, piece: Piece, from: i64, until: i64) -> i64 {
        match piece.dial {
            Dial::Runs { offset } => self.hours.before(of, until + offset) - self.hours.before(of, from + offset),
            Dial::Repeats { set_back_from } if self.hours.is_open(set_back_from - 1) == (of == Of::Open) => until - from,
            Dial::Repeats { .. } => 0,
        }
    }
}
