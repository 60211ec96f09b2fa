//! Replays of leads in memory, by hand and against a naive simulation.

mod scene;

mod clocks;
mod naive;
mod rows;
