//! What a thread needs to read measures, kept from lead to lead so that nothing is allocated for each.

use super::cap::Keeper;
use crate::calendar::Zone;

/// Room to work in; one for each thread. [`super::Measures::scratch`] makes it.
#[derive(Clone, Debug)]
pub struct Scratch {
    pub(super) zone: Zone,
    /// per event up to as-of, whether it is part of a burst; empty if no signal ignores bursts
    pub(super) dropped: Vec<bool>,
    /// numbers of the events of one signal
    pub(super) places: Vec<usize>,
    pub(super) keeper: Keeper,
    /// entries of the stage log that a measure looks at
    pub(super) moments: Vec<i64>,
    /// day and points of what a running score books
    pub(super) booked: Vec<(i64, i128)>,
}

impl Scratch {
    pub(super) fn new(zone: Zone) -> Scratch {
        Scratch { zone, dropped: Vec::new(), places: Vec::new(), keeper: Keeper::default(), moments: Vec::new(), booked: Vec::new() }
    }
}
