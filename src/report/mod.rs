//! Answers as text and JSON.
//!
//! Enters: plain data: diagnostics, explanations, what a run over a file found, results of tests. Leaves: text for a [`Look`]. Always holds: nothing
//! is computed here that is not a share, a sum of counts or a width.
//!
//! [`Look`]: crate::diagnostic::render_human::Look

pub mod binding;
pub mod check;
pub mod coverage;
pub mod difference;
pub mod explanation;
mod failure;
pub mod figures;
pub mod funnel;
mod funnel_handovers;
pub mod funnel_record;
pub mod layout;
pub mod lint;
pub mod manual;
pub mod pages;
pub mod proofs;
pub mod reach;
pub mod run_record;
pub mod summary;
pub mod test_cases;
pub mod test_results;
