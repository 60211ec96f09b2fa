//! Files of leads in, scored files out.

mod scene;
mod scoring;
