//! Sections with `up to`: whether the score's range ever has room for that much.
//!
//! Enters: a score without a mistake, its scales and bounds. Leaves: warnings alone. Always holds: what is reported never counts for any lead, since even
//! where everything else gives the least that it can, the range ends below.

use rustc_hash::FxHashMap;

use super::Score;
use super::Section;
use super::check::Checker;
use super::score_scale::{Gives, Share, Total, capped, section_gives, up_to};
use super::value::Decimal;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

impl Checker<'_> {
    pub(crate) fn check_caps(&mut self, tree: &tree::Score, score: &Score) {
        let Some(range) = score.range else { return };
        // what is left for a section where the rest gives least, in the model that leaves most
        let mut rooms: FxHashMap<Span, i128> = FxHashMap::default();
        for persona in &score.personas {
            let lows: Option<Vec<i128>> = persona.sections.iter().map(|section| self.least(section, score)).collect();
            let (Some(lows), Some(adjusts)) = (lows, self.least_of_adjusts(score)) else { return };
            let least = adjusts + lows.iter().sum::<i128>();
            for (section, low) in persona.sections.iter().zip(lows) {
                let room = i128::from(range.high) - (least - low);
                rooms.entry(section.span).and_modify(|most| *most = (*most).max(room)).or_insert(room);
            }
        }
        for section in tree.sections() {
            let (Some(up_to), Some(room)) = (&section.up_to, rooms.get(&section.span)) else { continue };
            let most = Decimal { mantissa: up_to.mantissa, places: up_to.places };
            let room = Decimal { mantissa: (*room).max(0), places: score.sum_scale }.reduced();
            if most.minus(room).is_some_and(|beyond| beyond.mantissa > 0) {
                self.report_cap(tree, section, up_to.span, room);
            }
        }
    }

    fn report_cap(&mut self, tree: &tree::Score, section: &tree::Section, up_to: Span, room: Decimal) {
        let (name, most) = (&section.name.text, self.one_line(up_to));
        let message = format!("section `{name}` gives up to {most}, of which score `{}` never shows more than {room}", tree.name.text);
        let mut diagnostic = Diagnostic::new(Code::CapBeyondRange, message).at(up_to, "what is above that never counts");
        if let Some((_, high)) = &tree.range {
            diagnostic = diagnostic.at(high.span, "the score ends here");
        }
        if room.mantissa > 0 {
            diagnostic = diagnostic.replace(format!("write `up to {room}`"), Applicability::Unsafe, up_to, room.to_string());
        }
        self.report(diagnostic.help("lower the one number or raise the other; without `up to` the range alone ends the section"));
    }

    /// The least that a section gives to the sum, in the sum's units.
    fn least(&self, section: &Section, score: &Score) -> Option<i128> {
        let mut part = Total::default();
        for gives in section_gives(section) {
            part.add(Total::default(), &Share::of_sum(section, gives), score.sum_scale)?;
        }
        Some(i128::from(capped(part, up_to(section), score.sum_scale).low))
    }

    fn least_of_adjusts(&self, score: &Score) -> Option<i128> {
        let mut total = Total::default();
        for adjust in &score.adjusts {
            let gives = Gives::sometimes(adjust.points, adjust.span);
            total.add(Total::default(), &Share::plain(gives), score.sum_scale)?;
        }
        Some(total.low)
    }
}
