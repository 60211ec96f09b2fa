//! Answers as NDJSON.
//!
//! Enters: a block of leads and their answers. Leaves: one object per line. Always holds: numbers are JSON numbers with exactly the places of their scale; missing
//! is `null`; values carried from NDJSON stand as they stood there; a rejected row leaves nothing.

use super::answer_text::AnswerText;
use super::answers::{Answer, AnswerKind};
use super::arrow_text::{append_json, append_json_string};
use super::lead_block::{KeptValues, LeadBlock};
use crate::column::Block;

#[derive(Clone, Debug)]
pub struct NdjsonWriter {
    /// `"name":` of each carried column
    kept_names: Vec<Vec<u8>>,
    answers: Vec<(Vec<u8>, AnswerText)>,
}

impl NdjsonWriter {
    pub fn new<'n>(kept: impl Iterator<Item = &'n str>, answers: Vec<Answer>) -> NdjsonWriter {
        let answers = answers.into_iter().map(|answer| (label(&answer.name), AnswerText::new(answer.kind, append_json_string)));
        NdjsonWriter { kept_names: kept.map(label).collect(), answers: answers.collect() }
    }

    pub fn rows(&mut self, leads: &LeadBlock, answers: &Block, out: &mut Vec<u8>) {
        for row in (0..leads.rows).filter(|row| !leads.rejected[*row]) {
            out.push(b'{');
            let line_start = out.len();
            for (name, kept) in self.kept_names.iter().zip(&leads.kept) {
                append_name(name, line_start, out);
                match kept {
                    KeptValues::Cells(texts) => match texts.get(row) {
                        "" => out.extend_from_slice(b"null"),
                        text => append_json_string(text, out),
                    },
                    KeptValues::Json(texts) => match texts.get(row) {
                        "" => out.extend_from_slice(b"null"),
                        value => out.extend_from_slice(value.as_bytes()),
                    },
                    KeptValues::Array(array) => append_json(array.as_ref(), row, out),
                }
            }
            for ((name, answer), column) in self.answers.iter_mut().zip(&answers.columns) {
                append_name(name, line_start, out);
                match (column.get(row), &answer.kind) {
                    (None, _) => out.extend_from_slice(b"null"),
                    (Some(value), AnswerKind::YesNo) => out.extend_from_slice(if value == 0 { b"false" } else { b"true" }),
                    (Some(value), AnswerKind::Number { .. } | AnswerKind::Choice(_)) => answer.append(value, out),
                    (Some(value), AnswerKind::Date | AnswerKind::Time(_)) => {
                        out.push(b'"');
                        answer.append(value, out);
                        out.push(b'"');
                    }
                }
            }
            out.extend_from_slice(b"}\n");
        }
    }
}

fn label(name: &str) -> Vec<u8> {
    let mut label = Vec::new();
    append_json_string(name, &mut label);
    label.push(b':');
    label
}

fn append_name(name: &[u8], line_start: usize, out: &mut Vec<u8>) {
    if out.len() > line_start {
        out.push(b',');
    }
    out.extend_from_slice(name);
}
