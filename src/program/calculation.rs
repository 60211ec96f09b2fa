//! Sums, extremes, remainders and fractions that may leave 64 bits on the way, where only the result counts.
//!
//! Enters: the known operands of a [`Calculation`], in the order in which [`Calculation::operands`] names them. Leaves: the exact result, or none
//! where that leaves 64 bits or a divisor is 0. Always holds: nothing here panics or wraps, whatever the operands, as long as shifts stay within
//! [`COMPARE_SHIFT_MAX`] and [`SHIFT_MAX`]; nothing but the result has to fit anywhere.
//!
//! `a * b / c` with a = b = c = 2^62 is 2^62: two operations of 64 bits would lose it, one calculation does not. `a * b - c` is a sum of which a member
//! is a calculation itself: a [`Part`]. Where the bounds of operands show that 64 bits suffice on the way, the lowering uses the plain operations
//! instead, which are faster; a part whose result always fits is a value of its own.
//!
//! **Width.** No calculation is missing for being too wide: numbers grow as they need to ([`Exact`]). The model bounds how far that can be: at most
//! [`OPERANDS_MAX`] operands, and 64 factors that are multiplied with each other.
//!
//! [`SHIFT_MAX`]: super::arithmetic::SHIFT_MAX
//! [`COMPARE_SHIFT_MAX`]: super::arithmetic::COMPARE_SHIFT_MAX

use super::exact::Exact;
use super::{Shape, Value};
use crate::model::wide::Wide;
use crate::syntax::tree::Sign;

/// How many operands a calculation may have, those of its parts counted.
pub const OPERANDS_MAX: usize = crate::model::OPERANDS_MAX;

/// How deep parts may stand in each other. Between two brackets there can be a sum, a product and a `larger of`.
pub const DEPTH_MAX: usize = 3 * crate::syntax::DEPTH_MAX + 3;

/// Generated code may call from a thread with a small stack: with less than so many bytes left, it goes on in a new piece of so many.
const STACK_LEFT: usize = 32 * 1024;
const STACK_NEXT: usize = 256 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Calculation {
    /// Σ ± part × 10^shift
    Sum(Vec<(Sign, Scaled)>),
    /// the largest part × 10^shift
    Larger(Vec<Scaled>),
    Smaller(Vec<Scaled>),
    /// what division leaves, with the sign of the left side; missing by 0
    Remainder(Scaled, Scaled),
    /// Π above × 10^shift / Π below, rounded once, half away from zero; missing by 0. A negative shift multiplies what is below instead.
    Fraction {
        above: Vec<Part>,
        below: Vec<Part>,
        shift: i8,
    },
}

/// What a calculation is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Value(Value),
    /// exact, of any size
    Calculation(Box<Calculation>),
}

/// part × 10^shift
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scaled {
    pub part: Part,
    pub shift: u8,
}

impl From<Value> for Part {
    fn from(value: Value) -> Part {
        Part::Value(value)
    }
}

impl From<Calculation> for Part {
    fn from(calculation: Calculation) -> Part {
        Part::Calculation(Box::new(calculation))
    }
}

impl Scaled {
    pub fn new(part: impl Into<Part>, shift: u8) -> Scaled {
        Scaled { part: part.into(), shift }
    }
}

impl Calculation {
    /// What it is made of, in the order written.
    pub fn parts(&self) -> Vec<&Part> {
        match self {
            Calculation::Sum(members) => members.iter().map(|(_, member)| &member.part).collect(),
            Calculation::Larger(members) | Calculation::Smaller(members) => members.iter().map(|member| &member.part).collect(),
            Calculation::Remainder(left, right) => vec![&left.part, &right.part],
            Calculation::Fraction { above, below, .. } => above.iter().chain(below).collect(),
        }
    }

    /// The values that it uses, in the order written.
    pub fn operands(&self) -> Vec<Value> {
        let mut operands = Vec::new();
        self.add_operands(&mut operands);
        operands
    }

    fn add_operands(&self, operands: &mut Vec<Value>) {
        for part in self.parts() {
            match part {
                Part::Value(value) => operands.push(*value),
                Part::Calculation(calculation) => calculation.add_operands(operands),
            }
        }
    }

    /// Visits the values that it uses, in the order written; they may be replaced.
    pub fn for_each_operand(&mut self, visit: &mut dyn FnMut(&mut Value)) {
        let mut part = |part: &mut Part| match part {
            Part::Value(value) => visit(value),
            Part::Calculation(calculation) => calculation.for_each_operand(visit),
        };
        match self {
            Calculation::Sum(members) => members.iter_mut().for_each(|(_, member)| part(&mut member.part)),
            Calculation::Larger(members) | Calculation::Smaller(members) => members.iter_mut().for_each(|member| part(&mut member.part)),
            Calculation::Remainder(left, right) => {
                part(&mut left.part);
                part(&mut right.part);
            }
            Calculation::Fraction { above, below, .. } => above.iter_mut().chain(below).for_each(part),
        }
    }

    /// The result for these operands. None as well if there are fewer of them than the calculation has.
    pub fn result(&self, operands: &[i64]) -> Option<i64> {
        self.exact(&mut operands.iter())?.in_64_bits()
    }

    /// Takes its operands from the front.
    fn exact(&self, operands: &mut std::slice::Iter<'_, i64>) -> Option<Exact> {
        match self {
            Calculation::Sum(members) => members.iter().try_fold(Exact::from(0), |sum, (sign, member)| {
                let member = member.exact(operands)?;
                Some(match sign {
                    Sign::Plus => sum.plus(member),
                    Sign::Minus => sum.minus(member),
                })
            }),
            Calculation::Larger(members) => extreme(members, operands, Exact::larger),
            Calculation::Smaller(members) => extreme(members, operands, Exact::smaller),
            Calculation::Remainder(left, right) => {
                let (left, right) = (left.exact(operands)?, right.exact(operands)?);
                left.rest_by(right)
            }
            Calculation::Fraction { above, below, shift } => {
                let (up, down) = shifts(*shift);
                let (above, bare) = (product(above, operands)?.shifted(up), below.is_empty() && down == 0);
                if bare { Some(above) } else { above.over(product(below, operands)?.shifted(down)) }
            }
        }
    }

    /// What is known of the result from what is known of the operands.
    pub fn shape(&self, shape_of: impl Fn(Value) -> Shape) -> Shape {
        let optional = self.operands().into_iter().any(|operand| shape_of(operand).optional);
        let mut by_zero = false;
        let Some(result) = self.bounds(&shape_of, &mut by_zero) else { return Shape::MISSING };
        let (interval, leaves) = result.known();
        Shape::new(interval, optional || by_zero || leaves)
    }

    /// Bounds of the exact result from those of its parts, in their order; none if there never is one.
    pub(crate) fn range(&self, parts: Vec<Option<Wide>>) -> Option<Wide> {
        let mut parts = parts.into_iter();
        self.combined(&mut |_| parts.next().flatten()).0
    }

    /// Of the exact result; none if there never is one. Says whether a divisor can be 0.
    fn bounds(&self, shape_of: &dyn Fn(Value) -> Shape, by_zero: &mut bool) -> Option<Wide> {
        let mut parts_by_zero = false;
        let (range, is_by_zero) = self.combined(&mut |part| match part {
            Part::Value(value) => Some(Wide::from(shape_of(*value).interval)),
            Part::Calculation(calculation) => {
                stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || calculation.bounds(shape_of, &mut parts_by_zero))
            }
        });
        *by_zero |= parts_by_zero || is_by_zero;
        range
    }

    /// The bounds that those of its parts make, and whether what it divides by itself can be 0.
    fn combined(&self, of: &mut dyn FnMut(&Part) -> Option<Wide>) -> (Option<Wide>, bool) {
        let mut scaled = |member: &Scaled| Some(of(&member.part)?.shifted(u32::from(member.shift)));
        let range = match self {
            Calculation::Sum(members) => members.iter().try_fold(Wide::constant(0), |sum, (sign, member)| {
                let member = scaled(member)?;
                Some(match sign {
                    Sign::Plus => sum.plus(member),
                    Sign::Minus => sum.minus(member),
                })
            }),
            Calculation::Larger(members) => {
                members.iter().map(scaled).collect::<Option<Vec<Wide>>>().and_then(|members| members.into_iter().reduce(Wide::larger))
            }
            Calculation::Smaller(members) => {
                members.iter().map(scaled).collect::<Option<Vec<Wide>>>().and_then(|members| members.into_iter().reduce(Wide::smaller))
            }
            Calculation::Remainder(left, right) => {
                let (Some(left), Some(right)) = (scaled(left), scaled(right)) else { return (None, false) };
                return (left.rest_by(&right), right.contains_zero());
            }
            Calculation::Fraction { above, below, shift } => {
                let mut product =
                    |parts: &[Part]| parts.iter().try_fold(Wide::constant(1), |product, part| Some(product.times(&of(part)?)));
                let (up, down) = shifts(*shift);
                let (Some(above), Some(below)) = (product(above), product(below)) else { return (None, false) };
                let (above, below) = (above.shifted(up), below.shifted(down));
                return (above.over(&below), below.contains_zero());
            }
        };
        (range, false)
    }
}

impl Scaled {
    fn exact(&self, operands: &mut std::slice::Iter<'_, i64>) -> Option<Exact> {
        Some(self.part.exact(operands)?.shifted(u32::from(self.shift)))
    }
}

impl Part {
    fn exact(&self, operands: &mut std::slice::Iter<'_, i64>) -> Option<Exact> {
        match self {
            Part::Value(_) => operands.next().copied().map(Exact::from),
            Part::Calculation(calculation) => stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || calculation.exact(operands)),
        }
    }
}

fn extreme(members: &[Scaled], operands: &mut std::slice::Iter<'_, i64>, choose: impl Fn(Exact, Exact) -> Exact) -> Option<Exact> {
    let mut members = members.iter();
    let first = members.next()?.exact(operands)?;
    members.try_fold(first, |extreme, member| Some(choose(extreme, member.exact(operands)?)))
}

/// 1 without parts.
fn product(parts: &[Part], operands: &mut std::slice::Iter<'_, i64>) -> Option<Exact> {
    parts.iter().try_fold(Exact::from(1), |product, part| Some(product.times(part.exact(operands)?)))
}

/// Powers of ten of what is above and of what is below the line.
fn shifts(shift: i8) -> (u32, u32) {
    let power = u32::from(shift.unsigned_abs());
    if shift >= 0 { (power, 0) } else { (0, power) }
}
