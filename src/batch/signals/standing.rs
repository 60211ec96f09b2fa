//! Where the leads of a block stand: what their file says, and what their stage log tells of what it does not say.
//!
//! Enters: a [`LeadBlock`] whose columns are read. Leaves: a [`Stand`] for each lead, and the block's columns with what the logs tell. Always holds: a
//! cell of the file is never changed, only an empty one filled.

use super::sift::integer;
use crate::batch::bad::Subject;
use crate::batch::lead_block::{LeadBlock, SlotValues};
use crate::batch::plan::{Plan, Store};
use crate::column::{Column, Width};
use crate::history::Stand;

/// The slots of `stage`, `stage_since` and `rest_until`, each with the width that the program wants, if anything reads it.
#[derive(Clone, Copy, Debug)]
pub struct StandingSlots {
    stage: (usize, Option<Width>),
    since: (usize, Option<Width>),
    rest: (usize, Option<Width>),
}

impl StandingSlots {
    pub fn new(plan: &Plan) -> StandingSlots {
        let slot = |subject: Subject| {
            let slot = plan.slot_of(subject);
            let width = plan.slots.get(slot).and_then(|slot| match slot.store {
                Store::Integers(width) => Some(width),
                Store::Nothing | Store::Texts => None,
            });
            (slot, width)
        };
        StandingSlots { stage: slot(Subject::Stage), since: slot(Subject::StageSince), rest: slot(Subject::RestUntil) }
    }

    /// As the file says.
    pub fn of(&self, leads: &LeadBlock, row: usize) -> Stand {
        let of = |slot: usize| integer(&leads.slots, slot, row);
        Stand {
            stage: of(self.stage.0).and_then(|stage| usize::try_from(stage).ok()),
            since: of(self.since.0),
            rest_until: of(self.rest.0),
        }
    }

    /// Writes it into the columns that the program reads.
    pub fn tell(&self, leads: &mut LeadBlock, stands: &[Stand]) {
        let mut tell = |(slot, width): (usize, Option<Width>), value: &dyn Fn(&Stand) -> Option<i64>| {
            let (Some(width), Some(values)) = (width, leads.slots.get_mut(slot)) else { return };
            let mut column = Column::with_capacity(width, stands.len());
            stands.iter().for_each(|stand| column.push(value(stand)));
            *values = SlotValues::Integers(column);
        };
        tell(self.stage, &|stand| i64::try_from(stand.stage?).ok());
        tell(self.since, &|stand| stand.since);
        tell(self.rest, &|stand| stand.rest_until);
    }
}
