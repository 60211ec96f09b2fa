//! Sums of values that follow from a byte each: scores.
//!
//! Enters: a verified program and its [`ByteFunction`]s. Leaves: which sums and weights are lowered as one, and for each of them its
//! groups: bytes × weights that stay within 16 bits. Always holds: `offset + Σ factor × Σ weight × byte` is the value, exactly; steps may
//! compute it modulo the size of lanes that hold the value.

use std::rc::Rc;

use super::functions::ByteFunction;
use super::sum::{SUM_MAX, WEIGHT_MAX};
use crate::jit::facts::constant_of;
use crate::program::{Op, Program, Value};

/// A value as a sum.
#[derive(Debug)]
pub struct Linear {
    pub offset: i128,
    pub groups: Vec<Group>,
}

/// Terms whose weights have a common factor.
#[derive(Debug)]
pub struct Group {
    pub factor: i128,
    pub terms: Vec<Part>,
    /// the greatest sum of weights × bytes
    pub most: i128,
}

/// One byte of a term's entries.
#[derive(Debug)]
pub struct Part {
    pub base: Value,
    /// by byte of the base
    pub bytes: Vec<u8>,
    pub missing: u8,
    /// of one unit of the bytes
    pub factor: i128,
}

/// What is summed up as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// lowered by itself
    Other,
    /// summed up here
    Root,
    /// part of a sum
    Inner,
}

/// Which values are sums of byte functions, from the `order` in which outputs need them.
pub fn roles(program: &Program, order: &[Value], functions: &[Option<Rc<ByteFunction>>]) -> Vec<Role> {
    let mut uses = vec![0u32; program.ops.len()];
    for value in order {
        program.operands(&program.ops[value.index()]).iter().for_each(|operand| uses[operand.index()] += 1);
    }
    program.outputs.iter().for_each(|output| uses[output.value.index()] += 1);

    let mut roles = vec![Role::Other; program.ops.len()];
    for value in order {
        let Some(operands) = summands(program, *value) else { continue };
        if program.shapes[value.index()].optional || functions[value.index()].is_some() {
            continue;
        }
        let can_be_part = |operand: &Value| {
            let is_sum = roles[operand.index()] == Role::Root && uses[operand.index()] == 1;
            is_sum || constant_of(program, *operand).is_some() || as_term(program, functions, *operand).is_some()
        };
        if operands.iter().all(can_be_part) {
            for operand in operands {
                if roles[operand.index()] == Role::Root {
                    roles[operand.index()] = Role::Inner;
                }
            }
            roles[value.index()] = Role::Root;
        }
    }
    roles
}

/// The sides of a sum, or of a product with a constant.
fn summands(program: &Program, value: Value) -> Option<Vec<Value>> {
    match program.ops[value.index()] {
        Op::Add(left, right) | Op::Subtract(left, right) => Some(vec![left, right]),
        Op::Multiply(left, right) if constant_of(program, left).is_some() || constant_of(program, right).is_some() => {
            Some(vec![left, right])
        }
        _ => None,
    }
}

/// The function of a value that is never missing.
fn as_term<'f>(program: &Program, functions: &'f [Option<Rc<ByteFunction>>], value: Value) -> Option<&'f Rc<ByteFunction>> {
    functions[value.index()].as_ref().filter(|_| !program.shapes[value.index()].optional)
}

impl Linear {
    /// Of a root.
    pub fn of(program: &Program, roles: &[Role], functions: &[Option<Rc<ByteFunction>>], root: Value) -> Linear {
        let mut linear = Linear { offset: 0, groups: Vec::new() };
        let mut waiting = vec![(root, 1i128)];
        while let Some((value, factor)) = waiting.pop() {
            if let Some(constant) = constant_of(program, value) {
                linear.offset = linear.offset.wrapping_add(factor.wrapping_mul(i128::from(constant)));
            } else if value != root && roles[value.index()] != Role::Inner {
                if let Some(function) = as_term(program, functions, value) {
                    linear.add(function, factor);
                }
            } else {
                match program.ops[value.index()] {
                    Op::Add(left, right) => waiting.extend([(right, factor), (left, factor)]),
                    Op::Subtract(left, right) => waiting.extend([(right, factor.wrapping_neg()), (left, factor)]),
                    Op::Multiply(left, right) => {
                        let (side, constant) = match (constant_of(program, left), constant_of(program, right)) {
                            (Some(constant), _) => (right, constant),
                            (None, constant) => (left, constant.unwrap_or(0)),
                        };
                        waiting.push((side, factor.wrapping_mul(i128::from(constant))));
                    }
                    _ => {}
                }
            }
        }
        linear
    }

    /// Adds factor × the function. Its entries become bytes: 0 for the least, in units of what they all have in common.
    fn add(&mut self, function: &ByteFunction, factor: i128) {
        let (numbers, missing) = function.numbers();
        let entries: Vec<i128> = numbers.into_iter().map(|number| factor.wrapping_mul(i128::from(number))).collect();
        let missing = factor.wrapping_mul(i128::from(missing));
        let all = || entries.iter().copied().chain([missing]);
        let least = all().min().unwrap_or(0);
        let unit = all().fold(0, |unit, entry| gcd(unit, entry.wrapping_sub(least).unsigned_abs()));
        self.offset = self.offset.wrapping_add(least);
        if unit == 0 {
            return;
        }
        let steps: Vec<u128> = entries.iter().map(|entry| entry.wrapping_sub(least).unsigned_abs() / unit).collect();
        let missing = missing.wrapping_sub(least).unsigned_abs() / unit;
        let most = steps.iter().copied().chain([missing]).max().unwrap_or(0);
        for plane in (0..16).take_while(|plane| most >> (8 * plane) > 0) {
            let byte = |steps: &u128| (steps >> (8 * plane)) as u8;
            let factor = (unit as i128).wrapping_shl(8 * plane);
            self.place(Part { base: function.base, bytes: steps.iter().map(byte).collect(), missing: byte(&missing), factor });
        }
    }

    /// Into the first group that it fits, or a new one.
    fn place(&mut self, part: Part) {
        for group in &mut self.groups {
            let factor = gcd(group.factor.unsigned_abs(), part.factor.unsigned_abs()) as i128;
            let fits = |part: &Part| part.multiple(factor).is_some();
            let sum = group.most.saturating_mul(group.factor / factor).saturating_add(part.most().saturating_mul(part.factor / factor));
            if fits(&part) && group.terms.iter().all(fits) && sum <= i128::from(SUM_MAX) {
                group.factor = factor;
                group.most = sum;
                group.terms.push(part);
                return;
            }
        }
        self.groups.push(Group { factor: part.factor, most: part.most(), terms: vec![part] });
    }
}

impl Part {
    fn most(&self) -> i128 {
        i128::from(self.bytes.iter().copied().chain([self.missing]).max().unwrap_or(0))
    }

    /// Where the weight in units of the group's factor is more than an instruction takes: by how much the bytes can be multiplied, so that
    /// the weight divided by that is not. None if they would be no bytes any more.
    pub fn multiple(&self, factor: i128) -> Option<i128> {
        let weight = self.factor / factor;
        let least = weight.saturating_add(i128::from(WEIGHT_MAX) - 1) / i128::from(WEIGHT_MAX);
        let most = i128::from(u8::MAX) / self.most().max(1);
        (least..=most).find(|multiple| weight % multiple == 0)
    }
}

/// The parts of a group with the weights that their bytes get, in units of the group's factor: as many parts as can be added as bytes have one
/// weight, their entries taken so many times that the rest of their factor is that weight.
pub fn bundles(group: &Group) -> Vec<(i8, Vec<&Part>)> {
    let mut bundles: Vec<(i128, Vec<&Part>)> = Vec::new();
    let most =
        |parts: &[&Part], weight: i128| -> i128 { parts.iter().map(|part| part.most() * (part.factor / group.factor / weight)).sum() };
    for part in &group.terms {
        let weight = part.factor / group.factor;
        let alone = weight / part.multiple(group.factor).unwrap_or(1);
        let room = bundles.iter_mut().find_map(|(shared, parts)| {
            let common = gcd(shared.unsigned_abs(), weight.unsigned_abs()) as i128;
            let fits = common <= i128::from(WEIGHT_MAX) && most(parts, common) + part.most() * (weight / common) <= i128::from(u8::MAX);
            fits.then_some((shared, parts, common))
        });
        match room {
            Some((shared, parts, common)) => {
                *shared = common;
                parts.push(part);
            }
            None => bundles.push((alone, vec![part])),
        }
    }
    bundles.into_iter().map(|(weight, parts)| (weight as i8, parts)).collect()
}

fn gcd(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(entries: &[i64]) -> ByteFunction {
        let entries = entries.iter().copied().map(Some).collect();
        ByteFunction { base: Value(0), entries, first: 0, missing: None, can_miss: false }
    }

    /// The sum for one entry of each function.
    fn value(linear: &Linear, entries: &[usize]) -> i128 {
        let term = |part: &Part| part.factor * i128::from(part.bytes[entries[part.base.index()]]);
        linear.offset + linear.groups.iter().flat_map(|group| &group.terms).map(term).sum::<i128>()
    }

    #[test]
    fn sums_are_exact_whatever_the_entries() {
        let tables: [&[i64]; 4] = [&[-40, 24, 16], &[450, 900, -450, 0], &[1_000_000_007, -3, 5, 0], &[7, 7, 7]];
        let mut linear = Linear { offset: 3, groups: Vec::new() };
        for (number, table) in tables.iter().enumerate() {
            linear.add(&ByteFunction { base: Value(number as u32), ..function(table) }, 11);
        }
        for entries in [[0, 0, 0, 0], [1, 2, 2, 1], [2, 3, 1, 2], [0, 1, 0, 0]] {
            let expected: i64 = tables.iter().zip(entries).map(|(table, entry)| table[entry] * 11).sum();
            assert_eq!(value(&linear, &entries), i128::from(expected) + 3, "{entries:?}");
        }
    }

    #[test]
    fn weights_with_a_common_factor_share_a_group() {
        let mut linear = Linear { offset: 0, groups: Vec::new() };
        linear.add(&function(&[0, 10, 20]), 4_500);
        linear.add(&function(&[0, 5, -5]), 5_500);
        assert_eq!(linear.groups.len(), 1);
        // Steps of 45,000 and 27,500: 18 and 11 times 2,500, each up to twice.
        assert_eq!((linear.groups[0].factor, linear.groups[0].most), (2_500, 2 * 18 + 2 * 11));
    }
}
