//! Sections with `up to`: whether the score's range ever has room for that much.
//!
//! Enters: a score, its scales and bounds, and what its rows with a mistake give whatever they were meant to ask. Leaves: warnings alone. Always holds: what is
//! reported never counts for any lead, since even where everything else gives the least that it can, the range ends below.

use rustc_hash::FxHashMap;

use super::Score;
use super::Section;
use super::check::Checker;
use super::score_scale::{Gives, Share, Step, Total, capped, section_gives, sum_factor, up_to};
use super::scores::BrokenRow;
use super::value::Decimal;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

/// What a score gives at least, in units of 10^-`scale`.
struct Least<'s> {
    score: &'s Score,
    broken: &'s [BrokenRow],
    scale: u8,
}

impl Checker<'_> {
    pub(super) fn check_caps(&mut self, tree: &tree::Score, score: &Score, broken: &[BrokenRow]) {
        let Some(rooms) = rooms(score, broken) else { return };
        for section in tree.sections() {
            let (Some(up_to), Some(room)) = (&section.up_to, rooms.get(&section.span)) else { continue };
            let most = Decimal { mantissa: up_to.mantissa, places: up_to.places };
            if most.minus(*room).is_some_and(|beyond| beyond.mantissa > 0) {
                self.report_cap(tree, section, up_to.span, *room);
            }
        }
    }

    fn report_cap(&mut self, tree: &tree::Score, section: &tree::Section, up_to: Span, room: Decimal) {
        let (name, most) = (&section.name.text, self.one_line(up_to));
        let message = format!("section `{name}` gives up to {most}, of which score `{}` never shows more than {room}", tree.name.text);
        let mut diagnostic = Diagnostic::new(Code::CapBeyondRange, message).at(up_to, "what is above that never counts");
        if let Some((_, high)) = &tree.range {
            // what the rest takes of it
            let taken = decimal(high).and_then(|high| high.minus(room)).filter(|taken| taken.mantissa > 0 && room.mantissa > 0);
            diagnostic = diagnostic.at(
                high.span,
                match taken {
                    Some(taken) => format!("the score ends here, and all else gives {} of it at least", taken.reduced()),
                    None => "the score ends here".to_owned(),
                },
            );
        }
        if room.mantissa > 0 {
            diagnostic = diagnostic.replace(format!("write `up to {room}`"), Applicability::Unsafe, up_to, room.to_string());
        }
        self.report(diagnostic.help("lower the one number or raise the other; without `up to` the range alone ends the section"));
    }
}

/// For each section what is left for it where the rest gives least, in the model that leaves most; none if that is not known.
fn rooms(score: &Score, broken: &[BrokenRow]) -> Option<FxHashMap<Span, Decimal>> {
    let range = score.range?;
    let sections = || score.personas.iter().flat_map(|persona| &persona.sections);
    let mut scale = score.sum_scale;
    for row in broken {
        let section = row.section.and_then(|span| sections().find(|section| section.span == span));
        scale = scale.max(row.gives.as_ref()?.sum_places(section)?);
    }
    let high = Decimal { mantissa: i128::from(range.high), places: score.sum_scale }.units_at(scale)?;
    let least = Least { score, broken, scale };
    let mut rooms: FxHashMap<Span, i128> = FxHashMap::default();
    for persona in &score.personas {
        let lows = persona.sections.iter().map(|section| least.of_section(section)).collect::<Option<Vec<i128>>>()?;
        let sum = least.of_adjusts()? + lows.iter().sum::<i128>();
        for (section, low) in persona.sections.iter().zip(lows) {
            let room = high - (sum - low);
            rooms.entry(section.span).and_modify(|most| *most = (*most).max(room)).or_insert(room);
        }
    }
    let decimal = |(section, room): (Span, i128)| (section, Decimal { mantissa: room.max(0), places: scale }.reduced());
    Some(rooms.into_iter().map(decimal).collect())
}

impl Least<'_> {
    fn of_section(&self, section: &Section) -> Option<i128> {
        let mut part = Total::default();
        for gives in section_gives(section).chain(self.of_broken(Some(section.span))) {
            part.add(Total::default(), &Share::of_sum(section, gives), self.scale)?;
        }
        Some(i128::from(capped(part, up_to(section), self.scale).low))
    }

    fn of_adjusts(&self) -> Option<i128> {
        let mut total = Total::default();
        let adjusts = self.score.adjusts.iter().map(|adjust| Gives::sometimes(adjust.points, adjust.span));
        for gives in adjusts.chain(self.of_broken(None)) {
            total.add(Total::default(), &Share::plain(gives), self.scale)?;
        }
        Some(total.low)
    }

    fn of_broken(&self, section: Option<Span>) -> impl Iterator<Item = Gives> {
        self.broken.iter().filter(move |row| row.section == section).filter_map(|row| row.gives.clone())
    }
}

impl Gives {
    /// Of a row of points whose condition or signal makes no sense; none if it takes points away without end.
    pub(super) fn of_broken_row(tree: &tree::PointsRow) -> Option<Gives> {
        let points = decimal(&tree.points)?;
        let is_once = matches!(tree.kind, tree::PointsKind::When(_));
        (is_once || points.mantissa >= 0).then(|| Gives::sometimes(points, tree.span))
    }

    /// Of an attribute that makes no sense, or one of whose rows does not; none if its points grow with something.
    pub(super) fn of_broken_attribute(tree: &tree::Attribute) -> Option<Gives> {
        let points = |row: &tree::BandRow| match &row.points {
            tree::Points::Constant(points) => decimal(points),
            tree::Points::Each(..) | tree::Points::Per(..) => None,
        };
        let steps = tree.rows.iter().map(|row| Some(Step { unit: points(row)?, low: 1, high: 1 }));
        let weight = tree.weight.as_ref().map(decimal);
        let weight = if weight == Some(None) { return None } else { weight.flatten() };
        Some(Gives { steps: steps.collect::<Option<_>>()?, weight, span: tree.span, unbounded: None })
    }

    /// Decimal places that the points need once they count for the score.
    pub(super) fn sum_places(&self, section: Option<&Section>) -> Option<u8> {
        let factor = section.map_or(Some(Decimal::whole(1)), |section| sum_factor(section, self.weight))?;
        let places = self.steps.iter().map(|step| Some(step.unit.times(factor)?.reduced().places));
        places.collect::<Option<Vec<u8>>>().map(|places| places.into_iter().max().unwrap_or(0))
    }
}

/// None of a number that nobody can read.
fn decimal(number: &tree::Number) -> Option<Decimal> {
    (!number.is_unreadable()).then_some(Decimal { mantissa: number.mantissa, places: number.places }).filter(|number| number.is_sane())
}
