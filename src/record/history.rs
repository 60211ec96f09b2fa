//! The measures of leads in memory.
//!
//! Enters: a lead with its signals and its stage log. Leaves: one value per measure of the policy, texts as written. Always holds: a signal that breaks
//! the policy's own rules is refused, as a lead is.

use super::{Lead, LeadError, fits};
use crate::clock::Came;
use crate::history::{Balance, ClockSignals, Layout, Measures, OwnedEvents, Seen, Standing, Texts, digest};
use crate::model::{Constant, MeasureId, Policy, Type};
use crate::program::shape::INSTANTS;

/// What is worked out once for all histories of a policy's leads.
#[derive(Clone, Debug)]
pub struct Histories {
    layout: Layout,
    measures: Measures,
}

impl Histories {
    pub fn new(policy: &Policy) -> Histories {
        Histories { layout: Layout::new(policy), measures: Measures::new(policy) }
    }

    /// One value per measure of the policy, in the units of its type; none is missing.
    pub fn measures(&self, policy: &Policy, lead: &Lead, as_of: i64) -> Result<Vec<Option<Constant>>, LeadError> {
        self.measures_of(policy, lead, as_of, &|_| true)
    }

    /// The same for some measures alone; the others are missing.
    pub fn measures_of(
        &self,
        policy: &Policy,
        lead: &Lead,
        as_of: i64,
        wanted: &dyn Fn(MeasureId) -> bool,
    ) -> Result<Vec<Option<Constant>>, LeadError> {
        if policy.measures.is_empty() {
            return Ok(Vec::new());
        }
        let (events, texts) = self.digested(policy, lead)?;
        let mut values = Vec::with_capacity(policy.measures.len());
        self.measures.read_wanted(wanted, events.view(), &standing(policy, lead, as_of), as_of, &mut self.measures.scratch(), &mut values);
        let constant = |(value, ty): (Option<i64>, Type)| match ty {
            Type::Text => value.and_then(|code| texts.text(code)).map(|text| Constant::Text(text.to_owned())),
            Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => value.map(Constant::Integer),
        };
        Ok(values.into_iter().zip(policy.measures.iter().map(|measure| measure.ty)).map(constant).collect())
    }

    /// Per measure, how much it counts; none where it counts no signals.
    pub fn seen(&self, policy: &Policy, lead: &Lead, as_of: i64) -> Result<Vec<Option<Seen>>, LeadError> {
        let (events, _) = self.digested(policy, lead)?;
        let (standing, mut scratch) = (standing(policy, lead, as_of), self.measures.scratch());
        let seen = |measure: MeasureId| self.measures.seen(measure, events.view(), &standing, as_of, &mut scratch);
        Ok((0..policy.measures.len()).map(seen).collect())
    }

    /// Per measure that is a balance, where it stands and what its range did to it.
    pub fn balances(&self, policy: &Policy, lead: &Lead, as_of: i64) -> Result<Vec<Option<Balance>>, LeadError> {
        let (events, _) = self.digested(policy, lead)?;
        let (standing, mut scratch) = (standing(policy, lead, as_of), self.measures.scratch());
        let balance = |measure: MeasureId| self.measures.balance(measure, events.view(), &standing, as_of, &mut scratch);
        Ok((0..policy.measures.len()).map(balance).collect())
    }

    /// Since when what a row of a flow waits for is there: see [`Measures::came`].
    pub(super) fn came(&self, policy: &Policy, lead: &Lead, measure: MeasureId, as_of: i64) -> Option<Came> {
        let (events, _) = self.digested(policy, lead).ok()?;
        self.measures.came(measure, events.view(), &standing(policy, lead, as_of), as_of, &mut self.measures.scratch())
    }

    /// The lead's signals as clocks see them.
    pub(super) fn with_clock_signals<T>(&self, policy: &Policy, lead: &Lead, as_of: i64, read: impl FnOnce(&ClockSignals) -> T) -> T {
        let events = digest(policy, &self.layout, &lead.signals, &mut Texts::default());
        let dropped = self.measures.drops(events.view(), as_of).into();
        read(&ClockSignals { layout: &self.layout, events: events.view(), dropped })
    }

    fn digested(&self, policy: &Policy, lead: &Lead) -> Result<(OwnedEvents, Texts), LeadError> {
        check(policy, lead)?;
        let mut texts = Texts::default();
        Ok((digest(policy, &self.layout, &lead.signals, &mut texts), texts))
    }
}

fn standing<'a>(policy: &Policy, lead: &'a Lead, as_of: i64) -> Standing<'a> {
    let stand = lead.stand(as_of);
    Standing { stage: stand.stage.or(policy.start_stage).unwrap_or(0), since: stand.since, log: &lead.log }
}

fn check(policy: &Policy, lead: &Lead) -> Result<(), LeadError> {
    let instants = lead.signals.iter().map(|signal| signal.at).chain(lead.log.iter().map(|entry| entry.at)).chain(lead.stage_since);
    for at in instants {
        if !INSTANTS.contains(at) {
            return Err(LeadError::Instant { at });
        }
    }
    let stages = lead.log.iter().flat_map(|entry| entry.from.into_iter().chain([entry.to]));
    if let Some(stage) = stages.into_iter().find(|stage| *stage >= policy.stages.len()) {
        return Err(LeadError::Stage { stage });
    }
    for event in &lead.signals {
        let signal = policy.signals.get(event.signal).ok_or(LeadError::Signal { signal: event.signal })?;
        if event.values.len() != signal.properties.len() {
            let (given, properties) = (event.values.len(), signal.properties.len());
            return Err(LeadError::PropertyCount { signal: signal.name.clone(), given, properties });
        }
        for (property, value) in signal.properties.iter().zip(&event.values) {
            fits(policy, property, value.as_ref(), false).map_err(|error| error.of_signal(&signal.name))?;
        }
    }
    Ok(())
}
