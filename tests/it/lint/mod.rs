//! The rules of `leadwright lint`: their pages, as tests.

mod pages;
