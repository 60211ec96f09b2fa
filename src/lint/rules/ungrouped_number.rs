//! `ungrouped-number`: `250000`, where `250_000` shows how many zeros there are.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::source::Span;
use crate::syntax::tree::ItemKind;

pub const RULE: Rule = Rule {
    name: "ungrouped-number",
    group: Group::Style,
    level: Level::Note,
    summary: "a large number is hard to read",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/ungrouped-number.md"),
    check,
};

/// Five digits are still read at a glance.
const DIGITS_MIN: usize = 6;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for file in context.files {
        let tests = context.items().filter(|item| item.span.source == file.source && matches!(item.kind, ItemKind::Test(_)));
        let tests: Vec<Span> = tests.map(|item| item.span).collect();
        let mut next_test = tests.iter().peekable();
        for (start, digits) in numbers(&context.sources.get(file.source).text) {
            while next_test.next_if(|test| (test.end as usize) <= start).is_some() {}
            let in_test = next_test.peek().is_some_and(|test| (test.start as usize) <= start);
            // a test gives what a file gives
            if in_test || is_readable(digits) {
                continue;
            }
            let grouped = grouped(digits);
            found.push(
                RULE.finding(format!("`{digits}` is hard to read"))
                    .at(Span::new(file.source, start, start + digits.len()), "one zero more or less is not seen")
                    .replace(
                        format!("write `{grouped}`"),
                        Applicability::Safe,
                        Span::new(file.source, start, start + digits.len()),
                        grouped,
                    ),
            );
        }
    }
}

/// Every whole number outside of strings, comments, names and fractions: where it starts, and its digits.
fn numbers(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let skipped =
            |stop: fn(u8) -> bool| bytes[at + 1..].iter().position(|byte| stop(*byte)).map_or(bytes.len(), |offset| at + 1 + offset);
        at = match byte {
            b'#' => skipped(|byte| byte == b'\n'),
            b'"' => end_of_string(bytes, at),
            b'`' => skipped(|byte| byte == b'`' || byte == b'\n') + 1,
            b'0'..=b'9' => {
                let end = skipped(|byte| !byte.is_ascii_digit() && byte != b'_');
                let before = &bytes[..at];
                let fraction = before.ends_with(b".") && !before.ends_with(b"..");
                if !fraction {
                    found.push((at, &text[at..end]));
                }
                end
            }
            byte if byte.is_ascii_alphabetic() || *byte == b'_' => skipped(|byte| !byte.is_ascii_alphanumeric() && byte != b'_'),
            _ => at + 1,
        };
    }
    found
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' | b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Whether the last three digits stand alone and all others in twos or threes.
fn is_readable(digits: &str) -> bool {
    let mut groups = digits.rsplit('_');
    match groups.next() {
        Some(last) if last.len() == digits.len() => digits.len() < DIGITS_MIN,
        Some(last) => last.len() == 3 && groups.all(|group| (1..=3).contains(&group.len())),
        None => true,
    }
}

fn grouped(digits: &str) -> String {
    let digits: Vec<char> = digits.chars().filter(char::is_ascii_digit).collect();
    let mut out = String::new();
    for (index, digit) in digits.iter().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(*digit);
    }
    out
}
