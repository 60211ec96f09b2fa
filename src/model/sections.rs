//! The sections of a score: their kind, and that their weights total 100 %.
//!
//! Enters: the tree of a section, and what is known of the score so far. Leaves: the typed section; what makes no sense is left out, and the draft of the
//! score says so. Always holds, when nothing was reported: the weights of the section's attributes total 100 %.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::score_scale::Gives;
use super::scores::Draft;
use super::value::Decimal;
use super::weights::Part;
use super::{Section, SectionKind};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, SectionRow};

impl Checker<'_> {
    pub(super) fn section_of_score(&mut self, tree: &tree::Section, draft: &mut Draft) -> Section {
        let name = draft.numbers.get(&tree.name.text).copied().unwrap_or(0);
        if tree.lacks_points() {
            self.report_neither(tree);
        }
        let kind = match (tree.gives_points(), &tree.weight) {
            (true, _) => {
                let what = format!("section `{}`", tree.name.text);
                let up_to = tree.up_to.as_ref().and_then(|number| self.most_points(number, &what));
                draft.sound &= tree.up_to.is_none() || up_to.is_some();
                SectionKind::Points { up_to }
            }
            (false, weight) => {
                if let Some(most) = &tree.up_to {
                    let message = format!("section `{}` is weighted, so it has no `up to`", tree.name.text);
                    self.report(Diagnostic::new(Code::RowKind, message).at(most.span, "").help("only a `points` section has `up to`"));
                }
                // whether the weight makes sense is said where the weights are totalled
                let weight = weight.as_ref().map(|number| Decimal { mantissa: number.mantissa, places: number.places });
                draft.take_weight(weight);
                SectionKind::Weighted(weight.unwrap_or(Decimal::ZERO))
            }
        };
        let weighted = !tree.gives_points();
        if tree.rows.is_empty() {
            let message = format!("section `{}` has no rows", tree.name.text);
            self.report(
                Diagnostic::new(Code::EmptyBlock, message)
                    .at(tree.name.span, "nothing is scored here")
                    .help("write attributes such as `beds 100% { … }`, or leave the section out"),
            );
        }
        let mut attributes = Vec::new();
        let mut points = Vec::new();
        let mut parts = Vec::new();
        let mut seen: FxHashMap<String, Span> = FxHashMap::default();
        for row in &tree.rows {
            match row {
                SectionRow::Attribute(attribute) => {
                    let subject = self.one_line(attribute.subject.span);
                    match seen.get(&subject).copied() {
                        Some(first) => self.report_again(attribute, first, tree),
                        None => {
                            seen.insert(subject, attribute.subject.span);
                        }
                    }
                    if weighted {
                        let place = attribute.display.as_ref().map_or(attribute.subject.span, |display| display.span);
                        let what = format!("attribute `{}`", self.one_line(attribute.subject.span));
                        parts.push(Part { what, weight: attribute.weight.as_ref(), place, is_told: false, is_shared: false });
                    }
                    let weight = attribute.weight.as_ref().map(|number| Decimal { mantissa: number.mantissa, places: number.places });
                    draft.take_weight(weight);
                    match self.attribute(attribute, tree) {
                        Some(attribute) => attributes.push(attribute),
                        None => draft.leave_out(Some(tree.span), Gives::of_broken_attribute(attribute)),
                    }
                }
                SectionRow::Points(row) => match self.points_row(row, tree) {
                    Some(row) => points.push(row),
                    None => draft.leave_out(Some(tree.span), Gives::of_broken_row(row)),
                },
            }
        }
        if !parts.is_empty() {
            draft.balanced &= self.check_weights(&format!("section `{}`", tree.name.text), tree.name.span, &parts);
        }
        Section { name, doc: tree.doc.as_ref().map(|text| text.value.clone()), kind, attributes, points, span: tree.span }
    }

    /// Neither a weight nor `points`, and nothing in it has a weight.
    fn report_neither(&mut self, tree: &tree::Section) {
        let name = tree.display.as_ref().map_or(tree.name.span, |display| display.span);
        self.report(
            Diagnostic::new(Code::WeightMissing, format!("section `{}` has neither a weight nor `points`", tree.name.text))
                .at(tree.name.span, "nothing in it has a weight either")
                .help("write `points` behind its name, so that its rows give raw points; or give it and each of its attributes a weight in per cent")
                .replace("make it a `points` section", Applicability::Unsafe, name.after(), " points"),
        );
    }

    /// `up to 45`
    fn most_points(&mut self, number: &tree::Number, what: &str) -> Option<Decimal> {
        let most = self.plain(number, what)?;
        if most.mantissa > 0 {
            return Some(most);
        }
        let written = self.one_line(number.span);
        let message = format!("{what} gives up to `{written}`, so nothing of it could raise the score");
        self.report(
            Diagnostic::new(Code::BadRange, message)
                .at(number.span, "the most that all rows give together")
                .help("write a number above 0, or leave `up to` out; negative points have no end of their own"),
        );
        None
    }

    fn report_again(&mut self, attribute: &tree::Attribute, first: Span, section: &tree::Section) {
        let subject = self.one_line(attribute.subject.span);
        self.report(
            Diagnostic::new(Code::RepeatedAttribute, format!("attribute `{subject}` stands twice in section `{}`", section.name.text))
                .at(attribute.subject.span, "again")
                .at(first, "first here")
                .help("the points of both count: put them together into one, or leave one out"),
        );
    }
}
