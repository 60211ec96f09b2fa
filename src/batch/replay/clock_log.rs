//! The clock log: a row for each time that a clock of a lead was started.
//!
//! Always holds: a lead's clocks stand in the order of the policy, the instances of one by when they started.

use super::log_file::{LogColumns, LogRows, answer};
use crate::batch::answers::AnswerKind;
use crate::calendar::Zone;
use crate::clock::{ClockEventKind, Instance};
use crate::column::Width;
use crate::model::{ClockState, Policy, SlaId};

pub fn columns(policy: &Policy, zone: &Zone) -> LogColumns {
    let names = |names: &mut dyn Iterator<Item = &str>| AnswerKind::Choice(names.map(str::to_owned).collect());
    let owners = policy.owner_choices.and_then(|choices| policy.choices.get(choices));
    let owners = owners.map(|owners| owners.members.as_slice()).unwrap_or_default();
    let time = || AnswerKind::Time(zone.clone());
    let count = || AnswerKind::Number { scale: 0, width: Width::I64 };
    let answers = vec![
        answer("clock", names(&mut policy.slas.iter().map(|sla| sla.name.as_str())), false),
        answer("owner", names(&mut owners.iter().map(|owner| owner.name.as_str())), true),
        answer("target", names(&mut targets(policy)), false),
        answer("started", time(), false),
        answer("due", time(), true),
        answer("stopped", time(), true),
        answer("state", names(&mut ClockState::ALL.iter().map(|state| state.name())), false),
        answer("breached", time(), true),
        answer("reminders", count(), false),
        answer("notices", count(), false),
        answer("escalations", count(), false),
        answer("reassigned", count(), false),
        answer("owner_at_end", names(&mut owners.iter().map(|owner| owner.name.as_str())), true),
    ];
    LogColumns { texts: vec!["lead"], answers }
}

/// Of all clocks, one after the other.
fn targets(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.slas.iter().flat_map(|sla| &sla.targets).map(|target| target.text.as_str())
}

pub fn push(policy: &Policy, key: &str, sla: SlaId, instance: &Instance, rows: &mut LogRows) {
    let before: usize = policy.slas.iter().take(sla).map(|sla| sla.targets.len()).sum();
    let count = |is: &dyn Fn(ClockEventKind) -> bool| number(instance.events.iter().filter(|event| is(event.kind)).count());
    rows.push(
        &[key],
        &[
            number(sla),
            instance.owner.and_then(number),
            number(before + instance.target),
            Some(instance.started),
            instance.due,
            instance.stopped,
            Some(instance.state as i64),
            instance.breached(),
            count(&|kind| matches!(kind, ClockEventKind::Reminded(_))),
            count(&|kind| matches!(kind, ClockEventKind::Notified(_))),
            count(&|kind| matches!(kind, ClockEventKind::Escalated(_))),
            count(&|kind| matches!(kind, ClockEventKind::Reassigned(_))),
            instance.owner_at_end.and_then(number),
        ],
    );
}

fn number(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}
