//! How the clocks of a single lead stand.
//!
//! Enters: a lead, what a program answered for it. Leaves: a [`Reading`] for each clock of the policy.

use super::{Lead, LeadError};
use crate::clock::{Clocks, Instance, Reading, Snapshot};
use crate::history::{ClockSignals, Layout, Texts, digest};
use crate::model::Policy;
use crate::program::Program;

/// The clocks of a policy at an instant.
pub struct LeadClocks<'p> {
    policy: &'p Policy,
    snapshot: Snapshot<'p>,
    layout: Layout,
    as_of: i64,
}

impl<'p> LeadClocks<'p> {
    pub fn new(policy: &'p Policy, program: &Program, as_of: i64) -> Result<LeadClocks<'p>, LeadError> {
        let clocks = Clocks::new(policy).ok_or_else(|| LeadError::Zone(policy.timezone.clone()))?;
        Ok(LeadClocks { policy, snapshot: Snapshot::new(clocks, program), layout: Layout::new(policy), as_of })
    }

    /// `output` gives the outputs of the program for the lead, by their numbers.
    pub fn reading(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Reading {
        self.with_signals(lead, |signals| self.snapshot.read(sla, output, signals, self.as_of))
    }

    pub fn instance(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Option<Instance> {
        self.with_signals(lead, |signals| self.snapshot.instance(sla, output, signals, self.as_of))
    }

    fn with_signals<T>(&self, lead: &Lead, read: impl FnOnce(&ClockSignals) -> T) -> T {
        let events = digest(self.policy, &self.layout, &lead.signals, &mut Texts::default());
        read(&ClockSignals { layout: &self.layout, events: events.view() })
    }
}
