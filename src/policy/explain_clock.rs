//! Why a clock of the lead stands as it does.
//!
//! Enters: the policy's clocks, what the interpreter computed. Leaves: for each clock its state, its due time, which target applies and why no
//! earlier one does, and what has happened so far.

use super::explain::{FirstMatch, named};
use super::explanation::{ClockEventExplained, ClockExplained, How, Reason, RowExplained, Verdict};
use super::why::why_not;
use crate::batch::turns::Watched;
use crate::clock::{ClockEvent, ClockEventKind};
use crate::model::{ClockTarget, Sla};
use crate::program::{Lowered, OutputRole};
use crate::record::clocks::LeadClocks;
use crate::record::reader::Reader;
use crate::record::{Histories, LeadError};

pub fn clocks(
    reader: &Reader,
    histories: &Histories,
    plain: &Lowered,
    as_of: i64,
    turns: &[Watched],
) -> Result<Vec<ClockExplained>, LeadError> {
    if reader.policy.slas.is_empty() {
        return Ok(Vec::new());
    }
    let clocks = LeadClocks::new(reader.policy, histories, &plain.program, as_of)?;
    // whose calendar counts is for the turns to say
    let in_turn = |route: usize| turns.iter().find(|watched| watched.route == route);
    let number = |number: Option<usize>| i64::try_from(number?).ok();
    let output = |output: usize| {
        let output = plain.program.outputs.get(output)?;
        match output.role {
            OutputRole::Owner(route) if in_turn(route).is_some() => number(in_turn(route)?.given.owner),
            _ => reader.at(output.value),
        }
    };
    Ok(reader.policy.slas.iter().enumerate().map(|(id, sla)| clock(reader, &clocks, id, sla, &output)).collect())
}

fn clock(reader: &Reader, clocks: &LeadClocks, id: usize, sla: &Sla, output: &dyn Fn(usize) -> Option<i64>) -> ClockExplained {
    let reading = clocks.reading(id, reader.lead, output);
    let instance = clocks.instance(id, reader.lead, output);
    let holds = reader.trace.clocks.get(id).map(|trace| trace.targets.as_slice()).unwrap_or_default();
    let mut table = FirstMatch::default();
    let targets = sla.targets.iter().zip(holds).enumerate().map(|(index, (target, holds))| {
        let holds = reader.holds_at(*holds);
        let why = || target.condition.as_ref().map(|condition| why_not(reader, condition)).unwrap_or_default();
        RowExplained {
            gives: target.text.clone(),
            condition: target.condition.as_ref().map(|condition| reader.phrase(condition.span)),
            because: None,
            looked_up: Vec::new(),
            verdict: match &instance {
                // read when the clock started, and kept
                Some(instance) if index < instance.target && holds => Verdict::Failed { reasons: vec![held_later(reader, target)] },
                Some(instance) => table.next(index == instance.target, why),
                None => table.next(holds, why),
            },
        }
    });
    let targets = targets.collect();
    let event = |event: &ClockEvent| ClockEventExplained { at: reader.show.time(event.at), what: what(reader, sla, event.kind) };
    ClockExplained {
        name: named(&sla.name, &sla.display),
        team: sla.by.and_then(|team| reader.policy.teams.get(team)).map(|team| named(&team.name, &team.display)),
        state: reading.state.map(|state| state.name().to_owned()),
        due: reading.due.map(|due| reader.show.time(due)),
        targets,
        events: instance.iter().flat_map(|instance| &instance.events).map(event).collect(),
        to_come: clocks.to_come(id, reader.lead, output).iter().map(event).collect(),
    }
}

fn held_later(reader: &Reader, target: &ClockTarget) -> Reason {
    let part = target.condition.as_ref().map(|condition| reader.phrase(condition.span)).unwrap_or_default();
    Reason { part, how: How::HeldLater, values: Vec::new() }
}

/// In the policy's words where it has some.
fn what(reader: &Reader, sla: &Sla, kind: ClockEventKind) -> String {
    let phrase = |span: Option<crate::source::Span>| span.map(|span| reader.phrase(span)).unwrap_or_default();
    match kind {
        ClockEventKind::Started => "starts".to_owned(),
        ClockEventKind::Restarted => "starts anew".to_owned(),
        ClockEventKind::Paused => "pauses".to_owned(),
        ClockEventKind::Resumed => "goes on".to_owned(),
        ClockEventKind::Reminded(index) => phrase(sla.reminders.get(index).map(|row| row.span)),
        ClockEventKind::Breached => "breached".to_owned(),
        ClockEventKind::Notified(index) | ClockEventKind::Reassigned(index) => phrase(sla.breaches.get(index).map(|row| row.span)),
        ClockEventKind::Escalated(index) => format!("escalate to {}", phrase(sla.escalation.get(index).map(|row| row.span))),
        ClockEventKind::Stopped => "stops".to_owned(),
    }
}
