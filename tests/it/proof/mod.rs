//! What is proved agrees with trying every lead.

mod agreement;
mod claims;
mod large;
mod questions;
mod reach;
mod stats;
mod versions;
