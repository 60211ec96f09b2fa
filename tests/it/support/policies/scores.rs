//! Scores, decisions and grids.

use std::fmt::Write;

use super::{Field, Kind, Maker, Number, decimal_text};

impl Maker {
    pub(super) fn weighted_score(&mut self, index: usize) {
        self.uses("weighted score");
        let name = format!("s{index}");
        let mut head = format!("score {name}");
        if self.random.chance(60) {
            self.uses("score range");
            let range = self.random.pick(&[" from 0 to 100", " from -50 to 60", " from 10 to 11"]);
            head.push_str(range);
        }
        if self.random.chance(25) {
            self.uses("rounded score");
            write!(head, " rounded to {} places", self.random.below(3)).unwrap();
        }
        let mut body = String::new();
        if self.random.chance(30) {
            self.uses("persona");
            let condition = self.condition(1);
            let first = self.sections();
            let second = self.sections();
            write!(body, "  for {condition} {{\n{first}  }}\n  otherwise {{\n{second}  }}\n").unwrap();
        } else {
            body.push_str(&self.sections());
            if self.random.chance(25) {
                let extra = self.points_section("extra");
                body.push_str(&extra);
            }
        }
        for _ in 0..self.random.below(3) {
            self.uses("adjust");
            let points = *self.random.pick(&["-25", "+5", "+0.5", "-3.25"]);
            let condition = self.condition(1);
            writeln!(body, "  adjust {points} when {condition} because \"so\"").unwrap();
        }
        writeln!(self.text, "{head} {{\n{body}}}\n").unwrap();
        self.numbers.push(Number { text: name, scale: None, money: false });
    }

    fn sections(&mut self) -> String {
        let weights = self.weights();
        let mut text = String::new();
        for (index, weight) in weights.iter().enumerate() {
            writeln!(text, "  section part{index} {weight}% {{").unwrap();
            for weight in self.weights() {
                let attribute = self.attribute(Some(&weight));
                text.push_str(&attribute);
            }
            text.push_str("  }\n");
        }
        text
    }

    fn weights(&mut self) -> Vec<String> {
        let sets: &[&[&str]] = &[&["100"], &["40", "60"], &["33.3", "33.3", "33.4"], &["25", "25", "50"], &["12.5", "87.5"], &["0", "100"]];
        self.random.pick(sets).iter().map(|weight| weight.to_string()).collect()
    }

    fn attribute(&mut self, weight: Option<&str>) -> String {
        let field = self.random.pick(&self.fields.clone()).clone();
        let weight = weight.map_or(String::new(), |weight| format!(" {weight}%"));
        let mut rows = String::new();
        match &field.kind {
            Kind::Number { scale, range, .. } => {
                self.uses("bands");
                let (low, high) = range.unwrap_or((i64::MIN + 1, i64::MAX));
                let mut cuts: Vec<i64> =
                    (0..self.random.below(6) + 1).map(|_| self.random.between(low.max(-100_000), high.min(100_000))).collect();
                cuts.sort_unstable();
                cuts.dedup();
                cuts.retain(|cut| *cut > low);
                if cuts.is_empty() {
                    cuts.push(high);
                }
                let bounded_linear = range.is_some_and(|(low, high)| low.abs().max(high.abs()) <= 1_000 * 10i64.pow(u32::from(*scale)));
                let points = self.points();
                write!(rows, "under {} {points}", decimal_text(cuts[0], *scale)).unwrap();
                for pair in cuts.windows(2) {
                    let points = if bounded_linear && self.random.chance(40) {
                        self.uses("linear band");
                        // at most ±1,000 times 0.01 is ±10
                        if self.random.chance(50) { "0.01 each".to_string() } else { "1 per 100".to_string() }
                    } else {
                        self.points()
                    };
                    write!(rows, "  {} to under {} {points}", decimal_text(pair[0], *scale), decimal_text(pair[1], *scale)).unwrap();
                }
                let points = self.points();
                write!(rows, "  {} or more {points}", decimal_text(cuts[cuts.len() - 1], *scale)).unwrap();
            }
            Kind::YesNo => {
                self.uses("yes_no attribute");
                write!(rows, "yes {}  no {}", self.points(), self.points()).unwrap();
            }
            Kind::OneOf(count) => {
                self.uses("choice attribute");
                let listed = if self.random.chance(40) { self.random.below(*count) } else { *count };
                for choice in 0..listed {
                    write!(rows, "v{choice} {}  ", self.points()).unwrap();
                }
                if listed < *count {
                    write!(rows, "otherwise {}", self.points()).unwrap();
                }
            }
            Kind::SomeOf(count) => {
                self.uses("some of attribute");
                for choice in 0..*count {
                    write!(rows, "v{choice} {}  ", self.points()).unwrap();
                }
            }
            Kind::Text => {
                self.uses("text attribute");
                write!(rows, "\"OH\" {}  \"Straße\" {}  otherwise {}", self.points(), self.points(), self.points()).unwrap();
            }
            Kind::Date => {
                self.uses("date attribute");
                let cut = self.date_text();
                write!(rows, "under {cut} {}  {cut} or more {}", self.points(), self.points()).unwrap();
            }
            Kind::Time => {
                self.uses("time attribute");
                let cut = self.date_text();
                write!(rows, "under {cut}T00:00 {}  {cut}T00:00 or more {}", self.points(), self.points()).unwrap();
            }
        }
        if field.optional {
            self.uses("missing row");
            write!(rows, "  missing {}", self.points()).unwrap();
        }
        format!("    {}{weight} {{ {rows} }}\n", field.name)
    }

    fn points(&mut self) -> String {
        (*self.random.pick(&["10", "-10", "0", "3", "7.5", "-2.25", "1", "6"])).to_string()
    }

    fn points_section(&mut self, name: &str) -> String {
        self.uses("points section");
        let cap = if self.random.chance(50) {
            self.uses("up to");
            " up to 20"
        } else {
            ""
        };
        let mut text = format!("  section {name} points{cap} {{\n");
        for _ in 0..self.random.below(4) + 1 {
            let points = *self.random.pick(&["+10", "-5", "+2.5", "+100"]);
            let condition = self.condition(1);
            writeln!(text, "    {points} when {condition}").unwrap();
        }
        if let Some(row) = self.row_per_signal() {
            writeln!(text, "    {row}").unwrap();
        }
        if self.random.chance(60) {
            let attribute = self.attribute(None);
            text.push_str(&attribute);
        }
        text.push_str("  }\n");
        text
    }

    pub(super) fn points_score(&mut self, index: usize) {
        let section = self.points_section("moves");
        writeln!(self.text, "score s{index} {{\n{section}}}\n").unwrap();
        self.numbers.push(Number { text: format!("s{index}"), scale: None, money: false });
    }

    // --- decisions, flow, routes --------------------------------------------------------------------------------------

    pub(super) fn decide(&mut self, index: usize) {
        self.uses("decide");
        let outcomes = self.random.below(4) + 2;
        let mut rows = String::new();
        for outcome in 0..outcomes - 1 {
            let condition = self.condition(2);
            writeln!(rows, "  o{outcome} when {condition}").unwrap();
        }
        writeln!(self.text, "decide d{index} {{\n{rows}  o{} otherwise\n}}\n", outcomes - 1).unwrap();
        self.decides.push((format!("d{index}"), outcomes));
    }

    pub(super) fn grid(&mut self, index: usize) {
        let subjects: Vec<Field> = self
            .fields
            .iter()
            .filter(|field| match field.kind {
                Kind::YesNo => true,
                Kind::OneOf(count) => count <= 8,
                Kind::Number { range: Some(_), .. } => true,
                _ => false,
            })
            .cloned()
            .collect();
        if subjects.is_empty() {
            return self.decide(index);
        }
        self.uses("grid");
        let row_field = self.random.pick(&subjects).clone();
        let column_field = self.random.pick(&subjects).clone();
        let columns = self.edges(&column_field);
        let rows = self.edges(&row_field);
        let outcomes = 4;
        let mut text = format!("grid d{index} of {} across {} {{\n  {}\n", row_field.name, column_field.name, columns.join(", "));
        let mut cell = 0;
        for row in rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|_| {
                    cell += 1;
                    format!("o{}", if cell <= outcomes { cell - 1 } else { self.random.below(outcomes) })
                })
                .collect();
            writeln!(text, "  {row}  {}", cells.join(", ")).unwrap();
        }
        writeln!(self.text, "{text}}}\n").unwrap();
        self.decides.push((format!("d{index}"), cell.min(outcomes)));
    }

    fn edges(&mut self, field: &Field) -> Vec<String> {
        let mut edges = match &field.kind {
            Kind::YesNo => vec!["yes".to_string(), "no".to_string()],
            Kind::OneOf(count) => (0..*count).map(|choice| format!("v{choice}")).collect(),
            Kind::Number { scale, range: Some((low, high)), .. } => {
                let cut = self.random.between(low + 1, *high);
                vec![format!("{} or more", decimal_text(cut, *scale)), format!("under {}", decimal_text(cut, *scale))]
            }
            _ => vec!["otherwise".to_string()],
        };
        if field.optional {
            edges.push("missing".to_string());
        }
        edges
    }
}
