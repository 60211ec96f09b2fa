//! Stages, flows, routes and queues as parts.

use rustc_hash::FxHashMap;

use super::expressions;
use super::part::{Part, Telling, Value};
use super::parts_decides::{guard_texts, guarded};
use super::parts_lead::{name_set, with_names};
use super::words;
use crate::syntax::tree::{
    Because, Flow, FlowRow, FromStages, Name, Queue, Raci, RaciRole, Recycle, Rotate, Route, RouteRow, RouteTarget, Stage, Text, Trigger,
    Turn,
};

/// What leads into each stage and out of it, by the stage's name: all that a row says but the stages at its other ends.
pub type Ways = FxHashMap<String, Vec<String>>;

/// The ways of one version.
pub fn ways<'f>(flows: impl Iterator<Item = &'f Flow>) -> Ways {
    let mut ways = Ways::default();
    for row in flows.flat_map(|flow| &flow.rows) {
        let part = flow_row(row);
        let says: Vec<String> = part.facts.iter().map(|fact| format!("{} {}", fact.what, fact.value.same)).collect();
        let mut put = |direction: &str, stage: &Name| {
            ways.entry(words::name(stage)).or_default().push(format!("{direction} {}", says.join(", ")));
        };
        match &row.from {
            FromStages::Listed(stages) => stages.iter().for_each(|stage| put("from", stage)),
            FromStages::Any { except, span: _ } => except.iter().for_each(|stage| put("not from", stage)),
        }
        put("to", &row.to);
    }
    ways.values_mut().for_each(|ways| ways.sort_unstable());
    ways
}

pub fn stage(doc: Option<&Text>, stage: &Stage, ways: &Ways) -> Part {
    let own_ways = ways.get(&words::name(&stage.name));
    let part = facts_of_stage(doc, stage);
    // under another name the same stage: what says as much of itself and is reached and left in the same ways
    match own_ways {
        Some(ways) => Part { twin: Some(format!("{}\n{}", part.fingerprint(), ways.join("\n"))), ..part },
        None => part,
    }
}

fn facts_of_stage(doc: Option<&Text>, stage: &Stage) -> Part {
    let Stage { name, display, owner, start, is_final, raci } = stage;
    let part = Part::named("stage", words::name(name))
        .called(doc, display.as_ref())
        .maybe("owner", owner.as_ref().map(words::name))
        .flag("the start", start.is_some())
        .flag("final", is_final.is_some());
    raci.iter().fold(part, |part, raci| {
        let Raci { role, teams, span: _ } = raci;
        let what = match role {
            RaciRole::Accountable => "accountable:",
            RaciRole::Responsible => "responsible:",
            RaciRole::Consulted => "consulted:",
            RaciRole::Informed => "informed:",
        };
        with_names(part, what, teams)
    })
}

pub fn flow(doc: Option<&Text>, flow: &Flow) -> Part {
    let Flow { name, rows } = flow;
    let name = name.as_ref().map(words::name).unwrap_or_default();
    Part::named("flow", name).called(doc, None).sequence(rows.iter().map(flow_row))
}

fn flow_row(row: &FlowRow) -> Part {
    let FlowRow { doc, from, to, trigger, condition, recycle, because, span: _ } = row;
    let (from_same, from_shown, realms) = match from {
        FromStages::Listed(stages) => {
            let Value { same, shown, members: _ } = name_set(stages);
            (same, shown, stages.iter().map(words::name).collect())
        }
        FromStages::Any { except, span: _ } if except.is_empty() => ("any".to_owned(), "any".to_owned(), Vec::new()),
        FromStages::Any { except, span: _ } => {
            let Value { same, shown, members: _ } = name_set(except);
            (format!("any except {same}"), format!("any except {shown}"), Vec::new())
        }
    };
    let way = format!("{from_shown} -> {}", words::name(to));
    let same_way = format!("{from_same} -> {}", words::name(to));
    let (trigger_word, trigger_key, trigger_text) = self::trigger(trigger);
    let mut part = Part::keyed(
        "row",
        way.clone(),
        [
            format!("{same_way} {trigger_word} {trigger_key}"),
            format!("{same_way} {trigger_word}"),
            same_way,
            // with another stage at one end
            format!("from {from_same} {trigger_key} {trigger_text}"),
            format!("to {} {trigger_key} {trigger_text}", words::name(to)),
        ],
    );
    // its stages are compared as a set
    part = part.naming("way").text(format!("{way} {trigger_text}")).called(doc.as_ref(), None).plain("kind of row", trigger_word);
    part.name = format!("{from_same} -> {}", words::name(to));
    part.realms = realms;
    part = match trigger {
        Trigger::When(condition) => part.fact("condition", Telling::Condition, expressions::condition(condition)),
        Trigger::On { signal, condition } => {
            let part = part.plain("signal", words::name(signal));
            match condition {
                Some(condition) => part.fact("where", Telling::Condition, expressions::condition(condition)),
                None => part,
            }
        }
        Trigger::After { duration, without } => {
            part.plain("time", words::duration(duration)).maybe("without signal", without.as_ref().map(words::name))
        }
    };
    if let Some(condition) = condition {
        part = part.fact("further condition", Telling::Condition, expressions::condition(condition));
    }
    if let Some(Recycle { forget, rest, span: _ }) = recycle {
        part = part.flag("recycling", true).maybe("rest", rest.as_ref().map(words::duration));
        part = part.maybe("forgotten section", forget.as_ref().map(words::name));
    }
    match because {
        Some(Because::Text(text)) => part.words("reason", Some(words::text(text))),
        Some(Because::Property(path, _)) => part.words("reason", Some(words::path(path))),
        None => part,
    }
}

/// The kind of a row, what else it is known by, and how it is shown.
fn trigger(trigger: &Trigger) -> (&'static str, String, String) {
    match trigger {
        Trigger::When(condition) => ("when", expressions::same(condition), format!("when {}", expressions::shown(condition))),
        Trigger::On { signal, condition } => {
            let text = condition.as_ref().map(|condition| format!(" where {}", expressions::shown(condition))).unwrap_or_default();
            ("on", words::name(signal), format!("on {}{text}", words::name(signal)))
        }
        Trigger::After { duration, without } => {
            let text = without.as_ref().map(|signal| format!(" without {}", words::name(signal))).unwrap_or_default();
            ("after", text.clone(), format!("after {}{text}", words::duration(duration)))
        }
    }
}

pub fn route(doc: Option<&Text>, route: &Route) -> Part {
    let Route { name, display, each, condition, rows } = route;
    let each = each.as_ref().map(|(variable, field)| format!("{} in {}", words::name(variable), words::name(field)));
    let mut part = Part::named("route", words::name(name)).called(doc, display.as_ref()).maybe("for each", each);
    if let Some(condition) = condition {
        part = part.fact("condition", Telling::Condition, expressions::condition(condition));
    }
    let mut part = part.sequence(rows.iter().map(route_row));
    part.keys.push(part.fingerprint());
    part
}

fn route_row(row: &RouteRow) -> Part {
    let RouteRow { doc, target, guard, because, span: _ } = row;
    let (target_same, target) = match target {
        RouteTarget::Queue(queue) => (words::name(queue), words::name(queue)),
        RouteTarget::By(value) => (format!("by {}", expressions::same(value)), format!("by {}", expressions::shown(value))),
        RouteTarget::KeepOwner(_) => ("keep owner".to_owned(), "keep owner".to_owned()),
    };
    let (same, shown) = guard_texts(guard);
    let part = Part::keyed("row", target_same.clone(), [format!("{target_same} {same}"), target_same, same])
        .naming("target")
        .text(format!("{target} {shown}"))
        .called(doc.as_ref(), None);
    guarded(part, guard).words("reason", because.as_ref().map(words::text))
}

pub fn queue(doc: Option<&Text>, queue: &Queue) -> Part {
    let Queue { name, display, team, rotate } = queue;
    let part = Part::named("queue", words::name(name)).called(doc, display.as_ref()).maybe("team", team.as_ref().map(words::name));
    match rotate {
        None => part,
        Some(Rotate::Owners { turns, otherwise, span: _ }) => {
            // earlier ones come first where nothing else decides
            let part = part.maybe("queue for leads that nobody is left for:", otherwise.as_ref().map(words::name));
            part.sequence(turns.iter().map(turn))
        }
        Some(Rotate::Table { table, weight, capacity, skip, otherwise, span: _ }) => {
            let part = part
                .plain("rotation from table", words::name(table))
                .maybe("weights from", weight.as_ref().map(|path| words::path(path)))
                .maybe("capacities from", capacity.as_ref().map(|path| words::path(path)))
                .maybe("queue for leads that nobody is left for:", otherwise.as_ref().map(words::name));
            match skip {
                Some(skip) => part.fact("owners are skipped when", Telling::Condition, expressions::condition(skip)),
                None => part,
            }
        }
    }
}

fn turn(turn: &Turn) -> Part {
    let Turn { owner, weight, capacity, span: _ } = turn;
    // weight 1 if not written
    let weight = weight.as_ref().map_or("1".to_owned(), words::amount);
    Part::named("owner", words::name(owner))
        .text(format!("{} weight {weight}", words::name(owner)))
        .plain("weight", weight)
        .maybe("capacity", capacity.as_ref().map(words::amount))
}
