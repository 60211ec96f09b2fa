//! Flows: the transitions between stages.
//!
//! Enters: their trees. Leaves: `policy.flows`. Always holds, when no error was reported: every stage but the start has a row into it, every
//! stage that is not final a row out of it, and no row leaves a final stage or leads back to its own.
//!
//! `any` means every stage that is not final, except those listed and the row's own target. What `on` and `after` rows wait for are measures since
//! the stay began.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::expressions::Scope;
use super::hidden::Space;
use super::measures::{Clauses, Measured};
use super::{Because, ChoiceMember, Choices, EventColumnId, Expr, Flow, FlowRow, Forget, Length, MeasureKind, Trigger, Type};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, FromStages, Subject};

impl Checker<'_> {
    pub(crate) fn check_flows(&mut self) {
        let mut names = FxHashMap::default();
        for (item, flow) in self.items.flows.clone() {
            if let Some(name) = &flow.name {
                super::declare::enter(&mut names, &mut self.diagnostics, "flow", name);
            }
            if flow.rows.is_empty() && self.hidden.lines_lacking(item.span) == 0 {
                self.report(
                    Diagnostic::new(Code::EmptyBlock, "a flow has no rows")
                        .at(self.first_word(item.span), "this flow")
                        .help("write its transitions: `inquiry -> mql when …`"),
                );
            }
            let rows = flow.rows.iter().filter_map(|row| self.check_flow_row(row)).collect();
            let name = flow.name.as_ref().map(|name| name.text.clone());
            self.policy.flows.push(Flow { name, rows, span: item.span });
        }
        self.check_ways();
        self.name_rows();
    }

    /// Makes the rows a set of names, so that an answer can say which of them moved the lead.
    fn name_rows(&mut self) {
        let rows = self.policy.flows.iter().flat_map(|flow| &flow.rows);
        let members: Vec<ChoiceMember> =
            rows.map(|row| ChoiceMember { name: self.one_line(row.span), display: None, spellings: Vec::new(), span: row.span }).collect();
        if !members.is_empty() {
            self.policy.choices.push(Choices { members });
            self.policy.row_choices = Some(self.policy.choices.len() - 1);
        }
    }

    fn check_flow_row(&mut self, row: &tree::FlowRow) -> Option<FlowRow> {
        let to = self.stage_named(&row.to);
        let from = self.origins(&row.from, to);
        let condition = row.condition.as_ref().map(|condition| self.condition(condition, Scope::Lead));
        let trigger = self.check_trigger(row, condition.clone().flatten());
        let (forget, rest) = row.recycle.as_ref().map_or((None, None), |recycle| self.check_recycle(recycle));
        let because = match &row.because {
            Some(tree::Because::Text(text)) => Some(Because::Text(text.value.clone())),
            Some(tree::Because::Property(path, span)) => self.check_reason(row, path, *span).map(Because::Property),
            None => self.own_reason(row),
        };
        // the row of a broken condition still is a way in and out
        if matches!(condition, Some(None)) {
            return self.way(row, from?, to?);
        }
        let Some(trigger) = trigger else { return self.way(row, from?, to?) };
        Some(FlowRow {
            doc: row.doc.as_ref().map(|text| text.value.clone()),
            from: from?,
            to: to?,
            trigger,
            recycle: row.recycle.is_some(),
            rest,
            forget,
            because,
            span: row.span,
        })
    }

    /// A row whose trigger has a reported mistake: only its stages count.
    fn way(&self, row: &tree::FlowRow, from: Vec<usize>, to: usize) -> Option<FlowRow> {
        let trigger = Trigger::Broken;
        Some(FlowRow { doc: None, from, to, trigger, recycle: false, rest: None, forget: None, because: None, span: row.span })
    }

    /// Stage numbers, ascending; none if one of the names is unknown.
    fn origins(&mut self, from: &FromStages, to: Option<usize>) -> Option<Vec<usize>> {
        let mut stages = match from {
            FromStages::Listed(names) => {
                let mut all_known = true;
                let mut stages = Vec::new();
                for name in names {
                    let Some(stage) = self.stage_named(name) else {
                        all_known = false;
                        continue;
                    };
                    if self.policy.stages.get(stage).is_some_and(|stage| stage.is_final) {
                        let declared = self.policy.stages[stage].span;
                        self.report(
                            Diagnostic::new(Code::FromFinal, format!("a flow row leaves the final stage `{}`", name.text))
                                .at(name.span, "leads never leave this stage")
                                .at(declared, "declared `final` here")
                                .help("leave the row out, or take `final` away from the stage"),
                        );
                    }
                    if Some(stage) == to {
                        self.report(
                            Diagnostic::new(Code::SelfTransition, format!("a flow row leads from `{}` back to itself", name.text))
                                .at(name.span, "from here to the same stage")
                                .help("a transition changes the stage; leave the row out, or name another stage"),
                        );
                    }
                    if stages.contains(&stage) {
                        self.report(
                            Diagnostic::new(Code::RepeatedName, format!("the stage `{}` stands twice in a row", name.text))
                                .at(name.span, "again")
                                .help("leave it out"),
                        );
                    } else {
                        stages.push(stage);
                    }
                }
                if !all_known {
                    return None;
                }
                stages
            }
            FromStages::Any { except, .. } => {
                // an unknown exception is reported, and leaves the row with more stages than meant: harmless for what is checked here
                let except: Vec<usize> = except.iter().filter_map(|name| self.stage_named(name)).collect();
                let is_from = |index: &usize| !self.policy.stages[*index].is_final && !except.contains(index) && Some(*index) != to;
                (0..self.policy.stages.len()).filter(is_from).collect()
            }
        };
        stages.sort_unstable();
        Some(stages)
    }

    /// None if it has a reported mistake.
    fn check_trigger(&mut self, row: &tree::FlowRow, when: Option<Expr>) -> Option<Trigger> {
        match &row.trigger {
            tree::Trigger::When(condition) => self.condition(condition, Scope::Lead).map(Trigger::When),
            tree::Trigger::On { signal, condition } => {
                let clauses = Clauses { condition: condition.as_ref(), ..Clauses::default() };
                let mut measured = self.measured(&Subject::Signal(signal.clone()), &clauses)?;
                measured.since = Some(super::Since::Stay);
                let signals = self.signals_named(signal)?;
                let condition_id = measured.condition;
                let span = condition.as_ref().map_or(signal.span, |condition| signal.span.to(condition.span));
                let happened = self.new_measure(MeasureKind::Any, measured, (Type::YesNo, false, None), span)?;
                Some(Trigger::On { signals, condition: condition_id, happened, when })
            }
            tree::Trigger::After { duration, without } => {
                let length = self.length(duration, "the wait of a flow row");
                let signals = match without {
                    Some(signal) => self.signals_named(signal)?,
                    None => Vec::new(),
                };
                let length = length?;
                let measured = Measured {
                    subject: super::Subject::Signals(signals.clone()),
                    condition: None,
                    window: None,
                    since: Some(super::Since::Stay),
                    cap: None,
                    fading: None,
                };
                let span = without.as_ref().map_or(duration.span, |signal| duration.span.to(signal.span));
                let waited = self.new_measure(MeasureKind::Waited(length), measured, (Type::YesNo, false, None), span)?;
                Some(Trigger::After { length, without: signals, waited, when })
            }
        }
    }

    /// What is forgotten, and how long the lead rests.
    fn check_recycle(&mut self, recycle: &tree::Recycle) -> (Option<usize>, Option<Length>) {
        let forget = recycle.forget.as_ref().and_then(|section| self.section_named(section));
        let rest = recycle.rest.as_ref().and_then(|rest| self.length(rest, "the rest of a recycled lead"));
        (forget, rest)
    }

    /// Without `because` the reason is the signal's property `reason`, if it has one.
    fn own_reason(&mut self, row: &tree::FlowRow) -> Option<Because> {
        let tree::Trigger::On { signal, .. } = &row.trigger else { return None };
        let has_reason = |field: &super::Field| field.name == "reason";
        let every =
            |names: &[String]| names.iter().all(|name| self.signals.get(name).is_some_and(|info| info.properties.iter().any(has_reason)));
        let is_there = match self.groups.get(&signal.text) {
            Some(members) if !self.signals.contains_key(&signal.text) => !members.is_empty() && every(members),
            Some(_) | None => every(std::slice::from_ref(&signal.text)),
        };
        if !is_there {
            return None;
        }
        let reason = tree::Name { text: "reason".to_owned(), span: signal.span };
        self.event_column(&reason, &signal.text).map(Because::Property)
    }

    /// A section of any score: its measures start again after the transition.
    fn section_named(&mut self, name: &tree::Name) -> Option<usize> {
        let sections = self.derived.scores.iter().flat_map(|(_, score)| score.sections());
        let sections: Vec<String> = sections.map(|section| section.name.text.clone()).collect();
        if !sections.contains(&name.text) {
            self.unknown(Code::UnknownName, Space::Section, "section", name, sections);
            return None;
        }
        if let Some(known) = self.policy.forgets.iter().position(|forget| forget.section == name.text) {
            return Some(known);
        }
        let measures = self.measures_of_section(&name.text);
        self.policy.forgets.push(Forget { section: name.text.clone(), measures });
        Some(self.policy.forgets.len() - 1)
    }

    /// `because call.reason`: a property of the signal that the row waits for.
    fn check_reason(&mut self, row: &tree::FlowRow, path: &[tree::Name], span: Span) -> Option<EventColumnId> {
        let tree::Trigger::On { signal, .. } = &row.trigger else {
            self.report(
                Diagnostic::new(Code::UnknownSignal, "a row without signal takes its reason from a signal")
                    .at(span, "which signal?")
                    .help("write the reason as a text: `because \"…\"`"),
            );
            return None;
        };
        let [named, property] = path else {
            self.report(
                Diagnostic::new(Code::UnknownProperty, "a reason that is not a text is a property of the row's signal")
                    .at(span, "not a property")
                    .help(format!("write `because {}.reason`, or a text", signal.text)),
            );
            return None;
        };
        if named.text != signal.text {
            self.report(
                Diagnostic::new(
                    Code::UnknownSignal,
                    format!("the reason is taken from `{}`, but the row waits for `{}`", named.text, signal.text),
                )
                .at(named.span, "another signal")
                .at(signal.span, "the row's signal")
                .replace(format!("write `{}`", signal.text), Applicability::Unsafe, named.span, signal.text.clone()),
            );
            return None;
        }
        self.event_column(property, &signal.text)
    }

    /// The text of a span on one line, its blanks closed up.
    pub(crate) fn one_line(&self, span: Span) -> String {
        self.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
