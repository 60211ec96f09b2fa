//! Answers as columns of a scored file.
//!
//! Enters: the policy and its answers. Leaves: for each output its name and how its integers are written. Always holds: a number has
//! exactly the places of its scale; a choice is written by its name; a missing answer is written as nothing.

use super::answer_text::{COPIED, append_first};
use super::cells::{date_text, zoned_text};
use crate::calendar::Zone;
use crate::column::Width;
use crate::model::Policy;
use crate::program::{Output, OutputKind};

#[derive(Clone, Debug)]
pub struct Answer {
    pub name: String,
    pub kind: AnswerKind,
    pub optional: bool,
}

#[derive(Clone, Debug)]
pub enum AnswerKind {
    Number {
        scale: u8,
        /// of its integers
        width: Width,
    },
    /// names of the choices
    Choice(Vec<String>),
    YesNo,
    Date,
    /// written in the policy's zone
    Time(Zone),
}

pub fn answers(policy: &Policy, outputs: &[Output], zone: &Zone) -> Vec<Answer> {
    let answer = |output: &Output| Answer {
        name: output.name.clone(),
        kind: match output.kind {
            OutputKind::Number { scale, unit: _ } => AnswerKind::Number { scale, width: output.width },
            OutputKind::Choice(choices) => AnswerKind::Choice(
                policy
                    .choices
                    .get(choices)
                    .map(|choices| choices.members.iter().map(|member| member.name.clone()).collect())
                    .unwrap_or_default(),
            ),
            OutputKind::YesNo => AnswerKind::YesNo,
            OutputKind::Date => AnswerKind::Date,
            OutputKind::Time => AnswerKind::Time(zone.clone()),
        },
        optional: output.optional,
    };
    outputs.iter().map(answer).collect()
}

impl AnswerKind {
    /// Appends the value as plain text.
    pub fn append(&mut self, value: i64, out: &mut Vec<u8>) {
        match self {
            AnswerKind::Number { scale, .. } => append_scaled(value, *scale, out),
            AnswerKind::Choice(names) => {
                if let Some(name) = usize::try_from(value).ok().and_then(|index| names.get(index)) {
                    out.extend_from_slice(name.as_bytes());
                }
            }
            AnswerKind::YesNo => out.extend_from_slice(if value == 0 { b"no" } else { b"yes" }),
            AnswerKind::Date => out.extend_from_slice(date_text(value).as_bytes()),
            AnswerKind::Time(zone) => out.extend_from_slice(zoned_text(value, zone).as_bytes()),
        }
    }
}

/// `-1234` at scale 2 is `-12.34`; the same text as [`crate::model::value::format_scaled`], without its allocations.
pub fn append_scaled(value: i64, scale: u8, out: &mut Vec<u8>) {
    // 20 digits of a 64-bit number, or 18 places and a zero before the point; the point, and the sign
    const LENGTH_MAX: usize = 26;
    // What is copied in one piece may reach behind the text.
    let mut text = [0; LENGTH_MAX + COPIED];
    let scale = usize::from(scale).min(LENGTH_MAX - 3);
    let (mut start, mut rest) = (LENGTH_MAX, value.unsigned_abs());
    if scale > 0 {
        for _ in 0..scale {
            start -= 1;
            text[start] = last_digit(&mut rest);
        }
        start -= 1;
        text[start] = b'.';
    }
    while rest >= 100 {
        let pair = 2 * (rest % 100) as usize;
        rest /= 100;
        start -= 2;
        text[start..start + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if rest >= 10 {
        start -= 1;
        text[start] = last_digit(&mut rest);
    }
    start -= 1;
    text[start] = last_digit(&mut rest);
    if value < 0 {
        start -= 1;
        text[start] = b'-';
    }
    let length = LENGTH_MAX - start;
    match text[start..].first_chunk::<COPIED>() {
        Some(first) if length <= COPIED => append_first(first, length, out),
        Some(_) | None => out.extend_from_slice(&text[start..LENGTH_MAX]),
    }
}

fn last_digit(number: &mut u64) -> u8 {
    let digit = b'0' + (*number % 10) as u8;
    *number /= 10;
    digit
}

/// `00` to `99`
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut number = 0;
    while number < 100 {
        pairs[2 * number] = b'0' + (number / 10) as u8;
        pairs[2 * number + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::format_scaled;

    #[test]
    fn a_number_is_appended_as_it_is_formatted() {
        for value in [0, 1, -1, 9, 10, -10, 99, 100, 12_345, -12_345, i64::MAX, i64::MIN, i64::MIN + 1, 1_000_000_000_000_000_000] {
            for scale in 0..=18 {
                let mut text = b"x".to_vec();
                append_scaled(value, scale, &mut text);
                assert_eq!(String::from_utf8(text).unwrap(), format!("x{}", format_scaled(value.into(), scale)), "{value} {scale}");
            }
        }
    }
}
