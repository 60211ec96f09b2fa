//! The command line (being written).
pub mod console;
pub mod disk;
pub mod locate;
pub mod outcome;
