//! Exact sums and products of decimals. None beyond 128 bits, which a checked policy does not reach.

use crate::model::Decimal;

pub const ZERO: Decimal = Decimal { mantissa: 0, places: 0 };

pub fn add(left: Decimal, right: Decimal) -> Option<Decimal> {
    let places = left.places.max(right.places);
    let mantissa = at_places(left, places)?.mantissa.checked_add(at_places(right, places)?.mantissa)?;
    Some(Decimal { mantissa, places })
}

pub fn subtract(left: Decimal, right: Decimal) -> Option<Decimal> {
    add(left, Decimal { mantissa: right.mantissa.checked_neg()?, places: right.places })
}

pub fn multiply(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.reduced(), right.reduced());
    Some(Decimal { mantissa: left.mantissa.checked_mul(right.mantissa)?, places: left.places.checked_add(right.places)? }.reduced())
}

/// left × right / 10^`places`
pub fn multiply_shifted(left: Decimal, right: Decimal, places: u8) -> Option<Decimal> {
    let product = multiply(left, right)?;
    Some(Decimal { mantissa: product.mantissa, places: product.places.checked_add(places)? }.reduced())
}

/// The same value written with at least so many places.
pub fn at_places(value: Decimal, places: u8) -> Option<Decimal> {
    let reduced = value.reduced();
    let Some(shift) = places.checked_sub(reduced.places) else { return Some(reduced) };
    Some(Decimal { mantissa: reduced.mantissa.checked_mul(10i128.checked_pow(u32::from(shift))?)?, places })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_are_exact() {
        let decimal = |mantissa, places| Decimal { mantissa, places };
        assert_eq!(add(decimal(15, 1), decimal(-25, 2)), Some(decimal(125, 2)));
        assert_eq!(subtract(decimal(1, 0), decimal(1, 3)), Some(decimal(999, 3)));
        assert_eq!(multiply(decimal(40, 0), decimal(25, 1)), Some(decimal(100, 0)));
        // 40 % of 37.5
        assert_eq!(multiply_shifted(decimal(40, 0), decimal(375, 1), 2), Some(decimal(15, 0)));
        assert_eq!(at_places(decimal(15, 0), 2), Some(decimal(1500, 2)));
        assert_eq!(at_places(decimal(125, 2), 1), Some(decimal(125, 2)));
        assert_eq!(multiply(decimal(i128::MAX, 0), decimal(3, 0)), None);
    }
}
