//! What scores and their sections can be for a lead without fit.

use rustc_hash::FxHashMap;

use super::reads::{Fields, values_of};
use super::{Bounds, Unfit, Value, constant, decimal, least, most};
use crate::model::score_scale::{points_bounds, row_bounds, rows_that_match, weights};
use crate::model::{
    Attribute, Decimal, Expr, ExprKind, Matcher, Persona, PointsKind, PointsRow, Reference, Score, ScoreId, Section, SectionKind, Type,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreBounds {
    pub whole: Bounds,
    /// by their numbers
    pub sections: FxHashMap<usize, Bounds>,
}

impl<'p> Unfit<'p> {
    /// Finds the fields that stand for fit.
    pub(super) fn look_at_scores(&mut self) {
        for score in &self.policy.scores {
            let mut fields = Fields::default();
            let mut signals = false;
            for section in score.sections_of_models() {
                for value in values_of(section) {
                    let reads = self.reads_of(value);
                    signals |= reads.signals;
                    if reads.is_fit() {
                        fields.add(&reads.fields);
                    }
                }
            }
            if !signals {
                continue;
            }
            self.scored.add(&fields);
            for attribute in score.sections_of_models().flat_map(|section| &section.attributes) {
                if self.reads_of(&attribute.subject).is_fit() {
                    self.remember_no_credit(attribute);
                }
            }
        }
    }

    /// Whether a section looks at fields alone, in every model that has it.
    pub fn is_of_fit(&mut self, score: &Score, section: usize) -> bool {
        let sections = score.sections_of_models().filter(|found| found.name == section);
        sections.flat_map(values_of).all(|value| self.reads_of(value).is_fit())
    }

    /// None where numbers cannot be followed.
    pub(super) fn score(&mut self, id: ScoreId) -> Option<ScoreBounds> {
        if let Some(found) = self.scores.get(&id) {
            return found.clone();
        }
        let found = self.policy.scores.get(id).and_then(|score| self.bounds_of_score(score));
        self.scores.insert(id, found.clone());
        found
    }

    fn bounds_of_score(&mut self, score: &'p Score) -> Option<ScoreBounds> {
        // a balance knows signals alone
        if score.running.is_some() {
            return None;
        }
        let mut found: Option<ScoreBounds> = None;
        for persona in &score.personas {
            let bounds = self.bounds_of_persona(score, persona)?;
            found = Some(match found {
                None => bounds,
                Some(mut all) => {
                    all.whole = all.whole.hull(bounds.whole)?;
                    for (section, bounds) in bounds.sections {
                        let hull = all.sections.get(&section).map_or(Some(bounds), |other| other.hull(bounds))?;
                        all.sections.insert(section, hull);
                    }
                    all
                }
            });
        }
        found
    }

    fn bounds_of_persona(&mut self, score: &'p Score, persona: &'p Persona) -> Option<ScoreBounds> {
        let mut whole = constant(Decimal::ZERO);
        let mut sections = FxHashMap::default();
        for section in &persona.sections {
            let (own, for_score) = self.bounds_of_section(section)?;
            sections.insert(section.name, own);
            whole = whole.plus(for_score)?;
        }
        for adjust in &score.adjusts {
            whole = whole.plus(self.sometimes(adjust.points, &adjust.condition)?)?;
        }
        if let Some(range) = score.range {
            let end = |units: i64| Decimal { mantissa: i128::from(units), places: score.sum_scale };
            let kept = |value: Decimal| most(end(range.low), least(end(range.high), value)?);
            whole = Bounds { low: kept(whole.low)?, high: kept(whole.high)?, ..whole };
        }
        if let Some(places) = score.rounded {
            whole = Bounds { low: whole.low.rounded_to(places)?, high: whole.high.rounded_to(places)?, ..whole };
        }
        Some(ScoreBounds { whole, sections })
    }

    /// What the section itself shows, and what it gives the score.
    fn bounds_of_section(&mut self, section: &'p Section) -> Option<(Bounds, Bounds)> {
        let (mut own, mut for_score) = (constant(Decimal::ZERO), constant(Decimal::ZERO));
        for attribute in &section.attributes {
            let bounds = self.bounds_of_attribute(attribute)?;
            let (section_weight, score_weight) = weights(section, attribute)?;
            own = own.plus(bounds.times(section_weight)?)?;
            for_score = for_score.plus(bounds.times(score_weight)?)?;
        }
        for row in &section.points {
            let bounds = self.bounds_of_points(row)?;
            own = own.plus(bounds)?;
            for_score = for_score.plus(bounds)?;
        }
        match section.kind {
            SectionKind::Points { up_to: Some(cap) } => {
                let capped = |bounds: Bounds| Some(Bounds { low: least(bounds.low, cap)?, high: least(bounds.high, cap)?, ..bounds });
                Some((capped(own)?, capped(for_score)?))
            }
            SectionKind::Points { up_to: None } | SectionKind::Weighted(_) => Some((own, for_score)),
        }
    }

    fn bounds_of_points(&mut self, row: &'p PointsRow) -> Option<Bounds> {
        match &row.kind {
            PointsKind::When(condition) => self.sometimes(row.points, condition),
            PointsKind::Per { .. } => {
                let (low, high) = points_bounds(row);
                Some(Bounds { low, high, fit: false, active: true })
            }
        }
    }

    /// Points that a condition gives or not. What asks for fields alone gives nothing: neither a credit nor a malus.
    fn sometimes(&mut self, points: Decimal, condition: &'p Expr) -> Option<Bounds> {
        let reads = self.reads_of(condition);
        let (none, adds) = (constant(Decimal::ZERO), points.mantissa > 0);
        if reads.is_fit() {
            return Some(Bounds { fit: adds, ..none });
        }
        let given = Bounds { fit: adds && !reads.fields.is_empty(), active: reads.signals, ..constant(points) };
        let holds = self.holds(condition, true);
        match (holds.can, holds.must) {
            (_, true) => Some(given),
            (true, false) => given.hull(none),
            (false, false) => Some(Bounds { low: Decimal::ZERO, high: Decimal::ZERO, ..given }),
        }
    }

    /// What the rows give that its subject can match, before any weight.
    fn bounds_of_attribute(&mut self, attribute: &'p Attribute) -> Option<Bounds> {
        let reads = self.reads_of(&attribute.subject);
        let matching = rows_that_match(attribute);
        let bounds = row_bounds(attribute);
        let all: Vec<(Decimal, Decimal)> = bounds.iter().zip(&matching).filter(|(_, matches)| **matches).map(|(ends, _)| *ends).collect();
        let highest = all
            .iter()
            .map(|(_, high)| *high)
            .try_fold(None, |found: Option<Decimal>, high| Some(Some(found.map_or(Some(high), |found| most(found, high))?)))??;
        if reads.is_fit() {
            let nothing = no_credit(&all)?;
            return Some(Bounds { fit: highest.compared_with(nothing)?.is_gt(), ..constant(nothing) });
        }
        let can = self.rows_it_can_have(attribute);
        let mut found: Option<Bounds> = None;
        for ((ends, matches), can) in bounds.into_iter().zip(matching).zip(can) {
            if matches && can {
                let row = Bounds { low: ends.0, high: ends.1, fit: false, active: false };
                found = Some(found.map_or(Some(row), |found| found.hull(row))?);
            }
        }
        let found = found.unwrap_or(constant(Decimal::ZERO));
        let is_moved = found.low != found.high;
        Some(Bounds {
            fit: !reads.fields.is_empty() && highest.compared_with(found.high)?.is_gt(),
            active: reads.signals && is_moved,
            ..found
        })
    }

    /// Which rows of an attribute whose subject is no fit alone a lead without fit can have.
    fn rows_it_can_have(&mut self, attribute: &'p Attribute) -> Vec<bool> {
        let subject = &attribute.subject;
        let choices: Option<Vec<bool>> = match (&subject.kind, subject.ty) {
            (ExprKind::Reference(Reference::Decide(id)), _) => {
                let outcomes = self.outcomes(*id);
                let count = self
                    .policy
                    .decides
                    .get(*id)
                    .and_then(|decide| self.policy.choices.get(decide.choices))
                    .map_or(0, |choices| choices.members.len());
                Some((0..count).map(|outcome| outcomes.contains(&outcome)).collect())
            }
            (_, Type::YesNo) => Some(vec![self.holds(subject, false).can, self.holds(subject, true).can]),
            (_, Type::Text | Type::Number { .. } | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time) => None,
        };
        let bounds = match self.value(subject) {
            Value::Bounds(bounds) => Some(bounds),
            Value::Fit { .. } | Value::Free => None,
        };
        let can = |matcher: &Matcher| match (matcher, &choices, bounds) {
            (Matcher::Choice(choice), Some(choices), _) => choices.get(*choice).copied().unwrap_or(true),
            (Matcher::Range { low, high }, _, Some(bounds)) => {
                let end = |units: i64| decimal(units, subject.ty);
                low.is_none_or(|low| bounds.high.compared_with(end(low)).is_none_or(|order| order.is_ge()))
                    && high.is_none_or(|high| bounds.low.compared_with(end(high)).is_none_or(|order| order.is_le()))
            }
            (Matcher::Choice(_) | Matcher::Range { .. } | Matcher::Text(_) | Matcher::Missing | Matcher::Otherwise, _, _) => true,
        };
        let rows: Vec<bool> = attribute.rows.iter().map(|row| row.matchers.iter().any(can)).collect();
        if rows.contains(&true) { rows } else { vec![true; rows.len()] }
    }
}

/// The most among what rows give that is no credit: 0, else the least malus; if every row gives something, the least of all.
pub(super) fn no_credit(rows: &[(Decimal, Decimal)]) -> Option<Decimal> {
    let mut nothing: Option<Decimal> = None;
    let mut lowest: Option<Decimal> = None;
    for (low, high) in rows {
        lowest = Some(lowest.map_or(Some(*low), |lowest| least(lowest, *low))?);
        if low.mantissa <= 0 {
            let candidate = least(*high, Decimal::ZERO)?;
            nothing = Some(nothing.map_or(Some(candidate), |nothing| most(nothing, candidate))?);
        }
    }
    nothing.or(lowest)
}
