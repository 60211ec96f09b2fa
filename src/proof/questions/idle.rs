//! What is written and changes nothing: caps and ranges that no lead reaches, adjustments that the range takes back, rows without which the same would come.

use super::shared::{name_of, siblings};
use super::{About, Asking, Kind, section_name};
use crate::model::{DecideBody, RouteTarget, Score, SectionKind};
use crate::program::{ScoreTrace, Value};
use crate::proof::Condition;
use crate::source::Span;

/// A table of more rows is not asked row by row whether one could be left out.
const ROWS_MAX: usize = 60;

/// A row of a first-match table, and what it gives.
struct Giving {
    what: String,
    /// equal for rows that give the same; none if that depends on the lead
    gives: Option<usize>,
    /// says why, so that it has a use whatever it changes
    is_told: bool,
    span: Span,
}

/// Of a first-match table the conditions of its rows, and of a route its own.
type Conditions<'a> = (&'a [Value], Option<Value>);

impl Asking<'_, '_> {
    /// Ends that are written and that no lead gets to.
    pub fn bounds(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (score, trace) in policy.scores.iter().zip(&lowered.trace.scores).filter(|(score, _)| score.running.is_none()) {
            self.caps(score, trace);
            let (Some(range), Some(sum)) = (score.range, trace.sum) else { continue };
            let shown = |end: i64| crate::model::value::format_scaled(i128::from(end), score.sum_scale);
            let (heading, what) = (self.heading(score.span), format!("up to {} of `{}`", trimmed(&shown(range.high)), score.name));
            if self.never(&Condition::AtLeast(sum, range.high), &About::gets(&what, heading)) {
                self.find(Kind::EndNeverReached, what, heading, Vec::new());
            }
            let known = Condition::Is(sum, None).negated();
            let beneath = range.low.checked_add(1).map(|next| Condition::AtLeast(sum, next).negated());
            let what = format!("down to {} of `{}`", trimmed(&shown(range.low)), score.name);
            // a score that begins at nothing is natural
            if let Some(beneath) = beneath.filter(|_| range.low != 0)
                && self.never(&Condition::All(vec![known, beneath]), &About::gets(&what, heading))
            {
                self.find(Kind::EndNeverReached, what, heading, Vec::new());
            }
        }
    }

    /// What stands before the block.
    pub(super) fn heading(&self, span: Span) -> Span {
        let text = self.sources.text(span);
        let length = text.find('{').map_or(text.len(), |brace| text[..brace].trim_end().len());
        Span { end: span.start + length as u32, ..span }
    }

    fn caps(&mut self, score: &Score, trace: &ScoreTrace) {
        for (number, persona) in score.personas.iter().enumerate() {
            let Some(values) = trace.persona_sections.get(number) else { continue };
            let in_force: Vec<Condition> = trace.persona.map(|persona| Condition::Is(persona, Some(number as i64))).into_iter().collect();
            for (section, value) in persona.sections.iter().zip(values) {
                let SectionKind::Points { up_to: Some(cap) } = section.kind else { continue };
                let scale = score.sections.get(section.name).map_or(0, |section| section.scale);
                let Some(cap_units) = cap.at_scale(scale) else { continue };
                let reached = Condition::All(in_force.iter().cloned().chain([Condition::AtLeast(*value, cap_units)]).collect());
                let what = format!("`up to {}` of `{}`", cap.reduced(), section_name(score, section.name));
                let heading = self.heading(section.span);
                let about = About::new(format!("any lead reaches {what}"), heading);
                if self.never(&reached, &about) && !self.never(&Condition::All(in_force.clone()), &about) {
                    self.find(Kind::CapNeverReached, what, heading, Vec::new());
                }
            }
        }
    }

    /// Adjustments that the range takes back from every lead that gets them.
    pub fn idle_adjusts(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (score, trace) in policy.scores.iter().zip(&lowered.trace.scores) {
            let (Some(range), Some(sum), None) = (score.range, trace.sum, &score.running) else { continue };
            for (adjust, applies) in score.adjusts.iter().zip(&trace.adjusts) {
                let Some(points) = adjust.points.at_scale(score.sum_scale).filter(|points| *points != 0) else { continue };
                // with the points or without them, the sum is somewhere within the range
                let (low, high) = (range.low.checked_add(1 + points.min(0)), range.high.checked_add(points.max(0)));
                let (Some(low), Some(high)) = (low, high) else { continue };
                let applies = Condition::Holds(*applies);
                let moves = Condition::All(vec![applies.clone(), Condition::AtLeast(sum, low), Condition::AtLeast(sum, high).negated()]);
                let what = format!("the adjustment of `{}`", score.name);
                let about = About::shows(&what, adjust.span);
                if self.never(&moves, &about) && !self.never(&applies, &about) {
                    self.find(Kind::AdjustChangesNothing, what, adjust.span, Vec::new());
                }
            }
        }
    }

    /// Rows of decides and routes without which every lead would get the same.
    pub fn idle_rows(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (decide, trace) in policy.decides.iter().zip(&lowered.trace.decides) {
            let DecideBody::Rows(rows) = &decide.body else { continue };
            let rows = rows.iter().map(|row| Giving {
                what: format!("the row `{}` of `{}`", self.outcome(decide.choices, row.outcome), decide.name),
                gives: Some(row.outcome),
                is_told: row.because.is_some() || row.doc.is_some(),
                span: row.span,
            });
            let rows: Vec<Giving> = rows.collect();
            self.idle(&rows, &[(&trace.rows, None)]);
        }
        for siblings in siblings(policy, &lowered.trace) {
            let Some((route, _)) = siblings.first() else { continue };
            let rows = route.rows.iter().map(|row| Giving {
                what: format!("the row `{}` of `{}`", row.text, name_of(route)),
                gives: match row.target {
                    RouteTarget::Queue(queue) => Some(queue),
                    RouteTarget::By(_) | RouteTarget::KeepOwner => None,
                },
                is_told: row.because.is_some() || row.doc.is_some(),
                span: row.span,
            });
            let rows: Vec<Giving> = rows.collect();
            let tables: Vec<Conditions> = siblings.iter().map(|(_, trace)| (trace.rows.as_slice(), trace.condition)).collect();
            self.idle(&rows, &tables);
        }
    }

    /// `tables`: what the rows became, once for each choice of a route `for each`.
    fn idle(&mut self, rows: &[Giving], tables: &[Conditions]) {
        if rows.len() > ROWS_MAX {
            return;
        }
        for (index, row) in rows.iter().enumerate() {
            let alike: Vec<usize> =
                (index + 1..rows.len()).filter(|later| row.gives.is_some() && rows[*later].gives == row.gives).collect();
            if row.is_told || alike.is_empty() {
                continue;
            }
            let taken = |(conditions, in_force): &Conditions| -> Vec<Condition> {
                in_force.map(Condition::Holds).into_iter().chain([Condition::first(conditions, index)]).collect()
            };
            let changes = |table: &Conditions| {
                let comes_again = alike.iter().map(|later| Condition::first(&table.0[index + 1..], later - index - 1));
                Condition::All(taken(table).into_iter().chain([Condition::Any(comes_again.collect()).negated()]).collect())
            };
            let about = About::new(format!("any lead would get another answer without {}", row.what), row.span);
            if tables.iter().all(|table| self.never(&changes(table), &about))
                && tables.iter().any(|table| !self.never(&Condition::All(taken(table)), &about))
            {
                let others = alike.into_iter().map(|later| rows[later].span).collect();
                self.find(Kind::RowChangesNothing, row.what.clone(), row.span, others);
            }
        }
    }
}

/// `100` for `100.000`
fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}
