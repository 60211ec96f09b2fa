//! Files of signals and of the stage log: what leads did, kept until their lead comes.
//!
//! Enters: files of signals and stage logs, in any order and number. Leaves: a [`History`], which gives the values of the policy's measures for each
//! lead of a block, and what became of each row. Always holds: rows in = used + later than as-of + of leads that are not in the file +
//! rejected; the same signals in the same order give the same answers, whatever the format, the number of threads and the memory.
//!
//! The way of a signal: [`record`] says what a row is; `prepare_record` binds it; [`sift`] says which rows count; [`digest`] answers the conditions that
//! measures ask and packs what they read; [`keyed`] keeps it, sorted by lead; [`fill`] reads the measures of a block of leads.

pub mod digest;
pub mod fill;
pub mod keyed;
pub mod log;
pub mod of_lead;
pub mod read;
pub mod record;
pub mod report;
pub mod sift;
pub mod spill;
pub mod standing;
pub mod varint;

pub use fill::Filler;
pub use of_lead::{LeadHistory, history_of};
pub use read::{History, read};
pub use report::HistoryReport;
