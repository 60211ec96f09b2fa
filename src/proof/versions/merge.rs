//! Two programs as one.
//!
//! Enters: the joint policy and the programs of both versions. Leaves: one program over the joint policy's inputs, in which what both compute alike is there once.
//! Always holds: for a lead of both versions, each operation of either gives what it gives in its own program.
//!
//! What has no field becomes one that is made up: where a key's hash falls in the turns of a queue, and how many days the zones of the versions are apart.

use rustc_hash::FxHashMap;

use super::joint::{Joint, Recode, Side, power};
use crate::column::Width;
use crate::model::{Constant, Effort, Field, FieldId, Interval, Policy, Type, Unit};
use crate::program::shape::{INSTANTS, LOCAL_DAYS};
use crate::program::{Calculation, Input, InputSource, Lookup, Op, Parameter, Program, Value};
use crate::source::{SourceId, Span};

/// What a made-up field stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MadeUp {
    /// where the key's hash falls, for queues with this seed; in units of 2^-64 of a round, from -2^63
    Turn(i64),
    /// days between the versions' zones: of as-of, or of a field
    Zone(Option<FieldId>),
    /// the hash of the older version's key, which is another field
    Key,
}

/// Rotations with more turns than this are not looked into.
const TURNS_MAX: u32 = 4_096;

pub struct Merged {
    pub program: Program,
    /// per operation of the older and of the newer program
    pub values: [Vec<Value>; 2],
    /// fields of the joint policy that a lead does not have
    pub made_up: Vec<(FieldId, MadeUp)>,
}

/// Makes the program, and adds the fields that are made up to the joint policy.
pub fn merged(joint: &mut Joint, versions: [(&Policy, &Program); 2]) -> Merged {
    let [old, new] = versions;
    let mut maker = Maker {
        same_zone: old.0.timezone == new.0.timezone,
        policy: joint.policy.clone(),
        program: Program::default(),
        values: FxHashMap::default(),
        inputs: FxHashMap::default(),
        arrays: FxHashMap::default(),
        made_up: Vec::new(),
        other_key: joint.apart.key,
    };
    // made-up fields stand behind the others, and measures behind all fields: so they are counted first
    maker.make_up(old, 0);
    maker.make_up(new, 1);
    let newer = maker.add(new, &joint.sides[1], 1);
    let older = maker.add(old, &joint.sides[0], 0);
    joint.policy = maker.policy;
    Merged { program: maker.program, values: [older, newer], made_up: maker.made_up }
}

struct Maker {
    policy: Policy,
    program: Program,
    values: FxHashMap<Op, Value>,
    inputs: FxHashMap<InputSource, u32>,
    arrays: FxHashMap<Vec<Option<i64>>, u32>,
    made_up: Vec<(FieldId, MadeUp)>,
    same_zone: bool,
    other_key: bool,
}

impl Maker {
    fn make_up(&mut self, (_, program): (&Policy, &Program), side: usize) {
        for op in &program.ops {
            if let Op::Turn { seed, total, .. } = op
                && *total <= TURNS_MAX
            {
                self.made(MadeUp::Turn(*seed), Interval::FULL);
            }
            if *op == Op::Parameter(Parameter::AsOfDay) && side == 0 && !self.same_zone {
                self.made(MadeUp::Zone(None), Interval { low: -1, high: 1 });
            }
        }
        for input in program.inputs.iter().filter(|_| side == 0) {
            if let InputSource::LocalDay(column) = input.source
                && !self.same_zone
            {
                self.made(MadeUp::Zone(Some(column)), Interval { low: -1, high: 1 });
            }
            if input.source == InputSource::KeyHash && self.other_key {
                self.made(MadeUp::Key, Interval::FULL);
            }
        }
    }

    fn made(&mut self, what: MadeUp, range: Interval) -> FieldId {
        if let Some((field, _)) = self.made_up.iter().find(|(_, known)| *known == what) {
            return *field;
        }
        let field = Field {
            name: "turn".into(),
            display: None,
            doc: None,
            ty: Type::Number { scale: 0, unit: Unit::Plain },
            range: Some(range),
            optional: false,
            sources: Vec::new(),
            effort: Effort::default(),
            span: Span::new(SourceId(0), 0, 0),
        };
        self.policy.fields.push(field);
        self.made_up.push((self.policy.fields.len() - 1, what));
        self.policy.fields.len() - 1
    }

    fn made_up_value(&mut self, what: MadeUp) -> Option<Value> {
        let field = self.made_up.iter().find(|(_, known)| *known == what)?.0;
        let range = self.policy.fields[field].range.unwrap_or(Interval::FULL);
        Some(self.input(InputSource::Column(field), range, false))
    }

    fn add(&mut self, (policy, program): (&Policy, &Program), side: &Side, number: usize) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::with_capacity(program.ops.len());
        for op in &program.ops {
            let value = match *op {
                Op::Input(input) => self.input_of(policy, program, side, number, &program.inputs[input as usize]),
                Op::Parameter(Parameter::AsOfDay) => {
                    let day = self.op(Op::Parameter(Parameter::AsOfDay));
                    self.moved_by_zone(day, number, None)
                }
                Op::Turn { hash, seed, total } => match self.made_up_value(MadeUp::Turn(seed)) {
                    Some(place) => {
                        let thresholds = self.array(turns(total));
                        self.op(Op::Band { value: place, thresholds })
                    }
                    None => self.op(Op::Turn { hash: values[hash.index()], seed, total }),
                },
                op => self.moved(program, op, &values),
            };
            values.push(value);
        }
        values
    }

    fn moved(&mut self, program: &Program, op: Op, values: &[Value]) -> Value {
        let mut moved: Vec<Calculation> = Vec::new();
        let op = op.moved(&program.calculations, &mut moved, |operand| values[operand.index()]);
        let op = match op {
            Op::Calculate(_) => {
                let Some(calculation) = moved.pop() else { return self.op(Op::Missing) };
                let known = self.program.calculations.iter().position(|known| *known == calculation);
                let number = known.unwrap_or_else(|| {
                    self.program.calculations.push(calculation);
                    self.program.calculations.len() - 1
                });
                Op::Calculate(number as u32)
            }
            Op::Table { index, array } => Op::Table { index, array: self.array(program.arrays[array as usize].clone()) },
            Op::Band { value, thresholds } => Op::Band { value, thresholds: self.array(program.arrays[thresholds as usize].clone()) },
            Op::Find { lookup, keys } => Op::Find { lookup: self.lookup(&program.lookups[lookup as usize]), keys },
            other => other,
        };
        self.op(op)
    }

    fn op(&mut self, op: Op) -> Value {
        if let Some(known) = self.values.get(&op) {
            return *known;
        }
        let value = self.program.push(op);
        self.values.insert(op, value);
        value
    }

    fn array(&mut self, entries: Vec<Option<i64>>) -> u32 {
        let next = self.program.arrays.len() as u32;
        let number = *self.arrays.entry(entries.clone()).or_insert(next);
        if number == next {
            self.program.arrays.push(entries);
        }
        number
    }

    fn lookup(&mut self, lookup: &Lookup) -> u32 {
        let known = self.program.lookups.iter().position(|known| known == lookup);
        known.unwrap_or_else(|| {
            self.program.lookups.push(lookup.clone());
            self.program.lookups.len() - 1
        }) as u32
    }

    fn input(&mut self, source: InputSource, interval: Interval, optional: bool) -> Value {
        let next = self.program.inputs.len() as u32;
        let number = *self.inputs.entry(source.clone()).or_insert(next);
        if number == next {
            let width = Width::of(interval.low, interval.high);
            self.program.inputs.push(Input { source, optional, interval: (interval.low, interval.high), width });
        }
        self.op(Op::Input(number))
    }

    /// A joint input, and what makes the version's own of it.
    fn input_of(&mut self, policy: &Policy, program: &Program, side: &Side, number: usize, input: &Input) -> Value {
        let own = Interval { low: input.interval.0, high: input.interval.1 };
        match &input.source {
            InputSource::Column(column) => match column.checked_sub(policy.fields.len()) {
                Some(measure) => {
                    let joint = self.policy.measure_column(side.history.measures[measure]);
                    self.input(InputSource::Column(joint), own, input.optional)
                }
                None => {
                    let (joint, recode) = &side.fields[*column];
                    let (interval, optional) = self.domain(*joint, own);
                    let value = self.input(InputSource::Column(*joint), interval, optional);
                    self.recoded(value, recode, optional)
                }
            },
            InputSource::LocalDay(column) => {
                let joint = self.column(policy, side, *column);
                let optional = self.policy.column(joint).is_none_or(|column| column.optional);
                let day = self.input(InputSource::LocalDay(joint), LOCAL_DAYS, optional);
                self.moved_by_zone(day, number, Some(*column))
            }
            InputSource::Text { column, map } => {
                let joint = self.column(policy, side, *column);
                let map = &program.text_maps[*map];
                let known = self.program.text_maps.iter().position(|known| known == map);
                let map = known.unwrap_or_else(|| {
                    self.program.text_maps.push(map.clone());
                    self.program.text_maps.len() - 1
                });
                self.input(InputSource::Text { column: joint, map }, own, input.optional)
            }
            InputSource::TextIdentity { column, domain } => {
                let joint = self.column(policy, side, *column);
                self.input(InputSource::TextIdentity { column: joint, domain: *domain }, own, input.optional)
            }
            InputSource::Stage => self.numbered(InputSource::Stage, &side.stages, false),
            InputSource::StageSince | InputSource::RestUntil => self.input(input.source.clone(), INSTANTS, true),
            InputSource::RouteOwner(route) => {
                let joint = side.routes.iter().position(|own| own == &Some(*route)).unwrap_or(*route);
                self.numbered(InputSource::RouteOwner(joint), &side.owners, true)
            }
            InputSource::RouteQueue(route) => {
                let joint = side.routes.iter().position(|own| own == &Some(*route)).unwrap_or(*route);
                self.numbered(InputSource::RouteQueue(joint), &side.queues, true)
            }
            InputSource::KeyHash => match self.made_up_value(MadeUp::Key).filter(|_| number == 0) {
                Some(key) => key,
                None => self.input(InputSource::KeyHash, Interval::FULL, false),
            },
        }
    }

    fn column(&self, policy: &Policy, side: &Side, column: usize) -> usize {
        match column.checked_sub(policy.fields.len()) {
            Some(measure) => self.policy.measure_column(side.history.measures[measure]),
            None => side.fields[column].0,
        }
    }

    /// What the values of a joint field can be.
    fn domain(&self, field: FieldId, own: Interval) -> (Interval, bool) {
        let Some(field) = self.policy.fields.get(field) else { return (own, true) };
        let interval = match field.ty {
            Type::OneOf(choices) => Interval { low: 0, high: self.members(choices) - 1 },
            Type::SomeOf(choices) => Interval { low: 1, high: i64::MAX >> (63 - self.members(choices).clamp(1, 62)) },
            Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time => own,
        };
        let is_bounded = !matches!(field.ty, Type::OneOf(_) | Type::SomeOf(_));
        let interval = field.range.filter(|_| is_bounded).unwrap_or(interval);
        (interval, field.optional)
    }

    fn members(&self, choices: usize) -> i64 {
        self.policy.choices.get(choices).map_or(1, |choices| choices.members.len().max(1) as i64)
    }

    fn recoded(&mut self, value: Value, recode: &Recode, optional: bool) -> Value {
        match recode {
            Recode::Same => value,
            Recode::Choice(codes) => self.coded(value, codes.clone()),
            Recode::Times(factor) => {
                let factor = self.op(Op::Constant(*factor));
                self.op(Op::Multiply(value, factor))
            }
            Recode::Set(bits) => {
                let zero = self.op(Op::Constant(0));
                let mut set = zero;
                for (joint, own) in bits.iter().enumerate() {
                    let Some(own) = own else { continue };
                    let has = self.op(Op::HasBits { value, mask: 1 << joint });
                    let bit = self.op(Op::Constant(1 << own));
                    let part = self.op(Op::Select(has, bit, zero));
                    set = self.op(Op::Add(set, part));
                }
                if !optional {
                    return set;
                }
                let (known, missing) = (self.op(Op::Known(value)), self.op(Op::Missing));
                self.op(Op::Select(known, set, missing))
            }
        }
    }

    pub fn coded(&mut self, index: Value, codes: Vec<Option<i64>>) -> Value {
        let array = self.array(codes);
        self.op(Op::Table { index, array })
    }

    /// An input whose joint numbers are the version's own through a list; the same where the list changes nothing.
    fn numbered(&mut self, source: InputSource, own: &[Option<usize>], optional: bool) -> Value {
        let value = self.input(source, Interval { low: 0, high: (own.len() as i64 - 1).max(0) }, optional);
        if own.iter().enumerate().all(|(joint, own)| *own == Some(joint)) {
            return value;
        }
        self.coded(value, own.iter().map(|own| own.map(|own| own as i64)).collect())
    }

    fn moved_by_zone(&mut self, day: Value, number: usize, column: Option<FieldId>) -> Value {
        let shift = if number == 0 && !self.same_zone { self.made_up_value(MadeUp::Zone(column)) } else { None };
        match shift {
            Some(shift) => self.op(Op::Add(day, shift)),
            None => day,
        }
    }
}

/// Where the turns of a rotation begin, from the second.
fn turns(total: u32) -> Vec<Option<i64>> {
    let start = |turn: u32| ((u128::from(turn) << 64).div_ceil(u128::from(total.max(1)))) as u64;
    (1..total).map(|turn| Some((start(turn) ^ (1 << 63)).cast_signed())).collect()
}

/// Values that can be compared: answers of both versions in the same numbers.
pub fn comparable(program: &mut Program, value: Value, codes: Option<Vec<Option<i64>>>, places: u8) -> Value {
    let value = match codes {
        Some(codes) if !codes.iter().enumerate().all(|(joint, own)| *own == Some(joint as i64)) => {
            program.arrays.push(codes);
            let array = program.arrays.len() as u32 - 1;
            program.push(Op::Table { index: value, array })
        }
        Some(_) | None => value,
    };
    if places == 0 {
        return value;
    }
    let factor = program.push(Op::Constant(power(places)));
    program.push(Op::Multiply(value, factor))
}

/// Of values of a lead's field, none are left to a constant that the joint policy does not have.
pub fn own_value(recode: &Recode, value: &Constant) -> Option<Constant> {
    match value {
        Constant::Text(text) => Some(Constant::Text(text.clone())),
        Constant::Integer(value) => recode.value(*value).map(Constant::Integer),
    }
}
