//! Cells of a table's file, to values.
//!
//! Enters: a cell's text, trimmed and not empty, and the type of its column. Leaves: the value in the type's units, or a sentence that says
//! why it is none. Always holds: a number is read exactly or not at all. Text cells are not read here: they become codes.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use super::value::{Decimal, fold_choice, format_scaled};
use super::{ChoiceMember, Choices, Interval, Type};
use crate::diagnostic::nearest;

/// Reads the cells of one column.
pub(crate) struct CellReader<'p> {
    pub ty: Type,
    pub range: Option<Interval>,
    /// of a `one of`, a `some of`, a queue, a stage, a team
    pub choices: Option<&'p Choices>,
    /// what the choices are: "queue"
    pub noun: &'static str,
    /// folded spelling -> choice
    pub spellings: FxHashMap<&'p str, usize>,
    pub zone: TimeZone,
}

/// Why a cell does not fit, and what to write instead.
pub(crate) struct CellMistake {
    pub reason: String,
    pub help: Option<String>,
    /// the name that is not known, if this is why
    pub unknown: Option<String>,
}

impl<'p> CellReader<'p> {
    pub fn new(ty: Type, range: Option<Interval>, choices: Option<&'p Choices>, noun: &'static str, zone: TimeZone) -> CellReader<'p> {
        let members = choices.map(|choices| choices.members.as_slice()).unwrap_or_default();
        let spellings = members
            .iter()
            .enumerate()
            .flat_map(|(index, member)| member.spellings.iter().map(move |spelling| (spelling.as_str(), index)))
            .collect();
        CellReader { ty, range, choices, noun, spellings, zone }
    }

    pub fn read(&self, cell: &str) -> Result<i64, CellMistake> {
        let value = match self.ty {
            // texts become codes of a dictionary, which the caller keeps
            Type::Text => 0,
            Type::Number { scale, .. } => self.number(cell, scale)?,
            Type::YesNo => yes_no(cell)?,
            Type::OneOf(_) => i64::try_from(self.choice(cell)?).unwrap_or(i64::MAX),
            Type::SomeOf(_) => {
                let mut bits = 0;
                for part in cell.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
                    bits |= 1i64 << self.choice(part)?;
                }
                bits
            }
            Type::Date => date(cell)?,
            Type::Time => self.time(cell)?,
        };
        match (self.range, self.ty) {
            (Some(range), Type::Number { scale, .. }) if !range.contains(value) => {
                let show = |value: i64| format_scaled(i128::from(value), scale);
                Err(mistake(format!("`{cell}` lies outside {} to {}", show(range.low), show(range.high))))
            }
            _ => Ok(value),
        }
    }

    fn number(&self, cell: &str, scale: u8) -> Result<i64, CellMistake> {
        let what = if scale == 0 { "a whole number" } else { "a number" };
        let Some(decimal) = decimal(cell) else {
            let help = Some("write the number alone, such as `1000` or `12.5`".to_owned());
            return Err(CellMistake { reason: format!("`{cell}` is not {what}"), help, unknown: None });
        };
        decimal.at_scale(scale).ok_or_else(|| {
            let places = decimal.reduced().places;
            mistake(match (places > scale, scale) {
                (true, 0) => format!("`{cell}` is not a whole number"),
                (true, _) => format!("`{cell}` has {places} decimal places, more than the {scale} that are kept"),
                (false, _) => format!("`{cell}` does not fit in 64 bits"),
            })
        })
    }

    fn choice(&self, cell: &str) -> Result<usize, CellMistake> {
        if let Some(index) = self.spellings.get(fold_choice(cell).as_str()) {
            return Ok(*index);
        }
        Err(CellMistake { reason: format!("`{cell}` is no {}", self.noun), help: None, unknown: Some(cell.to_owned()) })
    }

    /// What there is to choose from, if it is little.
    pub fn listed(&self) -> Option<String> {
        const LISTED_MAX: usize = 8;
        let members = self.choices.map(|choices| choices.members.as_slice()).filter(|members| members.len() <= LISTED_MAX)?;
        let names: Vec<String> = members.iter().map(|member| format!("`{}`", member.name)).collect();
        (!names.is_empty()).then(|| format!("it can be {}", names.join(", ")))
    }

    /// The choice that an unknown name may be meant for.
    pub fn nearest(&self, unknown: &str) -> Option<&'p str> {
        let members = self.choices.map(|choices| choices.members.as_slice()).unwrap_or_default();
        let by_name = nearest(unknown, members.iter().map(|member| member.name.as_str()));
        // as it is shown, or spelled by some system
        let spelled = |member: &'p ChoiceMember| {
            let spellings = member.display.iter().chain(&member.spellings);
            spellings.map(|spelling| (fold_choice(spelling), member.name.as_str())).collect::<Vec<_>>()
        };
        by_name.or_else(|| {
            let spellings: Vec<(String, &'p str)> = members.iter().flat_map(spelled).collect();
            let near = nearest(&fold_choice(unknown), spellings.iter().map(|(spelling, _)| spelling.as_str()))?;
            spellings.iter().find(|(spelling, _)| spelling == near).map(|(_, name)| *name)
        })
    }

    fn time(&self, cell: &str) -> Result<i64, CellMistake> {
        // a day alone is not an instant
        if cell.len() < "2026-11-18T15:00".len() {
            return Err(not_a_time(cell));
        }
        if let Ok(instant) = cell.parse::<Timestamp>() {
            return Ok(instant.as_microsecond());
        }
        let local: DateTime = cell.parse().map_err(|_| not_a_time(cell))?;
        // a skipped hour moves forward, a repeated one is the first
        let instant = self.zone.to_ambiguous_timestamp(local).compatible().map_err(|_| not_a_time(cell))?;
        Ok(instant.as_microsecond())
    }
}

fn mistake(reason: String) -> CellMistake {
    CellMistake { reason, help: None, unknown: None }
}

fn not_a_time(cell: &str) -> CellMistake {
    let help = Some("write a time as `2026-11-18T15:00`".to_owned());
    CellMistake { reason: format!("`{cell}` is not a time"), help, unknown: None }
}

fn yes_no(cell: &str) -> Result<i64, CellMistake> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Ok(1),
        "no" | "n" | "false" | "0" => Ok(0),
        _ => {
            let help = Some("write `yes` or `no`".to_owned());
            Err(CellMistake { reason: format!("`{cell}` is neither yes nor no"), help, unknown: None })
        }
    }
}

fn date(cell: &str) -> Result<i64, CellMistake> {
    let parsed = if cell.len() == "2026-11-26".len() { cell.parse::<Date>().ok() } else { None };
    match parsed {
        Some(date) => Ok(days(date)),
        None => {
            let help = Some("write a date as `2026-11-26`".to_owned());
            Err(CellMistake { reason: format!("`{cell}` is not a date"), help, unknown: None })
        }
    }
}

/// Days since 1970-01-01.
fn days(date: Date) -> i64 {
    date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24
}

/// `-12.50`: a sign, digits, one point. Separators of thousands are not guessed at: `1.000` is one in one country, a thousand in the next.
pub(crate) fn decimal(cell: &str) -> Option<Decimal> {
    let (negative, digits) = match cell.as_bytes().first()? {
        b'-' => (true, &cell[1..]),
        b'+' => (false, &cell[1..]),
        _ => (false, cell),
    };
    if !decimal_like(digits) {
        return None;
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut mantissa: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let places = u8::try_from(fraction.len()).ok()?;
    Some(Decimal { mantissa: if negative { -mantissa } else { mantissa }, places })
}

fn decimal_like(digits: &str) -> bool {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut all = whole.bytes().chain(fraction.bytes()).peekable();
    all.peek().is_some() && all.all(|byte| byte.is_ascii_digit())
}
