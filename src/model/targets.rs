//! What tests expect something of: `readiness`, `readiness.demographic`, `stage`, `handover.owner`, `first_touch.due`.
//!
//! Enters: a path as a test or the column of a file of cases has it. Leaves: what it means, its type, and the range that the policy writes for it. Always holds:
//! nothing is said of what has a reported mistake.

use rustc_hash::FxHashSet;

use super::check::{Checker, Named};
use super::constants::{written_range, written_units};
use super::hidden::Space;
use super::lost::Set;
use super::{Derived, Interval, Target, Type, Unit};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

/// What a clock answers: `first_touch.due`, `first_touch.state`.
const CLOCK_PARTS: [&str; 2] = ["due", "state"];

impl Checker<'_> {
    /// What an expectation is about, its type, and which values the policy writes down for it; none if that is unknown or broken, which has been said. What
    /// its rows can add up to is left to the run of the test, so that a change of points is told as what comes out beside what was expected.
    pub(crate) fn target(&mut self, path: &[tree::Name], span: Span) -> Option<(Target, Type, Option<Interval>)> {
        let (name, part) = match path {
            [name] => (name, None),
            [name, part] => (name, Some(part)),
            [name, part, owner] if let Some((Named::Route(id), _)) = self.names.get(&name.text).copied() => {
                return self.route_target(id, name, Some(part), Some(owner));
            }
            _ => {
                let text = self.one_line(span);
                self.report(
                    Diagnostic::new(Code::TestField, format!("nothing is called `{text}`"))
                        .at(span, "too many parts")
                        .help("expect a value such as `status`, or a part of one, such as `readiness.demographic` or `handover.owner`"),
                );
                return None;
            }
        };
        if name.text == "stage" && part.is_none() {
            let Some(choices) = self.policy.stage_choices else {
                if !self.hidden.may_have("stage") {
                    self.report(
                        Diagnostic::new(Code::TestField, "the policy has no stages")
                            .at(span, "which stage?")
                            .help("leave the row out, or declare stages such as `stage inquiry owner marketing start`"),
                    );
                }
                return None;
            };
            return Some((Target::Stage, Type::OneOf(choices), None));
        }
        let named = match self.names.get(&name.text) {
            Some((named, _)) => *named,
            None => {
                // nobody expects the key, which no policy works out
                let fields = self.items.leads.iter().flat_map(|(_, lead)| &lead.fields);
                let keys: FxHashSet<&str> = fields.filter(|field| field.key.is_some()).map(|field| field.name.text.as_str()).collect();
                let names = self.names.keys().map(String::as_str).filter(|name| !keys.contains(name));
                let candidates = self.choosable(names.chain(["stage"]));
                self.unknown(Code::TestField, Space::Value, "field or derived value", name, candidates);
                return None;
            }
        };
        match (named, part) {
            (Named::Broken, _) => None,
            (Named::Field(id), None) => {
                let field = self.policy.fields.get(id)?;
                Some((Target::Field(id), field.ty, field.range))
            }
            (Named::Let(id), None) => {
                if self.memory.broken.contains(&Derived::Let(id)) {
                    return None;
                }
                let value = &self.policy.lets.get(id)?.value;
                Some((Target::Let(id), value.ty, written_range(&self.policy, value)))
            }
            (Named::Score(id), part) => self.score_target(id, name, part),
            (Named::Decide(id), None) => {
                if self.memory.broken.contains(&Derived::Decide(id)) {
                    return None;
                }
                Some((Target::Decide(id), Type::OneOf(self.policy.decides.get(id)?.choices), None))
            }
            (Named::Route(id), part) => self.route_target(id, name, part, None),
            (Named::Sla(id), part) => match part.map(|part| part.text.as_str()) {
                Some("due") => Some((Target::ClockDue(id), Type::Time, None)),
                Some("state") => Some((Target::ClockState(id), Type::OneOf(self.policy.clock_state_choices?), None)),
                Some(_) | None => {
                    self.no_part(name, part, span, &CLOCK_PARTS.map(str::to_owned));
                    None
                }
            },
            (Named::Field(_) | Named::Let(_) | Named::Decide(_), Some(part)) => {
                self.no_part(name, Some(part), span, &[]);
                None
            }
        }
    }

    fn score_target(&mut self, id: usize, name: &tree::Name, part: Option<&tree::Name>) -> Option<(Target, Type, Option<Interval>)> {
        let is_broken = self.memory.broken.contains(&Derived::Score(id));
        let number = |scale| Type::Number { scale, unit: Unit::Plain };
        let score = self.policy.scores.get(id)?;
        let Some(part) = part else {
            return (!is_broken).then(|| (Target::Score(id), number(score.scale), written_units(score)));
        };
        // a score whose models are beyond the limit has no sections
        if is_broken && (score.sections.is_empty() || score.sections.iter().any(|section| section.name == part.text)) {
            return None;
        }
        if let Some(index) = score.sections.iter().position(|section| section.name == part.text) {
            let section = &score.sections[index];
            return Some((Target::Section(id, index), number(section.scale), None));
        }
        let sections: Vec<String> = score.sections.iter().map(|section| section.name.clone()).collect();
        if self.memory.lost.may_be(&Set::Sections(id), &part.text, Some(part.span), sections.iter().map(String::as_str)) {
            return None;
        }
        self.no_part(name, Some(part), part.span, &sections);
        None
    }

    /// `handover`, `handover.owner`; of a route `for each`, `desk.dispensing` and `desk.dispensing.owner`.
    fn route_target(
        &mut self,
        id: usize,
        name: &tree::Name,
        part: Option<&tree::Name>,
        further: Option<&tree::Name>,
    ) -> Option<(Target, Type, Option<Interval>)> {
        let made = self.memory.routes.get(id).cloned().unwrap_or_default();
        let routes = self.policy.routes.get(made.clone()).unwrap_or_default();
        if self.items.routes.get(id).is_some_and(|(_, route)| route.each.is_none()) {
            return match (part, further) {
                (None, _) => Some((Target::Route(made.start), Type::OneOf(self.policy.queue_choices?), None)),
                (Some(part), None) => self.owner_target(made.start, name, part),
                (Some(_), Some(further)) => {
                    self.no_part(name, Some(further), further.span, &[]);
                    None
                }
            };
        }
        let choices: Vec<String> = routes.iter().filter_map(|route| route.choice.clone()).collect();
        let found = part.and_then(|part| choices.iter().position(|choice| *choice == part.text));
        match (found, further) {
            (Some(choice), None) => Some((Target::Route(made.start + choice), Type::OneOf(self.policy.queue_choices?), None)),
            (Some(choice), Some(owner)) => self.owner_target(made.start + choice, name, owner),
            (None, _) => {
                // a set with a reported mistake has no choices
                if !choices.is_empty() {
                    self.no_part(name, part, name.span, &choices);
                }
                None
            }
        }
    }

    fn owner_target(&mut self, id: usize, name: &tree::Name, part: &tree::Name) -> Option<(Target, Type, Option<Interval>)> {
        if part.text != "owner" {
            self.no_part(name, Some(part), part.span, &["owner".to_owned()]);
            return None;
        }
        let Some(owners) = self.policy.owner_choices else {
            if !self.hidden.may_have_owners() {
                self.report(
                    Diagnostic::new(Code::TestField, format!("the route `{}` gives no owner", name.text))
                        .at(part.span, "no queue rotates among owners")
                        .help(format!("expect the queue that `{}` gives, or let a queue `rotate` among owners", name.text)),
                );
            }
            return None;
        };
        Some((Target::RouteOwner(id), Type::OneOf(owners), None))
    }

    /// `readiness.demografic`, `status.x`: the value has no such part.
    fn no_part(&mut self, name: &tree::Name, part: Option<&tree::Name>, span: Span, parts: &[String]) {
        let Some(part) = part else {
            let help = format!(
                "expect a part of it: {}",
                parts.iter().map(|part| format!("`{}.{part}`", name.text)).collect::<Vec<_>>().join(", ")
            );
            let message = format!("`{}` is not one value", name.text);
            self.report(Diagnostic::new(Code::TestField, message).at(span, "which of its values?").help(help));
            return;
        };
        let diagnostic =
            Diagnostic::new(Code::TestField, format!("`{}` has no part `{}`", name.text, part.text)).at(part.span, "not a part of it");
        let diagnostic = if parts.is_empty() {
            diagnostic.help(format!("expect `{}` itself", name.text))
        } else {
            self.propose(diagnostic, "part", part, parts.to_vec())
        };
        self.report(diagnostic);
    }
}
