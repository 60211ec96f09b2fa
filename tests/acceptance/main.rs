//! Acceptance: policies over real data, scored by the program as a user runs it, held against answers from outside the project.
//!
//! The data is not part of the repository. The variable `LEADWRIGHT_DATA` names its folder; without it these tests say that they
//! were skipped, but where `CI` is set that is a failure. `medbank` needs only `python3`.

mod table;
mod tools;

mod business_time;
mod dmg;
mod german_credit;
mod maven_crm;
mod medbank;
mod olist;
mod olist_replay;
