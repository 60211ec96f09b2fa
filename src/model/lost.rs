//! Names that a reported mistake has taken out of a set: what stands twice was meant to be something else once, and a block of rows that lacks one lacks what
//! that would have given.
//!
//! Enters: where a name is lost, when that is reported. Leaves: whether an unknown name may be the one that was lost. Always holds: as many unknown names are
//! let through as were lost, each as often as it stands; all others are told, and so is whatever is a slip in the writing of a name that is known.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::hidden::{Hidden, Space};
use super::value::fold_choice;
use super::{Choices, ChoicesId, ScoreId, TableId};
use crate::diagnostic::nearest;

/// What a name is lost from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    Space(Space),
    Choices(ChoicesId),
    Columns(TableId),
    /// of the signal of this name
    Properties(String),
    Sections(ScoreId),
}

/// More than any policy has names: nothing of the set is known.
pub(crate) const ALL: usize = usize::MAX;

/// Names of fewer letters (`size`, `site`) are near to one another without a slip.
const SLIP_MIN: usize = 5;

#[derive(Debug, Default)]
pub(crate) struct Lost {
    sets: FxHashMap<Set, Names>,
}

#[derive(Debug, Default)]
struct Names {
    /// how many further names may be let through
    left: usize,
    taken: FxHashSet<String>,
    /// what stands twice: the lost name may be nearly the same
    repeated: FxHashSet<String>,
}

impl Lost {
    pub fn add(&mut self, set: Set, count: usize) {
        let names = self.sets.entry(set).or_default();
        names.left = names.left.saturating_add(count);
    }

    /// One of two things of this name was meant to be called otherwise.
    pub fn add_repeated(&mut self, set: Set, name: &str) {
        self.add(set.clone(), 1);
        self.sets.entry(set).or_default().repeated.insert(name.to_owned());
    }

    /// Whether an unknown name may be one that the set has lost, and is none of those that it has.
    pub fn may_be<'n>(&mut self, set: &Set, name: &str, known: impl IntoIterator<Item = &'n str>) -> bool {
        let Some(names) = self.sets.get_mut(set) else { return false };
        if names.left == ALL || names.taken.contains(name) {
            return true;
        }
        if names.left == 0 || names.is_slip(name, known) {
            return false;
        }
        names.left -= 1;
        names.taken.insert(name.to_owned());
        true
    }
}

impl Names {
    /// Whether a known name was meant: not one that stands twice, nor one of a row of numbered names.
    fn is_slip<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> bool {
        let repeated = self.repeated.iter().map(String::as_str);
        let known = known.into_iter().map(|name| -> &str { name });
        // of several that are as near the first is taken
        let near = nearest(name, repeated.chain(known)).filter(|near| !self.repeated.contains(*near));
        near.is_some_and(|near| name.chars().count() >= SLIP_MIN && without_digits(name) != without_digits(near))
    }
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// Whatever a name that nothing declares may be declared by: text that could not be read, and what reported mistakes have lost.
pub(crate) struct Undeclared<'c> {
    pub hidden: &'c Hidden,
    pub lost: &'c mut Lost,
}

impl Undeclared<'_> {
    /// Whether a name that is written as in files is one of a space, or of a set of choices. `known` are those choices.
    pub fn may_be(&mut self, space: Option<Space>, choices: Option<ChoicesId>, known: Option<&Choices>, written: &str) -> bool {
        let name = fold_choice(written);
        space.is_some_and(|space| self.hidden.may_declare(space, written) || self.lost.may_be(&Set::Space(space), &name, names_of(known)))
            || choices.is_some_and(|choices| self.lost.may_be(&Set::Choices(choices), &name, names_of(known)))
    }
}

fn names_of(choices: Option<&Choices>) -> impl Iterator<Item = &str> {
    choices.into_iter().flat_map(|choices| &choices.members).map(|member| member.name.as_str())
}

impl Checker<'_> {
    /// Whether the declaration of an unknown name may have been lost, to text that could not be read or to a reported mistake.
    pub(crate) fn may_be_declared(&mut self, space: Space, name: &str) -> bool {
        if self.hidden.may_declare(space, name) {
            return true;
        }
        let set = Set::Space(space);
        let can_compare = self.can_suggest();
        let Checker { policy, names, signals, groups, teams, calendars, tables, standards, memory, .. } = self;
        let lost = &mut memory.lost;
        if !can_compare {
            return lost.may_be(&set, name, []);
        }
        let choices = |id: Option<ChoicesId>| names_of(id.and_then(|id| policy.choices.get(id)));
        match space {
            Space::Value => lost.may_be(&set, name, names.keys().map(String::as_str)),
            Space::Field => lost.may_be(&set, name, policy.fields.iter().map(|field| field.name.as_str())),
            Space::Section => lost.may_be(&set, name, []),
            Space::Stage => lost.may_be(&set, name, choices(policy.stage_choices)),
            Space::Queue => lost.may_be(&set, name, choices(policy.queue_choices)),
            Space::Owner => lost.may_be(&set, name, choices(policy.owner_choices)),
            Space::Team => lost.may_be(&set, name, teams.keys().map(String::as_str)),
            Space::Calendar => lost.may_be(&set, name, calendars.keys().map(String::as_str)),
            Space::Signal => lost.may_be(&set, name, signals.keys().chain(groups.keys()).map(String::as_str)),
            Space::Table => lost.may_be(&set, name, tables.keys().map(String::as_str)),
            Space::Standard => lost.may_be(&set, name, standards.keys().map(String::as_str)),
        }
    }

    /// The same of a choice. What a field or a `decide` lists, it lists alone.
    pub(crate) fn choice_may_be_declared(&mut self, choices: ChoicesId, name: &str) -> bool {
        let policy = &self.policy;
        let spaces = [
            (policy.stage_choices, Space::Stage),
            (policy.queue_choices, Space::Queue),
            (policy.owner_choices, Space::Owner),
            (self.team_choices, Space::Team),
        ];
        let space = spaces.into_iter().find(|(set, _)| *set == Some(choices)).map(|(_, space)| space);
        let known = policy.choices.get(choices).filter(|_| self.can_suggest());
        Undeclared { hidden: &self.hidden, lost: &mut self.memory.lost }.may_be(space, Some(choices), known, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_names_are_let_through_as_were_lost() {
        let mut lost = Lost::default();
        let set = Set::Choices(3);
        assert!(!lost.may_be(&set, "a", []));
        lost.add(set.clone(), 1);
        assert!(!lost.may_be(&Set::Choices(4), "a", []));
        assert!(lost.may_be(&set, "a", []) && lost.may_be(&set, "a", []) && !lost.may_be(&set, "b", []));
        lost.add(set.clone(), ALL);
        assert!(lost.may_be(&set, "b", []) && lost.may_be(&set, "c", []));
    }

    #[test]
    fn a_slip_in_a_known_name_is_told_and_takes_no_place() {
        let known = || ["sites", "clicks", "tier_1", "site"];
        let mut lost = Lost::default();
        let set = Set::Space(Space::Value);
        lost.add_repeated(set.clone(), "clicks");
        assert!(!lost.may_be(&set, "sitess", known()));
        // nearly what stands twice: one of the two may have been meant so
        assert!(lost.may_be(&set, "click", known()));
        // numbered names, and those of few letters, are near to one another without a slip
        lost.add(set.clone(), 2);
        assert!(lost.may_be(&set, "tier_2", known()) && lost.may_be(&set, "size", known()));
        assert!(!lost.may_be(&set, "tear_1", known()) && !lost.may_be(&set, "visits", known()));
    }
}
