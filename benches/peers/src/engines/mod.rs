//! One file per engine.

pub mod cel;
pub mod leadwright;
pub mod regorus;
pub mod rhai;
pub mod zen;
