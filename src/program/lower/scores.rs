//! Scores: exact integers from rows to the rounded result.
//!
//! A section is summed in a unit of its own, the greatest common divisor of everything its rows can give; the score takes that sum times
//! unit times weight, an integer at the scale of the sum. Nothing is divided and nothing is rounded before `rounded to`.

use super::Lowering;
use super::expressions::scale_of;
use super::matchers::Matched;
use super::points::{Exact, common_divisor};
use crate::model::{
    Attribute, Decimal, Interval, Matcher, Persona, PointsKind, PointsRow, Score, ScoreId, Section, SectionKind, SectionName,
};
use crate::program::{AttributeTrace, Op, ScoreTrace, Value};

/// A section's score in units: `sum` × `unit` × 10^-`scale`.
struct Sectioned {
    sum: Value,
    unit: i64,
    scale: u32,
}

impl Lowering<'_> {
    pub fn lower_score(&mut self, id: ScoreId) {
        let policy = self.policy;
        let score = &policy.scores[id];
        if score.running.is_some() || score.personas.is_empty() {
            let missing = self.builder.missing();
            let sections = vec![missing; score.sections.len()];
            let sum = match &score.running {
                Some(balance) => self.value(balance),
                None => missing,
            };
            let value = self.ranged_and_rounded(score, sum, u32::from(score.sum_scale));
            self.scores[id] = ScoreTrace { sections, sum: Some(sum), value: Some(value), ..ScoreTrace::default() };
            return;
        }
        let mut trace = ScoreTrace::default();
        let conditions: Vec<Value> = score.personas.iter().map(|persona| self.optional_condition(persona.condition.as_ref())).collect();
        let sectioned: Vec<Vec<Sectioned>> = score.personas.iter().map(|persona| self.persona(persona, &mut trace)).collect();

        let numbers: Vec<Value> = (0..score.personas.len()).map(|number| self.builder.constant(number as i64)).collect();
        trace.persona = Some(self.of_persona(&conditions, &numbers));
        for (name, section) in score.sections.iter().enumerate() {
            let values: Vec<Value> = score
                .personas
                .iter()
                .zip(&sectioned)
                .map(|(persona, sectioned)| self.section_of_persona(name, section, persona, sectioned))
                .collect();
            trace.sections.push(self.of_persona(&conditions, &values));
        }
        for (persona, sectioned) in score.personas.iter().zip(&sectioned) {
            let of_name = |section: &Section| score.sections.get(section.name).map_or(0, |name| u32::from(name.scale));
            let scores = persona.sections.iter().zip(sectioned).map(|(section, sectioned)| self.section_score(sectioned, of_name(section)));
            let scores = scores.collect();
            trace.persona_sections.push(scores);
        }

        let scale = sum_scale(score, &sectioned);
        let sums: Vec<Value> =
            score.personas.iter().zip(&sectioned).map(|(persona, sectioned)| self.weighted_sum(persona, sectioned, scale)).collect();
        let mut sum = self.of_persona(&conditions, &sums);
        let none = self.builder.constant(0);
        for adjust in &score.adjusts {
            let applies = self.condition(&adjust.condition);
            trace.adjusts.push(applies);
            let points = self.builder.constant_or_missing(Exact::of(adjust.points).at(scale));
            let points = self.builder.select(applies, points, none);
            sum = self.builder.add(sum, points);
        }
        trace.sum = Some(self.builder.rescale(sum, scale, u32::from(score.sum_scale)));
        trace.value = Some(self.ranged_and_rounded(score, sum, scale));
        self.scores[id] = trace;
    }

    pub fn optional_condition(&mut self, condition: Option<&crate::model::Expr>) -> Value {
        match condition {
            Some(condition) => self.condition(condition),
            None => self.builder.truth(true),
        }
    }

    /// The value of the persona in force; personas are exhaustive, so the last needs no condition.
    fn of_persona(&mut self, conditions: &[Value], values: &[Value]) -> Value {
        let Some((last, earlier)) = values.split_last() else { return self.builder.missing() };
        let rows: Vec<(Value, Value)> = conditions.iter().copied().zip(earlier.iter().copied()).collect();
        self.builder.first_match(&rows, *last)
    }

    fn persona(&mut self, persona: &Persona, trace: &mut ScoreTrace) -> Vec<Sectioned> {
        let (mut attributes, mut points) = (Vec::new(), Vec::new());
        let mut sectioned = Vec::new();
        for section in &persona.sections {
            let matched: Vec<Matched> = section.attributes.iter().map(|attribute| self.matched_attribute(attribute)).collect();
            let traces = section.attributes.iter().zip(&matched).map(|(attribute, matched)| self.attribute_trace(attribute, *matched));
            let traces = traces.collect();
            attributes.push(traces);
            let times: Vec<Value> = section.points.iter().map(|row| self.times(row)).collect();
            sectioned.push(self.section(section, &matched, &times));
            points.push(times);
        }
        trace.attributes.push(attributes);
        trace.points.push(points);
        sectioned
    }

    /// How many times a row gives its points, or how many units of them: see [`unit_points`].
    fn times(&mut self, row: &PointsRow) -> Value {
        match &row.kind {
            PointsKind::When(condition) => self.condition(condition),
            PointsKind::Per { every: 1, count } => self.value(count),
            PointsKind::Per { every, count } => {
                let count_of = self.value(count);
                let size = 10i64.saturating_pow(scale_of(count.ty)).saturating_mul(*every);
                let size = self.builder.constant(size);
                self.builder.op(Op::Quotient(count_of, size))
            }
        }
    }

    /// Over a `some of` the row of the most points counts, of equal ones the first.
    fn matched_attribute(&mut self, attribute: &Attribute) -> Matched {
        let blocks: Vec<&[Matcher]> = attribute.rows.iter().map(|row| row.matchers.as_slice()).collect();
        let scale = scale_of(attribute.subject.ty);
        let worth: Vec<Exact> = attribute.rows.iter().map(|row| row.coefficient(scale)).collect();
        let places = worth.iter().map(|worth| worth.places).max().unwrap_or(0);
        let mut order: Vec<usize> = (0..attribute.rows.len()).collect();
        order.sort_by_key(|row| std::cmp::Reverse(worth[*row].at(places)));
        self.matched(&attribute.subject, &blocks, &order)
    }

    fn attribute_trace(&mut self, attribute: &Attribute, matched: Matched) -> AttributeTrace {
        let (points, points_scale) = self.row_points(attribute, matched);
        AttributeTrace { subject: matched.subject, row: matched.index, points, points_scale }
    }

    fn section(&mut self, section: &Section, matched: &[Matched], times: &[Value]) -> Sectioned {
        // Per attribute and row, what it gives to the section's score.
        let worth: Vec<Vec<Option<Exact>>> = section.attributes.iter().map(|attribute| worth_of_rows(section, attribute)).collect();
        let points: Vec<Exact> = section.points.iter().map(unit_points).collect();
        let cap = match section.kind {
            SectionKind::Points { up_to } => up_to.map(Exact::of),
            SectionKind::Weighted(_) => None,
        };
        let all = || worth.iter().flatten().flatten().chain(&points).chain(&cap);
        let scale = all().map(|exact| exact.places).max().unwrap_or(0);
        let unit = all().filter_map(|exact| exact.at(scale)).fold(0, common_divisor).max(1);
        let units = |exact: Exact| exact.at(scale).map(|value| value / unit);

        let mut sum = self.builder.constant(0);
        for ((attribute, matched), worth) in section.attributes.iter().zip(matched).zip(&worth) {
            let worth: Vec<Option<i64>> = worth.iter().map(|worth| worth.and_then(units)).collect();
            let gives = self.row_worth(attribute, *matched, &worth);
            sum = self.builder.add(sum, gives);
        }
        let none = self.builder.constant(0);
        for ((points, times), row) in points.iter().zip(times).zip(&section.points) {
            let gives = match (&row.kind, units(*points)) {
                (_, None) => self.builder.missing(),
                (PointsKind::When(_), Some(units)) => {
                    let gives = self.builder.constant(units);
                    self.builder.select(*times, gives, none)
                }
                (PointsKind::Per { .. }, Some(units)) => self.builder.multiply(*times, units),
            };
            sum = self.builder.add(sum, gives);
        }
        if let Some(cap) = cap.and_then(units) {
            sum = self.builder.clamp(sum, Interval { low: i64::MIN, high: cap });
        }
        Sectioned { sum, unit, scale }
    }

    fn section_score(&mut self, sectioned: &Sectioned, scale: u32) -> Value {
        let score = self.builder.multiply(sectioned.sum, sectioned.unit);
        self.builder.rescale(score, sectioned.scale, scale)
    }

    /// The score of the section with this name, missing if the persona lacks it.
    fn section_of_persona(&mut self, name: usize, of: &SectionName, persona: &Persona, sectioned: &[Sectioned]) -> Value {
        match persona.sections.iter().position(|section| section.name == name).and_then(|index| sectioned.get(index)) {
            Some(sectioned) => self.section_score(sectioned, u32::from(of.scale)),
            None => self.builder.missing(),
        }
    }

    fn weighted_sum(&mut self, persona: &Persona, sectioned: &[Sectioned], scale: u32) -> Value {
        let mut sum = self.builder.constant(0);
        for (section, sectioned) in persona.sections.iter().zip(sectioned) {
            let term = match share(section, sectioned).and_then(|share| share.at(scale)) {
                Some(factor) => self.builder.multiply(sectioned.sum, factor),
                None => self.builder.missing(),
            };
            sum = self.builder.add(sum, term);
        }
        sum
    }

    /// The range, then the rounding. `scale` is at least that of the sum, in whose units the range stands.
    fn ranged_and_rounded(&mut self, score: &Score, sum: Value, scale: u32) -> Value {
        let mut value = sum;
        if let Some(range) = score.range {
            let factor = 10i64.checked_pow(scale - u32::from(score.sum_scale)).unwrap_or(i64::MAX);
            let bound = |bound: i64| bound.saturating_mul(factor);
            value = self.builder.clamp(value, Interval { low: bound(range.low), high: bound(range.high) });
        }
        self.builder.rescale(value, scale, u32::from(score.scale))
    }
}

/// A priority counts ten times its share of the attribute's weight; points count as they are. None beyond 128 bits.
fn worth_of_rows(section: &Section, attribute: &Attribute) -> Vec<Option<Exact>> {
    let factor = match (section.kind, attribute.weight) {
        (SectionKind::Weighted(_), Some(Decimal { mantissa, places })) => Exact::new(mantissa, u32::from(places) + 1),
        (SectionKind::Weighted(_), None) | (SectionKind::Points { .. }, _) => Exact::new(1, 0),
    };
    let scale = scale_of(attribute.subject.ty);
    attribute.rows.iter().map(|row| row.coefficient(scale).times(factor)).collect()
}

/// What one unit of a row's count gives: of fading signals hundredths are counted.
fn unit_points(row: &PointsRow) -> Exact {
    match &row.kind {
        PointsKind::Per { every: 1, count } => Exact::new(row.points.mantissa, u32::from(row.points.places) + scale_of(count.ty)),
        PointsKind::When(_) | PointsKind::Per { .. } => Exact::of(row.points),
    }
}

/// What one unit of a section's sum gives to the score.
fn share(section: &Section, sectioned: &Sectioned) -> Option<Exact> {
    let unit = Exact::new(i128::from(sectioned.unit), sectioned.scale);
    match section.kind {
        SectionKind::Weighted(Decimal { mantissa, places }) => unit.times(Exact::new(mantissa, u32::from(places) + 2)),
        SectionKind::Points { .. } => Some(unit),
    }
}

/// The scale at which every part of the sum is an integer: the model's, or a larger one if parts have more places than their sums.
fn sum_scale(score: &Score, sectioned: &[Vec<Sectioned>]) -> u32 {
    let shares = score.personas.iter().zip(sectioned).flat_map(|(persona, sectioned)| persona.sections.iter().zip(sectioned));
    let shares = shares.filter_map(|(section, sectioned)| share(section, sectioned)).map(|share| share.places);
    let adjusts = score.adjusts.iter().map(|adjust| Exact::of(adjust.points).places);
    shares.chain(adjusts).fold(u32::from(score.sum_scale), u32::max)
}
