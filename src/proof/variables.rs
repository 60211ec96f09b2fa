//! What a policy's answers depend on, as variables with domains.
//!
//! Enters: a policy, its program and what a lead without a history gives. Leaves: the variables, and for each input of the program the node that it
//! is. Always holds: every well-formed lead at every as-of gives values within these domains that give the program the same inputs; the
//! other way round holds for most variables, not for all (measures of one history depend on each other), so a possibility is only
//! shown with a lead that was replayed.
//!
//! A date that is only ever held against as-of is replaced by its distance from it, so that "days since" is a variable of its own. All that is
//! asked of one text is one variable, whose values are kinds of texts.

use rustc_hash::FxHashMap;

use super::caps::capped;
use super::graph::{Graph, Leaf, Node, NodeId};
use super::texts::{Kinds, TextKind, Work, kinds};
use super::translate::Translation;
use crate::model::{ColumnId, Interval, MeasureKind, Policy, Type};
use crate::program::shape::{INSTANTS, LOCAL_DAYS};
use crate::program::{InputSource, Op, Parameter, Parameters, Program};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// the value of a field or a measure
    Column(ColumnId),
    /// the day of a time
    Day(ColumnId),
    /// days from a date (or from the day of a time) to as-of
    DaysBefore {
        column: ColumnId,
        is_day: bool,
    },
    Text {
        column: ColumnId,
        kinds: Vec<TextKind>,
    },
    /// a text of which no more is known than whether it is equal to others
    Identity {
        column: ColumnId,
        domain: bool,
    },
    Stage,
    /// microseconds from the instant to as-of
    StageSince,
    RestUntil,
    RouteOwner(usize),
    RouteQueue(usize),
    KeyHash,
    AsOfDay,
    AsOf,
    /// what another variable, by its number, rises to
    Raised(usize),
    /// a value of the program that stands for itself, by a number of its own
    Part(usize),
}

impl Meaning {
    /// The field or the measure that it is of.
    pub fn column(&self) -> Option<ColumnId> {
        match self {
            Meaning::Column(column)
            | Meaning::Day(column)
            | Meaning::DaysBefore { column, .. }
            | Meaning::Text { column, .. }
            | Meaning::Identity { column, .. } => Some(*column),
            Meaning::Stage
            | Meaning::StageSince
            | Meaning::RestUntil
            | Meaning::RouteOwner(_)
            | Meaning::RouteQueue(_)
            | Meaning::KeyHash
            | Meaning::AsOfDay
            | Meaning::AsOf
            | Meaning::Raised(_)
            | Meaning::Part(_) => None,
        }
    }

    /// The number of a value of the program that stands for itself.
    pub fn part(&self) -> Option<usize> {
        if let Meaning::Part(number) = self { Some(*number) } else { None }
    }
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub meaning: Meaning,
    pub domain: Leaf,
    /// its value where nothing is asked of it
    pub baseline: Option<i64>,
}

#[derive(Default)]
pub struct Variables {
    pub all: Vec<Variable>,
    /// per variable, its whole domain
    pub nodes: Vec<NodeId>,
}

/// What a lead without a history is at the as-of of the baseline.
pub struct Ground<'a> {
    pub policy: &'a Policy,
    pub parameters: Parameters,
    /// per measure
    pub measures: Vec<Option<i64>>,
    /// telling texts apart may take so many
    pub steps_of_texts: u64,
}

impl Variables {
    /// The variable of the day of a time, whose instant is asked of too.
    pub fn day_of(&self, column: ColumnId) -> Option<usize> {
        let is_day = |variable: &Variable| matches!(variable.meaning, Meaning::Day(of) | Meaning::DaysBefore { column: of, is_day: true } if of == column);
        self.all.iter().position(is_day)
    }

    pub fn baseline(&self) -> Vec<Option<i64>> {
        self.all.iter().map(|variable| variable.baseline).collect()
    }

    /// Makes a variable of each input of the program that has none yet, and gives the program's translation.
    pub fn translation(&mut self, graph: &mut Graph, program: u8, ground: &Ground) -> Translation {
        let of = graph.programs[usize::from(program)];
        let whole = |interval: Interval, missing: bool| Leaf {
            variable: 0,
            low: interval.low,
            high: interval.high,
            known: true,
            missing,
            is_set: false,
        };
        let as_of_day = self.variable(graph, Meaning::AsOfDay, whole(LOCAL_DAYS, false), Some(ground.parameters.as_of_day));
        let as_of = self.variable(graph, Meaning::AsOf, whole(INSTANTS, false), Some(ground.parameters.as_of));
        let mut inputs = Vec::with_capacity(of.inputs.len());
        let mut known: FxHashMap<ColumnId, Kinds> = FxHashMap::default();
        let mut work = Work { steps: 0, most: ground.steps_of_texts };
        for (index, input) in of.inputs.iter().enumerate() {
            let interval = within_cap(ground.policy, &input.source, Interval { low: input.interval.0, high: input.interval.1 });
            let domain = whole(interval, input.optional);
            let node = match &input.source {
                InputSource::Column(column) | InputSource::LocalDay(column) => {
                    let is_day = matches!(input.source, InputSource::LocalDay(_));
                    let is_moment = is_day || ground.policy.column(*column).is_some_and(|column| column.ty == Type::Date);
                    if is_moment && *column < ground.policy.fields.len() && is_held_against(of, index, Parameter::AsOfDay) {
                        let distances = Interval { low: LOCAL_DAYS.low - LOCAL_DAYS.high, high: LOCAL_DAYS.high - LOCAL_DAYS.low };
                        let meaning = Meaning::DaysBefore { column: *column, is_day };
                        let baseline = (!input.optional).then_some(0);
                        let distance = self.variable(graph, meaning, whole(distances, input.optional), baseline);
                        graph.sum(0, vec![(as_of_day, 1), (distance, -1)])
                    } else {
                        let baseline = self.baseline_of(ground, *column, input.optional, interval, is_day);
                        let (meaning, domain) = if is_day {
                            (Meaning::Day(*column), domain)
                        } else {
                            (Meaning::Column(*column), of_set(ground.policy, of, index, *column, domain))
                        };
                        let baseline = if domain.is_set && baseline.is_some() { Some(lowest_bit(domain.high)) } else { baseline };
                        self.variable(graph, meaning, domain, baseline)
                    }
                }
                InputSource::Text { column, map } => {
                    let optional = ground.policy.column(*column).is_none_or(|column| column.optional);
                    let Kinds { maps, kinds, ordinary, is_complete, is_cut_short } =
                        known.entry(*column).or_insert_with(|| kinds(of, *column, &mut work));
                    graph.is_inexact |= !*is_complete;
                    graph.is_cut_short |= *is_cut_short;
                    let last = kinds.len().saturating_sub(1) as i64;
                    let place = maps.iter().position(|found| found == map).unwrap_or(0);
                    let codes: Vec<Option<i64>> = kinds.iter().map(|kind| kind.codes[place]).collect();
                    let domain = whole(Interval { low: 0, high: last }, optional);
                    let baseline = (!optional).then_some(*ordinary as i64);
                    let kind = self.variable(graph, Meaning::Text { column: *column, kinds: kinds.clone() }, domain, baseline);
                    coded(graph, kind, &codes)
                }
                InputSource::TextIdentity { column, domain: of_domain } => {
                    let meaning = Meaning::Identity { column: *column, domain: *of_domain };
                    self.variable(graph, meaning, domain, if input.optional { None } else { Some(0) })
                }
                InputSource::Stage => {
                    let start = ground.policy.start_stage.unwrap_or(0) as i64;
                    self.variable(graph, Meaning::Stage, domain, Some(start))
                }
                InputSource::StageSince | InputSource::RestUntil => {
                    let meaning = if input.source == InputSource::StageSince { Meaning::StageSince } else { Meaning::RestUntil };
                    let distances = Interval { low: INSTANTS.low - INSTANTS.high, high: INSTANTS.high - INSTANTS.low };
                    let distance = self.variable(graph, meaning, whole(distances, true), None);
                    graph.sum(0, vec![(as_of, 1), (distance, -1)])
                }
                InputSource::RouteOwner(route) => self.variable(graph, Meaning::RouteOwner(*route), domain, None),
                InputSource::RouteQueue(route) => self.variable(graph, Meaning::RouteQueue(*route), domain, None),
                InputSource::KeyHash => self.variable(graph, Meaning::KeyHash, domain, Some(0)),
            };
            inputs.push(node);
        }
        graph.steps += work.steps;
        Translation::new(program, of.ops.len(), inputs, as_of_day, as_of)
    }

    fn baseline_of(&self, ground: &Ground, column: ColumnId, optional: bool, interval: Interval, is_day: bool) -> Option<i64> {
        if let Some(measure) = column.checked_sub(ground.policy.fields.len()) {
            return ground.measures.get(measure).copied().flatten();
        }
        let ty = ground.policy.fields.get(column).map(|field| field.ty);
        match ty {
            _ if optional => None,
            Some(Type::Date) => Some(ground.parameters.as_of_day.clamp(interval.low, interval.high)),
            Some(Type::Time) if is_day => Some(ground.parameters.as_of_day),
            Some(Type::Time) => Some(ground.parameters.as_of.clamp(interval.low, interval.high)),
            Some(Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_)) | None => {
                Some(0i64.clamp(interval.low, interval.high))
            }
        }
    }

    /// Per variable that has kinds of texts of which no text is known: that it is of none of these.
    pub fn with_texts(&self, graph: &mut Graph) -> Vec<(u32, NodeId)> {
        let mut all = Vec::new();
        for (number, variable) in self.all.iter().enumerate() {
            let Meaning::Text { kinds, .. } = &variable.meaning else { continue };
            if kinds.iter().all(|kind| kind.text.is_some()) {
                continue;
            }
            let codes: Vec<Option<i64>> = kinds.iter().map(|kind| Some(i64::from(kind.text.is_none()))).collect();
            let is_lacking = coded(graph, self.nodes[number], &codes);
            let is_lacking = graph.at_least(is_lacking, 1);
            all.push((number as u32, graph.not(is_lacking)));
        }
        all
    }

    /// The whole domain of the variable with this meaning.
    fn variable(&mut self, graph: &mut Graph, meaning: Meaning, domain: Leaf, baseline: Option<i64>) -> NodeId {
        if let Some(found) = self.all.iter().position(|variable| variable.meaning == meaning) {
            return self.nodes[found];
        }
        self.fresh(graph, meaning, domain, baseline)
    }

    /// A further variable, whatever its meaning.
    pub fn fresh(&mut self, graph: &mut Graph, meaning: Meaning, domain: Leaf, baseline: Option<i64>) -> NodeId {
        let domain = Leaf { variable: self.all.len() as u32, ..domain };
        let node = graph.variable(domain);
        self.all.push(Variable { meaning, domain, baseline });
        self.nodes.push(node);
        node
    }
}

/// What a measure can be by its cap.
fn within_cap(policy: &Policy, source: &InputSource, interval: Interval) -> Interval {
    let measure = source.column().and_then(|column| policy.measures.get(column.checked_sub(policy.fields.len())?));
    let capped = measure.and_then(|measure| {
        let property = if let MeasureKind::Sum(column) = measure.kind { policy.event_columns.get(column) } else { None };
        capped(measure, property.map(|column| &column.field))
    });
    capped.map_or(interval, |by_cap| Interval { low: interval.low.max(by_cap.low), high: interval.high.min(by_cap.high) })
}

/// The domain of a `some of`: sets, of which only the members that something asks for are told apart.
fn of_set(policy: &Policy, program: &Program, input: usize, column: ColumnId, domain: Leaf) -> Leaf {
    if !matches!(policy.column(column).map(|column| column.ty), Some(Type::SomeOf(_))) {
        return domain;
    }
    let all = domain.high;
    let whole = Leaf { low: 0, high: all, is_set: true, ..domain };
    let is_input = |value: &crate::program::Value| program.ops[value.index()] == Op::Input(input as u32);
    let mut masks: Vec<i64> = Vec::new();
    for op in &program.ops {
        if let Op::HasBits { value, mask } = op
            && is_input(value)
        {
            masks.push(*mask);
        } else if !matches!(op, Op::Known(_)) && program.operands(op).iter().any(is_input) {
            return whole;
        }
    }
    let kept = alike(&masks, all).into_iter().fold(0, |kept, (_, stands)| kept | stands);
    Leaf { high: kept, ..whole }
}

/// Per member, the one that stands for it: of members that are in the same masks the first.
fn alike(masks: &[i64], all: i64) -> Vec<(i64, i64)> {
    let mut seen: Vec<(Vec<bool>, i64)> = Vec::new();
    let members = (0..62).map(|bit| 1i64 << bit).filter(|bit| all & bit != 0);
    let members = members.map(|bit| {
        let signature: Vec<bool> = masks.iter().map(|mask| mask & bit != 0).collect();
        match seen.iter().find(|(found, _)| *found == signature) {
            Some((_, stands)) => (bit, *stands),
            None => {
                seen.push((signature, bit));
                (bit, bit)
            }
        }
    });
    members.collect()
}

/// Per member of a `some of` that is an input, the one that stands for it in the domain of the variable.
pub fn stand_ins(program: &Program, input: usize, kept: i64) -> Vec<(i64, i64)> {
    let all = program.inputs.get(input).map_or(0, |input| input.interval.1);
    let is_input = |value: &crate::program::Value| program.ops[value.index()] == Op::Input(input as u32);
    let mask = |op: &Op| if let Op::HasBits { value, mask } = op { is_input(value).then_some(*mask) } else { None };
    let masks = program.ops.iter().filter_map(mask);
    if kept == all {
        return (0..62).map(|bit| 1i64 << bit).filter(|bit| all & bit != 0).map(|bit| (bit, bit)).collect();
    }
    alike(&masks.collect::<Vec<i64>>(), all)
}

pub fn lowest_bit(bits: i64) -> i64 {
    bits & bits.wrapping_neg()
}

/// Whether all that is ever asked of an input is its distance from the parameter, or whether it is known.
fn is_held_against(program: &Program, input: usize, parameter: Parameter) -> bool {
    let is_input = |value: &crate::program::Value| program.ops[value.index()] == Op::Input(input as u32);
    let is_parameter = |value: &crate::program::Value| program.ops[value.index()] == Op::Parameter(parameter);
    program.ops.iter().all(|op| match op {
        Op::Subtract(left, right) if is_input(left) || is_input(right) => is_parameter(left) || is_parameter(right),
        Op::Compare { left, right, left_shift: 0, right_shift: 0, .. } if is_input(left) || is_input(right) => {
            is_parameter(left) || is_parameter(right)
        }
        Op::Known(_) => true,
        op => !program.operands(op).iter().any(is_input),
    })
}

/// The code of a text of each kind: a tree of comparisons, so that half of the kinds go at each step.
fn coded(graph: &mut Graph, kind: NodeId, codes: &[Option<i64>]) -> NodeId {
    let rises = codes.first().copied().flatten().filter(|first| codes.iter().zip(*first..).all(|(code, next)| *code == Some(next)));
    if let Some(first) = rises {
        return graph.sum(first, vec![(kind, 1)]);
    }
    let node = tree(graph, kind, codes, 0);
    let (known, missing) = (graph.known(kind), graph.missing());
    graph.select(known, node, missing)
}

fn tree(graph: &mut Graph, kind: NodeId, codes: &[Option<i64>], first: i64) -> NodeId {
    match codes {
        [] => graph.missing(),
        [code, rest @ ..] if rest.iter().all(|other| other == code) => graph.intern(Node::Constant(*code)),
        _ => {
            let middle = codes.len() / 2;
            let (before, behind) = (tree(graph, kind, &codes[..middle], first), tree(graph, kind, &codes[middle..], first + middle as i64));
            let beyond = graph.at_least(kind, first + middle as i64);
            graph.select(beyond, behind, before)
        }
    }
}
