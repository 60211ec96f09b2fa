//! The integer functions that every evaluator shares: one definition of each.
//!
//! Enters: known integers. Leaves: an integer, or none where the result leaves 64 bits or does not exist. The interpreter calls these
//! for every operation; compiled code may compute the same inline and calls them where it does not. Always holds: no function
//! here panics or wraps silently, whatever it is given, as long as shifts stay within [`SHIFT_MAX`] and [`COMPARE_SHIFT_MAX`].

use xxhash_rust::xxh64::xxh64;

use super::Lookup;
use crate::model::Operator;

/// The largest power of ten that a division shifts by, either way. A greater shift would change no result: 10^38 times any
/// dividend but 0 leaves 64 bits even after division by the largest divisor, and 10^38 times any divisor rounds to 0.
pub const SHIFT_MAX: i8 = 38;

/// The largest power of ten that a side of a comparison is shifted by: 2^63 × 10^18 fits 128 bits.
pub const COMPARE_SHIFT_MAX: u8 = 18;

/// `left × 10^shift / right`, the exact quotient rounded once, half away from zero. A negative shift multiplies the right side instead.
/// None by zero and beyond 64 bits.
pub fn divide(left: i64, right: i64, shift: i8) -> Option<i64> {
    if right == 0 {
        return None;
    }
    if left == 0 {
        return Some(0);
    }
    let power = 10i128.checked_pow(u32::from(shift.unsigned_abs()))?;
    let (dividend, divisor) = if shift >= 0 {
        // Beyond 128 bits the quotient is beyond 64: 2^127 / 2^63 is 2^64.
        (i128::from(left).checked_mul(power)?, i128::from(right))
    } else {
        match i128::from(right).checked_mul(power) {
            Some(divisor) => (i128::from(left), divisor),
            // 2^63 / 2^127 is far below a half.
            None => return Some(0),
        }
    };
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    // |rest| ≥ |divisor| / 2, written so that nothing can overflow
    let rounds_away = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
    let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
    i64::try_from(if rounds_away { quotient + away } else { quotient }).ok()
}

/// Cut toward zero. None by zero, and for MIN / -1, which leaves 64 bits.
pub fn quotient(left: i64, right: i64) -> Option<i64> {
    left.checked_div(right)
}

/// What [`quotient`] leaves, with the sign of the left side. None by zero; MIN % -1 is 0.
pub fn remainder(left: i64, right: i64) -> Option<i64> {
    (right != 0).then(|| left.wrapping_rem(right))
}

/// Compares `left × 10^left_shift` with `right × 10^right_shift`.
pub fn compare(operator: Operator, left: i64, right: i64, left_shift: u8, right_shift: u8) -> bool {
    let left = i128::from(left) * 10i128.pow(u32::from(left_shift.min(COMPARE_SHIFT_MAX)));
    let right = i128::from(right) * 10i128.pow(u32::from(right_shift.min(COMPARE_SHIFT_MAX)));
    operator.holds(left.cmp(&right))
}

/// The entry of an array, none outside it.
pub fn entry(array: &[Option<i64>], index: i64) -> Option<i64> {
    usize::try_from(index).ok().and_then(|index| array.get(index).copied().flatten())
}

/// How many of the sorted thresholds are at most the value.
pub fn band(thresholds: &[Option<i64>], value: i64) -> i64 {
    thresholds.partition_point(|threshold| threshold.is_some_and(|threshold| threshold <= value)) as i64
}

/// What rotations turn by: XXH64, seed 0, of the bytes of the lead's key as it is written. A key is never folded, also one of choices or numbers:
/// `LTC` and `long_term_care` are two keys, and so are `7` and `07`.
pub fn key_hash(key: &str) -> i64 {
    xxh64(key.as_bytes(), 0).cast_signed()
}

/// The finaliser of MurmurHash3's 64-bit mix: every bit of the input changes about half of the output.
pub fn mix(value: u64) -> u64 {
    let mut value = value;
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^= value >> 33;
    value = value.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ (value >> 33)
}

/// A turn of a rotation of `total` turns: from 0 to `total - 1`, each about equally often.
pub fn turn(hash: i64, seed: i64, total: u32) -> i64 {
    let mixed = mix((hash ^ seed) as u64);
    ((u128::from(mixed) * u128::from(total)) >> 64) as i64
}

/// The row of a look-up whose keys are these. With a prefix key: the row of the longest prefix that has one for the other keys.
pub fn find(lookup: &Lookup, keys: &[i64]) -> Option<i64> {
    let Some((position, parents)) = &lookup.prefix else {
        return row_of(lookup, |row| row.cmp(keys));
    };
    // Each parent is shorter than its child, so the chain ends; the bound keeps a broken index from hanging.
    let mut prefix = *keys.get(*position)?;
    for _ in 0..=parents.len() {
        let found = row_of(lookup, |row| {
            let wanted = keys.iter().enumerate().map(|(index, key)| if index == *position { &prefix } else { key });
            row.iter().cmp(wanted)
        });
        if found.is_some() {
            return found;
        }
        prefix = entry(parents, prefix)?;
    }
    None
}

fn row_of(lookup: &Lookup, order: impl Fn(&[i64]) -> std::cmp::Ordering) -> Option<i64> {
    let index = lookup.rows.binary_search_by(|(row, _)| order(row)).ok()?;
    lookup.rows.get(index).map(|(_, row)| *row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_half_away_from_zero() {
        // 5 / 2 = 2.5, 4 / 3 = 1.33…, 5 / 3 = 1.66…
        for (left, right, expected) in
            [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (-5, -2, 3), (4, 3, 1), (5, 3, 2), (-4, 3, -1), (-5, 3, -2), (0, -7, 0)]
        {
            assert_eq!(divide(left, right, 0), Some(expected), "{left} / {right}");
        }
        assert_eq!(divide(1, 3, 2), Some(33));
        assert_eq!(divide(2, 3, 2), Some(67));
        // 1 / 8 = 0.125 to two places: a half, away from zero
        assert_eq!(divide(1, 8, 2), Some(13));
        assert_eq!(divide(-1, 8, 2), Some(-13));
        assert_eq!(divide(1234, 1, -2), Some(12));
        assert_eq!(divide(1250, 1, -2), Some(13));
        assert_eq!(divide(-1250, 1, -2), Some(-13));
    }

    #[test]
    fn division_at_the_extremes() {
        assert_eq!(divide(7, 0, 0), None);
        assert_eq!(divide(0, 0, 5), None);
        assert_eq!(divide(i64::MIN, -1, 0), None);
        assert_eq!(divide(i64::MIN, 1, 0), Some(i64::MIN));
        assert_eq!(divide(i64::MAX, i64::MIN, 0), Some(-1));
        assert_eq!(divide(i64::MIN, i64::MIN, 18), Some(1_000_000_000_000_000_000));
        assert_eq!(divide(i64::MAX, 1, 1), None);
        assert_eq!(divide(i64::MAX, i64::MAX, SHIFT_MAX), None);
        assert_eq!(divide(0, i64::MAX, SHIFT_MAX), Some(0));
        assert_eq!(divide(i64::MAX, i64::MAX, -SHIFT_MAX), Some(0));
        // 2^63 - 1 = 9223372036854775807: divided by 10^19 it is 0.92
        assert_eq!(divide(i64::MAX, 1, -19), Some(1));
        assert_eq!(divide(i64::MIN, 1, -19), Some(-1));
        assert_eq!(divide(i64::MIN, 1, -20), Some(0));
        // half of MAX + 1: 4611686018427387904 of 9223372036854775807 is just over a half
        assert_eq!(divide(4_611_686_018_427_387_904, i64::MAX, 0), Some(1));
        assert_eq!(divide(4_611_686_018_427_387_903, i64::MAX, 0), Some(0));
    }

    #[test]
    fn quotient_and_remainder() {
        assert_eq!(quotient(-7, 2), Some(-3));
        assert_eq!(quotient(7, 0), None);
        assert_eq!(quotient(i64::MIN, -1), None);
        assert_eq!(remainder(-7, 2), Some(-1));
        assert_eq!(remainder(7, -2), Some(1));
        assert_eq!(remainder(7, 0), None);
        assert_eq!(remainder(i64::MIN, -1), Some(0));
    }

    #[test]
    fn compares_two_scales_exactly() {
        // 92233720368547758.07 with 9223372036854775807
        assert!(compare(Operator::Below, i64::MAX, i64::MAX, 0, 2));
        assert!(!compare(Operator::AtLeast, i64::MAX, i64::MAX, 0, 18));
        assert!(compare(Operator::AtLeast, 655, 6550, 1, 0));
        assert!(!compare(Operator::Above, 655, 6550, 1, 0));
        assert!(compare(Operator::AtMost, i64::MIN, i64::MIN, 18, 0));
    }

    #[test]
    fn keys_are_hashed_as_they_are_written() {
        // Published: XXH64 of nothing is 0xEF46DB3751D8E999, of "abc" 0x44BC2CF5AD770999.
        assert_eq!(key_hash("").cast_unsigned(), 0xEF46_DB37_51D8_E999);
        assert_eq!(key_hash("abc").cast_unsigned(), 0x44BC_2CF5_AD77_0999);
    }

    #[test]
    fn mix_is_murmur3s_finaliser() {
        // Reference values of fmix64: 0 stays 0; 1 is published with the algorithm's ports.
        assert_eq!(mix(0), 0);
        assert_eq!(mix(1), 0xb456_bcfc_34c2_cb2c);
        assert_eq!(turn(0, 0, 4), 0);
        // 0xb456… / 2^64 is 0.704…: of 4 turns it is number 2, of 10 it is 7.
        assert_eq!(turn(1, 0, 4), 2);
        assert_eq!(turn(3, 2, 10), 7);
        assert_eq!(turn(i64::MIN, i64::MAX, 1), 0);
    }

    #[test]
    fn finds_rows_by_key_and_by_longest_prefix() {
        let exact =
            Lookup { table: "t".into(), key_count: 2, rows: vec![(vec![-1, 5], 2), (vec![0, 1], 0), (vec![0, 2], 1)], prefix: None };
        assert_eq!(find(&exact, &[0, 2]), Some(1));
        assert_eq!(find(&exact, &[-1, 5]), Some(2));
        assert_eq!(find(&exact, &[0, 3]), None);
        // Codes 0 = "4", 1 = "43", 2 = "430"; second key 7 has rows for "4" and "430", 8 for "43" alone.
        let rows = vec![(vec![0, 7], 10), (vec![1, 8], 11), (vec![2, 7], 12)];
        let prefix = Lookup { table: "t".into(), key_count: 2, rows, prefix: Some((0, vec![None, Some(0), Some(1)])) };
        assert_eq!(find(&prefix, &[2, 7]), Some(12));
        assert_eq!(find(&prefix, &[1, 7]), Some(10));
        assert_eq!(find(&prefix, &[2, 8]), Some(11));
        assert_eq!(find(&prefix, &[0, 8]), None);
        assert_eq!(find(&prefix, &[99, 7]), None);
    }
}
