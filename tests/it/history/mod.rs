//! Histories: what signals and the stage log add up to.

mod explain;
mod medbank;
mod oracle;
