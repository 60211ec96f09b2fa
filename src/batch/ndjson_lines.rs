//! Lines of NDJSON that are written like an earlier one.
//!
//! Enters: the names of a line, then lines. Leaves: where the values of each line are. Always holds: a line that is taken is a JSON object with some of these names, each at most once
//! and in their order, whose values are `null`, truth values, numbers without exponent and strings without escapes; whatever else a line may be
//! is for a parser of JSON to say.

use std::ops::Range;

use super::cells::{Cell, Cells};
use super::csv_scan::{ONES, bytes_equal};

/// The names of a line, in their order.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    names: Vec<Name>,
    kept_count: usize,
}

#[derive(Clone, Debug)]
struct Name {
    /// as a line writes it, with quotes and colon
    quoted: Box<[u8]>,
    /// its first bytes as an integer, the first lowest, and which bits of that are its own
    start: u128,
    own: u128,
    /// where its value is kept, if it is of use
    kept: Option<usize>,
    needed: bool,
}

/// Bytes of a name that are compared at once.
const START_BYTES: usize = size_of::<u128>();

impl Name {
    #[inline]
    fn begins(&self, text: &[u8]) -> bool {
        match text.first_chunk() {
            Some(start) if self.quoted.len() <= START_BYTES => u128::from_le_bytes(*start) & self.own == self.start,
            Some(_) | None => text.starts_with(&self.quoted),
        }
    }
}

/// What a name is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Unused,
    Used,
    /// a line without it is not taken
    Needed,
}

/// Where values are, row by row; an empty range where a line lacks the name.
#[derive(Debug, Default)]
pub struct Values {
    places: Vec<(u32, u32)>,
    rows: usize,
}

impl Shape {
    /// None if a name needs escapes or comes twice.
    pub fn of<'n>(names: impl Iterator<Item = (&'n str, Use)>) -> Option<Shape> {
        let mut shape = Shape::default();
        for (name, using) in names {
            let is_used = using != Use::Unused;
            let quoted = format!("\"{name}\":").into_bytes().into_boxed_slice();
            let is_plain = name.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
            if !is_plain || shape.names.iter().any(|earlier| earlier.quoted == quoted) {
                return None;
            }
            let start = quoted.iter().take(START_BYTES).rev().fold(0, |start, byte| start << 8 | u128::from(*byte));
            let own = u128::MAX >> (8 * START_BYTES.saturating_sub(quoted.len()));
            shape.names.push(Name { quoted, start, own, kept: is_used.then_some(shape.kept_count), needed: using == Use::Needed });
            shape.kept_count += usize::from(is_used);
        }
        Some(shape)
    }

    /// Adds the values of the line in this part of the text. If it is not written like this, nothing is added.
    pub fn take(&self, text: &[u8], line: Range<usize>, values: &mut Values) -> bool {
        let start = values.places.len();
        values.places.resize(start + self.kept_count, (0, 0));
        let is_taken = self.read(&text[..line.end], line.start, &mut values.places[start..]).is_some();
        if is_taken {
            values.rows += 1;
        } else {
            values.places.truncate(start);
        }
        is_taken
    }

    fn read(&self, text: &[u8], start: usize, places: &mut [(u32, u32)]) -> Option<()> {
        let mut at = start + 1;
        if text.get(start) != Some(&b'{') {
            return None;
        }
        let mut names = self.names.iter();
        loop {
            let rest = &text[at..];
            let name = loop {
                let name = names.next()?;
                if name.begins(rest) {
                    break name;
                }
                if name.needed {
                    return None;
                }
            };
            at += name.quoted.len();
            at += usize::from(text.get(at) == Some(&b' '));
            let end = end_of_value(text, at)?;
            if let Some(kept) = name.kept {
                places[kept] = (u32::try_from(at).ok()?, u32::try_from(end).ok()?);
            }
            match text.get(end)? {
                b',' => at = end + 1 + usize::from(text.get(end + 1) == Some(&b' ')),
                b'}' => return (end + 1 == text.len() && !names.any(|name| name.needed)).then_some(()),
                _ => return None,
            }
        }
    }
}

/// The place behind a plain value.
fn end_of_value(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => end_of_string(text, at + 1),
        b'n' => end_of_word(text, at, b"null"),
        b't' => end_of_word(text, at, b"true"),
        b'f' => end_of_word(text, at, b"false"),
        b'-' => end_of_number(text, at + 1),
        _ => end_of_number(text, at),
    }
}

fn end_of_word(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    text[at..].starts_with(word).then_some(at + word.len())
}

/// From behind the opening quote to behind the closing one.
fn end_of_string(text: &[u8], mut at: usize) -> Option<usize> {
    while let Some(Ok(eight)) = text.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let eight = u64::from_le_bytes(eight);
        // controls have to be escaped; what is set behind the first of these says nothing
        let controls = eight.wrapping_sub(ONES * u64::from(b' ')) & !eight & (ONES << 7);
        let ends = bytes_equal(eight, b'"') | bytes_equal(eight, b'\\') | controls;
        if ends != 0 {
            let end = at + ends.trailing_zeros() as usize / 8;
            return (text[end] == b'"').then_some(end + 1);
        }
        at += 8;
    }
    let end = at + text[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))?;
    (text[end] == b'"').then_some(end + 1)
}

/// `0`, `12`, `12.5`
fn end_of_number(text: &[u8], at: usize) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(at);
    if whole == 0 || whole > 1 && text[at] == b'0' {
        return None;
    }
    let end = at + whole;
    if text.get(end) != Some(&b'.') {
        return Some(end);
    }
    let places = digits(end + 1);
    (places > 0).then_some(end + 1 + places)
}

impl Values {
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn clear(&mut self) {
        self.places.clear();
        self.rows = 0;
    }

    /// Those of the name with this number among the used ones.
    pub fn column<'v>(&'v self, text: &'v str, number: usize) -> Column<'v> {
        let used = self.places.len().checked_div(self.rows).unwrap_or(0);
        Column { text, places: &self.places, number, used }
    }
}

/// The values of one name.
pub struct Column<'v> {
    text: &'v str,
    places: &'v [(u32, u32)],
    number: usize,
    used: usize,
}

impl Column<'_> {
    /// As the line writes it; empty where the line lacks it.
    pub fn json(&self, row: usize) -> &str {
        let (start, end) = self.places[row * self.used + self.number];
        &self.text[start as usize..end as usize]
    }
}

impl Cells for Column<'_> {
    /// The same value as a CSV file holds it.
    #[inline]
    fn cell(&self, row: usize) -> Cell<'_> {
        let (start, end) = self.places[row * self.used + self.number];
        let (start, end) = (start as usize, end as usize);
        let text = self.text.as_bytes();
        match text[start..end].first() {
            Some(b'"') => Cell { text, start: start + 1, end: end - 1 },
            Some(b'n') => Cell { text, start, end: start },
            Some(_) | None => Cell { text, start, end },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape::of([("a", Use::Used), ("b c", Use::Unused), ("é", Use::Used)].into_iter()).unwrap()
    }

    /// The values of a line, if it is taken.
    fn read(line: &str) -> Option<[String; 2]> {
        let mut values = Values::default();
        let text = format!("{line}\n");
        let is_taken = shape().take(text.as_bytes(), 0..line.len(), &mut values);
        assert_eq!(values.rows(), usize::from(is_taken));
        is_taken.then(|| [0, 1].map(|number| values.column(&text, number).json(0).to_owned()))
    }

    #[test]
    fn what_is_taken_is_what_serde_json_reads() {
        let lines = [
            r#"{"a":1,"b c":2,"é":"x"}"#,
            r#"{"a": 1, "b c": 2, "é": "a longer text, with } and : in it"}"#,
            r#"{"a":-0.50}"#,
            r#"{"é":null}"#,
            r#"{"a":true,"é":false}"#,
            r#"{"a":"äöü, eleven and more"}"#,
            r#"{"b c":"","é":""}"#,
        ];
        for line in lines {
            let values: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            let json = |name: &str| values.get(name).cloned();
            let taken = read(line).unwrap_or_else(|| panic!("{line} is not taken"));
            for (name, value) in ["a", "é"].into_iter().zip(taken) {
                let read = (!value.is_empty()).then(|| serde_json::from_str(&value).unwrap());
                assert_eq!(json(name), read, "{line}");
            }
        }
    }

    #[test]
    fn names_of_any_length_are_told_apart() {
        for length in 1..40 {
            let name = "n".repeat(length);
            let shape = Shape::of([(name.as_str(), Use::Used)].into_iter()).unwrap();
            let others = [format!("{name}n"), format!("m{}", &name[1..]), format!("{}m", &name[1..])];
            for (written, is_it) in [(&name, true)].into_iter().chain(others.iter().map(|other| (other, false))) {
                for behind in ["1}", r#""and much more than sixteen bytes"}"#] {
                    let line = format!(r#"{{"{written}":{behind}"#);
                    assert_eq!(shape.take(line.as_bytes(), 0..line.len(), &mut Values::default()), is_it, "{name}: {line}");
                }
            }
        }
    }

    #[test]
    fn everything_else_is_left() {
        let lines = [
            "",
            "{",
            "{}",
            "[1]",
            r#"{"a":1"#,
            r#"{"a":1}x"#,
            r#"{"a":1} "#,
            r#"{"a":1,}"#,
            r#"{"a":1,,"é":2}"#,
            r#"{"é":1,"a":2}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"other":1}"#,
            r#"{"a":[1]}"#,
            r#"{"a":{}}"#,
            r#"{"a":1e3}"#,
            r#"{"a":01}"#,
            r#"{"a":.5}"#,
            r#"{"a":5.}"#,
            r#"{"a":-}"#,
            r#"{"a":nul}"#,
            r#"{"a":"x\n"}"#,
            r#"{"a":"a longer text with \" in it"}"#,
            r#"{"a":"open}"#,
            "{\"a\":\"tab\there\"}",
            "{\"a\":\"a longer text with a\u{1}control\"}",
            "{\"a\":1}\r",
            r#"{ "a":1}"#,
            r#"{"a":  1}"#,
        ];
        for line in lines {
            assert_eq!(read(line), None, "{line}");
        }
        assert!(Shape::of([("a\"", Use::Used)].into_iter()).is_none());
        assert!(Shape::of([("a", Use::Used), ("a", Use::Unused)].into_iter()).is_none());
    }

    #[test]
    fn a_line_without_a_name_that_is_needed_is_left() {
        let shape = Shape::of([("a", Use::Used), ("b", Use::Needed), ("c", Use::Used)].into_iter()).unwrap();
        let is_taken = |line: &str| shape.take(line.as_bytes(), 0..line.len(), &mut Values::default());
        assert!(is_taken(r#"{"a":1,"b":2,"c":3}"#) && is_taken(r#"{"b":2}"#) && is_taken(r#"{"b":null,"c":3}"#));
        assert!(!is_taken(r#"{"a":1,"c":3}"#) && !is_taken(r#"{"a":1}"#) && !is_taken(r#"{"c":1}"#));
    }
}
