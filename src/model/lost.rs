//! Names that a reported mistake has taken out of a set: what stands twice was meant to be something else once, and a block of rows that lacks one lacks what
//! that would have given.
//!
//! Enters: where a name is lost, when that is reported. Leaves: whether an unknown name may be the one that was lost. Always holds: as many unknown names are
//! let through as were lost, each as often as it stands; all others are told.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::hidden::{Hidden, Space};
use super::value::fold_choice;
use super::{ChoicesId, ScoreId, TableId};

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

#[derive(Debug, Default)]
pub(crate) struct Lost {
    sets: FxHashMap<Set, Names>,
}

#[derive(Debug, Default)]
struct Names {
    /// how many further names may be let through
    left: usize,
    taken: FxHashSet<String>,
}

impl Lost {
    pub fn add(&mut self, set: Set, count: usize) {
        let names = self.sets.entry(set).or_default();
        names.left = names.left.saturating_add(count);
    }

    /// Whether an unknown name may be one that the set has lost.
    pub fn may_be(&mut self, set: &Set, name: &str) -> bool {
        let Some(names) = self.sets.get_mut(set) else { return false };
        if names.taken.contains(name) {
            return true;
        }
        let is_left = names.left > 0;
        if is_left {
            names.left -= 1;
            names.taken.insert(name.to_owned());
        }
        is_left
    }
}

/// Whatever a name that nothing declares may be declared by: text that could not be read, and what reported mistakes have lost.
pub(crate) struct Undeclared<'c> {
    pub hidden: &'c Hidden,
    pub lost: &'c mut Lost,
}

impl Undeclared<'_> {
    /// Whether a name that is written as in files is one of a space, or of a set of choices.
    pub fn may_be(&mut self, space: Option<Space>, choices: Option<ChoicesId>, written: &str) -> bool {
        let name = fold_choice(written);
        space.is_some_and(|space| self.hidden.may_declare(space, written) || self.lost.may_be(&Set::Space(space), &name))
            || choices.is_some_and(|choices| self.lost.may_be(&Set::Choices(choices), &name))
    }
}

impl Checker<'_> {
    /// Whether the declaration of an unknown name may have been lost, to text that could not be read or to a reported mistake.
    pub(crate) fn may_be_declared(&mut self, space: Space, name: &str) -> bool {
        Undeclared { hidden: &self.hidden, lost: &mut self.memory.lost }.may_be(Some(space), None, name)
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
        Undeclared { hidden: &self.hidden, lost: &mut self.memory.lost }.may_be(space, Some(choices), name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_names_are_let_through_as_were_lost() {
        let mut lost = Lost::default();
        let set = Set::Choices(3);
        assert!(!lost.may_be(&set, "a"));
        lost.add(set.clone(), 1);
        assert!(!lost.may_be(&Set::Choices(4), "a"));
        assert!(lost.may_be(&set, "a") && lost.may_be(&set, "a") && !lost.may_be(&set, "b"));
        lost.add(set.clone(), ALL);
        assert!(lost.may_be(&set, "b") && lost.may_be(&set, "c"));
    }
}
