//! One cell of text to one value, exactly.
//!
//! Enters: the text of a cell and what the policy says of its field. Leaves: an integer in the model's units, missing, or a [`Reason`].
//! Always holds: a cell of blanks is missing; nothing is rounded or guessed; the same text means the same in every format.

mod choice;
mod moment;
mod number;
mod quick;
mod yes_no;

pub use choice::ChoiceCells;
pub(crate) use choice::pieces;
pub use moment::{day_in_years, in_years};
pub use number::{rescaled, shifted};
pub use quick::{Cell, Cells, appended};

use self::quick::Words;
use super::bad::Reason;
use crate::calendar::{MICROS_PER_DAY, MICROS_PER_SECOND, Zone, civil_from_days};
use crate::model::{Interval, Policy, Type};

/// Reads the cells of one column.
#[derive(Clone, Debug)]
pub struct CellReader {
    kind: Kind,
    /// a known value must lie here
    limits: Interval,
    /// of a time: a day alone is its beginning
    takes_days: bool,
    /// cells that were read before
    words: Words,
}

#[derive(Clone, Debug)]
enum Kind {
    Text,
    Number { scale: u8 },
    YesNo,
    Choice(ChoiceCells),
    Date(Zone),
    Time(Zone),
}

impl CellReader {
    pub fn new(policy: &Policy, ty: Type, limits: Interval, zone: &Zone) -> CellReader {
        let choices = |id: usize, several| match policy.choices.get(id) {
            Some(choices) => Kind::Choice(ChoiceCells::new(choices, several)),
            None => Kind::Text,
        };
        let kind = match ty {
            Type::Text => Kind::Text,
            Type::Number { scale, unit: _ } => Kind::Number { scale },
            Type::YesNo => Kind::YesNo,
            Type::OneOf(id) => choices(id, false),
            Type::SomeOf(id) => choices(id, true),
            Type::Date => Kind::Date(zone.clone()),
            Type::Time => Kind::Time(zone.clone()),
        };
        CellReader { kind, limits, takes_days: false, words: Words::default() }
    }

    /// From now on a day alone is a time too: its beginning, in the policy's zone.
    pub fn take_days(&mut self) {
        self.takes_days = true;
    }

    pub fn takes_days(&self) -> bool {
        self.takes_days
    }

    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text)
    }

    /// A text has no integer of its own: 0 stands for a known one.
    pub fn text(&mut self, cell: &str) -> Result<Option<i64>, Reason> {
        if is_blank(cell) {
            return Ok(None);
        }
        let value = match &mut self.kind {
            Kind::Text if cell.contains('\0') => return Err(Reason::HoldsNul),
            Kind::Text => return Ok(Some(0)),
            Kind::Number { scale } => number::plain(cell, *scale)?,
            Kind::YesNo => yes_no::read(cell)?,
            Kind::Choice(choices) => match choices.read(cell)? {
                Some(value) => value,
                None => return Ok(None),
            },
            Kind::Date(zone) => moment::date(cell, zone)?,
            Kind::Time(zone) => match moment::time(cell, zone) {
                Err(Reason::TimeWithoutClock) if self.takes_days => moment::beginning(moment::date(cell, zone)?, zone)?,
                read => read?,
            },
        };
        self.within(value).map(Some)
    }

    /// A number as JSON writes it.
    pub fn json_number(&mut self, token: &str) -> Result<Option<i64>, Reason> {
        match self.kind {
            Kind::Number { scale } => self.within(number::json(token, scale)?).map(Some),
            Kind::Text | Kind::YesNo | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_) => self.text(token),
        }
    }

    /// The members of a list, for `some of`; an empty list is missing.
    pub fn list<'c>(&mut self, members: impl Iterator<Item = &'c str>) -> Result<Option<i64>, Reason> {
        let Kind::Choice(choices) = &self.kind else { return Err(Reason::NotOneValue) };
        if !choices.several() {
            return Err(Reason::NotOneValue);
        }
        let mut bits = 0;
        for member in members.filter(|member| !is_blank(member)) {
            bits |= choices.bit(member)?;
        }
        if bits == 0 { Ok(None) } else { self.within(bits).map(Some) }
    }

    /// An integer that counts wholes, as of an integer column.
    pub fn whole(&mut self, value: i64) -> Result<Option<i64>, Reason> {
        match self.kind {
            Kind::Number { scale } => self.within(number::shifted(value, scale)?).map(Some),
            Kind::YesNo => match value {
                0 | 1 => self.within(value).map(Some),
                _ => Err(Reason::NotYesNo),
            },
            Kind::Text | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_) => self.text(&value.to_string()),
        }
    }

    /// A decimal counted in 10^-`places`.
    pub fn decimal(&mut self, mantissa: i128, places: i32) -> Result<Option<i64>, Reason> {
        match self.kind {
            Kind::Number { scale } => self.within(number::rescaled(mantissa, places, scale)?).map(Some),
            Kind::Text | Kind::YesNo | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_) => Err(Reason::NotANumber),
        }
    }

    pub fn yes_no(&mut self, value: bool) -> Result<Option<i64>, Reason> {
        match self.kind {
            Kind::YesNo => self.within(i64::from(value)).map(Some),
            Kind::Text | Kind::Number { .. } | Kind::Choice(_) | Kind::Date(_) | Kind::Time(_) => {
                self.text(if value { "true" } else { "false" })
            }
        }
    }

    pub fn day(&mut self, day: i64) -> Result<Option<i64>, Reason> {
        match &mut self.kind {
            Kind::Date(_) => self.within(moment::day_in_years(day)?).map(Some),
            Kind::Time(zone) if self.takes_days => {
                let beginning = moment::beginning(moment::day_in_years(day)?, zone)?;
                self.within(beginning).map(Some)
            }
            Kind::Time(_) => Err(Reason::TimeWithoutClock),
            Kind::Text | Kind::Number { .. } | Kind::YesNo | Kind::Choice(_) => Err(Reason::NotOneValue),
        }
    }

    /// An instant, in microseconds.
    pub fn instant(&mut self, instant: i64) -> Result<Option<i64>, Reason> {
        match self.kind {
            Kind::Time(_) => self.within(moment::in_years(instant)?).map(Some),
            Kind::Date(_) => Err(Reason::DateWithTime),
            Kind::Text | Kind::Number { .. } | Kind::YesNo | Kind::Choice(_) => Err(Reason::NotOneValue),
        }
    }

    /// A local time without a zone, in microseconds since the local 1970-01-01T00:00.
    pub fn local(&mut self, local: i64) -> Result<Option<i64>, Reason> {
        let value = match &mut self.kind {
            Kind::Time(zone) => moment::in_years(local).map(|local| zone.instant_of_local(local)).and_then(moment::in_years)?,
            Kind::Date(_) if local.rem_euclid(MICROS_PER_DAY) == 0 => moment::day_in_years(local.div_euclid(MICROS_PER_DAY))?,
            Kind::Date(_) => return Err(Reason::DateWithTime),
            Kind::Text | Kind::Number { .. } | Kind::YesNo | Kind::Choice(_) => return Err(Reason::NotOneValue),
        };
        self.within(value).map(Some)
    }

    fn within(&self, value: i64) -> Result<i64, Reason> {
        if self.limits.contains(value) { Ok(value) } else { Err(Reason::OutOfRange) }
    }
}

/// Nothing but blanks.
pub fn is_blank(cell: &str) -> bool {
    match cell.as_bytes().first() {
        None => true,
        Some(first) if first.is_ascii_graphic() => false,
        Some(_) => cell.trim().is_empty(),
    }
}

/// `2026-11-18`
pub fn date_text(day: i64) -> String {
    let (year, month, day) = civil_from_days(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11-18T15:00:00Z`, with six places of seconds only if they are not all zero.
pub fn time_text(instant: i64) -> String {
    format!("{}Z", local_text(instant))
}

/// `2026-11-18T15:00:00-05:00`
pub fn zoned_text(instant: i64, zone: &mut Zone) -> String {
    let local = zone.local(instant);
    let offset = (local - instant) / MICROS_PER_SECOND;
    let (sign, ahead) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    // Offsets with seconds are a thing of the 19th century; RFC 3339 has no room for them, so such a time is written in UTC.
    if ahead % 60 != 0 {
        return time_text(instant);
    }
    format!("{}{sign}{:02}:{:02}", local_text(local), ahead / 3_600, ahead / 60 % 60)
}

/// `2026-11-18T15:00:00`, of microseconds since the local 1970-01-01T00:00.
pub fn local_text(local: i64) -> String {
    let (day, micros) = (local.div_euclid(MICROS_PER_DAY), local.rem_euclid(MICROS_PER_DAY));
    let (seconds, fraction) = (micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
    let clock = format!("{}T{:02}:{:02}:{:02}", date_text(day), seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { clock } else { format!("{clock}.{fraction:06}") }
}
