//! A lead that shows something, as a test of the policy.
//!
//! Enters: a witness, and the answers that matter. Leaves: the text of a `test` that passes. Always holds: what is written is what the interpreter gave;
//! none if a test has no words for some part of the lead (a rest, a way through the stages), or there is no answer that it could expect.

use std::fmt::Write;

use super::Witness;
use crate::format::format_items;
use crate::model::{Constant, Policy, Type, Unit};
use crate::program::{Lowered, Value};
use crate::record::show::Show;
use crate::record::{self, Lead};
use crate::syntax::RESERVED_WORDS;

/// Tables of more rows that are given at run time are not written into a test.
const ROWS_MAX: usize = 20;

/// A way through so many stages is told move by move.
const MOVES_SHOWN: usize = 4;

/// What a test expects: a path, and the value of the program that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    pub path: String,
    pub ty: Type,
    pub value: Value,
}

/// Scores, decisions, the stage after the transition and routes: what a policy answers.
pub fn answers(policy: &Policy, lowered: &Lowered) -> Vec<Expectation> {
    let trace = &lowered.trace;
    let mut all = Vec::new();
    for (score, traced) in policy.scores.iter().zip(&trace.scores) {
        if let Some(value) = traced.value {
            let ty = Type::Number { scale: score.scale, unit: Unit::Plain };
            all.push(Expectation { path: named(&score.name), ty, value });
        }
    }
    for (decide, traced) in policy.decides.iter().zip(&trace.decides) {
        all.push(Expectation { path: named(&decide.name), ty: Type::OneOf(decide.choices), value: traced.value });
    }
    if let (Some(value), Some(choices)) = (trace.stage_after, policy.stage_choices) {
        all.push(Expectation { path: "stage".into(), ty: Type::OneOf(choices), value });
    }
    for (route, traced) in policy.routes.iter().zip(&trace.routes) {
        if let (Some(choices), None) = (policy.queue_choices, &route.choice) {
            all.push(Expectation { path: named(&route.name), ty: Type::OneOf(choices), value: traced.value });
        }
    }
    all
}

/// The test; its lines are indented by two blanks.
pub fn test(policy: &Policy, title: &str, witness: &Witness, expected: &[Expectation]) -> Option<String> {
    let lead = &witness.lead;
    if lead.rest_until.is_some() || !lead.log.is_empty() || expected.is_empty() {
        return None;
    }
    let zone = record::zone(policy).ok()?;
    let show = Show { policy, zone: &zone };
    let mut text = format!("test \"{}\" {{\n", title.replace(['"', '\\'], "'"));
    let _ = writeln!(text, "  as of   {}", show.time(witness.as_of));
    if lead.stage.is_some() || lead.stage_since.is_some() {
        let stage = policy.stages.get(lead.stage.or(policy.start_stage)?)?;
        let since = lead.stage_since.map(|since| format!(" since {}", show.time(since))).unwrap_or_default();
        let _ = writeln!(text, "  stage   {}{since}", named(&stage.name));
    }
    if !lead.owners.is_empty() {
        let _ = writeln!(text, "  owner   {}", owner(policy, lead)?);
    }
    if !lead.queues.is_empty() {
        let _ = writeln!(text, "  queue   {}", queue(policy, lead)?);
    }
    for table in policy.tables.iter().filter(|table| table.from_input && table.row_count <= ROWS_MAX) {
        for row in 0..table.row_count {
            let cells = table.columns.iter().enumerate();
            let cells = cells.filter_map(|(place, column)| {
                Some(format!("{} {}", named(&column.name), written(&show, column.ty, &table.value(row, place)?)))
            });
            let _ = writeln!(text, "  table   {} {{ {} }}", named(&table.name), cells.collect::<Vec<_>>().join("  "));
        }
    }
    let given = policy.fields.iter().zip(&lead.values).enumerate().filter(|(field, _)| policy.key != Some(*field));
    let given: Vec<String> = given
        .filter_map(|(_, (field, value))| Some(format!("{} {}", named(&field.name), written(&show, field.ty, value.as_ref()?))))
        .collect();
    let _ = writeln!(text, "  lead    {{ {} }}", given.join("  "));
    if !lead.signals.is_empty() {
        text.push_str("  signals {\n");
        for event in &lead.signals {
            let signal = policy.signals.get(event.signal)?;
            let properties = signal.properties.iter().zip(&event.values);
            let properties: Vec<String> = properties
                .filter_map(|(property, value)| Some(format!("{} {}", named(&property.name), written(&show, property.ty, value.as_ref()?))))
                .collect();
            let properties = if properties.is_empty() { String::new() } else { format!(" {{ {} }}", properties.join("  ")) };
            let _ = writeln!(text, "    {} {}{properties}", named(&signal.name), show.time(event.at));
        }
        text.push_str("  }\n");
    }
    let expected: Vec<String> = expected
        .iter()
        .map(|expected| {
            let value = witness.values.get(expected.value.index()).copied().flatten();
            let value = value.map_or_else(|| "missing".to_string(), |value| written(&show, expected.ty, &Constant::Integer(value)));
            format!("{} {value}", expected.path)
        })
        .collect();
    let _ = writeln!(text, "  expect  {{ {} }}\n}}", expected.join("  "));
    Some(format_items(&text))
}

/// Where a lead is and whose, beside its fields and signals: `stage mql since 2026-01-10T12:00`, `owner ana`, `queue inside`, `a log of mql 2026-01-10T12:00 then won 2026-01-12T12:00`.
pub fn standing(show: &Show, lead: &Lead) -> Vec<String> {
    let policy = show.policy;
    let stage = lead.stage.or(policy.start_stage.filter(|_| lead.stage_since.is_some()));
    let since = lead.stage_since.map(|since| format!(" since {}", show.time(since))).unwrap_or_default();
    let stage = stage.and_then(|stage| policy.stages.get(stage)).map(|stage| format!("stage {}{since}", stage.name));
    let entered = lead.log.iter().map(|entry| {
        let stage = policy.stages.get(entry.to).map_or("", |stage| stage.name.as_str());
        format!("{stage} {}", show.time(entry.at))
    });
    let moves = match lead.log.len() {
        0 => None,
        1..=MOVES_SHOWN => Some(format!("a log of {}", entered.collect::<Vec<_>>().join(" then "))),
        moves => Some(format!("a log of {moves} moves")),
    };
    let owner = owner(policy, lead).map(|name| format!("owner {name}"));
    let queue = queue(policy, lead).map(|name| format!("queue {name}"));
    [stage, owner, queue, moves].into_iter().flatten().collect()
}

/// Who has the lead, where some route may leave it to them.
fn owner(policy: &Policy, lead: &Lead) -> Option<String> {
    let (_, owner) = lead.owners.first()?;
    Some(named(&policy.choices.get(policy.owner_choices?)?.members.get(*owner)?.name))
}

fn queue(policy: &Policy, lead: &Lead) -> Option<String> {
    let (_, queue) = lead.queues.first()?;
    Some(named(&policy.queues.get(*queue)?.name))
}

/// A value as the language writes it.
pub fn written(show: &Show, ty: Type, value: &Constant) -> String {
    match (ty, value) {
        (Type::Text, Constant::Text(text)) => format!("\"{}\"", text.replace(['"', '\\'], "'")),
        (Type::OneOf(choices), Constant::Integer(value)) => {
            let members = show.policy.choices.get(choices).map(|choices| choices.members.as_slice()).unwrap_or_default();
            let member = usize::try_from(*value).ok().and_then(|value| members.get(value));
            member.map_or_else(|| value.to_string(), |member| named(&member.name))
        }
        (Type::SomeOf(choices), Constant::Integer(value)) => {
            let members = show.policy.choices.get(choices).map(|choices| choices.members.as_slice()).unwrap_or_default();
            let chosen = members.iter().enumerate().filter(|(bit, _)| *bit < 63 && value >> bit & 1 == 1);
            chosen.map(|(_, member)| named(&member.name)).collect::<Vec<_>>().join(", ")
        }
        (ty, value) => show.constant(ty, value),
    }
}

/// A name, in backquotes where it is a reserved word.
fn named(name: &str) -> String {
    if RESERVED_WORDS.contains(&name) { format!("`{name}`") } else { name.to_string() }
}
