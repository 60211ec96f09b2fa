//! What requirements may ask of a policy, and how they answer.
//!
//! Enters: the trees and the model of a policy whose other checks are done. Leaves: [`Verdict`]s. Always holds: what a reported mistake has
//! broken is not called a breach: the standard is judged again once the mistake is mended. If that mistake says the same as the requirement,
//! the requirement is added to it.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::model::check::Checker;
use crate::model::hidden::Space;
use crate::model::words::listed;
use crate::model::{Derived, LetId, ScoreId};
use crate::source::Span;
use crate::syntax::tree;

/// So many places of one breach are pointed at; the rest is counted.
const PLACES_MAX: usize = 12;

pub(super) struct Reading<'c, 't> {
    pub checker: &'c Checker<'t>,
    mistakes: Mistakes,
    /// the words that mistakes point at
    pointed_at: FxHashSet<&'c str>,
    /// where each let stands in the order of evaluation
    positions: OnceCell<Vec<usize>>,
}

/// The places of reported mistakes, sorted, and which diagnostic each belongs to.
pub(super) struct Mistakes(Vec<(Span, usize)>);

/// Whether a requirement holds.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub breach: Option<Breach>,
    /// diagnostics that say the same
    pub said: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Breach {
    /// begins a sentence that the standard ends: "the stage `mql` has no sla"
    pub finding: String,
    /// where in the policy; nowhere if something lacks
    pub places: Vec<Label>,
    pub hint: Option<String>,
}

/// One part of a policy that breaks a requirement.
pub(super) struct Part {
    pub name: String,
    pub place: Span,
    pub label: String,
    /// a mistake in here has broken the part
    pub within: Span,
    /// mistakes that say the same as the requirement
    pub said_by: &'static [Code],
}

/// How parts are spoken of: "the stage `mql`", "3 stages", "has no owner", "have no owner".
pub(super) struct Wording<'w> {
    pub one: &'w str,
    pub many: &'w str,
    pub does: &'w str,
    pub do_: &'w str,
}

impl Mistakes {
    pub fn of(diagnostics: &[Diagnostic]) -> Mistakes {
        let labels = errors(diagnostics).flat_map(|(index, diagnostic)| diagnostic.labels.iter().map(move |label| (label.span, index)));
        let mut mistakes: Vec<(Span, usize)> = labels.collect();
        mistakes.sort_unstable();
        Mistakes(mistakes)
    }

    pub fn are_in(&self, within: Span) -> bool {
        self.within(within).next().is_some()
    }

    fn within(&self, within: Span) -> impl Iterator<Item = &(Span, usize)> {
        let from = self.0.partition_point(|(span, _)| (span.source, span.start) < (within.source, within.start));
        self.0[from..].iter().take_while(move |(span, _)| span.source == within.source && span.start < within.end)
    }
}

fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = (usize, &Diagnostic)> {
    diagnostics.iter().enumerate().filter(|(_, diagnostic)| diagnostic.severity == Severity::Error)
}

impl Verdict {
    pub fn holds() -> Verdict {
        Verdict::default()
    }

    pub fn breaks(finding: impl Into<String>, places: Vec<Label>) -> Verdict {
        Verdict { breach: Some(Breach { finding: finding.into(), places, hint: None }), said: Vec::new() }
    }

    pub fn hint(mut self, hint: &str) -> Verdict {
        if let Some(breach) = &mut self.breach {
            breach.hint.get_or_insert_with(|| hint.to_owned());
        }
        self
    }
}

impl Part {
    pub fn new(name: impl Into<String>, place: Span, label: impl Into<String>, within: Span) -> Part {
        Part { name: name.into(), place, label: label.into(), within, said_by: &[] }
    }

    pub fn said_by(mut self, codes: &'static [Code]) -> Part {
        self.said_by = codes;
        self
    }
}

impl<'c, 't> Reading<'c, 't> {
    pub fn new(checker: &'c Checker<'t>) -> Reading<'c, 't> {
        let mistakes = Mistakes::of(&checker.diagnostics);
        let labels = errors(&checker.diagnostics).flat_map(|(_, diagnostic)| &diagnostic.labels);
        let pointed_at = labels.map(|label| checker.sources.text(label.span)).collect();
        Reading { checker, mistakes, pointed_at, positions: OnceCell::new() }
    }

    /// Whether a reported mistake points into this text.
    pub fn is_broken(&self, within: Span) -> bool {
        self.mistakes.are_in(within)
    }

    /// Something that the standard needs is not there; unless an item of one of these kinds could not be read, which may be it.
    pub fn absent(&self, items: &[&str], finding: impl Into<String>) -> Verdict {
        let is_hidden = items.iter().any(|item| self.checker.hidden.may_have(item));
        if is_hidden { Verdict::holds() } else { Verdict::breaks(finding, Vec::new()) }
    }

    /// A name of the standard is not there; unless a mistake says that already, because the policy uses the name too, or text that could not be
    /// read may declare it.
    pub fn unknown(&self, finding: impl Into<String>, name: &str) -> Verdict {
        let is_said = self.is_pointed_at(name) || self.checker.hidden.may_name(name) || self.checker.memory.lost.may_be_forgotten(name);
        if is_said { Verdict::holds() } else { Verdict::breaks(finding, Vec::new()) }
    }

    /// Whether the first name of the path is not declared, and may be in text that could not be read.
    pub fn may_be_unread(&self, path: &[tree::Name]) -> bool {
        let checker = self.checker;
        path.first().is_some_and(|name| !checker.names.contains_key(&name.text) && checker.hidden.may_declare(Space::Value, &name.text))
    }

    /// Whether a mistake is about this word.
    pub fn is_pointed_at(&self, name: &str) -> bool {
        self.pointed_at.contains(name)
    }

    /// No part may break the requirement.
    pub fn none(&self, parts: Vec<Part>, wording: &Wording<'_>) -> Verdict {
        let mut said = Vec::new();
        let mut breaking = Vec::new();
        for part in parts {
            if self.is_broken(part.within) {
                let same = |index: &usize| {
                    let diagnostics: &[Diagnostic] = &self.checker.diagnostics;
                    diagnostics.get(*index).is_some_and(|diagnostic| part.said_by.iter().any(|code| diagnostic.code == *code))
                };
                said.extend(self.mistakes.within(part.within).map(|(_, index)| *index).filter(same));
            } else {
                breaking.push(part);
            }
        }
        said.sort_unstable();
        said.dedup();
        let breach = breach(breaking, wording);
        Verdict { breach, said }
    }

    // --- parts of the policy ---

    /// Its place in the order of evaluation, after all that it needs.
    pub fn position_of_let(&self, id: LetId) -> usize {
        let positions = self.positions.get_or_init(|| {
            let mut positions = vec![usize::MAX; self.checker.policy.lets.len()];
            for (position, derived) in self.checker.policy.order.iter().enumerate() {
                if let Derived::Let(id) = derived
                    && let Some(place) = positions.get_mut(*id)
                {
                    *place = position;
                }
            }
            positions
        });
        positions.get(id).copied().unwrap_or(usize::MAX)
    }

    pub fn header(&self) -> Option<&'t tree::Policy> {
        self.checker.items.policies.first().map(|(_, policy)| *policy)
    }

    pub fn fields(&self) -> impl Iterator<Item = &'t tree::Field> + use<'t> {
        let leads: Vec<&'t tree::Lead> = self.checker.items.leads.iter().map(|(_, lead)| *lead).collect();
        leads.into_iter().flat_map(|lead| &lead.fields)
    }

    /// Every section of every score, with the score it stands in; those of personas too.
    pub fn sections(&self) -> impl Iterator<Item = (&'t tree::Score, &'t tree::Section)> {
        self.checker.derived.scores.iter().flat_map(|(_, score)| score.sections().map(move |section| (*score, section)))
    }

    /// Whether the text of every score is known, and has no mistake.
    pub fn scores_are_sound(&self) -> bool {
        !self.checker.hidden.may_have("score") && (0..self.checker.derived.scores.len()).all(|id| self.score_is_sound(id))
    }

    /// Whether the score has no mistake, and nothing that it needs.
    pub fn score_is_sound(&self, id: ScoreId) -> bool {
        let item = self.checker.derived.scores.get(id).map(|(item, _)| item.span);
        item.is_some_and(|span| !self.is_broken(span)) && !self.checker.memory.broken.contains(&Derived::Score(id))
    }
}

fn breach(parts: Vec<Part>, wording: &Wording<'_>) -> Option<Breach> {
    let Wording { one, many, does, do_ } = wording;
    let mut seen = FxHashSet::default();
    let names: Vec<String> = parts.iter().filter(|part| seen.insert(&part.name)).map(|part| part.name.clone()).collect();
    let finding = match (parts.len(), names.as_slice()) {
        (0, _) => return None,
        (_, [name]) => format!("{one} `{name}` {does}"),
        (_, _) => format!("{} {many} {do_}: {}", names.len(), listed(&names)),
    };
    let more = parts.len().saturating_sub(PLACES_MAX);
    let hint = (more > 0).then(|| format!("{more} more places are not shown"));
    let places = parts.into_iter().take(PLACES_MAX).map(|part| Label { span: part.place, text: part.label }).collect();
    Some(Breach { finding, places, hint })
}
