//! Signals and groups of signals.
//!
//! Enters: their trees. Leaves: the properties of each signal and the members of each group, for the checkers of measures and flow rows.
//! Always holds: a group's members are signals, each once.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::types::TypePlace;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::syntax::tree;

impl Checker<'_> {
    pub(crate) fn check_signals(&mut self) {
        for (_, signal) in self.items.signals.clone() {
            self.check_signal(signal);
        }
        for (_, group) in self.items.groups.clone() {
            self.check_group(group);
        }
    }

    fn check_signal(&mut self, signal: &tree::Signal) {
        if let Some(team) = &signal.by {
            self.team_named(team);
        }
        if let Some((count, duration)) = &signal.bursts {
            if *count < 2 {
                self.report(
                    Diagnostic::new(Code::BadRange, format!("a burst of {count} is every signal, or none"))
                        .at(duration.span, "within this time")
                        .help("a burst has at least two signals: `ignore bursts of 2 within 1 second`"),
                );
            }
            self.positive(duration);
            self.elapsed(duration, "a burst");
        }
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
            match self.check_field(property, TypePlace::Property) {
                Some(field) => properties.push(field),
                None => broken.push(property.name.text.clone()),
            }
        }
        // a second signal of the same name leaves the first one's properties alone
        if let Some(info) = self.signals.get_mut(&signal.name.text)
            && info.span == signal.name.span
        {
            info.properties = properties;
            info.broken_properties.extend(broken);
        }
    }

    fn check_group(&mut self, group: &tree::Group) {
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
        }
    }

    /// A length of time that must be more than none.
    pub(crate) fn positive(&mut self, duration: &tree::Duration) {
        if duration.amount == 0 {
            self.report(Diagnostic::new(Code::BadRange, "a length of time is zero").at(duration.span, "must be more than none"));
        }
    }

    /// A length of time that is counted by the clock on the wall, not in business time. Says so otherwise.
    pub(crate) fn elapsed(&mut self, duration: &tree::Duration, what: &str) -> bool {
        if duration.business {
            self.report(
                Diagnostic::new(Code::WrongUnit, format!("{what} is not counted in business time"))
                    .at(duration.span, "business time")
                    .help("leave `business` out"),
            );
        }
        !duration.business
    }
}
