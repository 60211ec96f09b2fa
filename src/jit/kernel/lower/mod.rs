//! From a program to the steps of a kernel.
//!
//! Enters: a verified program. Leaves: steps that each write places of their own, in an order in which what a step reads is there. Always
//! holds: an integer has lanes that hold its interval, the narrowest or those in which it was computed; a condition, and whether a value is
//! known, are masks. What stands where a value is missing, or behind the last row, may be anything: no step goes wrong by it.

mod operations;
mod sums;
mod tables;

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::functions::{ByteFunction, byte_functions};
use super::linear::{Role, roles};
use super::memory::Splats;
use super::rows::{RowOperation, RowStep};
use super::step::{Comparison, Element, Logic, Place, Register, Scale, Step};
use crate::column::Width;
use crate::jit::lanes::Lanes;
use crate::jit::plan::order;
use crate::model::Interval;
use crate::program::{Op, Parameter, Program, Value};

/// What the steps need, and where they leave the outputs.
pub struct Lowered {
    pub steps: Vec<Step>,
    pub splats: Splats,
}

/// A value of the program.
#[derive(Clone, Copy, Debug)]
struct Slot {
    kind: Kind,
    place: Place,
    /// a mask; none if the value is always known
    known: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Whole(Element),
    Scaled(Scale),
    /// a mask
    Condition,
}

/// The integers of a place as others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Lanes(Element, Lanes),
    /// half as wide, cut to the lanes
    Cut(Lanes),
    Unscaled(Scale, Lanes),
    /// 0 or 1, of a mask
    Number,
    /// a mask, of 0 or 1
    Mask(Element),
}

struct Lowering<'p> {
    program: &'p Program,
    steps: Vec<Step>,
    splats: Splats,
    registers: u32,
    slots: Vec<Option<Slot>>,
    functions: Vec<Option<Rc<ByteFunction>>>,
    roles: Vec<Role>,
    converted: FxHashMap<(Place, Form), Place>,
    /// where an input is known
    validity: FxHashMap<u32, Place>,
}

pub fn lower(program: &Program) -> Lowered {
    let order = order(program);
    let functions = byte_functions(program, &order);
    let roles = roles(program, &order, &functions);
    let mut lowering = Lowering {
        functions,
        roles,
        program,
        steps: Vec::new(),
        splats: Splats::default(),
        registers: 0,
        slots: vec![None; program.ops.len()],
        converted: FxHashMap::default(),
        validity: FxHashMap::default(),
    };
    for value in order {
        if lowering.roles[value.index()] != Role::Inner {
            lowering.slot(value);
        }
    }
    (0..program.outputs.len()).for_each(|output| lowering.store(output));
    Lowered { steps: lowering.steps, splats: lowering.splats }
}

impl Lowering<'_> {
    fn slot(&mut self, value: Value) -> Slot {
        if let Some(slot) = self.slots[value.index()] {
            return slot;
        }
        let slot = if self.roles[value.index()] == Role::Root { self.linear(value) } else { self.operation(value) };
        self.slots[value.index()] = Some(slot);
        slot
    }

    fn interval(&self, value: Value) -> Interval {
        self.program.shapes[value.index()].interval
    }

    fn lanes_of(&self, value: Value) -> Lanes {
        Lanes::of(self.interval(value))
    }

    fn register(&mut self, lanes: Lanes) -> Place {
        self.registers += 1;
        Place::Scratch(Register { lanes, number: self.registers - 1 })
    }

    fn splat(&mut self, constant: i64, lanes: Lanes) -> Place {
        self.splats.place(constant, lanes)
    }

    fn input(&mut self, input: u32) -> Slot {
        let Interval { low, high } = {
            let (low, high) = self.program.inputs[input as usize].interval;
            Interval { low, high }
        };
        let element = match self.program.inputs[input as usize].width {
            Width::U8 if low >= 0 && high <= Lanes::W8.high() => Element::Signed(Lanes::W8),
            Width::U8 => Element::Byte,
            Width::U16 if low >= 0 && high <= Lanes::W16.high() => Element::Signed(Lanes::W16),
            Width::U16 => Element::Word,
            Width::I32 => Element::Signed(Lanes::W32),
            Width::I64 => Element::Signed(Lanes::W64),
        };
        Slot { kind: Kind::Whole(element), place: Place::Input(input), known: self.input_known(input) }
    }

    fn input_known(&mut self, input: u32) -> Option<Place> {
        if !self.program.inputs[input as usize].optional {
            return None;
        }
        if let Some(place) = self.validity.get(&input) {
            return Some(*place);
        }
        let into = self.register(Lanes::W8);
        self.steps.push(Step::Spread { input, into });
        self.validity.insert(input, into);
        Some(into)
    }

    fn parameter(&mut self, parameter: Parameter) -> Slot {
        let number = match parameter {
            Parameter::AsOfDay => 0,
            Parameter::AsOf => 1,
        };
        Slot { kind: Kind::Whole(Element::Signed(Lanes::W64)), place: Place::Parameter(number), known: None }
    }

    /// A value in these lanes; a condition is 0 or 1.
    fn operand(&mut self, value: Value, lanes: Lanes) -> Place {
        if let Op::Constant(constant) = self.program.ops[value.index()] {
            return self.splat(constant, lanes);
        }
        let slot = self.slot(value);
        self.whole(slot, lanes)
    }

    fn whole(&mut self, slot: Slot, lanes: Lanes) -> Place {
        match slot.kind {
            Kind::Whole(element) => self.convert(slot.place, element, lanes),
            Kind::Scaled(scale) => {
                self.once(slot.place, Form::Unscaled(scale, lanes), |lowering| lowering.unscaled(slot.place, scale, lanes))
            }
            Kind::Condition => {
                let number = self.number(slot.place);
                self.convert(number, Element::Signed(Lanes::W8), lanes)
            }
        }
    }

    fn number(&mut self, mask: Place) -> Place {
        self.once(mask, Form::Number, |lowering| {
            let one = lowering.splat(1, Lanes::W8);
            lowering.logic(Logic::And, mask, one)
        })
    }

    fn convert(&mut self, value: Place, from: Element, to: Lanes) -> Place {
        if from == Element::Signed(to) {
            return value;
        }
        self.once(value, Form::Lanes(from, to), |lowering| {
            let into = lowering.register(to);
            lowering.steps.push(Step::Convert { from, to, value, into });
            into
        })
    }

    /// The slot, a condition, as a mask.
    fn condition(&mut self, slot: Slot) -> Place {
        let element = match slot.kind {
            Kind::Whole(element) => element,
            Kind::Scaled(_) => {
                let place = self.whole(slot, Lanes::W16);
                return self.condition(Slot { kind: Kind::Whole(Element::Signed(Lanes::W16)), place, ..slot });
            }
            Kind::Condition => return slot.place,
        };
        self.once(slot.place, Form::Mask(element), |lowering| {
            let lanes = element.lanes();
            let value = lowering.convert(slot.place, element, lanes);
            let one = lowering.splat(1, lanes);
            lowering.compare_places(Comparison::Equal, lanes, value, one)
        })
    }

    fn once(&mut self, place: Place, form: Form, make: impl FnOnce(&mut Self) -> Place) -> Place {
        if let Some(made) = self.converted.get(&(place, form)) {
            return *made;
        }
        let made = make(self);
        self.converted.insert((place, form), made);
        made
    }

    fn logic(&mut self, operation: Logic, left: Place, right: Place) -> Place {
        let into = self.register(Lanes::W8);
        self.steps.push(Step::Logic { operation, left, right, into });
        into
    }

    fn compare_places(&mut self, comparison: Comparison, lanes: Lanes, left: Place, right: Place) -> Place {
        let into = self.register(Lanes::W8);
        self.steps.push(Step::Compare { comparison, lanes, left, right, into });
        into
    }

    fn choose(&mut self, lanes: Lanes, when: Place, then: Place, otherwise: Place) -> Place {
        let into = self.register(lanes);
        self.steps.push(Step::Choose { lanes, when, then, otherwise, into });
        into
    }

    /// Known where both are.
    fn both_known(&mut self, left: Option<Place>, right: Option<Place>) -> Option<Place> {
        match (left, right) {
            (Some(left), Some(right)) if left != right => Some(self.logic(Logic::And, left, right)),
            (Some(known), _) | (None, Some(known)) => Some(known),
            (None, None) => None,
        }
    }

    fn known_mask(&mut self, known: Option<Place>) -> Place {
        known.unwrap_or_else(|| self.splat(-1, Lanes::W8))
    }

    /// What is computed row by row: operands that may be missing, and whether the operation may give none.
    fn rows(&mut self, operation: RowOperation, operands: &[Value], may_fail: bool) -> Slot {
        let mut known = None;
        let mut places = Vec::with_capacity(operands.len());
        for operand in operands {
            places.push(self.operand(*operand, Lanes::W64));
            let operand_known = self.slot(*operand).known;
            known = self.both_known(known, operand_known);
        }
        let into = self.register(Lanes::W64);
        let into_known = may_fail.then(|| self.register(Lanes::W8));
        self.steps.push(Step::Rows(Box::new(RowStep { operation, operands: places, into, into_known })));
        let known = self.both_known(known, into_known);
        Slot { kind: Kind::Whole(Element::Signed(Lanes::W64)), place: into, known }
    }

    /// A missing value is stored as 0.
    fn store(&mut self, output: usize) {
        let port = &self.program.outputs[output];
        let (optional, width) = (port.optional, port.width);
        let slot = self.slot(port.value);
        let lanes = match width {
            Width::U8 => Lanes::W8,
            Width::U16 => Lanes::W16,
            Width::I32 => Lanes::W32,
            Width::I64 => Lanes::W64,
        };
        let value = self.whole(slot, lanes);
        let into = Place::Output(output as u32);
        match slot.known {
            Some(when) => {
                let otherwise = self.splat(0, lanes);
                self.steps.push(Step::Choose { lanes, when, then: value, otherwise, into });
            }
            None => self.steps.push(Step::Convert { from: Element::Signed(lanes), to: lanes, value, into }),
        }
        if optional {
            let mask = self.known_mask(slot.known);
            self.steps.push(Step::Gather { mask, output: output as u32 });
        }
    }
}

impl Element {
    /// The narrowest lanes with a sign that hold it.
    pub fn lanes(self) -> Lanes {
        match self {
            Element::Signed(lanes) => lanes,
            Element::Byte => Lanes::W16,
            Element::Word => Lanes::W32,
        }
    }
}
