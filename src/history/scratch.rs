//! What a thread needs to read measures, kept from lead to lead.

use crate::calendar::Zone;

/// Room to work in; one for each thread. [`super::Measures::scratch`] makes it.
#[derive(Clone, Debug)]
pub struct Scratch {
    pub(super) zone: Zone,
}
