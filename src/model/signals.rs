//! Signals and groups of signals.
//!
//! Enters: their trees. Leaves: the properties of each signal and the members of each group, for the checkers of measures and flow rows.
//! Always holds: a group's members are signals, each once.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::types::TypePlace;
use super::{Bursts, Group, Signal};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::syntax::tree;

impl Checker<'_> {
    pub(crate) fn check_signals(&mut self) {
        for (item, signal) in self.items.signals.clone() {
            self.check_signal(item, signal);
        }
        for (item, group) in self.items.groups.clone() {
            self.check_group(item, group);
        }
    }

    fn check_signal(&mut self, item: &tree::Item, signal: &tree::Signal) {
        if let Some(team) = &signal.by {
            self.team_named(team);
        }
        let mut bursts = None;
        if let Some((count, duration)) = &signal.bursts {
            if *count < 2 {
                self.report(
                    Diagnostic::new(Code::BadRange, format!("a burst of {count} is every signal, or none"))
                        .at(duration.span, "within this time")
                        .help("a burst has at least two signals: `ignore bursts of 2 within 1 second`"),
                );
            }
            if let Some(within) = self.length(duration, "a burst") {
                bursts = Some(Bursts { count: (*count).max(2), within });
            }
        }
        let effort = self.effort(&signal.changes);
        self.check_sources(signal.properties.iter(), "properties");
        let mut spans = FxHashMap::default();
        let mut properties = Vec::new();
        let mut broken = Vec::new();
        for property in &signal.properties {
            if !super::declare::enter(&mut spans, &mut self.diagnostics, "property", &property.name) {
                continue;
            }
            if let Some(key) = property.key {
                self.report(
                    Diagnostic::new(Code::BadKey, format!("the property `{}` of a signal cannot be a key", property.name.text))
                        .at(key, "only the lead has a key")
                        .replace("leave `key` out", Applicability::Safe, key, ""),
                );
            }
            if let Some(change) = property.changes.first() {
                self.report(
                    Diagnostic::new(Code::BadCost, format!("the property `{}` of a signal has no cost of its own", property.name.text))
                        .at(change.span, "what happened is not changed, more can only happen")
                        .help("write the cost of one more such signal behind the signal's name"),
                );
            }
            match self.check_field(property, TypePlace::Property) {
                Some(field) => properties.push(field),
                None => broken.push(property.name.text.clone()),
            }
        }
        // a second signal of the same name leaves the first one's properties alone
        if let Some(info) = self.signals.get_mut(&signal.name.text)
            && info.span == signal.name.span
        {
            info.properties = properties.clone();
            info.broken_properties.extend(broken);
            self.policy.signals.push(Signal {
                name: signal.name.text.clone(),
                display: signal.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                by: signal.by.as_ref().map(|team| team.text.clone()),
                bursts,
                effort,
                properties,
                span: signal.name.span,
            });
        }
    }

    fn check_group(&mut self, item: &tree::Item, group: &tree::Group) {
        let mut spans = FxHashMap::default();
        let mut members = Vec::new();
        for member in &group.members {
            if !super::declare::enter(&mut spans, &mut self.diagnostics, "member of the group", member) {
                continue;
            }
            if self.groups.contains_key(&member.text) {
                self.report(
                    Diagnostic::new(Code::UnknownSignal, format!("the group `{}` holds the group `{}`", group.name.text, member.text))
                        .at(member.span, "a group, not a signal")
                        .help("name its signals instead"),
                );
            } else if self.signal_named(member) {
                members.push(member.text.clone());
            }
        }
        if let Some(own) = self.groups.get_mut(&group.name.text)
            && own.is_empty()
        {
            *own = members;
            let members = self.signals_named(&group.name).unwrap_or_default();
            self.policy.groups.push(Group {
                name: group.name.text.clone(),
                display: group.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                members,
                span: group.name.span,
            });
        }
    }

    /// A length of time that must be more than none.
    pub(crate) fn positive(&mut self, duration: &tree::Duration) {
        if duration.amount == 0 {
            self.report(
                Diagnostic::new(Code::BadRange, "a length of time is zero")
                    .at(duration.span, "must be more than none")
                    .help("write how long it is, at least 1"),
            );
        }
    }
}
