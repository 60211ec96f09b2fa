//! The one binary of integration tests: a module for each area.

mod agreement;
mod architecture;
mod batch;
mod business_time;
mod cases;
mod cli;
mod clocks;
mod examples;
mod format;
mod history;
mod jit;
mod lint;
mod messages;
mod model_bounds;
mod model_declare;
mod model_expressions;
mod model_messages;
mod model_together;
mod program;
mod proof;
mod replay;
mod routing;
mod spec;
mod standards;
mod support;
mod syntax;
