//! What tests of several areas share.

pub mod markdown;
pub mod policies;
pub mod random;
pub mod random_program;
pub mod scoring;
