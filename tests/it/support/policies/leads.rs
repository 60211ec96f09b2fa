//! Leads for a policy.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Generated, Kind, TEXTS, decimal_text};
use crate::support::random::Random;

impl Generated {
    /// `count` well-formed leads as CSV, with extremes and, in optional fields, nulls.
    pub fn leads(&self, seed: u64, count: usize, kinds: &mut LeadKinds) -> String {
        let mut random = Random::new(seed);
        let mut csv = String::from("id");
        for field in &self.fields {
            write!(csv, ",{}", field.name).unwrap();
        }
        if self.stages > 0 {
            csv.push_str(",stage,stage_since,rest_until");
        }
        if self.keeps {
            csv.push_str(",owner,queue");
        }
        csv.push('\n');
        for row in 0..count {
            write!(csv, "L-{row}").unwrap();
            let (mut null, mut extreme) = (false, false);
            for field in &self.fields {
                csv.push(',');
                if field.optional && random.chance(25) {
                    null = true;
                    continue;
                }
                let (text, at_the_edge) = cell(&field.kind, &mut random);
                extreme |= at_the_edge;
                csv.push_str(&text);
            }
            if self.stages > 0 {
                let stage = if random.chance(20) { String::new() } else { format!("t{}", random.below(self.stages)) };
                let rest = *random.pick(&["", "", "2026-11-18T14:59", "2026-11-18T15:00", "2026-11-18T15:01", "2027-01-01T00:00Z"]);
                let since = match random.below(4) {
                    0 => String::new(),
                    1 => "2026-11-18T15:00".to_string(),
                    _ => format!("2026-1{}-{:02}T{:02}:{:02}", random.below(2), random.below(18) + 1, random.below(24), random.below(60)),
                };
                write!(csv, ",{stage},{since},{rest}").unwrap();
            }
            if self.keeps {
                let (owner, queue) = (*random.pick(&["", "", "zoe", "Yan"]), *random.pick(&["", "q0", "q3"]));
                write!(csv, ",{owner},{queue}").unwrap();
            }
            csv.push('\n');
            kinds.with_a_null += usize::from(null);
            kinds.with_an_extreme += usize::from(extreme);
        }
        csv
    }
}

/// How many leads have a value that is missing, and one at the edge of its type or range.
#[derive(Debug, Default)]
pub struct LeadKinds {
    pub with_a_null: usize,
    pub with_an_extreme: usize,
}

/// A cell, and whether it lies at the edge of what its field can hold.
fn cell(kind: &Kind, random: &mut Random) -> (String, bool) {
    let text = match kind {
        Kind::Text => {
            let text = *random.pick(TEXTS);
            match random.below(4) {
                0 => format!("\"  {text} \""),
                1 => text.to_uppercase(),
                2 => format!("{text}{}", random.below(50)),
                _ => text.to_string(),
            }
        }
        Kind::Number { scale, range, .. } => {
            let (low, high) = range.unwrap_or((i64::MIN, i64::MAX));
            let value = match random.below(8) {
                0 => low,
                1 => high,
                2 => 0.clamp(low, high),
                3 => random.between(low, high),
                _ => random.between(low.max(-200_000), high.min(200_000)),
            };
            return (decimal_text(value, *scale), value == low || value == high);
        }
        Kind::YesNo => (*random.pick(&["yes", "no"])).to_string(),
        Kind::OneOf(count) => format!("v{}", random.below(*count)),
        Kind::SomeOf(count) => {
            let members: BTreeSet<usize> = (0..random.below(4) + 1).map(|_| random.below(*count)).collect();
            members.iter().map(|member| format!("v{member}")).collect::<Vec<_>>().join(";")
        }
        Kind::Date => match random.below(12) {
            0 => "0001-01-01".to_string(),
            1 => "9999-12-31".to_string(),
            2 => "2026-11-18".to_string(),
            _ => format!("{:04}-{:02}-{:02}", random.between(2019, 2031), random.between(1, 12), random.between(1, 28)),
        },
        Kind::Time => match random.below(12) {
            0 => "0001-01-02T00:00:00Z".to_string(),
            1 => "9999-12-29T23:59:59Z".to_string(),
            2 => "2026-11-18T15:00:00.000001".to_string(),
            3 => "2026-11-18T04:59:59.999999Z".to_string(),
            _ => format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}",
                random.between(2019, 2031),
                random.between(1, 12),
                random.between(1, 28),
                random.between(0, 23),
                random.between(0, 59)
            ),
        },
    };
    let extreme = text.starts_with("0001") || text.starts_with("9999");
    (text, extreme)
}
