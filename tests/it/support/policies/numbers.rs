//! Numbers: names, and what is worked out of them.

use std::fmt::Write;

use super::{Field, Kind, Maker, Number, max_scale};
use crate::support::random::Random;

impl Maker {
    pub(super) fn let_number(&mut self, index: usize) {
        let name = format!("n{index}");
        let (text, scale, money) = self.number(2);
        writeln!(self.text, "let {name} = {text}\n").unwrap();
        self.numbers.push(Number { text: name, scale, money });
    }

    /// An expression, its scale if known, and whether it is money.
    fn number(&mut self, depth: usize) -> (String, Option<u8>, bool) {
        let base = self.random.pick(&self.numbers.clone()).clone();
        if depth == 0 {
            return (base.text, base.scale, base.money);
        }
        match self.random.below(20) {
            14..=16 => self.far_apart(),
            17..=19 => self.part_beyond_64_bits(),
            12 => self.long_sum(base),
            13 => self.fraction(base),
            0 | 1 => {
                self.uses("sum");
                let other = self.number_like(base.money);
                let sign = if self.random.chance(50) { "+" } else { "-" };
                (format!("({} {sign} {})", base.text, other.text), max_scale(base.scale, other.scale), base.money)
            }
            2 => {
                self.uses("product");
                let factor = *self.random.pick(&["3", "-7", "1_000_000", "0.25", "-1"]);
                let extra = if factor.contains('.') { 2 } else { 0 };
                match base.scale {
                    Some(scale) if scale <= 8 => (format!("({} * {factor})", base.text), Some(scale + extra), base.money),
                    _ => (base.text, base.scale, base.money),
                }
            }
            3 => {
                let other = self.number_like(false);
                match (base.scale, other.scale) {
                    (Some(left), Some(right)) if left + right <= 8 => {
                        self.uses("product of two");
                        (format!("({} * {})", base.text, other.text), Some(left + right), base.money)
                    }
                    _ => (base.text, base.scale, base.money),
                }
            }
            4 => {
                self.uses("division");
                let places = self.random.below(4);
                let other = self.number_like(false);
                let divisor =
                    if self.random.chance(50) { other.text } else { (*self.random.pick(&["2", "-3", "7", "100", "0.5"])).to_string() };
                (format!("({} / {divisor} to {places} places)", base.text), Some(places as u8), base.money)
            }
            5 => {
                self.uses("remainder");
                let left = self.number_like(false);
                let right = self.number_like(false);
                let divisor = if self.random.chance(50) { right.text } else { (*self.random.pick(&["2", "-3", "7", "100"])).to_string() };
                let scale = if divisor.starts_with(['n', 'f']) { max_scale(left.scale, right.scale) } else { left.scale };
                (format!("({} % {divisor})", left.text), scale, false)
            }
            6 => {
                self.uses("larger or smaller");
                let other = self.number_like(base.money);
                let word = if self.random.chance(50) { "larger" } else { "smaller" };
                (format!("({word} of ({}, {}))", base.text, other.text), max_scale(base.scale, other.scale), base.money)
            }
            7 => {
                self.uses("else");
                (format!("({} else {})", base.text, self.random.below(50)), base.scale, base.money)
            }
            8 if !self.dates.is_empty() => {
                self.uses("days since or until");
                let date = self.random.pick(&self.dates.clone()).clone();
                let word = if self.random.chance(60) { "since" } else { "until" };
                (format!("(days {word} {date})"), Some(0), false)
            }
            9 => match self.text_field() {
                Some(field) => {
                    self.uses("look-up");
                    (format!("(places[{field}].amount)"), Some(0), false)
                }
                None => self.number(depth - 1),
            },
            10 | 11 if self.prefix_table => match (self.text_field(), self.field_of(|kind| *kind == Kind::YesNo)) {
                (Some(text), Some(flag)) => {
                    self.uses("prefix look-up");
                    (format!("(areas[{}, {text}].worth)", flag.name), Some(1), false)
                }
                _ => self.number(depth - 1),
            },
            _ => self.number(depth - 1),
        }
    }

    /// Values without a range among the members leave 64 bits on the way.
    fn long_sum(&mut self, first: Number) -> (String, Option<u8>, bool) {
        self.uses("sum of many");
        let (mut text, mut scale) = (first.text.clone(), first.scale);
        for _ in 0..2 + self.random.below(3) {
            let other = self.number_like(first.money);
            write!(text, " {} {}", if self.random.chance(50) { "+" } else { "-" }, other.text).unwrap();
            scale = max_scale(scale, other.scale);
        }
        (format!("({text})"), scale, first.money)
    }

    /// Products above and below the line that 64 bits need not hold.
    fn fraction(&mut self, first: Number) -> (String, Option<u8>, bool) {
        self.uses("fraction of many");
        let (mut text, mut scale_above, mut scale_below) = (first.text.clone(), first.scale.unwrap_or(18), 0);
        for _ in 0..2 + self.random.below(3) {
            let other = self.number_like(false);
            let scale = other.scale.unwrap_or(18);
            let above = self.random.chance(50);
            let side = if above { &mut scale_above } else { &mut scale_below };
            // at most 18 places are kept on either side
            if *side + scale <= 12 {
                *side += scale;
                write!(text, " {} {}", if above { "*" } else { "/" }, other.text).unwrap();
            }
        }
        let places = self.random.below(4) as u8;
        if scale_above > 12 {
            return (first.text, first.scale, first.money);
        }
        (format!("({text} to {places} places)"), Some(places), first.money)
    }

    /// A value that may have no place for the decimals of the other one.
    fn far_apart(&mut self) -> (String, Option<u8>, bool) {
        let base = self.number_like(false).text;
        let fine = "0.000000000007";
        let text = match self.random.below(5) {
            0 => format!("(larger of ({base}, {fine}))"),
            1 => format!("(smaller of ({base}, {fine}))"),
            2 | 3 => format!("({base} % {fine})"),
            _ => format!("({fine} % {base})"),
        };
        self.uses("scales far apart");
        (text, None, false)
    }

    /// A part leaves 64 bits for all but few leads, and the result may fit.
    fn part_beyond_64_bits(&mut self) -> (String, Option<u8>, bool) {
        self.uses("part beyond 64 bits");
        let fitting: Vec<Number> =
            self.numbers.iter().filter(|number| !number.money && number.scale.is_some_and(|scale| scale <= 3)).cloned().collect();
        let mut next = || match fitting.is_empty() {
            true => ("7".to_string(), 0),
            false => {
                let number = self.random.pick(&fitting);
                (number.text.clone(), number.scale.unwrap_or(0))
            }
        };
        let [(a, of_a), (b, of_b), (c, of_c), (d, of_d)] = [next(), next(), next(), next()];
        let far = |random: &mut Random| {
            *random.pick(&[
                "9_223_372_036_854_775_807",
                "-9_223_372_036_854_775_807",
                "4_611_686_018_427_387_906",
                "1_000_000_000_000_000_000",
            ])
        };
        let (up, down) = (far(&mut self.random), far(&mut self.random));
        let sign = if self.random.chance(50) { "+" } else { "-" };
        let places = self.random.below(4) as u8;
        let (text, scale) = match self.random.below(8) {
            0 => (format!("{a} * {b} {sign} {c}"), (of_a + of_b).max(of_c)),
            1 => (format!("{a} * {b} * {up} {sign} {c} * {d}"), (of_a + of_b).max(of_c + of_d)),
            2 => (format!("({a} * {up} {sign} {b}) / {down} to {places} places"), places),
            3 => (format!("({a} * {b} - {c} * {up}) / {down} / {d} to {places} places"), places),
            4 => (format!("larger of ({a} * {up}, {b})"), of_a.max(of_b)),
            5 => (format!("{c} - smaller of ({a} * {up} {sign} {d}, {b})"), of_a.max(of_b).max(of_c).max(of_d)),
            6 => (format!("({a} * {up}) % {b} {sign} {c}"), of_a.max(of_b).max(of_c)),
            _ => (format!("({a} * {up} / 7 to {places} places) {sign} {b} * {up} {sign} {c}"), places.max(of_b).max(of_c)),
        };
        (format!("({text})"), Some(scale), false)
    }

    pub(super) fn number_like(&mut self, money: bool) -> Number {
        let like: Vec<Number> = self.numbers.iter().filter(|number| number.money == money).cloned().collect();
        if like.is_empty() {
            return Number { text: "5".to_string(), scale: Some(0), money };
        }
        self.random.pick(&like).clone()
    }

    pub(super) fn field_of(&mut self, wanted: impl Fn(&Kind) -> bool) -> Option<Field> {
        let fitting: Vec<Field> = self.fields.iter().filter(|field| wanted(&field.kind)).cloned().collect();
        if fitting.is_empty() { None } else { Some(self.random.pick(&fitting).clone()) }
    }

    pub(super) fn text_field(&mut self) -> Option<String> {
        self.field_of(|kind| *kind == Kind::Text).map(|field| field.name)
    }

    // --- conditions ---------------------------------------------------------------------------------------------------
}
