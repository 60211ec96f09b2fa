//! Choices by any of their spellings.
//!
//! Enters: the text of one cell. Leaves: the number of the choice, or the bits of several. Always holds: the answer is what
//! [`Choices::index_of_spelling`] gives; a text that was asked for once is found again by its bytes, without folding.

use rustc_hash::FxHashMap;

use crate::batch::bad::Reason;
use crate::batch::interner::Interner;
use crate::model::value::fold_choice;
use crate::model::{Choices, SOME_OF_CHOICES_MAX};

/// A column with more different texts than this is dirty anyway; what comes later is worked out each time.
const REMEMBERED_MAX: usize = 4_096;

#[derive(Clone, Debug)]
pub struct ChoiceCells {
    by_spelling: FxHashMap<String, i64>,
    several: bool,
    seen: Interner,
    answers: Vec<Result<Option<i64>, Reason>>,
}

impl ChoiceCells {
    pub fn new(choices: &Choices, several: bool) -> ChoiceCells {
        let mut by_spelling = FxHashMap::default();
        for (index, member) in choices.members.iter().enumerate() {
            for spelling in &member.spellings {
                by_spelling.entry(spelling.clone()).or_insert(index as i64);
            }
        }
        ChoiceCells { by_spelling, several, seen: Interner::default(), answers: Vec::new() }
    }

    /// Whether a cell may hold more than one.
    pub fn several(&self) -> bool {
        self.several
    }

    pub fn read(&mut self, cell: &str) -> Result<Option<i64>, Reason> {
        if let Some(code) = self.seen.find(cell.as_bytes()) {
            return self.answers[code as usize];
        }
        let answer = if self.several { self.some_of(cell) } else { self.one_of(cell).map(Some) };
        if self.answers.len() < REMEMBERED_MAX {
            self.seen.insert(cell.as_bytes());
            self.answers.push(answer);
        }
        answer
    }

    /// The bit of one member of a list.
    pub fn bit(&self, member: &str) -> Result<i64, Reason> {
        match self.one_of(member)? {
            index if (0..SOME_OF_CHOICES_MAX as i64).contains(&index) => Ok(1 << index),
            _ => Err(Reason::NotAChoice),
        }
    }

    fn one_of(&self, cell: &str) -> Result<i64, Reason> {
        self.by_spelling.get(&fold_choice(cell)).copied().ok_or(Reason::NotAChoice)
    }

    /// Choices between `;`, else between `,`; but a spelling may hold these itself, so the whole comes before its pieces.
    fn some_of(&self, cell: &str) -> Result<Option<i64>, Reason> {
        if let Ok(bit) = self.bit(cell) {
            return Ok(Some(bit));
        }
        let mut bits = 0;
        for outer in pieces(cell, ';') {
            match self.bit(outer) {
                Ok(bit) => bits |= bit,
                Err(_) => {
                    for inner in pieces(outer, ',') {
                        bits |= self.bit(inner)?;
                    }
                }
            }
        }
        Ok((bits != 0).then_some(bits))
    }
}

/// The values of a cell between separators.
pub(crate) fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).map(str::trim).filter(|piece| !piece.is_empty())
}
