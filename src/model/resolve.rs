//! Names of the policy's parts: what a written name means, and what is said when it means nothing.
//!
//! Enters: a name of the tree. Leaves: its index, or nothing and one diagnostic. Always holds: a name whose declaration a reported mistake
//! may have hidden is not called unknown, so that one slip in a file does not turn every use of what it declares into an error.

use super::check::Checker;
use super::hidden::Space;
use super::lost::Set;
use super::wanted::Wanted;
use super::{ChoicesId, TableId};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::syntax::tree;

/// The most comparisons of names that "did you mean" makes in one run: a policy of 10,000 wrong names must not take minutes.
const COMPARISONS_MAX: usize = 200_000;
/// What the names of the space of fields and derived values stand for.
const VALUE: &str = "field or derived value";
/// Up to so many declared names are listed when none is near.
const LISTED_MAX: usize = 6;

impl Checker<'_> {
    /// Says that a name of the space of fields, lets, scores, decides, routes and slas is not declared.
    pub(crate) fn unknown_name(&mut self, name: &tree::Name, wanted: &Wanted) {
        let candidates = self.fitting(wanted);
        self.unknown(Code::UnknownName, Space::Value, VALUE, name, candidates);
    }

    pub(crate) fn stage_named(&mut self, name: &tree::Name) -> Option<usize> {
        let choices = self.policy.stage_choices;
        if let Some(index) = choices.and_then(|choices| self.choice_index(choices, &name.text)) {
            return Some(index);
        }
        let candidates = self.choosable_choices(choices);
        self.unknown(Code::UnknownStage, Space::Stage, "stage", name, candidates);
        None
    }

    pub(crate) fn queue_named(&mut self, name: &tree::Name) -> Option<usize> {
        let choices = self.policy.queue_choices;
        if let Some(index) = choices.and_then(|choices| self.choice_index(choices, &name.text)) {
            return Some(index);
        }
        let candidates = self.choosable_choices(choices);
        self.unknown(Code::UnknownQueue, Space::Queue, "queue", name, candidates);
        None
    }

    /// Whether the team is declared; if not, it has been said.
    pub(crate) fn team_named(&mut self, name: &tree::Name) -> bool {
        if self.teams.contains_key(&name.text) {
            return true;
        }
        let candidates = self.choosable(self.teams.keys().map(String::as_str));
        self.unknown(Code::UnknownTeam, Space::Team, "team", name, candidates);
        false
    }

    /// Whether the calendar is declared; if not, it has been said.
    pub(crate) fn calendar_named(&mut self, name: &tree::Name) -> bool {
        if self.calendars.contains_key(&name.text) {
            return true;
        }
        let candidates = self.choosable(self.calendars.keys().map(String::as_str));
        self.unknown(Code::UnknownCalendar, Space::Calendar, "calendar", name, candidates);
        false
    }

    /// Whether it is a declared signal or group of signals; if not, it has been said.
    pub(crate) fn signal_named(&mut self, name: &tree::Name) -> bool {
        if self.signals.contains_key(&name.text) || self.groups.contains_key(&name.text) {
            return true;
        }
        let candidates = self.choosable(self.signals.keys().chain(self.groups.keys()).map(String::as_str));
        self.unknown(Code::UnknownSignal, Space::Signal, "signal", name, candidates);
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
        let candidates = self.choosable(self.tables.keys().map(String::as_str));
        self.unknown(Code::UnknownTable, Space::Table, "table", name, candidates);
        None
    }

    /// The column of a table; if there is none, it has been said.
    pub(crate) fn column_named(&mut self, table: TableId, name: &tree::Name) -> Option<usize> {
        let columns = &self.policy.tables.get(table)?.columns;
        if let Some(index) = columns.iter().position(|column| column.name == name.text) {
            let renamed = &mut self.memory.renamed;
            let renamed = renamed.iter_mut().filter(|renamed| renamed.table == table && renamed.column.text == name.text);
            renamed.for_each(|renamed| {
                renamed.uses.insert(name.span);
            });
            return Some(index);
        }
        let candidates = self.choosable(columns.iter().map(|column| column.name.as_str()));
        if self.memory.lost.may_be(&Set::Columns(table), &name.text, Some(name.span), candidates.iter().map(String::as_str)) {
            return None;
        }
        let table = self.policy.tables.get(table).map(|table| table.name.clone()).unwrap_or_default();
        let diagnostic = Diagnostic::new(Code::UnknownColumn, no_column(&table, &name.text)).at(name.span, "not a column of this table");
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
        let candidates = self.choosable(lacking.properties.iter().map(|property| property.name.as_str()));
        let diagnostic = Diagnostic::new(Code::UnknownProperty, format!("the signal `{}` has no property `{}`", lacking.name, name.text))
            .at(name.span, "not a property of it")
            .at(lacking.span, "the signal");
        let is_silent = candidates.is_empty() && !lacking.broken_properties.is_empty();
        let set = Set::Properties(lacking.name.clone());
        if self.memory.lost.may_be(&set, &name.text, Some(name.span), candidates.iter().map(String::as_str)) {
            return;
        }
        let diagnostic = if is_silent { diagnostic } else { self.propose(diagnostic, "property", name, candidates) };
        self.report(diagnostic);
    }

    /// Says that `name` is not a declared `noun`, unless text that could not be read may declare it in its space. A near candidate is proposed.
    pub(crate) fn unknown(&mut self, code: Code, space: Space, noun: &str, name: &tree::Name, candidates: Vec<String>) {
        if self.may_be_declared(space, &name.text, Some(name.span)) {
            return;
        }
        let label = match self.declared_as(&name.text) {
            Some(other) => format!("`{}` is {other}", name.text),
            None => "not declared".to_owned(),
        };
        let diagnostic = Diagnostic::new(code, format!("there is no {noun} `{}`", name.text)).at(name.span, label);
        // those that could not be read are declared all the same
        let has_others = space == Space::Value && !self.names.is_empty();
        let is_silent = candidates.is_empty() && (has_others || self.hidden.may_have_any(space));
        let diagnostic = if is_silent { diagnostic } else { self.propose(diagnostic, noun, name, candidates) };
        self.report(diagnostic);
    }

    /// Names as candidates for [`Checker::propose`]; none when so many names were compared that nothing is proposed any more.
    pub(crate) fn choosable<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<String> {
        if self.memory.names_compared > COMPARISONS_MAX { Vec::new() } else { names.map(str::to_owned).collect() }
    }

    fn choosable_choices(&self, choices: Option<ChoicesId>) -> Vec<String> {
        let members = choices.and_then(|id| self.policy.choices.get(id)).map(|choices| choices.members.as_slice());
        self.choosable(members.unwrap_or_default().iter().map(|member| member.name.as_str()))
    }

    /// Whether there is time left to compare names; whoever has many candidates asks before collecting them.
    pub(crate) fn can_suggest(&self) -> bool {
        self.memory.names_compared <= COMPARISONS_MAX
    }

    /// Adds "did you mean" with its fix, or what there is to choose from.
    pub(crate) fn propose(&mut self, diagnostic: Diagnostic, noun: &str, name: &tree::Name, mut candidates: Vec<String>) -> Diagnostic {
        if self.memory.names_compared > COMPARISONS_MAX {
            return diagnostic;
        }
        self.memory.names_compared = self.memory.names_compared.saturating_add(candidates.len());
        // the maps that candidates come from have no order that a reader would know
        candidates.sort_unstable();
        if let Some(near) = nearest(&name.text, candidates.iter().map(String::as_str)) {
            return diagnostic.did_you_mean(name.span, near);
        }
        match candidates.len() {
            0 => diagnostic.help(format!("no {noun} is declared")),
            // of values only those that may stand there are candidates
            1..=LISTED_MAX if noun == VALUE => diagnostic.help(format!("what fits here: {}", quoted(&candidates))),
            1..=LISTED_MAX => diagnostic.help(format!("declared: {}", quoted(&candidates))),
            count => {
                let fits = if noun == VALUE { "what fits here" } else { "declared" };
                diagnostic.help(format!(
                    "{fits}: {} and {} more, none of them much like it",
                    quoted(&candidates[..LISTED_MAX]),
                    count - LISTED_MAX
                ))
            }
        }
    }

    /// The names that fit a place; none when so many names were compared that nothing is proposed any more.
    pub(crate) fn what_fits(&mut self, wanted: &Wanted) -> Option<String> {
        let mut names = self.can_suggest().then(|| self.fitting(wanted))?;
        self.memory.names_compared = self.memory.names_compared.saturating_add(names.len());
        names.sort_unstable();
        let more = names.len().saturating_sub(LISTED_MAX);
        names.truncate(LISTED_MAX);
        Some(match (names.as_slice(), more) {
            ([], _) => "nothing that the policy declares fits here".to_owned(),
            (names, 0) => format!("what fits here: {}", quoted(names)),
            (names, more) => format!("what fits here: {} and {more} more", quoted(names)),
        })
    }

    /// What else is called so: "a queue".
    fn declared_as(&mut self, name: &str) -> Option<&'static str> {
        let (stages, queues) = (self.policy.stage_choices, self.policy.queue_choices);
        let is_stage = stages.is_some_and(|choices| self.choice_index(choices, name).is_some());
        let is_queue = queues.is_some_and(|choices| self.choice_index(choices, name).is_some());
        let spaces = [
            (self.names.contains_key(name), "a field or derived value"),
            (is_stage, "a stage"),
            (is_queue, "a queue"),
            (self.teams.contains_key(name), "a team"),
            (self.signals.contains_key(name), "a signal"),
            (self.groups.contains_key(name), "a group of signals"),
            (self.tables.contains_key(name), "a table"),
            (self.calendars.contains_key(name), "a calendar"),
        ];
        spaces.iter().find(|(declared, _)| *declared).map(|(_, what)| *what)
    }
}

pub(crate) fn no_column(table: &str, column: &str) -> String {
    format!("table `{table}` has no column `{column}`")
}

/// "`a`, `b`"
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
