//! The rules of `leadwright lint`: their pages and what is said of them, as tests.

mod documentation;
mod generated;
mod pages;
mod ungated;
