//! Scores: their models and adjusts are typed and checked; sections are those of [`super::sections`], scale and bounds come from [`super::score_scale`].
//!
//! A section outside the `for … { … }` blocks is part of every persona's model. Always holds, when nothing was reported: the weights of each
//! persona's sections, and of each section's attributes, total 100 %; the rows of an attribute cover its subject; the personas cover every lead.

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::expressions::Scope;
use super::lost::Set;
use super::score_scale::Gives;
use super::value::{Decimal, Interval, SCALE_MAX, Type, Unit};
use super::weights::Part;
use super::{Adjust, Derived, Expr, Persona, Score, ScoreId, Section, SectionName};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::{self, ScorePart};

/// A section outside the personas stands in the model of each; so many such copies are made.
const SHARED_SECTIONS_MAX: usize = 10_000;

/// The parts of a score's tree that make one model: with its condition, or for every lead.
struct Model<'t> {
    condition: Option<&'t tree::Expr>,
    sections: Vec<&'t tree::Section>,
    span: Span,
}

/// What is known of a score while its parts are typed.
pub(super) struct Draft {
    names: Vec<SectionName>,
    /// sections without a weight: one that several models share is told once
    without_weight: FxHashSet<Span>,
    pub(super) numbers: FxHashMap<String, usize>,
    /// false if some part makes no sense, so that neither scale nor bounds can be known
    pub(super) sound: bool,
    /// false if a weight makes no sense, so that not even the bounds of what is left say anything
    weighable: bool,
    /// false if weights do not total 100 %, so that the bounds say nothing about what was meant
    pub(super) balanced: bool,
    /// of rows with a mistake, what they give whatever they were meant to ask; of adjusts without a section
    pub(super) broken_rows: Vec<BrokenRow>,
}

/// What a row that makes no sense gives all the same.
pub(super) struct BrokenRow {
    /// the section that it stands in
    pub(super) section: Option<Span>,
    /// none if that grows with something unknown
    pub(super) gives: Option<Gives>,
}

impl Checker<'_> {
    pub(crate) fn check_score(&mut self, id: ScoreId) {
        let Some((item, tree)) = self.derived.scores.get(id).copied() else { return };
        let name = format!("score `{}`", tree.name.text);
        let is_whole = self.hidden.lines_lacking(item.span) == 0;
        if tree.parts.is_empty() && is_whole {
            self.report(
                Diagnostic::new(Code::EmptyBlock, format!("{name} has no sections"))
                    .at(tree.name.span, "nothing is scored here")
                    .help("write sections such as `section fit 100% { … }`"),
            );
        }
        let mut draft = Draft {
            names: Vec::new(),
            without_weight: FxHashSet::default(),
            numbers: FxHashMap::default(),
            sound: is_whole && !tree.parts.is_empty(),
            weighable: true,
            balanced: true,
            broken_rows: Vec::new(),
        };
        let range = self.written_range(tree, &name, &mut draft);
        let rounded = self.rounded(tree, &mut draft);
        let models = self.models(tree, &mut draft);
        // a section outside the personas is typed once and stands in each model
        let mut typed: FxHashMap<Span, Section> = FxHashMap::default();
        let mut personas = Vec::new();
        for model in &models {
            let condition = match model.condition {
                None => None,
                Some(condition) => match self.condition(condition, Scope::Lead) {
                    Some(condition) => Some(condition),
                    None => {
                        draft.sound = false;
                        None
                    }
                },
            };
            self.check_section_names(id, model, &mut draft);
            self.check_section_weights(model, tree, &name, &mut draft);
            let mut sections = Vec::with_capacity(model.sections.len());
            for section in &model.sections {
                if let Entry::Vacant(place) = typed.entry(section.span) {
                    place.insert(self.section_of_score(section, &mut draft));
                }
                sections.extend(typed.get(&section.span).cloned());
            }
            personas.push(Persona { condition, sections, span: model.span });
        }
        self.check_personas(tree, &personas);
        for (number, section) in draft.names.iter_mut().enumerate() {
            section.optional = !personas.iter().all(|persona| persona.sections.iter().any(|section| section.name == number));
        }
        let adjusts = self.adjusts(tree, &mut draft);
        let mut score = Score {
            name: tree.name.text.clone(),
            display: tree.display.as_ref().map(|text| text.value.clone()),
            doc: item.doc.as_ref().map(|text| text.value.clone()),
            sections: draft.names,
            personas,
            adjusts,
            range: None,
            rounded,
            sum_scale: 0,
            sum_interval: Interval::FULL,
            scale: 0,
            interval: Interval::FULL,
            running: None,
            span: item.span,
        };
        let runs = tree.running.is_none_or(|running| self.check_running(tree, &score, running));
        // parts without a mistake that are too much together stay too much, whatever the others were meant to give
        let scaled = draft.weighable && self.scale_score(&mut score, range).is_some();
        if is_whole && draft.balanced && scaled {
            self.check_caps(tree, &score, &draft.broken_rows);
        }
        if !draft.sound || !scaled || !runs {
            self.memory.broken.insert(Derived::Score(id));
            self.keep_range(id, &mut score);
        } else if tree.running.is_some() {
            self.run_score(id, &mut score);
        }
        if let Some(place) = self.policy.scores.get_mut(id) {
            *place = score;
        }
    }

    /// One model for each persona, each with the sections that stand outside of them; or one for all.
    fn models<'t>(&mut self, tree: &'t tree::Score, draft: &mut Draft) -> Vec<Model<'t>> {
        let mut shared = Vec::new();
        let mut personas = Vec::new();
        for (position, part) in tree.parts.iter().enumerate() {
            match part {
                ScorePart::Section(section) => shared.push((position, section)),
                ScorePart::Persona { condition, sections, span } => personas.push((position, condition.as_ref(), sections, *span)),
                ScorePart::Adjust(_) => {}
            }
        }
        if personas.is_empty() {
            return vec![Model {
                condition: None,
                sections: shared.into_iter().map(|(_, section)| section).collect(),
                span: tree.name.span,
            }];
        }
        if personas.len().saturating_mul(shared.len()) > SHARED_SECTIONS_MAX {
            let message = format!(
                "score `{}` has {} models that share {} sections, more than the limit of {SHARED_SECTIONS_MAX} together",
                tree.name.text,
                personas.len(),
                shared.len()
            );
            self.report(Diagnostic::new(Code::TooManyItems, message).at(tree.name.span, ""));
            draft.sound = false;
            return Vec::new();
        }
        let model = |(at, condition, own, span): (usize, Option<&'t tree::Expr>, &'t Vec<tree::Section>, Span)| {
            let before = shared.iter().filter(|(position, _)| *position < at).map(|(_, section)| *section);
            let after = shared.iter().filter(|(position, _)| *position > at).map(|(_, section)| *section);
            Model { condition, sections: before.chain(own).chain(after).collect(), span }
        };
        personas.into_iter().map(model).collect()
    }

    /// `from A to B`
    fn written_range(&mut self, tree: &tree::Score, name: &str, draft: &mut Draft) -> Option<(Decimal, Decimal)> {
        let (low_number, high_number) = tree.range.as_ref()?;
        let what = format!("the range of {name}");
        let (low, high) = (self.plain(low_number, &what), self.plain(high_number, &what));
        let range = low.zip(high);
        let Some((low, high)) = range else {
            draft.sound = false;
            return None;
        };
        if low.minus(high).is_none_or(|difference| difference.mantissa > 0) {
            let message = format!("the range of {name} runs backwards");
            let (low_text, high_text) = (self.one_line(low_number.span), self.one_line(high_number.span));
            let edits = vec![Edit { span: low_number.span, text: high_text }, Edit { span: high_number.span, text: low_text }];
            self.report(
                Diagnostic::new(Code::BadRange, message).at(low_number.span.to(high_number.span), "the lower end stands first").fix(
                    "exchange the ends",
                    Applicability::Unsafe,
                    edits,
                ),
            );
            draft.sound = false;
            return None;
        }
        Some((low, high))
    }

    /// Of a score with a reported mistake: it is a number all the same, within the range that is written.
    pub(crate) fn broken_score(&self, id: ScoreId) -> Option<(Type, Interval)> {
        let (_, tree) = self.derived.scores.get(id)?;
        let (low, high) = tree.range.as_ref()?;
        let end = |number: &tree::Number| Decimal { mantissa: number.mantissa, places: number.places };
        let (low, high) = (end(low), end(high));
        let scale = low.places.max(high.places);
        let interval = Interval { low: low.at_scale(scale)?, high: high.at_scale(scale)? };
        (low.is_sane() && high.is_sane() && interval.low <= interval.high).then_some((Type::Number { scale, unit: Unit::Plain }, interval))
    }

    /// Its range holds for a score with a mistake, in the fewest places that it can have: what these values show is so with more places, too.
    fn keep_range(&self, id: ScoreId, score: &mut Score) {
        score.range = None;
        let Some((_, tree)) = self.derived.scores.get(id) else { return };
        let (Some((Type::Number { scale, .. }, range)), None) = (self.broken_score(id), tree.running) else { return };
        let ends = [range.low, range.high].map(|units| Decimal { mantissa: i128::from(units), places: scale }.reduced());
        let places = ends.iter().map(|end| end.places).max().unwrap_or(0);
        let written = tree.rounded.map_or(places, |(places, _)| places);
        if written < places || written > SCALE_MAX {
            return;
        }
        let [low, high] = ends.map(|end| end.at_scale(written));
        if let (Some(low), Some(high)) = (low, high) {
            let interval = Interval { low, high };
            (score.scale, score.sum_scale, score.interval, score.range) = (written, written, interval, Some(interval));
        }
    }

    fn rounded(&mut self, tree: &tree::Score, draft: &mut Draft) -> Option<u8> {
        let (places, span) = tree.rounded?;
        if places <= SCALE_MAX {
            return Some(places);
        }
        draft.sound = false;
        self.report(Diagnostic::new(Code::TooManyPlaces, format!("{places} decimal places are asked for, and 18 are kept")).at(span, ""));
        None
    }

    /// Gives each section name of the score a number, once; a model has a name at most once.
    fn check_section_names(&mut self, id: ScoreId, model: &Model<'_>, draft: &mut Draft) {
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for section in &model.sections {
            let name = &section.name;
            match seen.get(name.text.as_str()) {
                Some(first) => {
                    let message = format!("section `{}` stands twice", name.text);
                    let first = *first;
                    self.report(
                        Diagnostic::new(Code::RepeatedName, message)
                            .at(name.span, "again")
                            .at(first, "first here")
                            .help("give one of them another name"),
                    );
                    self.memory.lost.add_repeated(Set::Sections(id), &name.text, Some(name.span));
                    draft.sound = false;
                }
                None => {
                    seen.insert(&name.text, name.span);
                }
            }
            let next = draft.names.len();
            let number = *draft.numbers.entry(name.text.clone()).or_insert(next);
            if number == next {
                draft.names.push(SectionName {
                    name: name.text.clone(),
                    display: None,
                    scale: 0,
                    interval: Interval { low: 0, high: 0 },
                    optional: false,
                });
            }
            if let Some(known) = draft.names.get_mut(number)
                && known.display.is_none()
            {
                known.display = section.display.as_ref().map(|text| text.value.clone());
            }
        }
    }

    fn check_section_weights(&mut self, model: &Model<'_>, tree: &tree::Score, name: &str, draft: &mut Draft) {
        let has_models = tree.parts.iter().any(|part| matches!(part, ScorePart::Persona { .. }));
        let own: FxHashSet<Span> = tree.parts.iter().filter_map(ScorePart::section).map(|section| section.span).collect();
        let mut parts = Vec::new();
        for section in &model.sections {
            let is_shared = has_models && own.contains(&section.span);
            let what = format!("section `{}`", section.name.text);
            let place = section.display.as_ref().map_or(section.name.span, |display| display.span);
            match (&section.points, &section.weight) {
                (None, _) if section.lacks_points() => {}
                (None, weight) => {
                    let is_told = weight.is_none() && !draft.without_weight.insert(place);
                    parts.push(Part { what, weight: weight.as_ref(), place, is_told, is_shared });
                }
                (Some(_), None) => {}
                (Some(points), Some(weight)) => {
                    let message = format!("{what} has raw points, so it has no weight");
                    self.report(
                        Diagnostic::new(Code::WeightMissing, message)
                            .at(weight.span, "points are added after the weighted sum")
                            .at(*points, "")
                            .replace("take the weight out", Applicability::Unsafe, weight.span, ""),
                    );
                }
            }
        }
        if !parts.is_empty() {
            let (whole, place) = match model.condition {
                Some(_) => (format!("this model of {name}"), model.span_of_head()),
                None => (name.to_owned(), tree.name.span),
            };
            draft.balanced &= self.check_weights(&whole, place, &parts);
        }
    }

    fn adjusts(&mut self, tree: &tree::Score, draft: &mut Draft) -> Vec<Adjust> {
        let mut adjusts = Vec::new();
        for part in &tree.parts {
            let ScorePart::Adjust(adjust) = part else { continue };
            let points = self.plain(&adjust.points, "an adjust");
            let condition = self.condition(&adjust.condition, Scope::Lead);
            match points.zip(condition) {
                Some((points, condition)) => adjusts.push(Adjust {
                    doc: adjust.doc.as_ref().map(|text| text.value.clone()),
                    points,
                    condition,
                    because: adjust.because.as_ref().map(|text| text.value.clone()),
                    span: adjust.span,
                }),
                None => draft.leave_out(None, points.map(|points| Gives::sometimes(points, adjust.span))),
            }
        }
        adjusts
    }

    /// Every lead has a model: `otherwise` stands last, or the conditions cover one value's whole domain.
    fn check_personas(&mut self, tree: &tree::Score, personas: &[Persona]) {
        let written: Vec<(bool, Span)> = tree
            .parts
            .iter()
            .filter_map(|part| match part {
                ScorePart::Persona { condition, span, .. } => Some((condition.is_none(), *span)),
                ScorePart::Section(_) | ScorePart::Adjust(_) => None,
            })
            .collect();
        let otherwise = written.iter().position(|(otherwise, _)| *otherwise);
        if let Some(position) = otherwise {
            for (_, span) in &written[position + 1..] {
                self.report(
                    Diagnostic::new(Code::RowAfterOtherwise, "a model stands behind `otherwise`")
                        .at(self.head(*span), "move it before `otherwise`")
                        .at(self.head(written[position].1), "this takes every lead that no model before it takes")
                        .help("let `otherwise` be the last model"),
                );
            }
            return;
        }
        let Some((_, last)) = written.last().filter(|_| !personas.is_empty()) else { return };
        let conditions: Vec<&Expr> = personas.iter().filter_map(|persona| persona.condition.as_ref()).collect();
        let trees = tree.parts.iter().filter_map(|part| match part {
            ScorePart::Persona { condition, .. } => condition.as_ref(),
            ScorePart::Section(_) | ScorePart::Adjust(_) => None,
        });
        let broken: Vec<&tree::Expr> =
            trees.zip(personas).filter(|(_, persona)| persona.condition.is_none()).map(|(tree, _)| tree).collect();
        if let Some(lacking) = self.lacking(&conditions, &broken) {
            let message = format!("the models of score `{}` do not cover every lead: {lacking}", tree.name.text);
            self.report(
                Diagnostic::new(Code::NotExhaustive, message)
                    .at(self.head(*last), "no `otherwise` follows")
                    .help("add `otherwise { … }` with the model of all other leads"),
            );
        }
    }

    /// The part of a block before its `{`.
    fn head(&self, span: Span) -> Span {
        let text = self.sources.text(span);
        let end = text.find('{').map_or(text, |end| &text[..end]).trim_end().len();
        Span { end: span.start + end as u32, ..span }
    }
}

impl Draft {
    /// A row with a mistake, which is not part of the score.
    pub(super) fn leave_out(&mut self, section: Option<Span>, gives: Option<Gives>) {
        self.sound = false;
        self.broken_rows.push(BrokenRow { section, gives });
    }

    /// Whether a weight makes sense is said where the weights are totalled.
    pub(super) fn take_weight(&mut self, weight: Option<Decimal>) {
        let sane = weight.is_none_or(|weight| weight.is_sane() && weight.mantissa >= 0);
        self.sound &= sane;
        self.weighable &= sane;
    }
}

impl Model<'_> {
    /// Where a model is named: its condition, if it has one.
    fn span_of_head(&self) -> Span {
        self.condition.map_or(self.span, |condition| condition.span)
    }
}
