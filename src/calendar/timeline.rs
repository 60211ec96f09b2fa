//! A zone as pieces of time in which its clock runs evenly.
//!
//! Enters: an instant. Leaves: the [`Piece`] around it. Always holds: pieces follow each other without gaps; within one the clock either
//! runs with a fixed offset and shows what it has not shown before, or it has been set back and shows once more what it showed.
//!
//! That decides what an edge of a block means at a clock change: it is the first instant at which the clock shows that time or a later
//! one. In an hour that is skipped that is the change itself, in an hour that is repeated its first occurrence; during the repetition
//! nothing opens and nothing closes.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::MICROS_PER_SECOND;

#[derive(Clone, Debug)]
pub struct Timeline {
    zone: TimeZone,
    /// the pieces of the years that instants are mostly of, by time
    usual: Vec<Piece>,
}

/// Instants `from..until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub from: i64,
    pub until: i64,
    pub dial: Dial,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dial {
    /// local time is this far ahead of UTC
    Runs { offset: i64 },
    /// the clock was set back from this local time, and has not reached it again
    Repeats { set_back_from: i64 },
}

/// 1995 to 2055.
const USUAL: (i64, i64) = (788_918_400 * MICROS_PER_SECOND, 2_682_374_400 * MICROS_PER_SECOND);

impl Timeline {
    pub fn new(zone: TimeZone) -> Timeline {
        let mut timeline = Timeline { zone, usual: Vec::new() };
        let mut at = USUAL.0;
        while at < USUAL.1 {
            let Some(piece) = timeline.find(at) else { break };
            timeline.usual.push(piece);
            at = piece.until;
        }
        timeline
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The piece that holds an instant; none outside of the time that jiff knows.
    pub fn at(&self, instant: i64) -> Option<Piece> {
        let next = self.usual.partition_point(|piece| piece.from <= instant);
        let usual = next.checked_sub(1).and_then(|last| self.usual.get(last)).filter(|piece| instant < piece.until);
        usual.copied().or_else(|| self.find(instant))
    }

    fn find(&self, instant: i64) -> Option<Piece> {
        let at = Timestamp::from_microsecond(instant).ok()?;
        let offset = self.offset(at);
        // `preceding` gives changes before an instant, and one belongs to the piece that it begins
        let just_after = Timestamp::from_microsecond(instant + 1).unwrap_or(at);
        let change = self.zone.preceding(just_after).next().map(|change| change.timestamp());
        let from = change.map_or(Timestamp::MIN.as_microsecond(), Timestamp::as_microsecond);
        let until = self.zone.following(at).next().map_or(Timestamp::MAX.as_microsecond(), |change| change.timestamp().as_microsecond());
        let before = Timestamp::from_microsecond(from - 1).map_or(offset, |before| self.offset(before));
        let caught_up = from + (before - offset).max(0);
        Some(if instant < caught_up {
            Piece { from, until: until.min(caught_up), dial: Dial::Repeats { set_back_from: from + before } }
        } else {
            Piece { from: caught_up, until, dial: Dial::Runs { offset } }
        })
    }

    fn offset(&self, at: Timestamp) -> i64 {
        i64::from(self.zone.to_offset(at).seconds()) * MICROS_PER_SECOND
    }
}
