//! Numbers, exactly from their digits.
//!
//! Enters: the text of one cell. Leaves: the integer in units of 10^-scale. Always holds: no floating point; a value that the units
//! cannot hold exactly is refused, never rounded.

use crate::batch::bad::Reason;

/// A number as CSV and text cells hold it: a sign, digits, a decimal point, digits. Blanks around it, a leading `+`, a missing zero
/// before the point and zeros behind the last place are fine; separators and exponents are not (a spreadsheet that writes `1.2E+11` has lost digits).
pub fn plain(text: &str, scale: u8) -> Result<i64, Reason> {
    let bytes = text.trim_ascii().as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut magnitude = Some(0u64);
    let mut whole_count = 0;
    for &byte in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        magnitude = append(magnitude, byte);
        whole_count += 1;
    }
    let mut missing_places = scale;
    let mut too_fine = false;
    match &digits[whole_count..] {
        [] if whole_count > 0 => {}
        [b'.', fraction @ ..] if !fraction.is_empty() => {
            for (index, &byte) in fraction.iter().enumerate() {
                if !byte.is_ascii_digit() {
                    return Err(why_not(digits));
                }
                if index < usize::from(scale) {
                    magnitude = append(magnitude, byte);
                    missing_places -= 1;
                } else {
                    too_fine |= byte != b'0';
                }
            }
        }
        _ => return Err(why_not(digits)),
    }
    if too_fine {
        return Err(Reason::TooManyPlaces(scale));
    }
    for _ in 0..missing_places {
        magnitude = append(magnitude, b'0');
    }
    signed(negative, magnitude)
}

/// A JSON number: as [`plain`], or with an exponent, which means exactly what it says there.
pub fn json(text: &str, scale: u8) -> Result<i64, Reason> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return plain(text, scale) };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.bytes().chain(fraction.bytes());
    if !digits.clone().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::NotANumber);
    }
    if digits.clone().all(|byte| byte == b'0') {
        return Ok(0);
    }
    // An exponent of that many digits puts any number of ours out of reach, either way.
    let exponent: i64 =
        exponent.parse().map_err(|_| if exponent.starts_with('-') { Reason::TooManyPlaces(scale) } else { Reason::TooLarge })?;
    let trailing_zeros = digits.clone().rev().take_while(|byte| *byte == b'0').count();
    let shift = exponent.saturating_sub(fraction.len() as i64).saturating_add(trailing_zeros as i64).saturating_add(i64::from(scale));
    if shift < 0 {
        return Err(Reason::TooManyPlaces(scale));
    }
    let count = whole.len() + fraction.len() - trailing_zeros;
    let mut magnitude = digits.take(count).fold(Some(0), append);
    for _ in 0..shift.min(20) {
        magnitude = append(magnitude, b'0');
    }
    signed(negative, magnitude)
}

/// `integer` × 10^`shift`.
pub fn shifted(integer: i64, shift: u8) -> Result<i64, Reason> {
    let factor = 10i64.checked_pow(u32::from(shift));
    match factor.and_then(|factor| integer.checked_mul(factor)) {
        Some(value) => Ok(value),
        None if integer == 0 => Ok(0),
        None => Err(Reason::TooLarge),
    }
}

/// A number counted in 10^-`places`, in units of 10^-`scale`.
pub fn rescaled(mantissa: i128, places: i32, scale: u8) -> Result<i64, Reason> {
    let mut mantissa = mantissa;
    let mut shift = i32::from(scale) - places;
    while shift < 0 {
        if mantissa % 10 != 0 {
            return Err(Reason::TooManyPlaces(scale));
        }
        mantissa /= 10;
        shift += 1;
        if mantissa == 0 {
            return Ok(0);
        }
    }
    while shift > 0 && mantissa != 0 {
        mantissa = mantissa.checked_mul(10).ok_or(Reason::TooLarge)?;
        shift -= 1;
    }
    i64::try_from(mantissa).map_err(|_| Reason::TooLarge)
}

fn append(magnitude: Option<u64>, digit: u8) -> Option<u64> {
    magnitude?.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
}

fn signed(negative: bool, magnitude: Option<u64>) -> Result<i64, Reason> {
    let value = magnitude.and_then(|magnitude| if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() });
    value.ok_or(Reason::TooLarge)
}

/// What kind of near miss this is; `digits` is without its sign.
fn why_not(digits: &[u8]) -> Reason {
    let has_digit = digits.first().is_some_and(u8::is_ascii_digit);
    if let [whole @ .., b'.'] = digits
        && has_digit
        && whole.iter().all(u8::is_ascii_digit)
    {
        return Reason::NothingBehindPoint;
    }
    if has_digit && digits.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'\'' | b'_' | b' ')) {
        return Reason::NumberSeparator;
    }
    let exponent = digits.iter().position(|byte| matches!(byte, b'e' | b'E'));
    if let Some(at) = exponent
        && has_digit
        && digits[..at].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits[at + 1..].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'))
    {
        return Reason::Exponent;
    }
    Reason::NotANumber
}
