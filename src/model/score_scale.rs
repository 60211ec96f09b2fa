//! The scale and the bounds of a score: exact, so that evaluators add integers and nothing can leave 64 bits.
//!
//! With weights in per cent, W of a section and w of an attribute, a row with priority p gives
//! - to its section's score: w/100 × p × 10 = **w × p / 10**;
//! - to the score: W/100 of that = **W × w × p / 1000**.
//!
//! In a `points` section both are just p. A linear row gives a whole number of steps: `p each` over a value of scale s gives p × 10^-s for each
//! unit of the value, `p per step` gives p for each full step.
//!
//! The **section's scale** is the least at which every row's step is a whole number (and the `up to` of a points section); the **sum's
//! scale** the least at which every row's step, every `adjust`, every `up to` and both ends of the range are. So each contribution is a whole
//! coefficient at the sum's scale, for a linear row the coefficient times the value (or the number of full steps).
//!
//! Then: sum = Σ contributions + Σ `adjust`s that apply, kept in the range, rounded if `rounded` is written. Always holds, if nothing was
//! reported: neither the sum of all negative contributions nor that of all positive ones leaves 64 bits at the sum's scale, so no order of
//! adding can overflow; the same for each section at its own scale.

use super::check::Checker;
use super::constants::scale_of;
use super::coverage::gaps;
use super::decimals::rescaled;
use super::expressions::bounds;
use super::ranges::{SIGNALS, domain_of};
use super::value::{Decimal, Interval, SCALE_MAX};
use super::{Attribute, BandRow, Expr, Matcher, Persona, PointsKind, PointsRow, RowPoints, Score, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// What one attribute, points row or adjust can give: whole steps.
#[derive(Clone, Debug)]
pub(super) struct Gives {
    pub(super) steps: Vec<Step>,
    /// of an attribute of a weighted section
    pub(super) weight: Option<Decimal>,
    pub(super) span: Span,
    /// a linear row that has no bound on one side, with the name of what grows
    pub(super) unbounded: Option<(Span, String)>,
}

/// What is given, by the factor with which a sum counts it.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) gives: Gives,
    factor: Option<Decimal>,
}

/// `unit` × any whole number from `low` to `high`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) unit: Decimal,
    pub(super) low: i64,
    pub(super) high: i64,
}

/// Bounds of a sum, and of its negative and positive parts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    pub(super) low: i128,
    pub(super) high: i128,
    negative: i128,
    positive: i128,
}

impl Checker<'_> {
    /// Fills in the scales and bounds of a score whose parts are typed; `written_range` is `from A to B`. None if that cannot be, which has
    /// been reported.
    pub(crate) fn scale_score(&mut self, score: &mut Score, written_range: Option<(Decimal, Decimal)>) -> Option<()> {
        self.scale_sections(score)?;
        self.scale_sum(score, written_range)
    }

    fn scale_sections(&mut self, score: &mut Score) -> Option<()> {
        for section in sections(&score.personas) {
            let up_to = up_to(section);
            let mut places = up_to.map_or(0, |most| most.reduced().places);
            for gives in section_gives(section) {
                places = places.max(self.places(&gives, section_factor(section, gives.weight))?);
            }
            let name = score.sections.get_mut(section.name)?;
            name.scale = name.scale.max(places);
        }
        let mut intervals: Vec<Option<Interval>> = vec![None; score.sections.len()];
        for section in sections(&score.personas) {
            let scale = score.sections.get(section.name)?.scale;
            let mut total = Total::default();
            let shares: Vec<Share> = section_gives(section).map(|gives| Share::of_section(section, gives)).collect();
            for (at, share) in shares.iter().enumerate() {
                self.added(total.add(Total::default(), share, scale), &shares, at, scale, &score.name)?;
            }
            let interval = capped(total, up_to(section), scale);
            let place = intervals.get_mut(section.name)?;
            *place = Some(place.map_or(interval, |other| other.hull(interval)));
        }
        for (section, interval) in score.sections.iter_mut().zip(intervals) {
            section.interval = interval.unwrap_or(Interval { low: 0, high: 0 });
        }
        Some(())
    }

    fn scale_sum(&mut self, score: &mut Score, written_range: Option<(Decimal, Decimal)>) -> Option<()> {
        let adjusts: Vec<Gives> = score.adjusts.iter().map(|adjust| Gives::sometimes(adjust.points, adjust.span)).collect();
        let mut scale = 0;
        for section in sections(&score.personas) {
            scale = scale.max(up_to(section).map_or(0, |most| most.reduced().places));
            for gives in section_gives(section) {
                scale = scale.max(self.places(&gives, sum_factor(section, gives.weight))?);
            }
        }
        for adjust in &adjusts {
            scale = scale.max(self.places(adjust, Some(Decimal::whole(1)))?);
        }
        if let Some((low, high)) = written_range {
            scale = scale.max(low.reduced().places).max(high.reduced().places);
        }
        score.sum_scale = scale;

        let mut whole: Option<Interval> = None;
        for persona in &score.personas {
            let mut total = Total::default();
            let of_sections = persona.sections.iter().flat_map(|section| section_gives(section).map(|gives| Share::of_sum(section, gives)));
            let shares: Vec<Share> = of_sections.chain(adjusts.iter().cloned().map(Share::plain)).collect();
            let mut numbered = shares.iter().enumerate();
            for section in &persona.sections {
                let mut part = Total::default();
                for (at, share) in numbered.by_ref().take(section.attributes.len() + section.points.len()) {
                    self.added(part.add(total, share, scale), &shares, at, scale, &score.name)?;
                }
                let capped = capped(part, up_to(section), scale);
                total.negative += part.negative;
                total.positive += part.positive;
                total.low += i128::from(capped.low);
                total.high += i128::from(capped.high);
            }
            for (at, share) in numbered {
                self.added(total.add(Total::default(), share, scale), &shares, at, scale, &score.name)?;
            }
            let interval = total.interval();
            whole = Some(whole.map_or(interval, |other| other.hull(interval)));
        }
        score.sum_interval = whole.unwrap_or(Interval { low: 0, high: 0 });

        score.range = match written_range {
            None => None,
            Some((low, high)) => match (low.at_scale(scale), high.at_scale(scale)) {
                (Some(low), Some(high)) => Some(Interval { low, high }),
                _ => {
                    self.report_range_overflow(score.span, &score.name);
                    return None;
                }
            },
        };
        let kept = score.range.map_or(score.sum_interval, |range| Interval {
            low: score.sum_interval.low.clamp(range.low, range.high),
            high: score.sum_interval.high.clamp(range.low, range.high),
        });
        score.scale = score.rounded.unwrap_or(scale);
        let rounded = rescaled(kept.low, scale, score.scale).zip(rescaled(kept.high, scale, score.scale));
        match rounded {
            Some((low, high)) => score.interval = Interval { low, high },
            None => {
                self.report_range_overflow(score.span, &score.name);
                return None;
            }
        }
        Some(())
    }

    /// Decimal places that everything given needs once it is multiplied by the factor.
    fn places(&mut self, gives: &Gives, factor: Option<Decimal>) -> Option<u8> {
        let mut most = 0;
        for step in &gives.steps {
            match factor.and_then(|factor| step.unit.times(factor)) {
                Some(unit) if unit.places <= SCALE_MAX => most = most.max(unit.places),
                Some(_) | None => {
                    let message = format!("`{}` makes a score of more than 18 decimal places", self.headline(gives.span));
                    self.report(
                        Diagnostic::new(Code::TooManyPlaces, message)
                            .at(gives.span, "its weight and its points have too many places together")
                            .help("write the weight or the points with fewer decimal places"),
                    );
                    return None;
                }
            }
        }
        Some(most)
    }

    /// Whether a sum holds what was added to it last; if not, that is said.
    fn added(&mut self, fits: Option<()>, shares: &[Share], at: usize, scale: u8, score: &str) -> Option<()> {
        if fits.is_none() {
            self.report_overflow(shares, at, scale, score);
        }
        fits
    }

    /// Checks that what the rows of an attribute of a weighted section give lies within -10 to 10; the answer is whether it does.
    /// `complete` is false if some pattern has a reported mistake, so that nobody knows what is left for `otherwise`.
    pub(crate) fn check_priorities(&mut self, attribute: &Attribute, complete: bool) -> bool {
        let before = self.diagnostics.len();
        for (row, values) in attribute.rows.iter().zip(values_of_rows(attribute)) {
            if let RowPoints::Constant(points) = &row.points {
                self.check_priority(*points, row.span);
                continue;
            }
            if !complete && row.matchers.contains(&Matcher::Otherwise) {
                continue;
            }
            let step = step(&row.points, &attribute.subject, values);
            let ends = [(step.low, values.map(|values| values.low)), (step.high, values.map(|values| values.high))];
            if values.is_some_and(|values| is_unbounded(&attribute.subject, values)) {
                let message = format!("`{}` has no bound, and a priority lies between -10 and 10", self.headline(row.span));
                self.report(
                    Diagnostic::new(Code::LinearUnbounded, message)
                        .at(row.span, "the priority grows with the value without end")
                        .help("end the band, as in `under 5  2 each` and `5 or more  10`, or give the field a range"),
                );
                continue;
            }
            let beyond = ends.into_iter().find_map(|(count, value)| {
                let priority = step.unit.times(Decimal::whole(count));
                (!priority.is_some_and(is_priority)).then_some((priority, value))
            });
            let message = match beyond {
                None => continue,
                Some((Some(priority), Some(value))) => format!(
                    "`{}` gives {priority} at {}, and a priority lies between -10 and 10",
                    self.headline(row.span),
                    self.show(value, attribute.subject.ty)
                ),
                Some(_) => format!("`{}` gives more than a priority from -10 to 10", self.headline(row.span)),
            };
            self.report_priority(message, row.span);
        }
        self.diagnostics.len() == before
    }

    /// Checks plain points of a weighted section.
    pub(crate) fn check_priority(&mut self, points: Decimal, row: Span) {
        if !is_priority(points) {
            self.report_priority(format!("the priority {points} does not lie between -10 and 10"), row);
        }
    }

    fn report_priority(&mut self, message: String, row: Span) {
        self.report(
            Diagnostic::new(Code::PriorityOutOfRange, message)
                .at(row, "too far from 0")
                .help("raise the weight instead, or use a `points` section, whose rows give raw points"),
        );
    }

    /// The first line of a text, for a message.
    pub(super) fn headline(&self, span: Span) -> String {
        let line = self.sources.text(span).lines().next().unwrap_or("");
        line.split('{').next().unwrap_or(line).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Gives {
    /// Points that a condition gives or not.
    pub(super) fn sometimes(points: Decimal, span: Span) -> Gives {
        Gives { steps: vec![Step { unit: points, low: 0, high: 1 }], weight: None, span, unbounded: None }
    }
}

impl Share {
    fn of_section(section: &Section, gives: Gives) -> Share {
        Share { factor: section_factor(section, gives.weight), gives }
    }

    pub(super) fn of_sum(section: &Section, gives: Gives) -> Share {
        Share { factor: sum_factor(section, gives.weight), gives }
    }

    /// Points as they are.
    pub(super) fn plain(gives: Gives) -> Share {
        Share { factor: Some(Decimal::whole(1)), gives }
    }

    /// The least and the most, in units of 10^-`scale`; none beyond 128 bits.
    pub(super) fn ends(&self, scale: u8) -> Option<(i128, i128)> {
        let mut low = i128::MAX;
        let mut high = i128::MIN;
        for step in &self.gives.steps {
            let coefficient = step.unit.times(self.factor?)?.units_at(scale)?;
            for end in [coefficient.checked_mul(i128::from(step.low))?, coefficient.checked_mul(i128::from(step.high))?] {
                low = low.min(end);
                high = high.max(end);
            }
        }
        let low = if low > high { 0 } else { low };
        Some((low, high.max(low)))
    }
}

impl Total {
    /// Adds what can be given, in units of 10^-`scale`; `before` is what has been added up elsewhere. None if the sum could leave 64 bits then.
    pub(super) fn add(&mut self, before: Total, share: &Share, scale: u8) -> Option<()> {
        let (limit_low, limit_high) = (i128::from(i64::MIN), i128::from(i64::MAX));
        let (low, high) = share.ends(scale).filter(|(low, high)| {
            *low >= limit_low
                && *high <= limit_high
                && before.negative + self.negative + (*low).min(0) >= limit_low
                && before.positive + self.positive + (*high).max(0) <= limit_high
        })?;
        self.low += low;
        self.high += high;
        self.negative += low.min(0);
        self.positive += high.max(0);
        Some(())
    }

    fn interval(&self) -> Interval {
        let clip = |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
        Interval { low: clip(self.low), high: clip(self.high) }
    }
}

fn sections(personas: &[Persona]) -> impl Iterator<Item = &Section> {
    personas.iter().flat_map(|persona| &persona.sections)
}

pub(super) fn up_to(section: &Section) -> Option<Decimal> {
    match section.kind {
        SectionKind::Weighted(_) => None,
        SectionKind::Points { up_to } => up_to,
    }
}

/// What the attributes and rows of a section can give, before any weight.
pub(super) fn section_gives(section: &Section) -> impl Iterator<Item = Gives> {
    let points = section.points.iter().map(points_gives);
    section.attributes.iter().map(attribute_gives).chain(points)
}

fn points_gives(row: &PointsRow) -> Gives {
    match &row.kind {
        PointsKind::When(_) => Gives::sometimes(row.points, row.span),
        PointsKind::Per { every, count } => {
            // with places, the count of fading signals has them
            let (unit, size) = match scale_of(count.ty) {
                places if *every == 1 => (row.points.shifted_down(places).unwrap_or(row.points), 1),
                places => (row.points, 10i64.saturating_pow(u32::from(places)).saturating_mul((*every).max(1))),
            };
            let most = count.range.map_or(SIGNALS.high, |range| range.high) / size.max(1);
            Gives { steps: vec![Step { unit, low: 0, high: most }], weight: None, span: row.span, unbounded: None }
        }
    }
}

/// w / 10, or 1 in a points section.
fn section_factor(section: &Section, weight: Option<Decimal>) -> Option<Decimal> {
    match (section.kind, weight) {
        (SectionKind::Weighted(_), Some(weight)) => weight.shifted_down(1),
        (SectionKind::Weighted(_), None) | (SectionKind::Points { .. }, _) => Some(Decimal::whole(1)),
    }
}

/// W × w / 1000, or 1 in a points section.
pub(super) fn sum_factor(section: &Section, weight: Option<Decimal>) -> Option<Decimal> {
    match (section.kind, weight) {
        (SectionKind::Weighted(section_weight), Some(weight)) => section_weight.times(weight)?.shifted_down(3),
        (SectionKind::Weighted(_), None) | (SectionKind::Points { .. }, _) => Some(Decimal::whole(1)),
    }
}

fn attribute_gives(attribute: &Attribute) -> Gives {
    let mut gives =
        Gives { steps: Vec::with_capacity(attribute.rows.len()), weight: attribute.weight, span: attribute.span, unbounded: None };
    for (row, values) in attribute.rows.iter().zip(values_of_rows(attribute)) {
        if values.is_none() && !can_match_otherwise(row, attribute) {
            continue;
        }
        gives.steps.push(step(&row.points, &attribute.subject, values));
        let linear = matches!(row.points, RowPoints::Each(_) | RowPoints::Per { .. });
        if linear && values.is_some_and(|values| is_unbounded(&attribute.subject, values)) {
            gives.unbounded = Some((row.span, attribute.name.clone()));
        }
    }
    gives
}

/// Whether a row that matches no known number can match at all: by a choice, a text, a missing value.
fn can_match_otherwise(row: &BandRow, attribute: &Attribute) -> bool {
    row.matchers.iter().any(|matcher| match matcher {
        Matcher::Choice(_) | Matcher::Text(_) => true,
        Matcher::Missing => attribute.subject.optional,
        // over numbers these match exactly the values that were looked for
        Matcher::Range { .. } => false,
        Matcher::Otherwise => attribute.subject.range.is_none(),
    })
}

/// For each row of an attribute, the least and the most that it gives before any weight.
pub(crate) fn row_bounds(attribute: &Attribute) -> Vec<(Decimal, Decimal)> {
    let bounds = |(row, values): (&BandRow, Option<Interval>)| {
        let step = step(&row.points, &attribute.subject, values);
        let end = |count: i64| step.unit.times(Decimal::whole(count)).unwrap_or(step.unit);
        let (one, other) = (end(step.low), end(step.high));
        if other.minus(one).is_some_and(|difference| difference.mantissa < 0) { (other, one) } else { (one, other) }
    };
    attribute.rows.iter().zip(values_of_rows(attribute)).map(bounds).collect()
}

/// Whether each row of an attribute matches something that its subject can be, as far as ranges tell.
pub(crate) fn rows_that_match(attribute: &Attribute) -> Vec<bool> {
    let values = values_of_rows(attribute);
    attribute.rows.iter().zip(values).map(|(row, values)| values.is_some() || can_match_otherwise(row, attribute)).collect()
}

/// The least and the most that a row of a points section gives.
pub(crate) fn points_bounds(row: &PointsRow) -> (Decimal, Decimal) {
    let gives = points_gives(row);
    // it has one step, from none to all
    let end = gives.steps.first().and_then(|step| step.unit.times(Decimal::whole(step.high))).unwrap_or(Decimal::ZERO);
    if end.mantissa < 0 { (end, Decimal::ZERO) } else { (Decimal::ZERO, end) }
}

/// By what the points of an attribute count for its section, and for the score; none of an attribute without weight in a weighted section.
pub(crate) fn weights(section: &Section, attribute: &Attribute) -> Option<(Decimal, Decimal)> {
    Some((section_factor(section, attribute.weight)?, sum_factor(section, attribute.weight)?))
}

/// What a row gives: a linear row over these values, a constant one once.
fn step(points: &RowPoints, subject: &Expr, values: Option<Interval>) -> Step {
    let values = values.unwrap_or(Interval { low: 0, high: 0 });
    match points {
        RowPoints::Constant(points) => Step { unit: *points, low: 1, high: 1 },
        RowPoints::Each(points) => {
            let unit = points.shifted_down(scale_of(subject.ty)).unwrap_or(*points);
            Step { unit, low: values.low, high: values.high }
        }
        RowPoints::Per { points, step } => {
            let size = (*step).max(1);
            Step { unit: *points, low: values.low / size, high: values.high / size }
        }
    }
}

/// For each row, bounds of the known numbers that it can match, if any.
fn values_of_rows(attribute: &Attribute) -> Vec<Option<Interval>> {
    let Some(domain) = attribute.subject.range else { return vec![None; attribute.rows.len()] };
    let band = |matcher: &Matcher| match matcher {
        Matcher::Range { low, high } => Some(Interval { low: low.unwrap_or(i64::MIN), high: high.unwrap_or(i64::MAX) }),
        Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing | Matcher::Otherwise => None,
    };
    let otherwise = || {
        let bands: Vec<Interval> = attribute.rows.iter().flat_map(|row| &row.matchers).filter_map(band).collect();
        gaps(domain, &bands).into_iter().reduce(Interval::hull)
    };
    let of_row = |row: &BandRow| {
        let matched = row.matchers.iter().filter_map(|matcher| match matcher {
            Matcher::Range { .. } => {
                let band = band(matcher)?;
                let common = Interval { low: band.low.max(domain.low), high: band.high.min(domain.high) };
                (common.low <= common.high).then_some(common)
            }
            Matcher::Otherwise => otherwise(),
            Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing => None,
        });
        matched.reduce(Interval::hull)
    };
    attribute.rows.iter().map(of_row).collect()
}

/// Whether the values reach an end of 64 bits because nothing bounds them.
fn is_unbounded(subject: &Expr, values: Interval) -> bool {
    let domain = bounds(subject);
    let limits = domain_of(subject.ty);
    (values.low == domain.low && domain.low == limits.low && limits.low == i64::MIN)
        || (values.high == domain.high && domain.high == limits.high && limits.high == i64::MAX)
}

/// From -10 to 10.
fn is_priority(points: Decimal) -> bool {
    let size = Decimal { mantissa: points.mantissa.saturating_abs(), places: points.places };
    Decimal::whole(10).minus(size).is_some_and(|room| room.mantissa >= 0)
}

/// Bounds of a section's sum, at most so many.
pub(super) fn capped(total: Total, up_to: Option<Decimal>, scale: u8) -> Interval {
    let interval = total.interval();
    match up_to.and_then(|most| most.at_scale(scale)) {
        Some(most) => Interval { low: interval.low.min(most), high: interval.high.min(most) },
        None => interval,
    }
}
