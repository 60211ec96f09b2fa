//! Types and constants: exact integers, never floating point.

use unicase::UniCase;

use super::ChoicesId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Plain,
    /// in the policy's currency
    Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Text,
    /// counted in 10^-scale
    Number {
        scale: u8,
        unit: Unit,
    },
    YesNo,
    OneOf(ChoicesId),
    SomeOf(ChoicesId),
    /// days since 1970-01-01
    Date,
    /// microseconds since 1970-01-01T00:00Z
    Time,
}

/// The most decimal places a number may have.
pub const SCALE_MAX: u8 = 18;

/// An exact decimal: `mantissa` × 10^-`places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    pub mantissa: i128,
    pub places: u8,
}

impl Decimal {
    pub fn whole(value: i64) -> Decimal {
        Decimal { mantissa: i128::from(value), places: 0 }
    }

    /// The same value with as few places as it needs.
    pub fn reduced(mut self) -> Decimal {
        while self.places > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.places -= 1;
        }
        self
    }

    /// The value in units of 10^-`scale`, if it is an integer there and fits.
    pub fn at_scale(self, scale: u8) -> Option<i64> {
        let reduced = self.reduced();
        let shift = scale.checked_sub(reduced.places)?;
        let factor = 10i128.checked_pow(u32::from(shift))?;
        i64::try_from(reduced.mantissa.checked_mul(factor)?).ok()
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format_scaled(self.mantissa, self.places))
    }
}

/// `-1234` at scale 2 is `-12.34`; exactly `scale` places are written.
pub fn format_scaled(value: i128, scale: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    let scale = usize::from(scale);
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// Both ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    pub low: i64,
    pub high: i64,
}

impl Interval {
    pub const FULL: Interval = Interval { low: i64::MIN, high: i64::MAX };

    pub fn contains(self, value: i64) -> bool {
        self.low <= value && value <= self.high
    }

    pub fn hull(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// A value in the units of its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// numbers, dates, times, `yes_no`, choices and sets of choices, as the model's integers
    Integer(i64),
    /// as written
    Text(String),
}

/// How texts are compared: trimmed, and with Unicode case folding (the tables of the `unicase` crate, whose version is pinned).
pub fn fold_text(text: &str) -> String {
    let trimmed = text.trim();
    if trimmed.is_ascii() { trimmed.to_ascii_lowercase() } else { UniCase::unicode(trimmed).to_folded_case() }
}

/// How spellings of a choice are compared: as texts, and `_`, `-` and runs of blanks are one and the same.
pub fn fold_choice(text: &str) -> String {
    let folded = fold_text(text);
    let mut out = String::with_capacity(folded.len());
    let mut gap = false;
    for character in folded.chars() {
        if character == '_' || character == '-' || character.is_whitespace() {
            gap = true;
        } else {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(character);
        }
    }
    if out.is_empty() { folded } else { out }
}
