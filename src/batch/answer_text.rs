//! Answers as text, row after row.
//!
//! Enters: the integer of an answer. Leaves: its text. Always holds: it is what [`AnswerKind::append`] appends, or what `quote` made of it. Copying sixteen bytes takes a
//! processor one step, whatever they hold; copying as many as there are takes a call.

use super::answers::{AnswerKind, append_scaled};

/// Bytes that are copied at once.
pub const COPIED: usize = 16;

/// Most points of sections, ranks and many scores are among these.
const NUMBERS: i64 = 256;

/// How one answer is written.
#[derive(Clone, Debug)]
pub struct AnswerText {
    pub kind: AnswerKind,
    /// of the choices, quoted; of numbers, the first [`NUMBERS`]
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
enum Name {
    Short([u8; COPIED], usize),
    Long(Vec<u8>),
}

impl AnswerText {
    /// Names of choices are the same in every row, so they are quoted once.
    pub fn new(kind: AnswerKind, quote: impl Fn(&str, &mut Vec<u8>)) -> AnswerText {
        let names = match &kind {
            AnswerKind::Choice(names) => names.iter().map(|name| Name::new(|text| quote(name, text))).collect(),
            AnswerKind::Number { scale, .. } => (0..NUMBERS).map(|value| Name::new(|text| append_scaled(value, *scale, text))).collect(),
            AnswerKind::YesNo | AnswerKind::Date | AnswerKind::Time(_) => Vec::new(),
        };
        AnswerText { kind, names }
    }

    pub fn append(&mut self, value: i64, out: &mut Vec<u8>) {
        match (usize::try_from(value).ok().and_then(|index| self.names.get(index)), &mut self.kind) {
            (Some(Name::Short(short, length)), _) => append_first(short, *length, out),
            (Some(Name::Long(name)), _) => out.extend_from_slice(name),
            (None, kind) => kind.append(value, out),
        }
    }
}

impl Name {
    fn new(append: impl Fn(&mut Vec<u8>)) -> Name {
        let mut text = Vec::new();
        append(&mut text);
        let mut short = [0; COPIED];
        match short.get_mut(..text.len()) {
            Some(start) => start.copy_from_slice(&text),
            None => return Name::Long(text),
        }
        Name::Short(short, text.len())
    }
}

/// Appends so many of the bytes.
#[inline]
pub fn append_first(bytes: &[u8; COPIED], count: usize, out: &mut Vec<u8>) {
    let end = out.len() + count.min(COPIED);
    out.extend_from_slice(bytes);
    out.truncate(end);
}
