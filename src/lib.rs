//! Leadwright: the language in which a company writes down how a lead is scored, which stage it is in and who works it, and the
//! compiler that makes that text true. [`policy`] is the door for an embedder; ARCHITECTURE.md shows the floors of the house.

// named by what pest derives without `std`
extern crate alloc;

pub mod batch;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod column;
pub mod diagnostic;
pub mod diff;
pub mod format;
pub mod history;
pub mod interpret;
pub mod jit;
pub mod lint;
pub mod model;
pub mod policy;
pub mod program;
pub mod proof;
pub mod record;
pub mod report;
pub mod rotation;
pub mod source;
pub mod syntax;
pub mod testing;
