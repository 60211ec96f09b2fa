//! Text to untyped tree.
pub mod tree;
