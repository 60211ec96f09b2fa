//! The typed, resolved, inert policy.
//!
//! Enters: the untyped trees of a policy's files and the CSV text of its tables. Leaves: [`Policy`], in which every name is an
//! index, every expression has a type, and every constant is an integer in the units of what it is compared with.
//! Always holds, when no error was reported: indexes are valid; `order` lists every derived value after all that it needs; the
//! rows of attributes, decides and grids cover their domain; no score can leave 64 bits.
//!
//! Units of integers: a number of scale `n` is counted in 10^-n; money in minor units of the policy's currency; a date in days
//! since 1970-01-01; a time in microseconds since 1970-01-01T00:00Z; `yes_no` is 0 or 1; a `one of` is the index of its choice;
//! a `some of` has bit `i` set for choice `i` (at most 63 choices; empty is missing).

mod arithmetic;
mod attributes;
mod caps;
mod case_cells;
mod case_file;
mod cases;
pub(crate) mod cells;
pub(crate) mod check;
mod claims;
mod clocks;
mod conditions;
mod constants;
mod coverage;
mod csv_text;
mod currencies;
mod decides;
pub(crate) mod decimals;
mod declare;
mod domains;
mod exhaustive;
pub(crate) mod expressions;
mod extent;
mod flow;
mod fold;
mod forget;
mod forgotten;
mod given_rows;
mod header;
pub(crate) mod hidden;
mod lead;
mod lets;
mod load;
mod lookups;
mod lost;
mod meanings;
mod measures;
mod membership;
mod missing_passes;
pub(crate) mod order;
mod overflow;
mod partial;
mod paths;
mod patterns;
mod points_rows;
mod policy;
mod queues;
mod ranges;
mod resolve;
mod rotations;
mod routes;
mod running;
pub(crate) mod score_scale;
mod scores;
mod sections;
mod signals;
mod stages;
mod stand_ins;
pub mod standards;
mod table_rows;
mod tables;
mod targets;
mod teams;
mod test_tables;
mod tests;
mod types;
pub mod value;
mod wanted;
mod ways;
mod weights;
pub(crate) mod wide;
mod words;

pub use check::{AsOf, Checked};
pub(crate) use constants::scale_of;
pub(crate) use csv_text::delimiter as csv_delimiter;
pub use exhaustive::SEVERAL_VALUES;
pub use extent::OPERANDS_MAX;
pub use given_rows::TableRows;
pub use load::{check, check_as_of};
pub(crate) use lookups::same_kind;
pub use policy::*;
pub use value::{Constant, Decimal, Interval, Type, Unit};
pub(crate) use words::as_written;

pub type FieldId = usize;
pub type LetId = usize;
pub type ScoreId = usize;
pub type DecideId = usize;
pub type TableId = usize;
pub type ChoicesId = usize;
pub type SignalId = usize;
pub type StageId = usize;
pub type TeamId = usize;
pub type SlaId = usize;
pub type MeasureId = usize;
pub type EventColumnId = usize;
pub type EventConditionId = usize;
/// A column of a lead's values: the fields, and behind them the measures. See [`Policy::column`].
pub type ColumnId = usize;

/// The most choices a `some of` may have: one bit each, and the sign bit stays free.
pub const SOME_OF_CHOICES_MAX: usize = 63;

/// The most key columns a table may have.
pub const TABLE_KEYS_MAX: usize = 4;
