//! What tests of several areas share.

pub mod hand_made;
pub mod large_policies;
pub mod markdown;
pub mod memory;
pub mod mutations;
pub mod policies;
pub mod random;
pub mod random_program;
pub mod random_scorecard;
pub mod scoring;
pub mod small_histories;
pub mod small_policies;
pub mod work;
