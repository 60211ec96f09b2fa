//! Values as people and files write them.
//!
//! Enters: integers in the units of a type. Leaves: text without anything hidden: all decimal places, choices by their names, times in the
//! policy's zone.

use jiff::tz::TimeZone;

use crate::model::value::format_scaled;
use crate::model::{Constant, Policy, Type};

#[derive(Clone, Copy)]
pub struct Show<'a> {
    pub policy: &'a Policy,
    pub zone: &'a TimeZone,
}

impl Show<'_> {
    pub fn constant(&self, ty: Type, value: &Constant) -> String {
        match value {
            Constant::Text(text) => text.clone(),
            Constant::Integer(value) => self.integer(ty, *value),
        }
    }

    pub fn integer(&self, ty: Type, value: i64) -> String {
        match ty {
            Type::Text => value.to_string(),
            Type::Number { scale, .. } => format_scaled(i128::from(value), scale),
            Type::YesNo => if value == 0 { "no" } else { "yes" }.into(),
            Type::OneOf(choices) => {
                let member = usize::try_from(value).ok().and_then(|index| self.policy.choices[choices].members.get(index));
                member.map_or_else(|| value.to_string(), |member| member.name.clone())
            }
            Type::SomeOf(choices) => {
                let members = self.policy.choices[choices].members.iter().enumerate();
                let names: Vec<&str> = members.filter(|(bit, _)| value >> bit & 1 == 1).map(|(_, member)| member.name.as_str()).collect();
                names.join(", ")
            }
            Type::Date => date(value),
            Type::Time => self.time(value),
        }
    }

    /// `2026-11-18T15:00`, with seconds and parts of them only if there are any, and with the offset where local time occurs twice.
    pub fn time(&self, microseconds: i64) -> String {
        let Ok(instant) = jiff::Timestamp::from_microsecond(microseconds) else { return microseconds.to_string() };
        let zoned = instant.to_zoned(self.zone.clone());
        let mut text = zoned.strftime("%Y-%m-%dT%H:%M").to_string();
        if zoned.second() != 0 || zoned.subsec_nanosecond() != 0 {
            text += &format!(":{:02}", zoned.second());
        }
        if zoned.subsec_nanosecond() != 0 {
            text += format!(".{:06}", zoned.subsec_nanosecond() / 1_000).trim_end_matches('0');
        }
        if self.zone.to_ambiguous_timestamp(zoned.datetime()).is_ambiguous() {
            text += &zoned.strftime("%:z").to_string();
        }
        text
    }
}

fn date(days: i64) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = jiff::Span::new().try_days(days).ok().and_then(|span| epoch.checked_add(span).ok());
    date.map_or_else(|| days.to_string(), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Unit;

    #[test]
    fn nothing_is_hidden() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let policy = Policy::default();
        let show = Show { policy: &policy, zone: &zone };
        assert_eq!(show.integer(Type::Number { scale: 2, unit: Unit::Money }, -5), "-0.05");
        assert_eq!(show.integer(Type::Date, 0), "1970-01-01");
        assert_eq!(show.integer(Type::Date, i64::MAX), i64::MAX.to_string());
        assert_eq!(show.integer(Type::Time, 0), "1969-12-31T19:00");
        assert_eq!(show.integer(Type::Time, 1_000_000), "1969-12-31T19:00:01");
        assert_eq!(show.integer(Type::Time, 1_500_000), "1969-12-31T19:00:01.5");
        assert_eq!(show.integer(Type::YesNo, 1), "yes");
        // 01:30 on the day that clocks are put back: first and second time
        assert_eq!(show.time(1_793_511_000_000_000), "2026-11-01T01:30-04:00");
        assert_eq!(show.time(1_793_514_600_000_000), "2026-11-01T01:30-05:00");
    }
}
