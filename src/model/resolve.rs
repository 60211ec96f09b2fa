//! Names of the policy's parts: what a written name means, and what is said when it means nothing.
//!
//! Enters: a name of the tree. Leaves: its index, or nothing and one diagnostic. Always holds: a name whose declaration a reported mistake
//! may have hidden is not called unknown, so that one slip in a file does not turn every use of what it declares into an error.

use super::TableId;
use super::check::Checker;
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::syntax::tree;

/// The most comparisons of names that "did you mean" makes in one run: a policy of 10,000 wrong names must not take minutes.
const COMPARISONS_MAX: usize = 1_000_000;
/// Up to so many declared names are listed when none is near.
const LISTED_MAX: usize = 6;

impl Checker<'_> {
    /// Whether a reported mistake may have hidden the declaration of `name`.
    pub(crate) fn may_be_hidden(&self, name: &str) -> bool {
        self.hidden.files || self.hidden.words.contains(name)
    }

    /// Says that a name of the space of fields, lets, scores, decides, routes and slas is not declared.
    pub(crate) fn unknown_name(&mut self, name: &tree::Name) {
        let candidates = self.names.keys().cloned().chain(["stage".to_owned()]).collect();
        self.unknown(Code::UnknownName, "field or derived value", name, candidates);
    }

    pub(crate) fn stage_named(&mut self, name: &tree::Name) -> Option<usize> {
        let choices = self.policy.stage_choices.and_then(|id| self.policy.choices.get(id));
        if let Some(index) = choices.and_then(|choices| choices.index_of(&name.text)) {
            return Some(index);
        }
        let candidates = choices.map(member_names).unwrap_or_default();
        self.unknown(Code::UnknownStage, "stage", name, candidates);
        None
    }

    pub(crate) fn queue_named(&mut self, name: &tree::Name) -> Option<usize> {
        let choices = self.policy.queue_choices.and_then(|id| self.policy.choices.get(id));
        if let Some(index) = choices.and_then(|choices| choices.index_of(&name.text)) {
            return Some(index);
        }
        let candidates = choices.map(member_names).unwrap_or_default();
        self.unknown(Code::UnknownQueue, "queue", name, candidates);
        None
    }

    /// Whether the team is declared; if not, it has been said.
    pub(crate) fn team_named(&mut self, name: &tree::Name) -> bool {
        if self.teams.contains_key(&name.text) {
            return true;
        }
        let candidates = self.teams.keys().cloned().collect();
        self.unknown(Code::UnknownTeam, "team", name, candidates);
        false
    }

    /// Whether the calendar is declared; if not, it has been said.
    pub(crate) fn calendar_named(&mut self, name: &tree::Name) -> bool {
        if self.calendars.contains_key(&name.text) {
            return true;
        }
        let candidates = self.calendars.keys().cloned().collect();
        self.unknown(Code::UnknownCalendar, "calendar", name, candidates);
        false
    }

    /// Whether it is a declared signal or group of signals; if not, it has been said.
    pub(crate) fn signal_named(&mut self, name: &tree::Name) -> bool {
        if self.signals.contains_key(&name.text) || self.groups.contains_key(&name.text) {
            return true;
        }
        let candidates = self.signals.keys().chain(self.groups.keys()).cloned().collect();
        self.unknown(Code::UnknownSignal, "signal", name, candidates);
        false
    }

    /// The table, unless it is unknown or its declaration is wrong; either has been said.
    pub(crate) fn table_named(&mut self, name: &tree::Name) -> Option<TableId> {
        if self.broken_tables.contains(&name.text) {
            return None;
        }
        if let Some(id) = self.tables.get(&name.text) {
            return Some(*id);
        }
        let candidates = self.tables.keys().cloned().collect();
        self.unknown(Code::UnknownTable, "table", name, candidates);
        None
    }

    /// The column of a table; if there is none, it has been said.
    pub(crate) fn column_named(&mut self, table: TableId, name: &tree::Name) -> Option<usize> {
        let columns = &self.policy.tables.get(table)?.columns;
        if let Some(index) = columns.iter().position(|column| column.name == name.text) {
            return Some(index);
        }
        let candidates: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let table = self.policy.tables.get(table).map(|table| table.name.clone()).unwrap_or_default();
        let diagnostic = Diagnostic::new(Code::UnknownColumn, format!("table `{table}` has no column `{}`", name.text))
            .at(name.span, "not a column of this table");
        let diagnostic = self.propose(diagnostic, "column", name, candidates);
        self.report(diagnostic);
        None
    }

    /// Says that a signal, or each signal of a group, has no such property, unless the property is there or broken.
    pub(crate) fn property_named(&mut self, signal: &str, name: &tree::Name) {
        let members = self.groups.get(signal).cloned().unwrap_or_else(|| vec![signal.to_owned()]);
        let infos = members.iter().filter_map(|member| self.signals.get(member));
        let Some(lacking) = infos
            .clone()
            .find(|info| !info.broken_properties.contains(&name.text) && info.properties.iter().all(|property| property.name != name.text))
        else {
            return;
        };
        if self.hidden.files || self.hidden.words.contains(&name.text) {
            return;
        }
        let candidates: Vec<String> = lacking.properties.iter().map(|property| property.name.clone()).collect();
        let diagnostic = Diagnostic::new(Code::UnknownProperty, format!("the signal `{}` has no property `{}`", lacking.name, name.text))
            .at(name.span, "not a property of it")
            .at(lacking.span, "the signal");
        let diagnostic = self.propose(diagnostic, "property", name, candidates);
        self.report(diagnostic);
    }

    /// Says that `name` is not a declared `noun`, unless its declaration may be hidden. A near candidate is proposed.
    pub(crate) fn unknown(&mut self, code: Code, noun: &str, name: &tree::Name, candidates: Vec<String>) {
        if self.may_be_hidden(&name.text) {
            return;
        }
        let label = match self.declared_as(&name.text) {
            Some(other) => format!("`{}` is {other}", name.text),
            None => "not declared".to_owned(),
        };
        let diagnostic = Diagnostic::new(code, format!("there is no {noun} `{}`", name.text)).at(name.span, label);
        let diagnostic = self.propose(diagnostic, noun, name, candidates);
        self.report(diagnostic);
    }

    /// Adds "did you mean" with its fix, or what there is to choose from.
    pub(crate) fn propose(&mut self, diagnostic: Diagnostic, noun: &str, name: &tree::Name, mut candidates: Vec<String>) -> Diagnostic {
        // the maps that candidates come from have no order that a reader would know
        candidates.sort_unstable();
        self.memory.names_compared = self.memory.names_compared.saturating_add(candidates.len());
        let near =
            if self.memory.names_compared > COMPARISONS_MAX { None } else { nearest(&name.text, candidates.iter().map(String::as_str)) };
        if let Some(near) = near {
            return diagnostic.help(format!("did you mean `{near}`?")).replace(
                format!("write `{near}`"),
                Applicability::Unsafe,
                name.span,
                near,
            );
        }
        match candidates.len() {
            0 => diagnostic.help(format!("no {noun} is declared")),
            1..=LISTED_MAX => diagnostic.help(format!("declared: {}", quoted(&candidates))),
            _ => diagnostic,
        }
    }

    /// What else is called so: "a queue".
    fn declared_as(&self, name: &str) -> Option<&'static str> {
        let is_choice =
            |id: Option<usize>| id.and_then(|id| self.policy.choices.get(id)).is_some_and(|choices| choices.index_of(name).is_some());
        let spaces = [
            (self.names.contains_key(name), "a field or derived value"),
            (is_choice(self.policy.stage_choices), "a stage"),
            (is_choice(self.policy.queue_choices), "a queue"),
            (self.teams.contains_key(name), "a team"),
            (self.signals.contains_key(name), "a signal"),
            (self.groups.contains_key(name), "a group of signals"),
            (self.tables.contains_key(name), "a table"),
            (self.calendars.contains_key(name), "a calendar"),
        ];
        spaces.iter().find(|(declared, _)| *declared).map(|(_, what)| *what)
    }
}

fn member_names(choices: &super::Choices) -> Vec<String> {
    choices.members.iter().map(|member| member.name.clone()).collect()
}

/// "`a`, `b`"
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
