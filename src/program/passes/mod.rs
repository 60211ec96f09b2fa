//! Program to a program that gives the same outputs with less work.
//!
//! Enters: a verified program. Leaves: one that verifies and, for every block and every parameter, gives the same outputs. Which
//! operations there are, and their numbers, change: a [`Trace`](super::Trace) belongs to the program before.

mod dedupe;
mod fold;
mod prune;

pub use dedupe::dedupe;
pub use fold::fold;
pub use prune::prune;

use super::Program;
use super::verify::verify;

/// Folding makes equals, and finding equals makes more to fold. Each round is linear; a few reach the end in practice, and stopping earlier is
/// sound.
const ROUNDS_MAX: usize = 8;

/// All passes, until nothing changes.
pub fn optimise(program: &Program) -> Program {
    let mut best = checked("dedupe", dedupe(program.clone()));
    for _ in 0..ROUNDS_MAX {
        let ops_before = best.ops.clone();
        let folded = checked("fold", fold(best));
        best = checked("dedupe", dedupe(checked("prune", prune(folded))));
        if best.ops == ops_before {
            break;
        }
    }
    best
}

/// A pass that breaks a program is a mistake in the pass: found in debug builds and tests, where it happens.
fn checked(pass: &str, program: Program) -> Program {
    if cfg!(debug_assertions)
        && let Err(broken) = verify(&program)
    {
        panic!("{pass} broke the program: {broken:#?}");
    }
    program
}
