//! One file for each rule; the table of them is `registry.rs`.

pub mod bad_suppression;
pub mod clock_without_breach;
pub mod lone_attribute;
pub mod lone_rotation;
pub mod stale_baseline;
pub mod unmet_expect;
pub mod unused_allow;
pub mod unused_field;
pub mod unused_let;
pub mod unused_queue;
pub mod unused_signal;
pub mod zero_weight;
