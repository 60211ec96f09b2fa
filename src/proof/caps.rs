//! How much a measure with a cap can be at most: `count of visit in last 7 days at most 1 per day` is 8 at most, as eight days have at most seven between them and as-of.
//!
//! Enters: a measure. Leaves: the least and the greatest that it can be by its cap and its window. Always holds: no history gives more. What a cap keeps before a window begins takes nothing from it, and whatever else
//! narrows a measure lets less through; so it is enough to know how many spans of the cap the days of the window touch.

use crate::model::{CapPeriod, Field, Interval, Length, Measure, MeasureKind};

/// `property`: what is added up, of a sum. None where nothing follows from a cap.
pub fn capped(measure: &Measure, property: Option<&Field>) -> Option<Interval> {
    let cap = measure.cap.filter(|_| measure.fading.is_none())?;
    let most = i64::try_from(cap.amount).ok()?.checked_mul(spans(cap.per, measure.window)?)?;
    if measure.kind == MeasureKind::Count {
        return Some(Interval { low: 0, high: most });
    }
    if !matches!(measure.kind, MeasureKind::Sum(_)) {
        return None;
    }
    // each adds one of these, or nothing
    let range = property?.range?;
    Some(Interval { low: most.checked_mul(range.low.min(0))?, high: most.checked_mul(range.high.max(0))? })
}

/// So many spans in which the cap begins anew at most have a day of the window.
fn spans(per: CapPeriod, window: Option<Length>) -> Option<i64> {
    if per == CapPeriod::Ever {
        return Some(1);
    }
    // as-of has a day of its own
    let Some(Length::Days(before)) = window else { return None };
    let days = before.checked_add(1)?;
    let touched = |at_least: i64| Some(days / at_least + 2);
    match per {
        // an hour that a clock shows twice is two
        CapPeriod::Hour | CapPeriod::Ever => None,
        CapPeriod::Day => Some(days),
        CapPeriod::Week => Some(days.checked_add(5)? / 7 + 1),
        CapPeriod::Month => touched(28),
        CapPeriod::Quarter => touched(90),
        CapPeriod::Year => touched(365),
        // any so many days and the one before them have that much at most
        CapPeriod::Days(length) => {
            let length = i64::try_from(length).ok()?.checked_add(1)?;
            Some((days - 1) / length + 1)
        }
    }
}
