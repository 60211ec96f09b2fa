//! What a lead's history adds up to, and what rows of a flow that wait for signals see of it.
//!
//! Always holds: a measure's value is the one that the score reads; how many signals it counts comes from the same reading.

use super::exact::multiply;
use super::explanation::*;
use crate::calendar::Zone;
use crate::history::Seen;
use crate::history::replay::moments::later;
use crate::model::{Decimal, ExprKind, MeasureId, MeasureKind, PointsKind, PointsRow, Policy, Reference, Score, Trigger};
use crate::record::reader::Reader;

/// The measures that stand in lets and conditions; those of rows are shown with their rows.
pub fn measures(reader: &Reader, seen: &[Option<Seen>]) -> Vec<MeasureExplained> {
    let policy = reader.policy;
    let of_rows = measures_of_rows(policy);
    let shown = policy.measures.iter().enumerate().filter(|(id, _)| !of_rows.contains(id));
    let explained = shown.map(|(id, measure)| MeasureExplained {
        definition: measure.text.clone(),
        value: reader.columns.get(policy.measure_column(id)).and_then(Option::as_ref).map(|value| reader.show.constant(measure.ty, value)),
        counted: seen.get(id).copied().flatten().map(|seen| counted(reader, seen)),
    });
    explained.collect()
}

fn counted(reader: &Reader, seen: Seen) -> CountedExplained {
    CountedExplained { count: seen.count, last: seen.last.map(|last| reader.show.time(last)) }
}

fn measures_of_rows(policy: &Policy) -> Vec<MeasureId> {
    let rows = policy.flows.iter().flat_map(|flow| &flow.rows).filter_map(|row| match &row.trigger {
        Trigger::On { happened: measure, .. } | Trigger::After { waited: measure, .. } => Some(measure),
        Trigger::When(_) | Trigger::Broken => None,
    });
    let points = policy.scores.iter().flat_map(points_rows).filter_map(|row| match &row.kind {
        PointsKind::Per { count, .. } => Some(count),
        PointsKind::When(_) => None,
    });
    let named = rows.chain(points).filter_map(|expression| match expression.kind {
        ExprKind::Reference(Reference::Measure(id)) => Some(id),
        _ => None,
    });
    let is_balance = |id: &MeasureId| policy.measures.get(*id).is_some_and(|measure| matches!(measure.kind, MeasureKind::Balance(_)));
    named.chain((0..policy.measures.len()).filter(is_balance)).collect()
}

fn points_rows(score: &Score) -> impl Iterator<Item = &PointsRow> {
    score.sections_of_models().flat_map(|section| &section.points)
}

/// `+20 per ask at most 1 per day`, without its reason.
pub fn row_per_signal(reader: &Reader, row: &PointsRow) -> String {
    let phrase = reader.phrase(row.span);
    match phrase.rsplit_once(" because ").filter(|_| row.because.is_some()) {
        Some((row, _)) => row.to_string(),
        None => phrase,
    }
}

/// The sections that transitions made forget what came before, each with the last time.
pub fn forgotten(reader: &Reader, as_of: i64) -> Vec<ForgottenExplained> {
    let past = || reader.lead.log.iter().filter(|entry| entry.at <= as_of);
    let last = |forget: usize| past().filter(|entry| entry.forget == Some(forget)).map(|entry| entry.at).max();
    let forgets = reader.policy.forgets.iter().enumerate();
    let forgotten = forgets.filter_map(|(index, forget)| {
        let at = reader.show.time(last(index)?);
        Some(ForgottenExplained { section: forget.section.clone(), at })
    });
    forgotten.collect()
}

/// The rows of a running score, and what each has counted so far.
pub fn booked(reader: &Reader, score: &Score) -> Vec<BookedExplained> {
    let booked = points_rows(score).filter_map(|row| match &row.kind {
        PointsKind::Per { every, count } => Some(BookedExplained {
            row: row_per_signal(reader, row),
            because: row.because.clone(),
            times: reader.value(count).unwrap_or(0) / (*every).max(1),
            points: multiply(row.points, Decimal { mantissa: i128::from(reader.value(count).unwrap_or(0) / (*every).max(1)), places: 0 })?,
        }),
        PointsKind::When(_) => None,
    });
    booked.collect()
}

/// Why a row that waits for a signal, or for time without one, does not apply. `seen` says what each measure counts.
pub fn waits(reader: &Reader, trigger: &Trigger, seen: &[Option<Seen>], as_of: i64) -> Option<Reason> {
    let fact = |name: &str, value: Option<String>| Fact { name: Named { name: name.into(), display: None }, value, definition: None };
    let began = reader.lead.stage_since.unwrap_or(as_of);
    match trigger {
        Trigger::On { happened, .. } if !reader.holds(happened) => {
            let values = vec![fact("stage_since", Some(reader.show.time(began)))];
            Some(Reason { part: reader.phrase(happened.span), how: How::NoSignal, values })
        }
        Trigger::After { waited, without, length, .. } if !reader.holds(waited) => {
            let of_wait = match waited.kind {
                ExprKind::Reference(Reference::Measure(measure)) => seen.get(measure).copied().flatten(),
                _ => None,
            };
            let last = of_wait.and_then(|seen| seen.last).filter(|last| *last >= began);
            let names = without.iter().filter_map(|signal| reader.policy.signals.get(*signal)).map(|signal| signal.name.as_str());
            let from = match last {
                Some(last) => fact(&format!("the last {}", names.collect::<Vec<_>>().join(", ")), Some(reader.show.time(last))),
                None => fact("stage_since", Some(reader.show.time(began))),
            };
            let end = Zone::named(&reader.policy.timezone).ok().and_then(|mut zone| later(&mut zone, last.unwrap_or(began), *length));
            let values = vec![from, fact("over at", end.map(|end| reader.show.time(end)))];
            Some(Reason { part: reader.phrase(waited.span), how: How::NotOver, values })
        }
        Trigger::On { .. } | Trigger::After { .. } | Trigger::When(_) | Trigger::Broken => None,
    }
}
