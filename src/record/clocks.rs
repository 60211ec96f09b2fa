//! How the clocks of a single lead stand.
//!
//! Enters: a lead, what a program answered for it. Leaves: a [`Reading`] for each clock of the policy.

use super::{Histories, Lead, LeadError};
use crate::clock::{ClockEvent, Clocks, Instance, Reading, Snapshot};
use crate::history::ClockSignals;
use crate::model::Policy;
use crate::program::Program;

/// The clocks of a policy at an instant.
pub struct LeadClocks<'p> {
    policy: &'p Policy,
    snapshot: Snapshot<'p>,
    histories: &'p Histories,
    as_of: i64,
}

impl<'p> LeadClocks<'p> {
    pub fn new(policy: &'p Policy, histories: &'p Histories, program: &Program, as_of: i64) -> Result<LeadClocks<'p>, LeadError> {
        let clocks = Clocks::new(policy).ok_or_else(|| LeadError::Zone(policy.timezone.clone()))?;
        Ok(LeadClocks { policy, snapshot: Snapshot::new(clocks, program), histories, as_of })
    }

    /// `output` gives the outputs of the program for the lead, by their numbers.
    pub fn reading(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Reading {
        self.with_signals(lead, |signals| self.snapshot.read(sla, output, signals, self.as_of))
    }

    pub fn instance(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Option<Instance> {
        self.with_signals(lead, |signals| self.snapshot.instance(sla, output, signals, self.as_of))
    }

    pub fn to_come(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Vec<ClockEvent> {
        self.with_signals(lead, |signals| self.snapshot.to_come(sla, output, signals, self.as_of))
    }

    fn with_signals<T>(&self, lead: &Lead, read: impl FnOnce(&ClockSignals) -> T) -> T {
        self.histories.with_clock_signals(self.policy, lead, self.as_of, read)
    }
}
