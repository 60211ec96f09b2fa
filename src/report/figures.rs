//! Counts, shares, rates and bars as people read them. Integers only.

use std::time::Duration;

use crate::diagnostic::render_human::Look;
use crate::model::value::format_scaled;

/// `12,345`
pub fn count(value: u64) -> String {
    grouped(&value)
}

/// The same beyond 64 bits, of digits or what shows as such.
pub fn grouped(value: &impl std::fmt::Display) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 lead`, `2 leads`
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Tenths of a per cent, rounded; what is there is never shown as nothing, and less than all never as all.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".into();
    }
    let tenths = (u128::from(part) * 1_000 + u128::from(whole) / 2) / u128::from(whole);
    match (part, tenths) {
        (0, _) => "0 %".into(),
        (_, 0) => "<0.1 %".into(),
        (part, 1_000..) if part < whole => ">99.9 %".into(),
        (_, tenths) => format!("{} %", format_scaled(tenths.cast_signed(), 1)),
    }
}

/// The mean, rounded half away from zero.
pub fn mean(sum: i128, known: u64) -> Option<i64> {
    let known = i128::from(known);
    if known == 0 {
        return None;
    }
    let rounded = (sum.abs().checked_mul(2)?.checked_add(known)?) / (2 * known) * sum.signum();
    i64::try_from(rounded).ok()
}

/// A bar of at most `width` columns.
pub fn bar(part: u64, greatest: u64, width: usize, look: Look) -> String {
    if greatest == 0 {
        return String::new();
    }
    let eighths = (u128::from(part) * width as u128 * 8).div_ceil(u128::from(greatest)) as usize;
    if look.unicode {
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
        format!("{}{rest}", "█".repeat(eighths / 8))
    } else {
        "#".repeat(eighths.div_ceil(8))
    }
}

/// Rows a second, two digits of it meant.
pub fn rate(rows: u64, elapsed: Duration) -> Option<u64> {
    let microseconds = elapsed.as_micros();
    if rows == 0 || microseconds == 0 {
        return None;
    }
    let rate = u64::try_from(u128::from(rows) * 1_000_000 / microseconds).ok()?;
    let unit = 10u64.checked_pow(rate.checked_ilog10()?.saturating_sub(1))?;
    Some(rate / unit * unit)
}

/// `0.042 s`, `3.1 s`, `2 min 5 s`
pub fn duration(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    match milliseconds {
        0..1_000 => format!("{} s", format_scaled(milliseconds.cast_signed(), 3)),
        1_000..60_000 => format!("{} s", format_scaled((milliseconds / 100).cast_signed(), 1)),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds / 1_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(
            (count(0), count(999), count(1_000), count(12_345_678)),
            ("0".into(), "999".into(), "1,000".into(), "12,345,678".into())
        );
        assert_eq!((share(1, 3), share(0, 3), share(3, 3)), ("33.3 %".into(), "0 %".into(), "100.0 %".into()));
        assert_eq!((share(1, 100_000), share(99_999, 100_000), share(0, 0)), ("<0.1 %".into(), ">99.9 %".into(), "-".into()));
        assert_eq!((mean(1_005, 2), mean(-1_005, 2), mean(0, 0)), (Some(503), Some(-503), None));
        assert_eq!(rate(3_961, Duration::from_millis(40)), Some(99_000));
        assert_eq!(duration(Duration::from_millis(42)), "0.042 s");
        assert_eq!(duration(Duration::from_millis(3_170)), "3.1 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn a_bar_shows_whatever_is_there() {
        let unicode = Look { unicode: true, ..Look::PLAIN };
        assert_eq!(bar(1, 1_000, 10, unicode), "▏");
        assert_eq!(bar(1_000, 1_000, 3, unicode), "███");
        assert_eq!(bar(550, 1_000, 10, unicode), "█████▌");
        assert_eq!(bar(1, 1_000, 10, Look::PLAIN), "#");
        assert_eq!(bar(0, 1_000, 10, Look::PLAIN), "");
    }
}
