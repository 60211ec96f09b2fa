//! `running` scores: points booked on the day of their signal.
//!
//! Enters: the rows of the score, ready to be read, and a lead's history. Leaves: the balance at as-of. Always holds: it starts at 0, brought into the
//! range; on each calendar day all points of that day are added, then the sum is brought into the range again, so the order of signals
//! within a day does not matter.

use std::ops::ControlFlow;

use super::plan::{Kind, Plan};
use super::reading::Reading;
use crate::model::{ExprKind, MeasureId, PointsKind, Policy, Reference, ScoreId};

/// Where a balance stands, and what its range did to it; all in units of the score's `sum_scale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub value: i64,
    /// what days beyond the upper end were taken, and days below the lower end were given
    pub taken: i128,
    pub given: i128,
}

/// One row of a running score.
#[derive(Clone, Debug)]
pub(super) struct Booking {
    /// in units of the score's `sum_scale`
    points: i64,
    /// so many signals give the points once
    every: i64,
    count: MeasureId,
}

/// The rows of a running score.
pub(super) fn bookings(policy: &Policy, score: ScoreId) -> Vec<Booking> {
    let Some(score) = policy.scores.get(score) else { return Vec::new() };
    let sections = score.sections_of_models();
    let rows = sections.flat_map(|section| &section.points);
    let booking = |row: &crate::model::PointsRow| match &row.kind {
        PointsKind::Per { every, count } => match count.kind {
            ExprKind::Reference(Reference::Measure(count)) => {
                Some(Booking { points: row.points.at_scale(score.sum_scale)?, every: (*every).max(1), count })
            }
            _ => None,
        },
        PointsKind::When(_) => None,
    };
    rows.filter_map(booking).collect()
}

impl Reading<'_> {
    /// The balance of the rows in `bookings`, whose measures are among `plans`.
    pub fn balance(&mut self, plan: &Plan, bookings: &[Booking], plans: &[Plan]) -> Balance {
        let mut booked = std::mem::take(self.booked);
        booked.clear();
        let forgotten = self.remembered(plan);
        for booking in bookings {
            let Some(row) = plans.get(booking.count) else { continue };
            let mut counted = 0;
            let mut book = |reading: &mut Self, at: i64| {
                if at < forgotten {
                    return;
                }
                counted += 1;
                if counted % booking.every == 0 {
                    booked.push((reading.zone.local_day(at), i128::from(booking.points)));
                }
            };
            match row.kind {
                Kind::Quiet(length) => self.visit_quiet(row, length, |reading, at| book(reading, at)),
                Kind::Count
                | Kind::Any
                | Kind::Sum(_)
                | Kind::First(_)
                | Kind::Last(_)
                | Kind::DaysSinceLast
                | Kind::DaysIn(_)
                | Kind::Waited(_)
                | Kind::Balance(_) => self.visit(row, |reading, moment| {
                    book(reading, moment.at);
                    ControlFlow::Continue(())
                }),
            }
        }
        booked.sort_unstable_by_key(|(day, _)| *day);
        let (low, high) = (i128::from(plan.range.low), i128::from(plan.range.high));
        let (mut balance, mut taken, mut given) = (0i128, 0, 0);
        let mut bring_into_range = |balance: &mut i128| {
            taken += (*balance - high).max(0);
            given += (low - *balance).max(0);
            *balance = (*balance).clamp(low, high);
        };
        bring_into_range(&mut balance);
        for day in booked.chunk_by(|(left, _), (right, _)| left == right) {
            balance += day.iter().map(|(_, points)| points).sum::<i128>();
            bring_into_range(&mut balance);
        }
        *self.booked = booked;
        let value = i64::try_from(balance).unwrap_or(if balance < 0 { i64::MIN } else { i64::MAX });
        Balance { value, taken, given }
    }
}
