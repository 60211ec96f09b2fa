//! What is known of a calculation before its result has to fit 64 bits.
//!
//! Enters: the typed parts of a sum, a product, a remainder or an extreme. Leaves: the [`Extent`] of the exact result. Always holds: every exact
//! result is within the bounds, however far the parts leave 64 bits; a part whose bounds stay within 64 bits counts as one value.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::constants::scale_of;
use super::expressions::{STACK_LEFT, STACK_NEXT, bounds};
use super::value::{Interval, Type};
use super::wide::Wide;
use super::{Arithmetic, Expr, ExprKind};
use crate::source::Span;
use crate::syntax::tree::{Factor, Sign};

/// How many values one calculation may have of which a part can leave 64 bits.
pub const OPERANDS_MAX: usize = 4_096;

/// How many factors may be multiplied with each other in such a calculation: what bounds the width of its parts.
pub const FACTORS_MAX: usize = 64;

#[derive(Clone)]
pub(crate) struct Extent {
    /// bounds of the exact result; 0 where there is never one
    pub range: Wide,
    /// it can be missing, even if no part had to fit 64 bits
    pub optional: bool,
    /// from how many values it is calculated
    pub operands: usize,
    /// how many of them are multiplied with each other
    pub factors: usize,
    /// some part of it, or the result, can leave 64 bits
    pub leaves: bool,
}

impl Extent {
    fn of(range: Wide) -> Extent {
        Extent { range, optional: false, operands: 0, factors: 0, leaves: false }
    }

    /// Takes in what else it is calculated from.
    fn with(mut self, part: &Extent) -> Extent {
        self.optional |= part.optional;
        self.operands += part.operands;
        self.factors = self.factors.max(part.factors);
        self.leaves |= part.leaves;
        self
    }

    /// Goes on with another result, which is part of the calculation itself.
    fn reaching(mut self, range: Wide) -> Extent {
        self.leaves |= range.known().1;
        self.range = range;
        self
    }
}

/// The extents of calculations that have been checked, by place: whatever stands around one asks for it, and each is worked out once, however deep it stands.
pub(crate) type Extents = FxHashMap<Span, Rc<Extent>>;

/// Of a calculation whose parts have been checked, and whose result has the type `ty`.
pub(crate) fn extent(arithmetic: &Arithmetic, ty: Type, checked: &Extents) -> Extent {
    match arithmetic {
        Arithmetic::Sum(members) => members.iter().fold(Extent::of(Wide::constant(0)), |sum, (sign, member)| {
            let member = at_scale(member, ty, checked);
            let range = match sign {
                Sign::Plus => sum.range.clone().plus(member.range.clone()),
                Sign::Minus => sum.range.clone().minus(member.range.clone()),
            };
            sum.with(&member).reaching(range)
        }),
        Arithmetic::Product(factors) => product(factors, ty, checked),
        Arithmetic::Remainder(left, right) => {
            let (left, right) = (at_scale(left, ty, checked), at_scale(right, ty, checked));
            let (by_zero, rest) = (right.range.contains_zero(), left.range.rest_by(&right.range));
            let both = Extent { optional: by_zero, ..Extent::of(rest.unwrap_or(Wide::constant(0))) };
            both.with(&left).with(&right)
        }
        Arithmetic::Larger(members) => extreme(members, ty, checked, Wide::larger),
        Arithmetic::Smaller(members) => extreme(members, ty, checked, Wide::smaller),
    }
}

fn extreme(members: &[Expr], ty: Type, checked: &Extents, choose: impl Fn(Wide, Wide) -> Wide) -> Extent {
    let members = members.iter().map(|member| at_scale(member, ty, checked));
    let extreme = members.reduce(|extreme, member| {
        let range = choose(extreme.range.clone(), member.range.clone());
        extreme.with(&member).reaching(range)
    });
    extreme.unwrap_or(Extent::of(Wide::constant(0)))
}

fn product(values: &[(Factor, Expr)], ty: Type, checked: &Extents) -> Extent {
    let side = |wanted: Factor| {
        let factors = values.iter().filter(|(operator, _)| *operator == wanted);
        factors.fold((Extent::of(Wide::constant(1)), 0u32), |(side, scale), (_, factor)| {
            let part = part(factor, checked);
            let (range, count) = (side.range.times(&part.range), side.factors + part.factors);
            (Extent { factors: count, ..side.with(&part).reaching(range) }, scale + u32::from(scale_of(factor.ty)))
        })
    };
    let ((above, scale_above), (below, scale_below)) = (side(Factor::Times), side(Factor::Over));
    let up = (u32::from(scale_of(ty)) + scale_below).saturating_sub(scale_above);
    let down = scale_above.saturating_sub(u32::from(scale_of(ty)) + scale_below);
    let by_zero = below.range.contains_zero();
    let range = above.range.clone().shifted(up).over(&below.range.clone().shifted(down));
    let whole = Extent { optional: by_zero, ..Extent::of(Wide::constant(0)) };
    whole.with(&above).with(&below).reaching(range.unwrap_or(Wide::constant(0)))
}

/// Of a part of a calculation, in the units of the calculation's type.
fn at_scale(value: &Expr, ty: Type, checked: &Extents) -> Extent {
    let part = part(value, checked);
    let range = part.range.clone().shifted(u32::from(scale_of(ty) - scale_of(value.ty)));
    part.reaching(range)
}

/// Of a part of a calculation, in its own units.
pub(crate) fn part(value: &Expr, checked: &Extents) -> Extent {
    let known = bounds(value);
    let one = || Extent { optional: value.optional, operands: 1, factors: 1, ..Extent::of(Wide::from(known)) };
    let ExprKind::Arithmetic(arithmetic) = &value.kind else { return one() };
    // Bounds that had to be cut reach an end of 64 bits. What does not is not worked out again, however deep it stands.
    if known.low > i64::MIN && known.high < i64::MAX {
        return one();
    }
    let extent = match checked.get(&value.span) {
        Some(extent) => Extent::clone(extent),
        None => stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || extent(arithmetic, value.ty, checked)),
    };
    if extent.range.known().1 { extent } else { Extent { operands: 1, factors: 1, leaves: false, ..extent } }
}

/// As a result, which is missing beyond 64 bits: whether it can be missing, and its bounds.
pub(crate) fn as_result(extent: &Extent) -> (bool, Interval) {
    let (range, leaves) = extent.range.known();
    (extent.optional || leaves, range)
}
