//! Are the steps of a kernel sound? What unsafe code of [`super::run`] relies on.
//!
//! Enters: a kernel. Leaves: the same, or a panic, which is a mistake of [`super::lower`] or [`super::assign`]. Rules:
//!  1. a place exists: inputs, outputs, constants and scratch columns are counted
//!  2. integers of a place have the size that the step names
//!  3. a step writes scratch columns and outputs only, and none that it reads or writes a second time
//!  4. a scratch column is read only behind a step that writes it
//!  5. validity bits are asked for only of inputs and outputs that can miss values
//!  6. each output is written once, and its validity if it has one
//!  7. a sum stays within 16 bits: the greatest entries of a bundle add up to at most 255, weights are within 0 to 127, and the greatest bytes, weighted, add
//!     up to at most 2^15 - 1

use rustc_hash::FxHashSet;

use super::Kernel;
use super::step::{Element, Entries, Place, Register, Step};
use super::sum::{SUM_MAX, Sum};
use crate::jit::lanes::Lanes;

impl Kernel {
    pub(super) fn verified(mut self) -> Kernel {
        let mut steps = std::mem::take(&mut self.steps);
        let mut state =
            State { kernel: &self, written: FxHashSet::default(), outputs: FxHashSet::default(), validity: FxHashSet::default() };
        steps.iter_mut().enumerate().for_each(|(number, step)| state.step(number, step));
        for (number, port) in self.outputs.iter().enumerate() {
            assert!(state.outputs.contains(&(number as u32)), "output {number} is never written");
            assert_eq!(state.validity.contains(&(number as u32)), port.optional, "validity of output {number}");
        }
        self.steps = steps;
        self
    }
}

struct State<'k> {
    kernel: &'k Kernel,
    written: FxHashSet<Register>,
    outputs: FxHashSet<u32>,
    validity: FxHashSet<u32>,
}

impl State<'_> {
    fn step(&mut self, number: usize, step: &mut Step) {
        let mut reads = Vec::new();
        step.for_each_read(|place| reads.push(*place));
        let mut writes = Vec::new();
        step.for_each_write(|place| writes.push(*place));
        for place in &reads {
            if let Place::Scratch(register) = place {
                assert!(self.written.contains(register), "step {number} reads {register:?}, which nothing wrote");
            }
        }
        for (index, place) in writes.iter().enumerate() {
            assert!(!reads.contains(place) && !writes[..index].contains(place), "step {number} writes {place:?} twice, or reads it");
        }
        self.sizes(number, step);
        for place in writes {
            match place {
                Place::Scratch(register) => {
                    self.written.insert(register);
                }
                Place::Output(output) => assert!(self.outputs.insert(output), "step {number} writes output {output} again"),
                Place::Input(_) | Place::Constant(_) | Place::Parameter(_) => panic!("step {number} writes {place:?}"),
            }
        }
    }

    fn sizes(&mut self, number: usize, step: &Step) {
        let bytes = |lanes: Lanes| lanes.bytes();
        match step {
            Step::Convert { from, to, value, into } => self.all(number, &[(*value, element_bytes(*from)), (*into, bytes(*to))]),
            Step::Cut { from, value, into } => {
                assert!(*from != Lanes::W8, "step {number} cuts bytes");
                self.all(number, &[(*value, bytes(*from)), (*into, bytes(from.narrower()))]);
            }
            Step::Spread { input, into } => {
                self.can_miss(number, *input);
                self.all(number, &[(*into, 1)]);
            }
            Step::Unscale { scale: _, lanes, value, into } => self.all(number, &[(*value, 2), (*into, bytes(*lanes))]),
            Step::Arithmetic { lanes, left, right, into, .. } => {
                self.all(number, &[(*left, bytes(*lanes)), (*right, bytes(*lanes)), (*into, bytes(*lanes))]);
            }
            Step::Compare { lanes, left, right, into, .. } => {
                self.all(number, &[(*left, bytes(*lanes)), (*right, bytes(*lanes)), (*into, 1)]);
            }
            Step::Logic { left, right, into, .. } => self.all(number, &[(*left, 1), (*right, 1), (*into, 1)]),
            Step::Choose { lanes, when, then, otherwise, into } => {
                let size = bytes(*lanes);
                self.all(number, &[(*when, 1), (*then, size), (*otherwise, size), (*into, size)]);
            }
            Step::Table { index, table, into } => {
                let size = match &table.entries {
                    Entries::W8(_) => 1,
                    Entries::W16(_) => 2,
                    Entries::W32(_) => 4,
                    Entries::W64(_) => 8,
                };
                self.all(number, &[(*index, 1), (*into, size)]);
            }
            Step::Band { lanes, value, into, .. } => self.all(number, &[(*value, bytes(*lanes)), (*into, 1)]),
            Step::Rows(rows) => {
                rows.operands.iter().for_each(|operand| self.all(number, &[(*operand, 8)]));
                self.all(number, &[(rows.into, 8)]);
                rows.into_known.iter().for_each(|known| self.all(number, &[(*known, 1)]));
            }
            Step::Sum(sum) => self.sum(number, sum),
            Step::Gather { mask, output } => {
                self.all(number, &[(*mask, 1)]);
                let port = self.kernel.outputs.get(*output as usize);
                assert!(port.is_some_and(|port| port.optional), "step {number}: output {output} has no validity");
                assert!(self.validity.insert(*output), "step {number} writes the validity of output {output} again");
            }
        }
    }

    fn sum(&self, number: usize, sum: &Sum) {
        let mut most = 0;
        for bundle in &sum.bundles {
            let mut bytes = 0;
            for term in &bundle.terms {
                self.all(number, &[(term.index, 1)]);
                term.missing.iter().for_each(|(input, _)| self.can_miss(number, *input));
                bytes += i64::from(term.table.iter().copied().max().unwrap_or(0));
            }
            assert!(bytes <= i64::from(u8::MAX), "step {number} adds bytes up to {bytes}");
            assert!(bundle.weight >= 0, "step {number} has a negative weight");
            most += bytes * i64::from(bundle.weight);
        }
        assert!(most <= SUM_MAX, "step {number} adds up to {most}");
        self.all(number, &[(sum.into, 2)]);
    }

    fn can_miss(&self, number: usize, input: u32) {
        assert!(self.kernel.inputs.get(input as usize).is_some_and(|port| port.optional), "step {number}: input {input} never misses");
    }

    fn all(&self, number: usize, places: &[(Place, usize)]) {
        for (place, bytes) in places {
            let found = match place {
                Place::Input(input) => self.kernel.inputs.get(*input as usize).map(|port| port.width.bytes()),
                Place::Output(output) => self.kernel.outputs.get(*output as usize).map(|port| port.width.bytes()),
                Place::Constant(constant) => self.kernel.splats.bytes(*constant),
                Place::Parameter(parameter) => (*parameter < 2).then_some(8),
                Place::Scratch(register) => {
                    ((register.number as usize) < self.kernel.scratch[register.lanes as usize]).then(|| register.lanes.bytes())
                }
            };
            assert_eq!(found, Some(*bytes), "step {number}: {place:?}");
        }
    }
}

fn element_bytes(element: Element) -> usize {
    match element {
        Element::Signed(lanes) => lanes.bytes(),
        Element::Byte => 1,
        Element::Word => 2,
    }
}
