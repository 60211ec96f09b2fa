//! Answers as CSV.
//!
//! Enters: a block of leads and their answers. Leaves: lines of text. Always holds: cells are quoted exactly where RFC 4180 needs it; lines end with LF; a rejected
//! row leaves nothing.

use super::answer_text::AnswerText;
use super::answers::Answer;
use super::arrow_text::append_text;
use super::json_line::scalar_text;
use super::lead_block::{KeptValues, LeadBlock};
use crate::column::Block;

#[derive(Clone, Debug)]
pub struct CsvWriter {
    /// with their names
    answers: Vec<(String, AnswerText)>,
    formula_guard: bool,
    /// scratch
    cell: String,
    unescaped: String,
}

impl CsvWriter {
    pub fn new(answers: Vec<Answer>, formula_guard: bool) -> CsvWriter {
        let text = |answer: Answer| (answer.name, AnswerText::new(answer.kind, |name, quoted| append_cell(name, false, quoted)));
        CsvWriter { answers: answers.into_iter().map(text).collect(), formula_guard, cell: String::new(), unescaped: String::new() }
    }

    pub fn header<'n>(&'n self, kept: impl Iterator<Item = &'n str>, out: &mut Vec<u8>) {
        append_line(kept.chain(self.answers.iter().map(|(name, _)| name.as_str())), self.formula_guard, out);
    }

    pub fn rows(&mut self, leads: &LeadBlock, answers: &Block, out: &mut Vec<u8>) {
        for row in (0..leads.rows).filter(|row| !leads.rejected[*row]) {
            let line_start = out.len();
            for (index, kept) in leads.kept.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                let cell = kept_text(kept, row, &mut self.cell, &mut self.unescaped);
                append_cell(cell, self.formula_guard, out);
            }
            for (index, ((_, answer), column)) in self.answers.iter_mut().zip(&answers.columns).enumerate() {
                if index > 0 || !leads.kept.is_empty() {
                    out.push(b',');
                }
                if let Some(value) = column.get(row) {
                    answer.append(value, out);
                }
            }
            // An empty line would be no row.
            if out.len() == line_start {
                out.extend_from_slice(b"\"\"");
            }
            out.push(b'\n');
        }
    }
}

/// One line of cells.
pub fn append_line<'c>(cells: impl Iterator<Item = &'c str>, formula_guard: bool, out: &mut Vec<u8>) {
    let line_start = out.len();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append_cell(cell, formula_guard, out);
    }
    if out.len() == line_start {
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
}

/// A carried value as a cell of text.
fn kept_text<'t>(kept: &'t KeptValues, row: usize, cell: &'t mut String, unescaped: &'t mut String) -> &'t str {
    match kept {
        KeptValues::Cells(texts) => texts.get(row),
        KeptValues::Json(texts) => match texts.get(row) {
            "null" => "",
            value => scalar_text(value, unescaped).unwrap_or(value),
        },
        KeptValues::Array(array) => {
            cell.clear();
            append_text(array.as_ref(), row, cell);
            cell
        }
    }
}

fn append_cell(cell: &str, formula_guard: bool, out: &mut Vec<u8>) {
    let guarded = formula_guard && is_formula(cell);
    if !guarded && !needs_quotes(cell) {
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    if guarded {
        out.push(b'\'');
    }
    for (index, piece) in cell.split('"').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(piece.as_bytes());
    }
    out.push(b'"');
}

fn needs_quotes(cell: &str) -> bool {
    cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
}

/// What a spreadsheet would take for a formula; a number with a sign is none.
fn is_formula(cell: &str) -> bool {
    match cell.as_bytes() {
        [b'=' | b'@' | b'\t' | b'\r', ..] => true,
        [b'+' | b'-', rest @ ..] => rest.is_empty() || !rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'),
        _ => false,
    }
}
