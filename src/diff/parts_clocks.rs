//! Clocks and promises as parts.

use super::expressions;
use super::part::{Part, Telling, Value};
use super::parts_decides::{guard_texts, guarded};
use super::words;
use crate::syntax::tree::{BreachAction, Guard, Moment, Promise, PromiseKind, Sla, SlaKind, SlaRow, Text};

pub fn sla(doc: Option<&Text>, sla: &Sla) -> Part {
    let Sla { name, display, rows } = sla;
    let mut part = Part::named("sla", words::name(name)).called(doc, display.as_ref());
    let (mut moments, mut targets, mut reminders, mut breaches, mut steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let SlaRow { kind, span: _ } = row;
        match kind {
            SlaKind::Starts(moment) => moments.push(self::moment("starts", moment)),
            SlaKind::Stops(moment) => moments.push(self::moment("stops", moment)),
            SlaKind::Restarts(moment) => moments.push(self::moment("restarts", moment)),
            SlaKind::Pauses { on, length } => {
                moments.push(self::moment("pauses", on).maybe("length", length.as_ref().map(words::duration)))
            }
            SlaKind::Within { duration, guard } => targets.push(target(&words::duration(duration), guard.as_ref())),
            SlaKind::By(team) => part = part.plain("team", words::name(team)),
            SlaKind::Remind { whom, at } => {
                let (whom, at) = (words::name(whom), words::percent(at));
                let part = Part::keyed("reminder", whom.clone(), [format!("{whom} {at}"), whom.clone(), at.clone()]);
                reminders.push(part.text(format!("{whom} at {at}")).plain("time", at));
            }
            SlaKind::Breach { action, after } => {
                let action = match action {
                    BreachAction::Notify(whom) => format!("notify {}", words::name(whom)),
                    BreachAction::Reassign => "reassign".to_owned(),
                };
                let after = after.as_ref().map_or("at once".to_owned(), |after| format!("after {}", words::duration(after)));
                let part = Part::keyed("breach action", action.clone(), [format!("{action} {after}"), action.clone()]);
                breaches.push(part.quoted().text(format!("{action} {after}")).plain("time", after));
            }
            SlaKind::Escalate(chain) => steps.extend(chain.iter().map(|(whom, after)| {
                let (whom, after) = (words::name(whom), words::duration(after));
                Part::named("escalation", whom.clone()).text(format!("{whom} after {after}")).plain("time", after)
            })),
        }
    }
    part.keys.push(part.fingerprint());
    // the first target whose condition holds counts, and escalations follow each other
    part.free(moments).sequence(targets).free(reminders).free(breaches).sequence(steps)
}

/// `starts when entering mql`
fn moment(word: &'static str, moment: &Moment) -> Part {
    let (kind, key, shown) = match moment {
        Moment::WhenEntering(stage) => {
            ("when", format!("entering {}", words::name(stage)), format!("when entering {}", words::name(stage)))
        }
        Moment::WhenLeaving(stage) => ("when", format!("leaving {}", words::name(stage)), format!("when leaving {}", words::name(stage))),
        Moment::When(condition) => ("when", expressions::same(condition), format!("when {}", expressions::shown(condition))),
        Moment::On { signal, condition: _ } => ("on", words::name(signal), format!("on {}", words::name(signal))),
    };
    let part = Part::keyed(word, format!("{kind} {key}"), [format!("{kind} {key}")]).quoted().text(shown);
    match moment {
        Moment::On { signal: _, condition: Some(condition) } => part.fact("where", Telling::Condition, expressions::condition(condition)),
        Moment::On { signal: _, condition: None } | Moment::WhenEntering(_) | Moment::WhenLeaving(_) | Moment::When(_) => part,
    }
}

fn target(within: &str, guard: Option<&Guard>) -> Part {
    let (same, shown) = guard.map_or_else(Default::default, guard_texts);
    let part = Part::keyed("target", within, [format!("{within} {same}"), same, within.to_owned()])
        .naming("time")
        .text(format!("{within} {shown}").trim_end().to_owned());
    match guard {
        Some(guard) => guarded(part, guard),
        None => part,
    }
}

pub fn promise(doc: Option<&Text>, promise: &Promise) -> Part {
    let Promise { who, kind, per } = promise;
    let who = words::name(who);
    let (name, what, amount, key) = match kind {
        PromiseKind::Delivers { amount, stage } => {
            (format!("{who} delivers {}", words::name(stage)), "amount", amount.to_string(), format!("{who} delivers"))
        }
        PromiseKind::Meets { sla, share } => {
            (format!("{who} meets {}", words::name(sla)), "share", words::percent(share), format!("{who} meets"))
        }
    };
    let period = words::period(per);
    Part::keyed("promise", name.clone(), [format!("{name} {period}"), name, key])
        .called(doc, None)
        .fact(what, Telling::Plain, Value::new(amount))
        .plain("period", period)
}
