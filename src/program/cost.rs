//! How much work a lead can be, before any lead is seen.
//!
//! Enters: a program. Leaves: a [`Cost`], which reads as a sentence. Always holds: no lead takes more steps. There are no loops, so each
//! operation runs once; a search of a sorted array or a look-up takes a step for each halving, and a prefix key repeats it for each
//! shorter prefix.

use std::fmt;

use super::{Lookup, Op, Program};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// columns read per lead
    pub inputs: usize,
    /// operations per lead
    pub operations: usize,
    /// comparisons of searches per lead, at most
    pub search_steps: usize,
    /// entries of arrays and look-ups
    pub constants: usize,
}

impl Cost {
    /// Steps per lead, at most.
    pub fn steps(&self) -> usize {
        self.operations + self.search_steps
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let steps = counted(self.steps(), "step", "steps");
        let operations = counted(self.operations, "operation", "operations");
        let inputs = counted(self.inputs, "column", "columns");
        write!(f, "a lead takes at most {steps}: {operations} over {inputs}")?;
        if self.search_steps > 0 {
            write!(f, ", and {} of searching", counted(self.search_steps, "step", "steps"))?;
        }
        if self.constants > 0 {
            write!(f, " among {}", counted(self.constants, "constant", "constants"))?;
        }
        Ok(())
    }
}

/// The bound for a program, best an optimised one.
pub fn cost(program: &Program) -> Cost {
    let search_steps = program.ops.iter().map(|op| match op {
        Op::Band { thresholds, .. } => halvings(program.arrays[*thresholds as usize].len()),
        Op::Find { lookup, .. } => find_steps(&program.lookups[*lookup as usize]),
        // Each operand is a step: the operation itself is the first one's.
        Op::Calculate(number) => program.calculations[*number as usize].operands().len().saturating_sub(1),
        Op::Input(_)
        | Op::Parameter(_)
        | Op::Constant(_)
        | Op::Missing
        | Op::Add(..)
        | Op::Subtract(..)
        | Op::Multiply(..)
        | Op::Divide { .. }
        | Op::Quotient(..)
        | Op::Remainder(..)
        | Op::Larger(..)
        | Op::Smaller(..)
        | Op::Else(..)
        | Op::Select(..)
        | Op::Compare { .. }
        | Op::Equal(..)
        | Op::Known(_)
        | Op::And(..)
        | Op::Or(..)
        | Op::Not(_)
        | Op::HasBits { .. }
        | Op::Table { .. }
        | Op::Turn { .. } => 0,
    });
    let arrays: usize = program.arrays.iter().map(Vec::len).sum();
    let lookups: usize = program.lookups.iter().map(|lookup| lookup.rows.len() * (lookup.key_count + 1)).sum();
    Cost { inputs: program.inputs.len(), operations: program.ops.len(), search_steps: search_steps.sum(), constants: arrays + lookups }
}

fn find_steps(lookup: &Lookup) -> usize {
    let once = halvings(lookup.rows.len()) * lookup.key_count;
    match &lookup.prefix {
        None => once,
        Some((_, parents)) => once * longest_chain(parents),
    }
}

/// The longest way from a prefix to one without a shorter one; parents stand before their children.
fn longest_chain(parents: &[Option<i64>]) -> usize {
    let mut lengths: Vec<usize> = Vec::with_capacity(parents.len());
    for parent in parents {
        let before = parent.and_then(|parent| lengths.get(usize::try_from(parent).ok()?).copied());
        lengths.push(before.unwrap_or(0) + 1);
    }
    lengths.into_iter().max().unwrap_or(1)
}

/// Comparisons that a binary search among so many takes at most.
fn halvings(count: usize) -> usize {
    (usize::BITS - count.leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{KeyList, Value};

    #[test]
    fn searches_count_their_halvings() {
        let mut program = Program {
            arrays: vec![vec![Some(1), Some(2), Some(3)]],
            lookups: vec![Lookup {
                table: "t".to_string(),
                key_count: 1,
                rows: vec![(vec![0], 0), (vec![1], 1)],
                prefix: Some((0, vec![None, Some(0)])),
            }],
            ..Program::default()
        };
        let value = program.push(Op::Constant(2));
        program.push(Op::Band { value, thresholds: 0 });
        program.push(Op::Find { lookup: 0, keys: KeyList::new(&[Value(0)]).unwrap() });
        // 3 thresholds take 2 comparisons; 2 rows take 2, for a prefix and for the shorter one before it
        let cost = cost(&program);
        assert_eq!(cost, Cost { inputs: 0, operations: 3, search_steps: 6, constants: 7 });
        let sentence = "a lead takes at most 9 steps: 3 operations over 0 columns, and 6 steps of searching among 7 constants";
        assert_eq!(cost.to_string(), sentence);
    }
}
