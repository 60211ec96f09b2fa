//! Sums of tables, each as one step.
//!
//! Enters: a root of [`linear`](crate::jit::kernel::linear). Leaves: its [`Slot`]. Always holds: a sum within 16 bits stays there, with a factor
//! and an offset, until somebody needs the number itself: comparisons and clamps do not.

use super::{Kind, Lowering, Slot};
use crate::jit::facts::constant_of;
use crate::jit::kernel::linear::{Group, Linear, Part, bundles};
use crate::jit::kernel::step::{Arithmetic, Element, Place, Scale, Step};
use crate::jit::kernel::sum::{Bundle, Sum, Term};
use crate::jit::lanes::Lanes;
use crate::model::Operator;
use crate::program::{Op, Value};

impl Scale {
    /// The stored integer from which on the number is at least the bound.
    fn least_from(self, bound: i128) -> i128 {
        let distance = bound - i128::from(self.offset);
        -(-distance).div_euclid(i128::from(self.factor))
    }
}

impl Lowering<'_> {
    pub(super) fn linear(&mut self, root: Value) -> Slot {
        let linear = Linear::of(self.program, &self.roles, &self.functions, root);
        if let [group] = linear.groups.as_slice()
            && let (Ok(offset), Ok(factor)) = (i64::try_from(linear.offset), i64::try_from(group.factor))
        {
            let place = self.group(group);
            return Slot { kind: Kind::Scaled(Scale { offset, factor }), place, known: None };
        }
        // Lanes that hold the result compute it, whatever the parts are.
        let lanes = self.lanes_of(root).max(Lanes::W16);
        let mut sum = self.splat(linear.offset as i64, lanes);
        for group in &linear.groups {
            let place = self.group(group);
            let place = self.convert(place, Element::Signed(Lanes::W16), lanes);
            let factor = self.splat(group.factor as i64, lanes);
            let part = self.arithmetic_places(Arithmetic::Multiply, lanes, place, factor);
            sum = self.arithmetic_places(Arithmetic::Add, lanes, sum, part);
        }
        Slot { kind: Kind::Whole(Element::Signed(lanes)), place: sum, known: None }
    }

    fn group(&mut self, group: &Group) -> Place {
        let bundles = bundles(group).into_iter().map(|(weight, parts)| {
            let terms = parts.into_iter().map(|part| self.term(part, part.factor / group.factor / i128::from(weight))).collect();
            Bundle { weight, terms }
        });
        let bundles = bundles.collect();
        let into = self.register(Lanes::W16);
        self.steps.push(Step::Sum(Box::new(Sum { bundles, into })));
        into
    }

    /// With each entry so many times.
    fn term(&mut self, part: &Part, multiple: i128) -> Term {
        let byte = |byte: u8| (i128::from(byte) * multiple) as u8;
        let mut index = self.byte(part.base);
        let behind = part.bytes.len();
        let mut table = Box::new([0; 256]);
        table.iter_mut().zip(&part.bytes).for_each(|(entry, unit)| *entry = byte(*unit));
        let mut term_missing = None;
        let known = self.slot(part.base).known;
        if let Some(known) = known {
            // Bases end below 255.
            table[behind] = byte(part.missing);
            match self.validity_input(part.base) {
                Some(input) => term_missing = Some((input, behind as u8)),
                None => {
                    let otherwise = self.splat(behind as i64, Lanes::W8);
                    index = self.choose(Lanes::W8, known, index, otherwise);
                }
            }
        }
        Term { index, missing: term_missing, table, length: behind + usize::from(known.is_some()) }
    }

    /// The input that a value is missing with.
    fn validity_input(&self, value: Value) -> Option<u32> {
        match self.program.ops[value.index()] {
            Op::Input(input) => Some(input),
            Op::Band { value, .. } => match self.program.ops[value.index()] {
                Op::Input(input) => Some(input),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number itself, in these lanes.
    pub(super) fn unscaled(&mut self, place: Place, scale: Scale, lanes: Lanes) -> Place {
        if scale == (Scale { offset: 0, factor: 1 }) {
            return self.convert(place, Element::Signed(Lanes::W16), lanes);
        }
        let into = self.register(lanes);
        self.steps.push(Step::Unscale { scale, lanes, value: place, into });
        into
    }

    /// A clamp, if its bound is a number that the scale has.
    pub(super) fn scaled_bound(&mut self, operation: Arithmetic, left: Value, right: Value) -> Option<Slot> {
        let (side, constant) = match (constant_of(self.program, left), constant_of(self.program, right)) {
            (None, Some(constant)) => (left, constant),
            (Some(constant), None) => (right, constant),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        let slot = self.slot(side);
        let Kind::Scaled(scale) = slot.kind else { return None };
        let bound = scale.least_from(i128::from(constant));
        let is_exact = i128::from(scale.offset) + bound * i128::from(scale.factor) == i128::from(constant);
        let bound = i16::try_from(bound).ok().filter(|_| is_exact)?;
        let bound = self.splat(i64::from(bound), Lanes::W16);
        Some(Slot { place: self.arithmetic_places(operation, Lanes::W16, slot.place, bound), ..slot })
    }

    /// The bound for which the stored integers compare as the numbers do, in 16 bits.
    pub(super) fn stored_bound(scale: Scale, operator: Operator, bound: i128) -> i128 {
        match operator {
            Operator::AtLeast | Operator::Below => scale.least_from(bound),
            // value > b exactly if not value ≤ b, which is value < b + 1.
            Operator::Above | Operator::AtMost => scale.least_from(bound + 1) - 1,
        }
    }
}
