//! Rows of a points section: raw points when a condition holds, per signal, per quiet time.

use super::check::Checker;
use super::expressions::Scope;
use super::measures::{Clauses, count_of};
use super::ranges::SIGNALS;
use super::{Length, MeasureKind, PointsRow};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, PointsKind};

/// In microseconds.
const HOUR: i64 = 3_600_000_000;

impl Checker<'_> {
    /// `+5 when …`, `+100 per ask_for_rep …`
    pub(crate) fn points_row(&mut self, tree: &tree::PointsRow, section: &tree::Section) -> Option<PointsRow> {
        if !section.gives_points() {
            let message = format!("section `{}` is weighted, so it has no rows of points", section.name.text);
            self.report(
                Diagnostic::new(Code::RowKind, message)
                    .at(tree.span, "a row of points")
                    .help("put it into a `points` section, or write `adjust` behind the sections"),
            );
        }
        let points = self.plain(&tree.points, "a row of points");
        let kind = match &tree.kind {
            PointsKind::When(condition) => super::PointsKind::When(self.condition(condition, Scope::Lead)?),
            PointsKind::Per { every, subject, condition, window, since, cap, fading } => {
                let clauses = Clauses {
                    condition: condition.as_ref(),
                    window: window.as_ref(),
                    since: since.as_ref(),
                    cap: cap.as_ref(),
                    fading: fading.as_ref(),
                };
                let measured = self.measured(subject, &clauses);
                let every = self.every(*every, tree.span);
                let answer = count_of(fading.is_some(), cap.as_ref());
                let count = self.new_measure(MeasureKind::Count, measured?, answer, tree.span)?;
                super::PointsKind::Per { every: every?, count }
            }
            PointsKind::PerQuiet { duration, signal, cap } => {
                let length = self.length(duration, "a quiet time").and_then(|length| self.an_hour_at_least(length, duration));
                let clauses = Clauses { cap: cap.as_ref(), ..Clauses::default() };
                let measured = self.measured(&tree::Subject::Signal(signal.clone()), &clauses);
                let answer = count_of(false, cap.as_ref());
                let count = self.new_measure(MeasureKind::Quiet(length?), measured?, answer, tree.span)?;
                super::PointsKind::Per { every: 1, count }
            }
        };
        Some(PointsRow {
            doc: tree.doc.as_ref().map(|text| text.value.clone()),
            points: points?,
            kind,
            because: tree.because.as_ref().map(|text| text.value.clone()),
            span: tree.span,
        })
    }

    /// Quiet times are counted one by one where a cap or a balance asks for the day of each.
    fn an_hour_at_least(&mut self, length: Length, duration: &tree::Duration) -> Option<Length> {
        match length {
            Length::Elapsed(length) if length < HOUR => {
                let message = format!("`{}` is too short for a quiet time", self.one_line(duration.span));
                self.report(Diagnostic::new(Code::OutOfRange, message).at(duration.span, "").help("a quiet time lasts an hour at least"));
                None
            }
            Length::Days(_) | Length::Elapsed(_) => Some(length),
        }
    }

    /// How many signals give the points once.
    fn every(&mut self, every: u64, span: Span) -> Option<i64> {
        let number = i64::try_from(every).ok().filter(|every| (1..=SIGNALS.high).contains(every));
        if number.is_none() {
            let message = format!("points for every {every} signals have no meaning");
            self.report(
                Diagnostic::new(Code::BadRange, message).at(span, "").help("write how many signals give the points once, at least 1"),
            );
        }
        number
    }
}
