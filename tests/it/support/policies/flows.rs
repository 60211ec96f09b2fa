//! Flows, routes and clocks.

use std::fmt::Write;

use super::{Field, Kind, Maker};

impl Maker {
    pub(super) fn flow(&mut self) {
        self.uses("flow");
        for stage in 0..self.stages {
            let mark = if stage == 0 {
                " start"
            } else if stage == self.stages - 1 {
                " final"
            } else {
                ""
            };
            writeln!(self.text, "stage t{stage} owner crew{mark}").unwrap();
        }
        self.text.push_str("\nflow {\n");
        for stage in 0..self.stages - 1 {
            let condition = self.condition(1);
            writeln!(self.text, "  t{stage} -> t{} when {condition}", stage + 1).unwrap();
            self.waiting_row(stage, stage + 1);
            if stage > 0 {
                let condition = self.condition(1);
                writeln!(self.text, "  t{stage} -> t0 when {condition} recycle rest 30 days because \"again\"").unwrap();
            }
        }
        self.text.push_str("}\n\n");
    }

    pub(super) fn routes(&mut self) {
        for index in 0..self.random.below(3) {
            self.uses("route");
            let mut head = format!("route r{index}");
            let each = self.field_of(|kind| matches!(kind, Kind::SomeOf(count) if *count <= 8)).filter(|_| self.random.chance(70));
            if let Some(Field { name, .. }) = &each {
                self.uses("route for each");
                write!(head, " for each one in {name}").unwrap();
            }
            if self.stages > 0 && self.random.chance(40) {
                self.uses("route when entering");
                write!(head, " when entering t{}", self.random.below(self.stages - 1) + 1).unwrap();
            } else if self.stages > 0 && self.random.chance(60) {
                self.uses("stage is");
                write!(head, " when stage is t{}", self.random.below(self.stages)).unwrap();
            } else if self.random.chance(40) {
                let condition = self.condition(1);
                write!(head, " when {condition}").unwrap();
            }
            let mut rows = String::new();
            for _ in 0..self.random.below(3) {
                let condition = self.condition(1);
                if each.is_some() && self.random.chance(40) {
                    writeln!(rows, "  q{} when one is v0", self.random.below(4)).unwrap();
                    continue;
                }
                if self.random.chance(25) {
                    self.uses("keep owner");
                    self.keeps = true;
                    writeln!(rows, "  keep owner when {condition}").unwrap();
                    continue;
                }
                match self.text_field() {
                    Some(text) if self.random.chance(50) => {
                        self.uses("route by");
                        writeln!(rows, "  by places[{text}].target when {condition}").unwrap();
                    }
                    _ => writeln!(rows, "  q{} when {condition}", self.random.below(3)).unwrap(),
                }
            }
            writeln!(self.text, "{head} {{\n{rows}  q{} otherwise\n}}\n", self.random.below(3)).unwrap();
        }
    }

    pub(super) fn clocks(&mut self) {
        for index in 0..self.random.below(2) + 1 {
            self.uses("sla");
            let entered = self.random.below(self.stages);
            let (starts, stops) = match self.random.below(3) {
                0 => (format!("entering t{entered}"), format!("leaving t{entered}")),
                1 => (format!("entering t{entered} and {}", self.condition(0)), format!("entering t{}", self.stages - 1)),
                _ => (self.condition(1), self.condition(1)),
            };
            let mut rows = format!("  starts when {starts}\n  stops when {stops}\n");
            for _ in 0..self.random.below(2) {
                self.uses("target by condition");
                let (length, condition) = (self.length(), self.condition(1));
                writeln!(rows, "  within {length} when {condition}").unwrap();
            }
            writeln!(rows, "  within {} otherwise\n  by crew", self.length()).unwrap();
            if self.random.chance(40) {
                self.uses("pauses when");
                writeln!(rows, "  pauses when {}", self.condition(0)).unwrap();
            }
            if self.random.chance(40) {
                self.uses("breach reassign");
                writeln!(rows, "  breach reassign after {}", self.length()).unwrap();
            }
            writeln!(self.text, "sla k{index} {{\n{rows}}}\n").unwrap();
        }
    }

    fn length(&mut self) -> String {
        let unit = *self.random.pick(&["minutes", "hours", "days", "business minutes", "business hours", "business days"]);
        format!("{} {unit}", self.random.below(40) + 1)
    }
}
