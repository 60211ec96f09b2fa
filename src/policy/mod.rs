//! The door for an embedder (being written).
pub mod exact;
pub mod explain;
mod explain_score;
pub mod explanation;
mod why;
