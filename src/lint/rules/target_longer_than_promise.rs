//! `target-longer-than-promise`: a clock that runs longer than the period of its promise.

use crate::calendar::MICROS_PER_DAY;
use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::{CapPeriod, ClockTime, PromiseKind};

pub const RULE: Rule = Rule {
    name: "target-longer-than-promise",
    group: Group::Correctness,
    level: Level::Warning,
    summary: "a clock that runs longer than the period of its promise",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/target-longer-than-promise.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for promise in &context.policy.promises {
        let PromiseKind::Meets { sla, .. } = promise.kind else { continue };
        let (Some(sla), Some(period)) = (context.policy.slas.get(sla), days(promise.per)) else { continue };
        for target in sla.targets.iter().filter(|target| length(target.within) > period.saturating_mul(MICROS_PER_DAY)) {
            found.push(
                RULE.finding(format!("the clock `{}` may run longer than the period of its promise", sla.name))
                    .at(target.span, "longer")
                    .at(promise.span, "the period")
                    .help("promise it for a longer period, or shorten the target"),
            );
        }
    }
}

/// The least that elapses until the time is over, in microseconds.
fn length(within: ClockTime) -> i64 {
    match within {
        ClockTime::Elapsed(length) | ClockTime::Open(length) => length,
        ClockTime::Days(days) | ClockTime::BusinessDays(days) => days.saturating_mul(MICROS_PER_DAY),
    }
}

/// The most days of a period.
fn days(period: CapPeriod) -> Option<i64> {
    match period {
        CapPeriod::Hour | CapPeriod::Ever => None,
        CapPeriod::Day => Some(1),
        CapPeriod::Week => Some(7),
        CapPeriod::Month => Some(31),
        CapPeriod::Quarter => Some(92),
        CapPeriod::Year => Some(366),
        CapPeriod::Days(days) => i64::try_from(days).ok(),
    }
}
