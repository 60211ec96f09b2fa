//! What measures can be once signals are added to a history.
//!
//! Enters: a measure, what it is now, how many signals of each kind are added. Leaves: a domain. Always holds: no way to place so many signals up to as-of gives the
//! measure a value outside of it; most domains are wider than what can be.

use crate::model::{CapPeriod, EventColumnId, Length, Measure, MeasureKind, Policy, SignalId, Since, Subject};
use crate::proof::graph::Leaf;

/// The signals that can change the measure, ascending.
pub fn influences(policy: &Policy, measure: &Measure) -> Vec<SignalId> {
    let mut signals = Vec::new();
    if let Subject::Signals(subject) = &measure.subject {
        signals.extend(subject);
    }
    if let Some(Since::LastSignal(last)) = &measure.since {
        signals.extend(last);
    }
    if let MeasureKind::Balance(_) = measure.kind {
        signals.extend(0..policy.signals.len());
    }
    signals.sort_unstable();
    signals.dedup();
    signals
}

/// How many signals are added; none is any number.
#[derive(Clone, Copy)]
pub struct Added {
    /// that can change the measure
    pub all: Option<u32>,
    /// that it could count
    pub counted: Option<u32>,
    /// that it could count and that are there already
    pub present: usize,
}

/// What is left of `whole` with these signals more.
pub fn domain(policy: &Policy, measure: &Measure, whole: Leaf, now: Option<i64>, added: Added) -> Leaf {
    if added.all == Some(0) {
        return match now {
            Some(now) => Leaf { low: now, high: now, known: true, missing: false, ..whole },
            None => Leaf { known: false, missing: true, ..whole },
        };
    }
    let Some(now) = now else { return whole };
    let (low, high) = match measure.kind {
        MeasureKind::Count => counted(policy, measure, now, added, (0, 1)),
        MeasureKind::Any => counted(policy, measure, now, added, (0, 1)),
        MeasureKind::Sum(column) => counted(policy, measure, now, added, property_range(policy, column)),
        // one more can only be later
        MeasureKind::DaysSinceLast if is_plain(policy, measure) => (None, Some(now)),
        MeasureKind::DaysSinceLast
        | MeasureKind::First(_)
        | MeasureKind::Last(_)
        | MeasureKind::DaysIn
        | MeasureKind::Quiet(_)
        | MeasureKind::Waited(_)
        | MeasureKind::Balance(_) => return whole,
    };
    let known = Leaf { missing: whole.missing && low.is_none() && high.is_none(), ..whole };
    let clamped = |end: i128| end.clamp(i128::from(whole.low), i128::from(whole.high)) as i64;
    Leaf {
        low: low.map_or(whole.low, |low| clamped(i128::from(low))),
        high: high.map_or(whole.high, |high| clamped(i128::from(high))),
        ..known
    }
}

/// The bounds of a sum to which each signal more adds something of a range.
fn counted(policy: &Policy, measure: &Measure, now: i64, added: Added, each: (i64, i64)) -> (Option<i64>, Option<i64>) {
    let unit: i64 = if measure.fading.is_some() { 100 } else { 1 };
    let ends = |end: i64| -> Option<i64> {
        if end == 0 { Some(now) } else { now.checked_add(end.checked_mul(unit)?.checked_mul(i64::from(added.all?))?) }
    };
    let (least, most) = (ends(each.0.min(0)), ends(each.1.max(0)));
    if is_plain(policy, measure) {
        return (least, most);
    }
    // what is kept of a rolling period depends on what was kept before it; else at most the new one is kept, in place of another
    let rolls = matches!(measure.cap.map(|cap| cap.per), Some(CapPeriod::Days(_)));
    let only_adds = each.0 >= 0 && matches!(measure.kind, MeasureKind::Count | MeasureKind::Any) && !rolls;
    let most = most.filter(|_| only_adds && !brings_back(policy, measure, added));
    // no more than there are
    let total = added.counted.and_then(|counted| i64::try_from(added.present).ok()?.checked_add(i64::from(counted))?.checked_mul(unit));
    let total = total.filter(|_| matches!(measure.kind, MeasureKind::Count | MeasureKind::Any));
    (least.filter(|_| only_adds && keeps_counts(policy, measure)), [most, total].into_iter().flatten().min())
}

/// One that makes a burst with others takes these away: where they began the time that counts, or took the places under a cap, any number may come back.
fn brings_back(policy: &Policy, measure: &Measure, added: Added) -> bool {
    let is_counted = |signal: &SignalId| matches!(&measure.subject, Subject::Signals(signals) if signals.contains(signal));
    let since = match &measure.since {
        Some(Since::LastSignal(last)) => {
            let others_are_added = added.all.is_none() || added.all != added.counted;
            bursts(policy, last) && (others_are_added || last.iter().any(is_counted))
        }
        Some(Since::Entering(_) | Since::Stay) | None => false,
    };
    since || (measure.cap.is_some() && has_bursts(policy, measure))
}

/// A signal that is added may take the place of another in its period, and the count stays: no period is cut by a window or a moment.
fn keeps_counts(policy: &Policy, measure: &Measure) -> bool {
    let is_whole = match (measure.cap.map(|cap| cap.per), measure.window) {
        (None, _) => true,
        (Some(CapPeriod::Hour | CapPeriod::Day), Some(Length::Days(_)) | None) => true,
        (Some(CapPeriod::Week | CapPeriod::Month | CapPeriod::Quarter | CapPeriod::Year | CapPeriod::Ever), None) => true,
        (Some(_), _) => false,
    };
    is_whole && !has_bursts(policy, measure) && measure.since.is_none() && measure.fading.is_none()
}

/// Nothing that is added takes the place of what is counted.
fn is_plain(policy: &Policy, measure: &Measure) -> bool {
    !has_bursts(policy, measure) && measure.cap.is_none() && !matches!(measure.since, Some(Since::LastSignal(_)))
}

fn has_bursts(policy: &Policy, measure: &Measure) -> bool {
    match &measure.subject {
        Subject::Signals(signals) => bursts(policy, signals),
        Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_) => false,
    }
}

fn bursts(policy: &Policy, signals: &[SignalId]) -> bool {
    signals.iter().any(|signal| policy.signals.get(*signal).is_some_and(|signal| signal.bursts.is_some()))
}

fn property_range(policy: &Policy, column: EventColumnId) -> (i64, i64) {
    let range = policy.event_columns.get(column).and_then(|column| column.field.range);
    range.map_or((i64::MIN, i64::MAX), |range| (range.low, range.high))
}
