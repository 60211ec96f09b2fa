//! How the clocks of a single lead stand.
//!
//! Enters: a lead, what a program answered for it. Leaves: a [`Reading`] for each clock of the policy.

use super::{Histories, Lead, LeadError, encode, parameters};
use crate::clock::{Came, ClockEvent, Clocks, Instance, Past, Reading, Signals, Snapshot, Then};
use crate::history::{ClockSignals, Hindsight, situation};
use crate::interpret;
use crate::model::{Policy, SlaId, Transition};
use crate::program::{ClockPart, OutputRole, Program};

/// The clocks of a policy at an instant.
pub struct LeadClocks<'p> {
    policy: &'p Policy,
    snapshot: Snapshot<'p>,
    histories: &'p Histories,
    program: &'p Program,
    hindsight: Hindsight,
    as_of: i64,
}

impl<'p> LeadClocks<'p> {
    pub fn new(policy: &'p Policy, histories: &'p Histories, program: &'p Program, as_of: i64) -> Result<LeadClocks<'p>, LeadError> {
        let clocks = Clocks::new(policy).ok_or_else(|| LeadError::Zone(policy.timezone.clone()))?;
        let hindsight = Hindsight::new(policy, program);
        Ok(LeadClocks { policy, snapshot: Snapshot::new(clocks, program), histories, program, hindsight, as_of })
    }

    /// `output` gives the outputs of the program for the lead, by their numbers.
    pub fn reading(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Reading {
        self.with_past(lead, |past| self.snapshot.read(sla, output, past, self.as_of))
    }

    pub fn instance(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Option<Instance> {
        self.with_past(lead, |past| self.snapshot.instance(sla, output, past, self.as_of))
    }

    pub fn to_come(&self, sla: usize, lead: &Lead, output: &dyn Fn(usize) -> Option<i64>) -> Vec<ClockEvent> {
        self.with_past(lead, |past| self.snapshot.to_come(sla, output, past, self.as_of))
    }

    fn with_past<T>(&self, lead: &Lead, read: impl FnOnce(&dyn Past) -> T) -> T {
        self.histories.with_clock_signals(self.policy, lead, self.as_of, |signals| read(&RecordPast { clocks: self, lead, signals }))
    }
}

/// The past of a lead in memory.
struct RecordPast<'a> {
    clocks: &'a LeadClocks<'a>,
    lead: &'a Lead,
    signals: &'a ClockSignals<'a>,
}

impl Past for RecordPast<'_> {
    fn signals(&self) -> &dyn Signals {
        self.signals
    }

    fn log(&self) -> &[Transition] {
        let count = self.lead.log.partition_point(|entry| entry.at <= self.clocks.as_of);
        &self.lead.log[..count]
    }

    fn moved_at(&self, row: usize) -> Option<Came> {
        let LeadClocks { policy, histories, hindsight, as_of, .. } = self.clocks;
        histories.came(policy, self.lead, hindsight.waits(row)?, *as_of)
    }

    /// The lead as it was then, through the whole program.
    fn answer(&self, then: Then, sla: SlaId, part: ClockPart) -> Option<Option<i64>> {
        let LeadClocks { policy, histories, program, hindsight, as_of, .. } = self.clocks;
        if !hindsight.asks(sla, part) {
            return None;
        }
        let was = situation(then, self.signals.events.at, self.log(), self.lead.stand(*as_of));
        let lead = Lead {
            stage: was.stand.stage,
            stage_since: was.stand.since,
            rest_until: was.stand.rest_until,
            signals: self.lead.first_signals(was.signals, &self.signals.dropped),
            log: self.log().get(..was.entries)?.to_vec(),
            ..self.lead.clone()
        };
        let block = encode(policy, histories, program, &[lead], was.at).ok()?;
        let values = interpret::row(program, &block, 0, &parameters(policy, was.at).ok()?);
        let output = program.outputs.iter().find(|output| output.role == OutputRole::Clock(sla, part))?;
        Some(values[output.value.index()])
    }
}
