//! Conditions, and the values that fields are held against.

use super::{Kind, Maker, TEXTS, decimal_text};

impl Maker {
    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(25) {
            return self.comparison();
        }
        match self.random.below(5) {
            0 => {
                self.uses("and");
                format!("({} and {})", self.condition(depth - 1), self.condition(depth - 1))
            }
            1 => {
                self.uses("or");
                format!("({} or {} or {})", self.condition(depth - 1), self.condition(0), self.condition(0))
            }
            2 => {
                self.uses("not");
                format!("(not {})", self.condition(depth - 1))
            }
            3 => {
                self.uses("implies");
                format!("({} implies {})", self.condition(depth - 1), self.condition(0))
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> String {
        let field = self.random.pick(&self.fields.clone()).clone();
        let name = field.name.clone();
        match self.random.below(14) {
            0 if field.optional => {
                self.uses("is missing or known");
                return format!("({name} is {})", self.random.pick(&["missing", "known", "not missing", "not known"]));
            }
            1 if !self.conditions.is_empty() => {
                self.uses("bare condition");
                return self.random.pick(&self.conditions.clone()).clone();
            }
            2 if !self.decides.is_empty() => {
                self.uses("decide in a condition");
                let (decide, outcomes) = self.random.pick(&self.decides.clone()).clone();
                return format!("({decide} is o{})", self.random.below(outcomes));
            }
            3 => {
                if let Some(text) = self.text_field() {
                    self.uses("cell in a condition");
                    return match self.random.below(3) {
                        0 => format!("(places[{text}].label is \"{}\")", self.random.pick(TEXTS)),
                        1 => format!("(places[{text}].target is q{})", self.random.below(3)),
                        _ => format!("(places[{text}].label starts with \"A\")"),
                    };
                }
            }
            4 | 5 => {
                self.uses("two values compared");
                let left = self.random.pick(&self.numbers.clone()).clone();
                let right = self.number_like(left.money);
                if right.text != "5" {
                    let operator = *self.random.pick(&[">=", ">", "<=", "<", "is same as", "is not same as"]);
                    return format!("({} {operator} {})", left.text, right.text);
                }
            }
            _ => {}
        }
        match &field.kind {
            Kind::Text => self.text_condition(&name),
            Kind::YesNo => match self.random.below(3) {
                0 => {
                    self.uses("bare condition");
                    name
                }
                1 => format!("({name} is yes)"),
                _ => format!("({name} is not yes)"),
            },
            Kind::OneOf(count) => {
                self.uses("is");
                let (a, b) = (self.random.below(*count), self.random.below(*count));
                match self.random.below(4) {
                    0 => format!("({name} is v{a})"),
                    1 => format!("({name} is not v{a})"),
                    2 if a != b => {
                        self.uses("is one of");
                        format!("({name} is one of v{a}, v{b})")
                    }
                    _ if a != b => {
                        self.uses("is one of");
                        format!("({name} is not one of v{a}, v{b})")
                    }
                    _ => format!("({name} is v{a})"),
                }
            }
            Kind::SomeOf(count) => {
                self.uses("has");
                let a = self.random.below(*count);
                format!("({name} has v{a})")
            }
            Kind::Date => {
                self.uses("date compared");
                let operator = *self.random.pick(&[">=", ">", "<=", "<", "is", "is not"]);
                format!("({name} {operator} {})", self.date_text())
            }
            Kind::Time => {
                self.uses("time compared");
                let operator = *self.random.pick(&[">=", ">", "<=", "<"]);
                format!("({name} {operator} {}T12:30)", self.date_text())
            }
            Kind::Number { scale, range, .. } => {
                self.uses("number compared");
                let constant = self.number_text(*scale, *range);
                let operator = *self.random.pick(&[">=", ">", "<=", "<", "is", "is not"]);
                if self.random.chance(20) {
                    self.uses("between");
                    let (low, high) = range.unwrap_or((-5_000, 5_000_000));
                    let mut ends = [self.random.between(low, high), self.random.between(low, high)];
                    ends.sort_unstable();
                    return format!("({name} between {} and {})", decimal_text(ends[0], *scale), decimal_text(ends[1], *scale));
                }
                format!("({name} {operator} {constant})")
            }
        }
    }

    fn text_condition(&mut self, name: &str) -> String {
        self.uses("text compared");
        let text = *self.random.pick(TEXTS);
        match self.random.below(7) {
            0 => format!("({name} is \"{text}\")"),
            1 => format!("({name} is not \"{text}\")"),
            2 => format!("({name} is one of \"{text}\", \"ohio\", \"New York\")"),
            3 => format!("({name} starts with \"{}\")", text.chars().next().unwrap()),
            4 => format!("({name} contains \"{}\")", text.chars().next().unwrap()),
            5 => {
                self.uses("domain of");
                format!("(domain of {name} is \"example.com\")")
            }
            _ => format!("({name} ends with \"{}\")", text.chars().last().unwrap()),
        }
    }

    pub(super) fn date_text(&mut self) -> String {
        let (year, month, day) = (self.random.between(2020, 2030), self.random.between(1, 12), self.random.between(1, 28));
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn number_text(&mut self, scale: u8, range: Option<(i64, i64)>) -> String {
        let value = match (range, self.random.below(4)) {
            (Some((low, _)), 0) => low,
            (Some((_, high)), 1) => high,
            (Some((low, high)), _) => self.random.between(low, high),
            (None, 0) => i64::MAX,
            (None, 1) => i64::MIN + 1,
            (None, 2) => 0,
            (None, _) => self.random.between(-10_000, 10_000_000),
        };
        decimal_text(value, scale)
    }

    // --- scores -------------------------------------------------------------------------------------------------------
}
