//! Points that change no score: a cap, or the range of the score, takes them back from every lead that gets them.
//!
//! Always holds: with the row or without it, a section is what its other rows give, up to its cap, and a score what its sections give, within its range; both are sums of
//! values of the program, so the question is whether some lead that gets the points has a sum on which they show.

use super::{Asking, Kind, places, section_name};
use crate::model::{
    Attribute, Decimal, ExprKind, PointsKind, PointsRow, Policy, Reference, RowPoints, Score, ScoreId, Section, SectionKind, Type, scale_of,
};
use crate::program::{AttributeTrace, ScoreTrace, Shape, Value};
use crate::proof::Condition;
use crate::source::Span;

/// An exact sum: values of the program, each times a number, and a constant.
#[derive(Clone, Debug, Default)]
struct Sum {
    terms: Vec<(Value, Decimal)>,
    constants: Vec<Decimal>,
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
            let given: Vec<Condition> = of.in_force.iter().cloned().chain([row.given.clone()]).collect();
            let (mut moves, mut rest) = (given.clone(), None);
            if let Some((uncapped, cap)) = &of.uncapped {
                let without = uncapped.clone().minus(&row.points);
                let Some(capped) = self.both_at_least(uncapped, &without, *cap) else { continue };
                moves.push(capped.negated());
                rest = Some((without, *cap));
            }
            if of.uncapped.is_some() && self.never(&Condition::All(moves.clone())) {
                if !self.never(&Condition::All(given)) {
                    self.find(Kind::PointsCapped, row.what.clone(), row.span, Vec::new());
                }
                continue;
            }
            if of.is_looked_at {
                continue;
            }
            let Some(within) = self.out_of_range(of, row, rest) else { continue };
            moves.push(within.negated());
            if self.never(&Condition::All(moves)) && !self.never(&Condition::All(given)) {
                self.find(Kind::PointsOutOfRange, row.what.clone(), row.span, Vec::new());
            }
        }
    }

    /// The score's sum is beyond one end of the range, or at it, with the row and without it. None if no sum is, or the numbers are too large to say.
    fn out_of_range(&self, of: &Counted, row: &Row, rest: Option<(Sum, Decimal)>) -> Option<Condition> {
        let (range, sum) = (of.score.range?, of.trace.sum?);
        let reached = self.shape(sum).interval;
        if range.low <= reached.low && reached.high <= range.high {
            return None;
        }
        let unit = |value: i64| Decimal { mantissa: i128::from(value), places: of.score.sum_scale };
        let with = Sum::of(sum, unit(1));
        // without the row: its points less, or as many less as its section has less
        let without: Vec<(Sum, Decimal)> = match rest {
            None => vec![(with.clone().minus(&row.points), unit(0))],
            Some((section, cap)) => {
                let scale = of.score.sections.get(of.section.name)?.scale;
                let others = with.clone().minus(&Sum::of(of.value, Decimal { mantissa: 1, places: scale }));
                vec![(others.clone().plus(&section), unit(0)), (others, cap)]
            }
        };
        let reaches = |end: i64, is_beyond: bool| -> Option<[Condition; 2]> {
            let with = self.at_least(&with, unit(end), is_beyond)?;
            let without = without.iter().map(|(sum, more)| self.at_least(&sum.clone().plus_constant(*more), unit(end), is_beyond));
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
    fn at_least(&self, sum: &Sum, least: Decimal, is_more: bool) -> Option<Condition> {
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

    fn shape(&self, value: Value) -> Shape {
        self.prover.lowered().program.shapes[value.index()]
    }
}

impl Sum {
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
