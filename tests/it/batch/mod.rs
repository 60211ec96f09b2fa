//! Files of leads in, scored files out.

mod bad_rows;
mod binding;
mod cells;
mod compressed;
mod csv_text;
mod damage;
mod formats;
mod keeping;
mod many_cells;
mod order;
mod output;
mod scene;
mod scoring;
mod signals;
mod stage_log;
mod tables;
mod zones;
