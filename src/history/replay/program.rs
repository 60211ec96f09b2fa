//! The program of a replay: which row of the flow applies, what each route then gives, and what clocks ask.
//!
//! Enters: the plain program of a policy. Leaves: one with these answers alone, so that scores that move nobody cost nothing, and how a lead's
//! measures, stage and rest enter it.

use super::changes::measure_of;
use super::course::Given;
use super::held::Held;
use crate::calendar::Zone;
use crate::column::Width;
use crate::history::Texts;
use crate::model::value::fold_text;
use crate::model::{MeasureId, Policy, Unit};
use crate::program::text_map::domain_of;
use crate::program::{ClockPart, InputSource, Lowered, Output, OutputKind, OutputRole, Program, Value, optimise};

/// Where a replay finds its answers among the outputs.
#[derive(Clone, Debug, Default)]
pub struct Ports {
    /// number of the row, through all flows
    pub moved_by: Option<usize>,
    /// per route
    pub routes: Vec<RoutePorts>,
}

#[derive(Clone, Copy, Debug)]
pub struct RoutePorts {
    pub queue: usize,
    pub owner: Option<usize>,
}

pub fn program(plain: &Lowered) -> (Program, Ports) {
    let mut program = plain.program.clone();
    program.outputs.clear();
    let mut ports = Ports::default();
    let mut give = |name: String, value: Value, role: OutputRole| {
        let shape = program.shapes[value.index()];
        let kind = OutputKind::Number { scale: 0, unit: Unit::Plain };
        let width = Width::of(shape.interval.low, shape.interval.high);
        program.outputs.push(Output { name, value, kind, optional: shape.optional, width, role });
        program.outputs.len() - 1
    };
    ports.moved_by = plain.trace.moved_by.map(|value| give("row".into(), value, OutputRole::Stage));
    for (id, route) in plain.trace.routes.iter().enumerate() {
        let queue = give(format!("queue {id}"), route.value, OutputRole::Queue(id));
        let owner = route.owner.map(|owner| give(format!("owner {id}"), owner, OutputRole::Owner(id)));
        ports.routes.push(RoutePorts { queue, owner });
    }
    for (id, clock) in plain.trace.clocks.iter().enumerate() {
        give(format!("clock {id}"), clock.target, OutputRole::Clock(id, ClockPart::Target));
        for (row, value) in clock.rows.iter().enumerate() {
            if let Some(value) = value {
                give(format!("clock {id} row {row}"), *value, OutputRole::Clock(id, ClockPart::Row(row)));
            }
        }
        for (route, owner) in clock.owners.iter().enumerate() {
            give(format!("clock {id} owner {route}"), *owner, OutputRole::Clock(id, ClockPart::Owner(route)));
        }
    }
    (optimise(&program), ports)
}

/// What of a row of inputs is not a field of the lead.
#[derive(Clone, Debug)]
pub struct Fills {
    fills: Vec<(usize, Fill)>,
    /// per route, the inputs that say which owner and queue the lead has in the file
    holders: Vec<(Option<usize>, Option<usize>)>,
}

#[derive(Clone, Debug)]
enum Fill {
    Measure(MeasureId),
    LocalDay(MeasureId),
    Text { measure: MeasureId, map: usize },
    TextIdentity { measure: MeasureId, domain: bool },
    Stage,
    StageSince,
    RestUntil,
    RouteOwner(usize),
    RouteQueue(usize),
}

/// What a lead's inputs are filled with.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    pub measures: &'a [Option<i64>],
    pub texts: &'a Texts,
    pub stage: usize,
    pub stage_since: i64,
    pub rest_until: Option<i64>,
    /// whose the lead is
    pub held: &'a Held,
}

impl Fills {
    pub fn new(policy: &Policy, program: &Program) -> Fills {
        let fill = |source: &InputSource| {
            Some(match (source, measure_of(policy, source)) {
                (InputSource::Column(_), Some(measure)) => Fill::Measure(measure),
                (InputSource::LocalDay(_), Some(measure)) => Fill::LocalDay(measure),
                (InputSource::Text { map, .. }, Some(measure)) => Fill::Text { measure, map: *map },
                (InputSource::TextIdentity { domain, .. }, Some(measure)) => Fill::TextIdentity { measure, domain: *domain },
                (InputSource::Stage, _) => Fill::Stage,
                (InputSource::StageSince, _) => Fill::StageSince,
                (InputSource::RestUntil, _) => Fill::RestUntil,
                (InputSource::RouteOwner(route), _) => Fill::RouteOwner(*route),
                (InputSource::RouteQueue(route), _) => Fill::RouteQueue(*route),
                (
                    InputSource::Column(_)
                    | InputSource::LocalDay(_)
                    | InputSource::Text { .. }
                    | InputSource::TextIdentity { .. }
                    | InputSource::KeyHash,
                    None,
                )
                | (InputSource::KeyHash, Some(_)) => return None,
            })
        };
        let fills = program.inputs.iter().enumerate().filter_map(|(index, input)| Some((index, fill(&input.source)?)));
        let place = |source| program.inputs.iter().position(|input| input.source == source);
        let holder = |route| (place(InputSource::RouteOwner(route)), place(InputSource::RouteQueue(route)));
        Fills { fills: fills.collect(), holders: (0..policy.holder_count()).map(holder).collect() }
    }

    /// Whose the lead is before any route gave it to somebody: what the file says, if that is asked.
    pub fn of_file(&self, inputs: &[Option<i64>], held: &mut Held) {
        let number = |input: Option<usize>| usize::try_from(inputs.get(input?).copied().flatten()?).ok();
        let given = |(owner, queue): &(Option<usize>, Option<usize>)| Given { queue: number(*queue), owner: number(*owner) };
        held.give(self.holders.iter().map(given).enumerate());
    }

    /// Writes what is not a field into a row of the program's inputs. `identity` gives equal folded texts equal numbers.
    pub fn fill(
        &self,
        program: &Program,
        with: Filling,
        zone: &mut Zone,
        identity: &mut dyn FnMut(&str) -> i64,
        inputs: &mut [Option<i64>],
    ) {
        let of = |measure: &MeasureId| with.measures.get(*measure).copied().flatten();
        let text = |measure: &MeasureId| of(measure).and_then(|code| with.texts.text(code));
        for (index, fill) in &self.fills {
            let value = match fill {
                Fill::Measure(measure) => of(measure),
                Fill::LocalDay(measure) => of(measure).map(|instant| zone.local_day(instant)),
                Fill::Text { measure, map } => text(measure).and_then(|text| program.text_maps[*map].code(text)),
                Fill::TextIdentity { measure, domain } => text(measure).map(fold_text).and_then(|folded| {
                    let compared = if *domain { domain_of(&folded)? } else { &folded };
                    Some(identity(compared))
                }),
                Fill::Stage => i64::try_from(with.stage).ok(),
                Fill::StageSince => Some(with.stage_since),
                Fill::RestUntil => with.rest_until,
                Fill::RouteOwner(route) => with.held.owner(*route).and_then(|owner| i64::try_from(owner).ok()),
                Fill::RouteQueue(route) => with.held.queue(*route).and_then(|queue| i64::try_from(queue).ok()),
            };
            let input = &program.inputs[*index];
            inputs[*index] = if input.optional { value } else { value.or(Some(input.interval.0)) };
        }
    }
}
