//! What is proved agrees with trying every lead.

mod agreement;
mod claims;
mod large;
mod reach;
mod versions;
