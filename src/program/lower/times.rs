//! Calendar days. A program knows no clock and no zone: days of time fields come as inputs, days of constants are worked out here.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Lowering;
use crate::model::{Arithmetic, Constant, Conversion, Expr, ExprKind, Operator, Reference, Type};
use crate::program::{Op, Parameter, Value};

impl Lowering<'_> {
    pub fn as_of_day(&mut self) -> Value {
        self.builder.parameter(Parameter::AsOfDay)
    }

    /// The day of a date, or the local day of a time.
    pub fn day(&mut self, expr: &Expr) -> Value {
        if expr.ty == Type::Time { self.local_day(expr) } else { self.value(expr) }
    }

    /// Whole days from one day to another, missing if there are fewer than none.
    pub fn days_between(&mut self, from: Value, to: Value) -> Value {
        let days = self.builder.op(Op::Subtract(to, from));
        let none = self.builder.constant(0);
        let not_negative = self.builder.compare(Operator::AtLeast, days, none);
        let missing = self.builder.missing();
        self.builder.select(not_negative, days, missing)
    }

    /// The calendar day of a time, in the policy's zone. A clock that is set back over midnight shows the later of two instants on the
    /// earlier day, so the larger of two times is found first, and then its day.
    pub fn local_day(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Constant(Constant::Integer(instant)) => {
                let day = self.day_of_instant(*instant);
                self.builder.constant_or_missing(day)
            }
            ExprKind::Reference(Reference::Field(id) | Reference::Property(id)) => self.column_day(*id),
            ExprKind::Reference(Reference::Measure(id)) => self.column_day(self.policy.measure_column(*id)),
            ExprKind::Reference(Reference::Let(id)) => match self.lets.get(*id).and_then(|lowered| lowered.day) {
                Some(day) => day,
                None => self.builder.missing(),
            },
            ExprKind::Reference(Reference::Cell { table, keys, column }) => self.cell_day(*table, keys, *column),
            ExprKind::Arithmetic(Arithmetic::Larger(members)) => self.day_of_extreme(members, Operator::AtLeast),
            ExprKind::Arithmetic(Arithmetic::Smaller(members)) => self.day_of_extreme(members, Operator::AtMost),
            ExprKind::Conversion(Conversion::Else(value, default)) => {
                let value = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.local_day(value));
                let default = match default {
                    Constant::Integer(instant) => self.day_of_instant(*instant),
                    Constant::Text(_) => None,
                };
                let default = self.builder.constant_or_missing(default);
                self.builder.or_else(value, default)
            }
            // No other expression is a time.
            ExprKind::Constant(Constant::Text(_))
            | ExprKind::Reference(Reference::Score(_) | Reference::Section(..) | Reference::Decide(_) | Reference::Stage)
            | ExprKind::Arithmetic(Arithmetic::Sum(_) | Arithmetic::Product(_) | Arithmetic::Remainder(..))
            | ExprKind::Conversion(Conversion::DaysSince(_) | Conversion::DaysUntil(_) | Conversion::DomainOf(_))
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => self.builder.missing(),
        }
    }

    fn day_of_extreme(&mut self, members: &[Expr], wins: Operator) -> Value {
        let mut extreme: Option<(Value, Value)> = None;
        for member in members {
            let time = self.value(member);
            let day = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.local_day(member));
            extreme = Some(match extreme {
                None => (time, day),
                Some((best_time, best_day)) => {
                    let keeps = self.builder.compare(wins, best_time, time);
                    let best = match wins {
                        Operator::AtLeast | Operator::Above => Op::Larger(best_time, time),
                        Operator::AtMost | Operator::Below => Op::Smaller(best_time, time),
                    };
                    let best = self.builder.op(best);
                    let day = self.builder.select(keeps, best_day, day);
                    let (known, missing) = (self.builder.known(best), self.builder.missing());
                    (best, self.builder.select(known, day, missing))
                }
            });
        }
        match extreme {
            Some((_, day)) => day,
            None => self.builder.missing(),
        }
    }

    /// None if the zone or the day does not exist, which the checker rules out.
    pub fn day_of_instant(&self, instant: i64) -> Option<i64> {
        let zone = TimeZone::get(if self.policy.timezone.is_empty() { "UTC" } else { &self.policy.timezone }).ok()?;
        let date = Timestamp::from_microsecond(instant).ok()?.to_zoned(zone).date();
        let epoch = Date::constant(1970, 1, 1);
        Some(i64::from(epoch.until(date).ok()?.get_days()))
    }
}
