//! Who has a lead, as clocks ask it.
//!
//! Enters: whom each route gives the lead now, and who had it before. Leaves: the [`Holder`] of a clock. Always holds: it is the first who is a
//! member of the clock's team, of those who are given the lead before those who had it; if none is a member, it is the first of all, who works
//! by the team's calendar.

use super::Clocks;
use crate::model::SlaId;

/// Numbers of the policy's owner choices, in the order in which they count.
#[derive(Clone, Copy)]
pub struct Holders<'h> {
    /// whom routes give the lead at this instant
    pub given: &'h dyn Fn() -> Vec<usize>,
    /// who had it before
    pub before: &'h dyn Fn() -> Vec<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub owner: Option<usize>,
    /// what a clock of this owner's lead runs on
    pub calendar: Option<usize>,
}

impl Clocks<'_> {
    /// Who has the lead from this instant on.
    pub(super) fn holder(&self, sla: SlaId, holders: Holders) -> Holder {
        self.first_of(sla, (holders.given)().into_iter().chain((holders.before)()))
    }

    /// Who had it until this instant.
    pub fn holder_before(&self, sla: SlaId, holders: Holders) -> Holder {
        self.first_of(sla, (holders.before)().into_iter())
    }

    fn first_of(&self, sla: SlaId, owners: impl Iterator<Item = usize>) -> Holder {
        let team = self.sla(sla).and_then(|clock| self.policy.teams.get(clock.by?));
        let choices = self.policy.owner_choices.and_then(|choices| self.policy.choices.get(choices));
        let name_of = |owner: usize| choices.and_then(|owners| owners.members.get(owner)).map(|owner| owner.name.as_str());
        let is_member =
            |owner: usize| team.is_some_and(|team| team.members.iter().any(|member| Some(member.name.as_str()) == name_of(owner)));
        let mut first = None;
        for owner in owners {
            if is_member(owner) {
                return Holder { owner: Some(owner), calendar: self.calendar(sla, name_of(owner)) };
            }
            first = first.or(Some(owner));
        }
        Holder { owner: first, calendar: self.calendar(sla, None) }
    }
}
