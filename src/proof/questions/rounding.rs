//! Points that no rounded score shows: `rounded to 0 places` turns what a lead has with them and without them into one number, for every lead that gets them.
//!
//! Always holds: a rounded score is told by the least sums from which it is at least so much, one for each number it can be. It is the same with the points and without them where
//! both sums reach the same of these.
//!
//! ```text
//! score s rounded to 0 places     sum 4.2 with the points, 4.1 without: both reach 3.5, neither reaches 4.5
//! ```

use super::points::Sum;
use super::{About, Asking, Kind};
use crate::model::{Decimal, Score};
use crate::proof::{Condition, Why};
use crate::source::Span;

/// A score that can be more numbers is not asked.
const NUMBERS_MAX: i64 = 1_000;

/// Points that a score may have for nothing.
pub(super) struct Points<'a> {
    pub score: &'a Score,
    /// the lead gets them
    pub given: Vec<Condition>,
    pub with: Sum,
    /// the least of these
    pub without: Vec<Sum>,
    pub what: String,
    pub span: Span,
}

impl Asking<'_, '_> {
    /// Finds points that rounding takes back from every lead that gets them.
    pub(super) fn rounded_away(&mut self, of: &Points) {
        let Some(places) = of.score.sum_scale.checked_sub(of.score.scale).filter(|places| *places > 0) else { return };
        let about = About::shows(&of.what, of.span);
        let Some(same) = self.rounds_alike(of, places) else {
            self.findings.asked += 1;
            self.leave_open(&about, Why::TooWide);
            return;
        };
        let moves = of.given.iter().cloned().chain([same.negated()]).collect();
        if self.never(&Condition::All(moves), &about) && !self.never(&Condition::All(of.given.clone()), &about) {
            self.find(Kind::PointsRounded, of.what.clone(), of.span, Vec::new());
        }
    }

    /// None if the score can be too many numbers, or too large ones.
    fn rounds_alike(&self, of: &Points, places: u8) -> Option<Condition> {
        let one = 10i64.checked_pow(u32::from(places))?;
        let (mut low, mut high) = self.ends(&of.with, of.score.sum_scale)?;
        for sum in &of.without {
            let ends = self.ends(sum, of.score.sum_scale)?;
            (low, high) = (low.min(ends.0), high.max(ends.1));
        }
        if let Some(range) = of.score.range {
            (low, high) = (low.max(range.low), high.min(range.high));
        }
        let (first, last) = (low.div_euclid(one), high.div_euclid(one).checked_add(1)?);
        if last.checked_sub(first)? > NUMBERS_MAX {
            return None;
        }
        let mut same = Vec::new();
        for number in first..=last {
            // half away from zero
            let least = number.checked_mul(one)?.checked_sub(one / 2)?.checked_add(i64::from(number <= 0))?;
            if least <= low || high < least {
                continue;
            }
            let least = Decimal { mantissa: i128::from(least), places: of.score.sum_scale };
            let with = self.at_least(&of.with, least, false)?;
            let without = of.without.iter().map(|sum| self.at_least(sum, least, false));
            let without = Condition::All(without.collect::<Option<Vec<Condition>>>()?);
            same.push(Condition::Any(vec![
                Condition::All(vec![with.clone(), without.clone()]),
                Condition::All(vec![with.negated(), without.negated()]),
            ]));
        }
        Some(Condition::All(same))
    }

    /// Numbers of so many places between which the sum lies, whatever the lead is.
    fn ends(&self, sum: &Sum, places: u8) -> Option<(i64, i64)> {
        let (mut low, mut high) = (0i128, 0i128);
        let of_parts = sum.terms.iter().map(|(_, factor)| factor).chain(&sum.constants).map(|part| part.places);
        let finest = of_parts.chain([places]).max()?;
        for (value, factor) in &sum.terms {
            let (factor, interval) = (i128::from(factor.at_scale(finest)?), self.shape(*value).interval);
            let ends = [interval.low, interval.high].map(|end| i128::from(end).checked_mul(factor));
            low = low.checked_add(ends[0]?.min(ends[1]?))?;
            high = high.checked_add(ends[0]?.max(ends[1]?))?;
        }
        for constant in &sum.constants {
            let constant = i128::from(constant.at_scale(finest)?);
            (low, high) = (low.checked_add(constant)?, high.checked_add(constant)?);
        }
        let one = 10i128.checked_pow(u32::from(finest - places))?;
        Some((i64::try_from(low.div_euclid(one)).ok()?, i64::try_from(high.div_euclid(one) + 1).ok()?))
    }
}
