//! Points that change no score: a cap, the range of the score or its rounding takes them back from every lead that gets them.
//!
//! Always holds: with the row or without it, a section is what its other rows give, up to its cap, and a score what its sections give, within its range; both are sums of
//! values of the program, so the question is whether some lead that gets the points has a sum on which they show.

use super::rounding::Points;
use super::{About, Asking, Kind, places, section_name};
use crate::model::{
    Attribute, Decimal, ExprKind, PointsKind, PointsRow, Policy, Reference, RowPoints, Score, ScoreId, Section, SectionKind, Type, scale_of,
};
use crate::program::{AttributeTrace, ScoreTrace, Shape, Value};
use crate::proof::Condition;
use crate::source::Span;

/// An exact sum: values of the program, each times a number, and a constant.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub terms: Vec<(Value, Decimal)>,
    pub constants: Vec<Decimal>,
}

/// A row that gives points.
struct Row {
    what: String,
    /// the lead gets them
    given: Condition,
    points: Sum,
    span: Span,
}

/// A section of one persona, as it counts for the score.
struct Counted<'a> {
    score: &'a Score,
    trace: &'a ScoreTrace,
    in_force: Option<Condition>,
    section: &'a Section,
    /// behind its cap
    value: Value,
    rows: Vec<Row>,
    /// before its cap, of a section that has one
    uncapped: Option<(Sum, Decimal)>,
    /// something else looks at the section, so that its points count beside the score
    is_looked_at: bool,
}

impl Asking<'_, '_> {
    pub fn idle_points(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (id, (score, trace)) in
            policy.scores.iter().zip(&lowered.trace.scores).enumerate().filter(|(_, (score, _))| score.running.is_none())
        {
            for (number, persona) in score.personas.iter().enumerate() {
                for (place, section) in persona.sections.iter().enumerate() {
                    let (attributes, times) = (&trace.attributes[number][place], &trace.points[number][place]);
                    let value = trace.persona_sections[number][place];
                    let of = Counted {
                        score,
                        trace,
                        in_force: trace.persona.map(|persona| Condition::Is(persona, Some(number as i64))),
                        section,
                        value,
                        rows: rows(score, section, attributes, times, &|value| self.shape(value)),
                        uncapped: uncapped(section, attributes, times),
                        is_looked_at: is_looked_at(policy, id, section.name),
                    };
                    self.points_of(&of);
                }
            }
        }
    }

    fn points_of(&mut self, of: &Counted) {
        for row in &of.rows {
            let about = About::shows(&row.what, row.span);
            let given: Vec<Condition> = of.in_force.iter().cloned().chain([row.given.clone()]).collect();
            let (mut moves, mut rest) = (given.clone(), None);
            if let Some((uncapped, cap)) = &of.uncapped {
                let without = uncapped.clone().minus(&row.points);
                let Some(capped) = self.both_at_least(uncapped, &without, *cap) else { continue };
                moves.push(capped.negated());
                rest = Some((without, *cap));
            }
            if of.uncapped.is_some() && self.never(&Condition::All(moves.clone()), &about) {
                if !self.never(&Condition::All(given), &about) {
                    self.find(Kind::PointsCapped, row.what.clone(), row.span, Vec::new());
                }
                continue;
            }
            if of.is_looked_at {
                continue;
            }
            let Some((with, without)) = of.sums(row, rest) else { continue };
            if let Some(within) = self.out_of_range(of, &with, &without) {
                moves.push(within.negated());
                if self.never(&Condition::All(moves), &about) && !self.never(&Condition::All(given.clone()), &about) {
                    self.find(Kind::PointsOutOfRange, row.what.clone(), row.span, Vec::new());
                    continue;
                }
            }
            // a whole unit of the rounded score shows wherever the sum does, and the cap of a section may let less through
            if of.uncapped.is_none() && row.points.is_at_least_one(of.score.scale) {
                continue;
            }
            let (what, span) = (row.what.clone(), row.span);
            self.rounded_away(&Points { score: of.score, given, with, without, what, span });
        }
    }

    /// Adjustments that no rounded score shows.
    pub fn rounded_adjusts(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (score, trace) in policy.scores.iter().zip(&lowered.trace.scores) {
            let (Some(sum), None) = (trace.sum, &score.running) else { continue };
            for (adjust, applies) in score.adjusts.iter().zip(&trace.adjusts) {
                let points = Sum::constant(adjust.points);
                let is_told = self.findings.all.iter().any(|found| found.kind == Kind::AdjustChangesNothing && found.span == adjust.span);
                if adjust.points.mantissa == 0 || is_told || points.is_at_least_one(score.scale) {
                    continue;
                }
                let with = Sum::of(sum, Decimal { mantissa: 1, places: score.sum_scale });
                let without = vec![with.clone().minus(&points)];
                let (given, what) = (vec![Condition::Holds(*applies)], format!("the adjustment of `{}`", score.name));
                self.rounded_away(&Points { score, given, with, without, what, span: adjust.span });
            }
        }
    }

    /// The score's sum is beyond one end of the range, or at it, with the row and without it. None if no sum is, or the numbers are too large to say.
    fn out_of_range(&self, of: &Counted, with: &Sum, without: &[Sum]) -> Option<Condition> {
        let (range, sum) = (of.score.range?, of.trace.sum?);
        let reached = self.shape(sum).interval;
        if range.low <= reached.low && reached.high <= range.high {
            return None;
        }
        let unit = |value: i64| Decimal { mantissa: i128::from(value), places: of.score.sum_scale };
        let reaches = |end: i64, is_beyond: bool| -> Option<[Condition; 2]> {
            let with = self.at_least(with, unit(end), is_beyond)?;
            let without = without.iter().map(|sum| self.at_least(sum, unit(end), is_beyond));
            Some([with, Condition::All(without.collect::<Option<Vec<Condition>>>()?)])
        };
        let [beyond, beyond_without] = reaches(range.high, false)?;
        let [above, above_without] = reaches(range.low, true)?;
        Some(Condition::Any(vec![
            Condition::All(vec![beyond, beyond_without]),
            Condition::All(vec![above.negated(), above_without.negated()]),
        ]))
    }

    fn both_at_least(&self, one: &Sum, other: &Sum, least: Decimal) -> Option<Condition> {
        Some(Condition::All(vec![self.at_least(one, least, false)?, self.at_least(other, least, false)?]))
    }

    /// The sum is at least so much, or more than it. None if its parts could leave 64 bits.
    pub(super) fn at_least(&self, sum: &Sum, least: Decimal, is_more: bool) -> Option<Condition> {
        let parts = || sum.terms.iter().map(|(_, factor)| factor).chain(&sum.constants).chain([&least]);
        let places = parts().map(|part| part.places).max()?;
        let units = |part: &Decimal| part.at_scale(places);
        let mut threshold = units(&least)?.checked_add(i64::from(is_more))?;
        for constant in &sum.constants {
            threshold = threshold.checked_sub(units(constant)?)?;
        }
        let mut terms: Vec<(Value, i64)> = Vec::with_capacity(sum.terms.len());
        let mut widest = i128::from(threshold).abs();
        for (value, factor) in &sum.terms {
            let (factor, interval) = (units(factor)?, self.shape(*value).interval);
            let width = i128::from(interval.low).abs().max(i128::from(interval.high).abs());
            widest = widest.checked_add(width.checked_mul(i128::from(factor).abs())?)?;
            terms.push((*value, factor));
        }
        (widest < i128::from(i64::MAX / 4)).then_some(Condition::SumAtLeast(terms, threshold))
    }

    pub(super) fn shape(&self, value: Value) -> Shape {
        self.prover.lowered().program.shapes[value.index()]
    }
}

impl Counted<'_> {
    /// The score's sum with a row, and sums of which the least is the one without it. `rest`: what the other rows of a section with a cap give.
    fn sums(&self, row: &Row, rest: Option<(Sum, Decimal)>) -> Option<(Sum, Vec<Sum>)> {
        let with = Sum::of(self.trace.sum?, Decimal { mantissa: 1, places: self.score.sum_scale });
        // without the row: its points less, or as many less as its section has less
        let without = match rest {
            None => vec![with.clone().minus(&row.points)],
            Some((section, cap)) => {
                let scale = self.score.sections.get(self.section.name)?.scale;
                let others = with.clone().minus(&Sum::of(self.value, Decimal { mantissa: 1, places: scale }));
                vec![others.clone().plus(&section), others.plus_constant(cap)]
            }
        };
        Some((with, without))
    }
}

impl Sum {
    /// Whether each of its parts is so much times what the lead has of it: at least one, in so many places, wherever it is not nothing. Of a sum of one part.
    fn is_at_least_one(&self, places: u8) -> bool {
        let parts = self.terms.iter().map(|(_, factor)| factor).chain(&self.constants);
        parts.into_iter().all(|part| match part.places.checked_sub(places) {
            Some(finer) => 10i128.checked_pow(u32::from(finer)).is_some_and(|one| part.mantissa.abs() >= one),
            None => part.mantissa != 0,
        })
    }

    fn of(value: Value, factor: Decimal) -> Sum {
        Sum { terms: vec![(value, factor)], constants: Vec::new() }
    }

    fn constant(constant: Decimal) -> Sum {
        Sum { terms: Vec::new(), constants: vec![constant] }
    }

    fn plus(mut self, other: &Sum) -> Sum {
        self.terms.extend(&other.terms);
        self.constants.extend(&other.constants);
        self
    }

    fn plus_constant(mut self, constant: Decimal) -> Sum {
        self.constants.push(constant);
        self
    }

    fn minus(self, other: &Sum) -> Sum {
        let opposite = |number: Decimal| Decimal { mantissa: -number.mantissa, ..number };
        let terms = other.terms.iter().map(|(value, factor)| (*value, opposite(*factor)));
        self.plus(&Sum { terms: terms.collect(), constants: other.constants.iter().map(|constant| opposite(*constant)).collect() })
    }
}

/// What each row gives to the score. None of what gives nothing, and of rows of which it depends on the others what they give: over a `some of`.
fn rows(score: &Score, section: &Section, attributes: &[AttributeTrace], times: &[Value], shape: &dyn Fn(Value) -> Shape) -> Vec<Row> {
    let of_attributes = section.attributes.iter().zip(attributes).filter(|(attribute, _)| !matches!(attribute.subject.ty, Type::SomeOf(_)));
    let bands = of_attributes.flat_map(|(attribute, trace)| {
        attribute.rows.iter().enumerate().filter_map(move |(index, row)| {
            let RowPoints::Constant(points) = row.points else { return None };
            let points = worth(section, attribute, points)?;
            Some(Row {
                what: format!("the points of row `{}` of `{}`", row.text, attribute.name),
                given: Condition::Is(trace.row, Some(index as i64)),
                points: Sum::constant(points),
                span: row.span,
            })
        })
    });
    let points = section.points.iter().zip(times).filter(|(row, times)| row.points.mantissa != 0 && !shape(**times).optional);
    let points = points.map(|(row, times)| Row {
        what: format!("the points of `{}`", section_name(score, section.name)),
        given: match row.kind {
            PointsKind::When(_) => Condition::Holds(*times),
            PointsKind::Per { .. } => Condition::Is(*times, Some(0)).negated(),
        },
        points: Sum::of(*times, shared(section, unit_of(row))),
        span: row.span,
    });
    bands.chain(points).collect()
}

/// What a priority is worth in the score, or points; none if that is nothing.
fn worth(section: &Section, attribute: &Attribute, points: Decimal) -> Option<Decimal> {
    let worth = match (section.kind, attribute.weight) {
        (SectionKind::Weighted(share), Some(weight)) => Decimal {
            mantissa: points.mantissa.checked_mul(weight.mantissa)?.checked_mul(share.mantissa)?,
            // a priority counts ten times, of two percentages
            places: points.places.checked_add(weight.places)?.checked_add(share.places)?.checked_add(3)?,
        },
        (SectionKind::Weighted(_), None) | (SectionKind::Points { .. }, _) => points,
    };
    (worth.mantissa != 0).then_some(worth.reduced())
}

/// Points of a weighted section count by its share.
fn shared(section: &Section, points: Decimal) -> Decimal {
    match section.kind {
        SectionKind::Weighted(share) => Decimal {
            mantissa: points.mantissa.saturating_mul(share.mantissa),
            places: points.places.saturating_add(share.places).saturating_add(2),
        },
        SectionKind::Points { .. } => points,
    }
}

/// What one unit of a row's count gives.
fn unit_of(row: &PointsRow) -> Decimal {
    match &row.kind {
        PointsKind::Per { every: 1, count } => Decimal { places: row.points.places + scale_of(count.ty), ..row.points },
        PointsKind::When(_) | PointsKind::Per { .. } => row.points,
    }
}

/// All that the rows of a section with a cap give.
fn uncapped(section: &Section, attributes: &[AttributeTrace], times: &[Value]) -> Option<(Sum, Decimal)> {
    let SectionKind::Points { up_to: Some(cap) } = section.kind else { return None };
    let bands = attributes.iter().map(|trace| (trace.points, Decimal { mantissa: 1, places: trace.points_scale }));
    let points = section.points.iter().zip(times).map(|(row, times)| (*times, unit_of(row)));
    Some((Sum { terms: bands.chain(points).collect(), constants: Vec::new() }, cap))
}

/// Whether anything but its score looks at a section.
fn is_looked_at(policy: &Policy, score: ScoreId, section: usize) -> bool {
    let mut rest = places::every_expression(policy);
    while let Some(expr) = rest.pop() {
        if matches!(expr.kind, ExprKind::Reference(Reference::Section(of, name)) if of == score && name == section) {
            return true;
        }
        rest.extend(expr.children());
    }
    false
}
