//! `running` scores: a balance that signals change, day by day, kept within the range after each day.
//!
//! Always holds, when no error was reported: every row of a running score gives points per signal (or per quiet time), without window, `since`
//! or fading, so that each can be booked on the day of its signal. What looks at the lead as it is today has no day to be booked on.

use super::check::Checker;
use super::decimals::rescaled;
use super::measures::Measured;
use super::{MeasureKind, PointsKind, Score, ScoreId, SectionKind, Subject, Type, Unit};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

impl Checker<'_> {
    /// Whether the parts of a score can be booked day by day; says so otherwise.
    pub(crate) fn check_running(&mut self, tree: &tree::Score, score: &Score, running: Span) -> bool {
        let mut wrong: Vec<(Span, &str)> = score.adjusts.iter().map(|adjust| (adjust.span, "an `adjust` is no signal")).collect();
        for persona in &score.personas {
            if let Some(condition) = &persona.condition {
                wrong.push((condition.span, "a model for some leads only"));
            }
            for section in &persona.sections {
                match section.kind {
                    SectionKind::Points { up_to: None } => {}
                    SectionKind::Points { up_to: Some(_) } => wrong.push((section.span, "`up to` caps a sum, not a balance")),
                    SectionKind::Weighted(_) => wrong.push((section.span, "a weighted section")),
                }
                wrong.extend(section.attributes.iter().map(|attribute| (attribute.span, "an attribute is no signal")));
                for row in &section.points {
                    match &row.kind {
                        PointsKind::When(_) => wrong.push((row.span, "a condition is no signal")),
                        PointsKind::Per { count, .. } => {
                            let super::ExprKind::Reference(super::Reference::Measure(id)) = count.kind else { continue };
                            let Some(measure) = self.policy.measures.get(id) else { continue };
                            if measure.window.is_some() || measure.since.is_some() || measure.fading.is_some() {
                                wrong.push((row.span, "a window, `since` or fading changes with as-of"));
                            }
                            match measure.subject {
                                Subject::Signals(_) => {}
                                Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_) => {
                                    wrong.push((row.span, "the stage log is no signal"))
                                }
                            }
                        }
                    }
                }
            }
        }
        let is_sound = wrong.is_empty();
        for (span, label) in wrong {
            self.report(
                Diagnostic::new(Code::RowKind, format!("the running score `{}` can only book points per signal", tree.name.text))
                    .at(span, label)
                    .at(running, "booked day by day")
                    .help("write rows such as `+5 per page_view at most 1 per day`, or put this into a score without `running`"),
            );
        }
        is_sound
    }

    /// Makes the score's balance a measure. The scales and bounds of the score are known.
    pub(crate) fn run_score(&mut self, id: ScoreId, score: &mut Score) {
        let range = score.range.unwrap_or(score.sum_interval);
        let range = super::Interval { low: range.low.min(range.high), high: range.high };
        // a balance that was brought into its range is no sum of points: it may be anywhere there
        score.sum_interval = range;
        if let Some((low, high)) = rescaled(range.low, score.sum_scale, score.scale).zip(rescaled(range.high, score.sum_scale, score.scale))
        {
            score.interval = super::Interval { low, high };
        }
        let measured =
            Measured { subject: Subject::Signals(Vec::new()), condition: None, window: None, since: None, cap: None, fading: None };
        let ty = Type::Number { scale: score.sum_scale, unit: Unit::Plain };
        score.running = self.new_measure(MeasureKind::Balance(id), measured, (ty, false, Some(range)), score.span);
        // it is called by its name, not by all that is written of it
        if let Some(super::ExprKind::Reference(super::Reference::Measure(measure))) = score.running.as_ref().map(|running| &running.kind)
            && let Some(measure) = self.policy.measures.get_mut(*measure)
        {
            measure.text.clone_from(&score.name);
        }
        // what a section gave is not what is left of it in the balance
        score.sections.iter_mut().for_each(|section| section.optional = true);
    }
}
