//! Where the points of a score come from.
//!
//! Always holds: the contributions that leave here add up to the sum that the interpreter computed, or [`SumTooLarge`] is returned; they are
//! computed from the policy's own weights and the points of each row, so that they are a second witness of that sum.

use super::exact::{ZERO, add, at_places, multiply, multiply_shifted, subtract};
use super::explain::named;
use super::explain_history::{booked, row_per_signal};
use super::explanation::*;
use super::why::why_not;
use crate::history::Balance;
use crate::model::{Adjust, Attribute, Decimal, ExprKind, PointsKind, PointsRow, Reference, Score, Section, SectionKind, Type};
use crate::program::{AttributeTrace, ScoreTrace, Value};
use crate::record::reader::Reader;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the contributions to `{score}` cannot be written out exactly")]
pub struct SumTooLarge {
    pub score: String,
}

/// `balances` has one for each measure that is the balance of a running score.
pub fn score(reader: &Reader, score: &Score, trace: &ScoreTrace, balances: &[Option<Balance>]) -> Result<ScoreExplained, SumTooLarge> {
    explained(reader, score, trace, balances).ok_or_else(|| SumTooLarge { score: score.name.clone() })
}

fn explained(reader: &Reader, score: &Score, trace: &ScoreTrace, balances: &[Option<Balance>]) -> Option<ScoreExplained> {
    if let Some(balance) = &score.running {
        let balance = match balance.kind {
            ExprKind::Reference(Reference::Measure(id)) => balances.get(id).copied().flatten(),
            _ => None,
        };
        return running(reader, score, trace, balance?);
    }
    let persona = trace.persona.and_then(|persona| reader.at(persona)).and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
    let value = Decimal { mantissa: i128::from(reader.at(trace.value?)?), places: score.scale };
    let sum = Decimal { mantissa: i128::from(reader.at(trace.sum?)?), places: score.sum_scale };

    let mut sections = Vec::new();
    for (index, section) in score.personas.get(persona)?.sections.iter().enumerate() {
        let value = *trace.persona_sections.get(persona)?.get(index)?;
        let no_attributes = Vec::new();
        let attributes = trace.attributes.get(persona).and_then(|sections| sections.get(index)).unwrap_or(&no_attributes);
        let no_points = Vec::new();
        let points = trace.points.get(persona).and_then(|sections| sections.get(index)).unwrap_or(&no_points);
        sections.push(section_explained(reader, score, section, value, attributes, points)?);
    }
    let adjusts: Vec<AdjustExplained> =
        score.adjusts.iter().zip(&trace.adjusts).map(|(adjust, value)| adjust_explained(reader, adjust, *value)).collect();

    let mut total = ZERO;
    for part in sections.iter().map(|section| section.contribution).chain(adjusts.iter().map(AdjustExplained::contribution)) {
        total = add(total, part)?;
    }
    if total.reduced() != sum.reduced() {
        return None;
    }
    Some(ScoreExplained {
        name: named(&score.name, &score.display),
        value,
        persona: persona_explained(reader, score, persona),
        sections: sections.into_iter().map(|section| aligned(section, score.sum_scale)).collect::<Option<_>>()?,
        booked: Vec::new(),
        balance: None,
        adjusts,
        sum,
        range: range_explained(score, sum),
        rounded_to: score.rounded,
    })
}

/// A balance is the sum of its rows and of what its range did to it, as each day is brought into the range.
fn running(reader: &Reader, score: &Score, trace: &ScoreTrace, balance: Balance) -> Option<ScoreExplained> {
    let sum = Decimal { mantissa: i128::from(reader.at(trace.sum?)?), places: score.sum_scale };
    let booked = booked(reader, score);
    let total = booked.iter().try_fold(ZERO, |total, row| add(total, row.points))?;
    let figure = |mantissa: i128| Decimal { mantissa, places: score.sum_scale };
    let (taken, given) = (figure(-balance.taken), figure(balance.given));
    if add(add(total, taken)?, given)?.reduced() != sum.reduced() {
        return None;
    }
    Some(ScoreExplained {
        name: named(&score.name, &score.display),
        value: Decimal { mantissa: i128::from(reader.at(trace.value?)?), places: score.scale },
        persona: None,
        sections: Vec::new(),
        booked,
        balance: Some(BalanceExplained { booked: at_places(total, score.sum_scale)?, taken, given }),
        adjusts: Vec::new(),
        sum,
        range: None,
        rounded_to: score.rounded,
    })
}

fn range_explained(score: &Score, sum: Decimal) -> Option<RangeExplained> {
    let end = |end: i64| Decimal { mantissa: i128::from(end), places: score.sum_scale }.reduced();
    score.range.map(|range| RangeExplained {
        low: end(range.low),
        high: end(range.high),
        applied: sum.mantissa < i128::from(range.low) || sum.mantissa > i128::from(range.high),
    })
}

fn persona_explained(reader: &Reader, score: &Score, in_force: usize) -> Option<PersonaExplained> {
    if score.personas.len() == 1 && score.personas[0].condition.is_none() {
        return None;
    }
    let condition = |persona: &crate::model::Persona| persona.condition.as_ref().map(|condition| reader.phrase(condition.span));
    let earlier = score.personas[..in_force].iter().map(|persona| RowExplained {
        gives: String::new(),
        condition: condition(persona),
        because: None,
        looked_up: Vec::new(),
        verdict: Verdict::Failed { reasons: persona.condition.as_ref().map(|condition| why_not(reader, condition)).unwrap_or_default() },
    });
    Some(PersonaExplained {
        condition: condition(&score.personas[in_force]).unwrap_or_else(|| "otherwise".into()),
        earlier: earlier.collect(),
    })
}

fn section_explained(
    reader: &Reader,
    score: &Score,
    section: &Section,
    value: Value,
    attributes: &[AttributeTrace],
    points: &[Value],
) -> Option<SectionExplained> {
    let name = &score.sections[section.name];
    let value = Decimal { mantissa: i128::from(reader.at(value)?), places: name.scale };
    let section_weight = match section.kind {
        SectionKind::Weighted(weight) => Some(weight),
        SectionKind::Points { .. } => None,
    };
    let attributes =
        section.attributes.iter().zip(attributes).map(|(attribute, trace)| attribute_explained(reader, attribute, trace, section_weight));
    let attributes: Vec<AttributeExplained> = attributes.collect::<Option<_>>()?;
    let points: Vec<AdjustExplained> =
        section.points.iter().zip(points).map(|(row, value)| points_explained(reader, row, *value)).collect();

    let mut total = ZERO;
    for part in attributes.iter().map(|attribute| attribute.contribution).chain(points.iter().map(AdjustExplained::contribution)) {
        total = add(total, part)?;
    }
    let contribution = match section_weight {
        Some(weight) => multiply_shifted(weight, value, 2)?,
        None => value,
    };
    let cap = match section.kind {
        SectionKind::Points { up_to: Some(up_to) } => Some(CapExplained { up_to, contribution: subtract(contribution, total)? }),
        SectionKind::Points { up_to: None } | SectionKind::Weighted(_) => None,
    };
    if cap.is_none() && total.reduced() != contribution.reduced() {
        return None;
    }
    Some(SectionExplained { name: named(&name.name, &name.display), weight: section_weight, value, contribution, attributes, points, cap })
}

fn attribute_explained(
    reader: &Reader,
    attribute: &Attribute,
    trace: &AttributeTrace,
    section_weight: Option<Decimal>,
) -> Option<AttributeExplained> {
    let points = Decimal { mantissa: i128::from(reader.at(trace.points)?), places: trace.points_scale }.reduced();
    let row = reader.at(trace.row).and_then(|row| usize::try_from(row).ok()).and_then(|row| attribute.rows.get(row));
    // section score = sum of weight × priority × 10, weights in per cent; score = sum of section weight × section score
    let contribution = match (attribute.weight, section_weight) {
        (Some(weight), Some(section_weight)) => multiply_shifted(multiply_shifted(weight, points, 1)?, section_weight, 2)?,
        (None, _) | (_, None) => points,
    };
    Some(AttributeExplained {
        name: named(&attribute.name, &attribute.display),
        value: reader.shown(&attribute.subject),
        row: row.map(|row| row.text.clone()).unwrap_or_default(),
        because: row.and_then(|row| row.because.clone()),
        points,
        weight: attribute.weight.map(Decimal::reduced),
        contribution,
    })
}

fn points_explained(reader: &Reader, row: &PointsRow, value: Value) -> AdjustExplained {
    let given = reader.at(value).is_some_and(|times| times != 0);
    match &row.kind {
        PointsKind::When(condition) => AdjustExplained {
            points: row.points,
            times: None,
            row: RowExplained {
                gives: signed(row.points),
                condition: Some(reader.phrase(condition.span)),
                because: row.because.clone(),
                looked_up: Vec::new(),
                verdict: if given { Verdict::Applied } else { Verdict::Failed { reasons: why_not(reader, condition) } },
            },
        },
        // points per signal: as often as they count
        PointsKind::Per { every, count } => {
            let places = match count.ty {
                Type::Number { scale, .. } if *every == 1 => scale,
                _ => 0,
            };
            let times = Decimal { mantissa: i128::from(reader.at(value).unwrap_or(0)), places }.reduced();
            AdjustExplained {
                points: multiply(row.points, times).unwrap_or(row.points),
                times: Some(times),
                row: RowExplained {
                    gives: row_per_signal(reader, row),
                    condition: None,
                    because: row.because.clone(),
                    looked_up: Vec::new(),
                    verdict: if given { Verdict::Applied } else { Verdict::Failed { reasons: Vec::new() } },
                },
            }
        }
    }
}

fn adjust_explained(reader: &Reader, adjust: &Adjust, value: Value) -> AdjustExplained {
    AdjustExplained {
        points: adjust.points,
        times: None,
        row: RowExplained {
            gives: signed(adjust.points),
            condition: Some(reader.phrase(adjust.condition.span)),
            because: adjust.because.clone(),
            looked_up: Vec::new(),
            verdict: if reader.holds_at(value) {
                Verdict::Applied
            } else {
                Verdict::Failed { reasons: why_not(reader, &adjust.condition) }
            },
        },
    }
}

/// `+5`, `-25`
pub fn signed(points: Decimal) -> String {
    if points.mantissa > 0 { format!("+{points}") } else { points.to_string() }
}

/// Every contribution with as many places as the score's sum, so that they stand under each other.
fn aligned(mut section: SectionExplained, places: u8) -> Option<SectionExplained> {
    section.contribution = at_places(section.contribution, places)?;
    for attribute in &mut section.attributes {
        attribute.contribution = at_places(attribute.contribution, places)?;
    }
    if let Some(cap) = &mut section.cap {
        cap.contribution = at_places(cap.contribution, places)?;
    }
    Some(section)
}
