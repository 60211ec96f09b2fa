//! A second reading of histories that shares no code with the first: everything is looked at again for every signal, days and hours come from
//! jiff alone, and fading is worked out with integers of any length. Thousands of random histories must give the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan, Zoned};
use leadwright::model::{CapPeriod, Constant, Event, Fading, Length, Measure, MeasureKind, Policy, Since, Subject, Transition, check};
use leadwright::record::{Histories, Lead};

use crate::support::random::Random;

const POLICY: &str = r#"leadwright 1
policy p { timezone "ZONE" }
team crew
lead { id text key }
signal view { path text optional   n decimal 1 -50.0..50.0 optional }
signal call ignore bursts of 3 within 90 seconds { n decimal 1 -50.0..50.0 }
signal mail ignore bursts of 2 within 1 day
signal ask
group touch = view, call
stage raw   owner crew  start
stage mql   owner crew
stage sal   owner crew
MEASURES
score heat running from -20 to 30 {
  section moves points {
    +7.5 per view at most 2 per day
    -10  per 2 call
    +1   per mail at most 1 per week
    -3   per 5 days without touch at most 2 per month
  }
}
score extra {
  section behavioural points {
    +1 per view where n > 0 in last 20 days at most 3 per 10 days
    -2 per 7 days without view
    -1 per 36 hours without touch at most 1 per day
  }
}
flow {
  raw -> mql  on ask where_nothing
  mql -> raw  on call where n < 0   recycle forget behavioural
  mql -> sal  after 10 days without view
  sal -> raw  after 30 hours
  sal -> mql  when extra > 9
}
"#;

const KINDS: &[&str] = &["count of S", "any S", "days since last S", "sum of S.n", "first of S.n", "last of S.n"];
const CONDITIONS: &[&str] = &["", "", " where n >= 1.5", " where n < 0 or n is missing", " where n is known"];
const WINDOWS: &[&str] =
    &["", "", " in last 7 days", " in last 1 day", " in last 3 weeks", " in last 5 hours", " in last 24 hours", " in last 90 minutes"];
const SINCES: &[&str] = &["", "", " since entering mql", " since entering raw", " since last ask", " since last call"];
const CAPS: &[&str] = &[
    "",
    "",
    " at most 1 per hour",
    " at most 1 per day",
    " at most 2 per day",
    " at most 1 per week",
    " at most 3 per month",
    " at most 2 per quarter",
    " at most 4 per year",
    " at most 1 per 3 days",
    " at most 2 per 10 days",
    " at most 3 ever",
];
const FADINGS: &[&str] = &["", "", " fading half every 3 days", " fading half every 30 days", " fading to nothing over 10 days"];

fn measures(random: &mut Random) -> String {
    let mut text = String::new();
    for index in 0..24 {
        let kind = *random.pick(KINDS);
        let adds_up = kind.starts_with("count") || kind.starts_with("sum");
        let has_n = kind.contains(".n");
        let subject = if has_n {
            *random.pick(&["view", "call", "touch"])
        } else {
            *random.pick(&["view", "call", "touch", "mail", "ask", "entering mql", "leaving mql", "entering raw"])
        };
        let plain = matches!(subject, "mail" | "ask" | "entering mql" | "leaving mql" | "entering raw");
        let condition = if plain { "" } else { *random.pick(CONDITIONS) };
        let (cap, fading) = if adds_up { (*random.pick(CAPS), *random.pick(FADINGS)) } else { ("", "") };
        let condition = if subject == "call" {
            condition.replace(" or n is missing", "").replace(" where n is known", "")
        } else {
            condition.to_string()
        };
        let measure = kind.replace('S', subject);
        text += &format!("let m{index} = {measure}{condition}{}{}{cap}{fading}\n", random.pick(WINDOWS), random.pick(SINCES));
    }
    text + "let d1 = days in mql\nlet d2 = days in raw\n"
}

// --- the second reading -----------------------------------------------------------------------------------------------

struct Oracle<'a> {
    policy: &'a Policy,
    lead: &'a Lead,
    as_of: i64,
    /// what was worked out before
    faded: &'a RefCell<HashMap<(Fading, i64), i128>>,
}

#[derive(Clone, Copy)]
struct Happening<'a> {
    at: i64,
    event: Option<&'a Event>,
    /// its place in the order of all signals
    place: usize,
}

impl<'a> Oracle<'a> {
    fn zoned(&self, at: i64) -> Zoned {
        Timestamp::from_microsecond(at).unwrap().in_tz(&self.policy.timezone).unwrap()
    }

    fn day(&self, at: i64) -> Date {
        self.zoned(at).date()
    }

    fn days_ago(&self, at: i64) -> i64 {
        i64::from(self.day(at).until(self.day(self.as_of)).unwrap().get_days()).max(0)
    }

    fn later(&self, at: i64, length: Length) -> i64 {
        match length {
            Length::Elapsed(length) => at + length,
            Length::Days(days) => {
                let local: DateTime = self.zoned(at).datetime() + days.days();
                local.in_tz(&self.policy.timezone).unwrap().timestamp().as_microsecond()
            }
        }
    }

    /// Every signal up to as-of that is no part of a burst, in order.
    fn signals(&self) -> Vec<Happening<'a>> {
        let mut order: Vec<usize> = (0..self.lead.signals.len()).filter(|index| self.lead.signals[*index].at <= self.as_of).collect();
        order.sort_by_key(|index| (self.lead.signals[*index].at, self.lead.signals[*index].signal, *index));
        let all: Vec<Happening> = order
            .iter()
            .enumerate()
            .map(|(place, index)| Happening { at: self.lead.signals[*index].at, event: Some(&self.lead.signals[*index]), place })
            .collect();
        let in_burst = |one: &Happening| {
            let signal = one.event.unwrap().signal;
            let Some(bursts) = self.policy.signals[signal].bursts else { return false };
            let of_kind = || all.iter().filter(|other| other.event.unwrap().signal == signal);
            // a span that holds it may as well begin with one of them
            of_kind().any(|first| {
                let end = self.later(first.at, bursts.within);
                let within = |other: &&Happening| first.at <= other.at && other.at <= end;
                within(&one) && of_kind().filter(within).count() as u64 >= bursts.count
            })
        };
        all.iter().filter(|one| !in_burst(one)).copied().collect()
    }

    fn log(&self) -> Vec<Transition> {
        self.lead.log.iter().filter(|entry| entry.at <= self.as_of).copied().collect()
    }

    fn stage(&self) -> usize {
        self.lead.stage.unwrap_or(0)
    }

    fn stay(&self) -> Option<i64> {
        self.lead.stage_since.or_else(|| self.log().last().filter(|last| last.to == self.stage()).map(|last| last.at))
    }

    fn n(&self, event: &Event) -> Option<i64> {
        let signal = &self.policy.signals[event.signal];
        let index = signal.properties.iter().position(|property| property.name == "n")?;
        match event.values[index] {
            Some(Constant::Integer(value)) => Some(value),
            _ => None,
        }
    }

    fn holds(&self, measure: &Measure, event: &Event) -> bool {
        let n = self.n(event);
        let known = |test: &dyn Fn(i64) -> bool| n.is_some_and(test);
        match measure.text.split_once(" where ").map(|(_, rest)| rest) {
            None => true,
            Some(text) if text.starts_with("n >= 1.5") => known(&|n| n >= 15),
            Some(text) if text.starts_with("n < 0 or n is missing") => n.is_none() || known(&|n| n < 0),
            Some(text) if text.starts_with("n < 0") => known(&|n| n < 0),
            Some(text) if text.starts_with("n is known") => n.is_some(),
            Some(text) if text.starts_with("n > 0") => known(&|n| n > 0),
            Some(text) => panic!("{text}"),
        }
    }

    fn forgotten_until(&self, id: usize) -> i64 {
        let forgets = |entry: &Transition| entry.forget.is_some_and(|forget| self.policy.forgets[forget].measures.contains(&id));
        self.log().iter().filter(|entry| forgets(entry)).map(|entry| entry.at).max().unwrap_or(i64::MIN)
    }

    /// What is there before cap, window and `since`.
    fn subject(&self, id: usize) -> Vec<Happening<'a>> {
        let measure = &self.policy.measures[id];
        let moments = |at: Vec<i64>| at.into_iter().map(|at| Happening { at, event: None, place: usize::MAX }).collect();
        let mut found: Vec<Happening> = match &measure.subject {
            Subject::Signals(signals) => {
                let of_kind = |one: &Happening| signals.contains(&one.event.unwrap().signal) && self.holds(measure, one.event.unwrap());
                self.signals().into_iter().filter(of_kind).collect()
            }
            Subject::Entering(stage) => {
                let mut at: Vec<i64> = self.log().iter().filter(|entry| entry.to == *stage).map(|entry| entry.at).collect();
                if let Some(stay) = self.stay()
                    && self.stage() == *stage
                    && stay <= self.as_of
                    && !at.contains(&stay)
                {
                    at.push(stay);
                    at.sort();
                }
                moments(at)
            }
            Subject::Leaving(stage) => {
                moments(self.log().iter().filter(|entry| entry.from == Some(*stage)).map(|entry| entry.at).collect())
            }
            Subject::Stage(_) => Vec::new(),
        };
        found.retain(|one| one.at > self.forgotten_until(id));
        found
    }

    /// The unit of a cap as text.
    fn unit(&self, at: i64, per: CapPeriod) -> String {
        let zoned = self.zoned(at);
        let date = zoned.date();
        match per {
            CapPeriod::Hour => format!("{date} {} {}", zoned.hour(), zoned.offset()),
            CapPeriod::Day => date.to_string(),
            CapPeriod::Week => format!("{:?}", date.iso_week_date().first_of_week().unwrap()),
            CapPeriod::Month => format!("{} {}", date.year(), date.month()),
            CapPeriod::Quarter => format!("{} {}", date.year(), (date.month() - 1) / 3),
            CapPeriod::Year => date.year().to_string(),
            CapPeriod::Ever | CapPeriod::Days(_) => String::new(),
        }
    }

    fn capped<'h>(&self, id: usize, all: Vec<Happening<'h>>) -> Vec<Happening<'h>> {
        let Some(cap) = self.policy.measures[id].cap else { return all };
        let mut kept: Vec<Happening> = Vec::new();
        for one in all {
            let taken = kept.iter().filter(|other| match cap.per {
                CapPeriod::Days(days) => i64::from(self.day(other.at).until(self.day(one.at)).unwrap().get_days()) <= days as i64,
                per => self.unit(other.at, per) == self.unit(one.at, per),
            });
            if (taken.count() as u64) < cap.amount {
                kept.push(one);
            }
        }
        kept
    }

    fn counted(&self, id: usize) -> Vec<Happening<'a>> {
        let measure = &self.policy.measures[id];
        let mut found = self.capped(id, self.subject(id));
        found.retain(|one| match measure.window {
            None => true,
            Some(Length::Days(days)) => self.days_ago(one.at) <= days,
            Some(Length::Elapsed(length)) => self.as_of - one.at < length,
        });
        match &measure.since {
            None => {}
            // a signal of the very instant of the log's entry came before it
            Some(Since::Stay) => found.retain(|one| {
                let began = self.stay().unwrap_or(self.as_of);
                let in_log = self.log().last().is_some_and(|last| last.to == self.stage() && last.at == began && last.from.is_some());
                one.at > began || (one.at == began && !in_log)
            }),
            Some(Since::Entering(stage)) => {
                let entered = if self.stage() == *stage {
                    Some(self.stay().unwrap_or(self.as_of))
                } else {
                    self.log().iter().filter(|entry| entry.to == *stage).map(|entry| entry.at).max()
                };
                found.retain(|one| entered.is_some_and(|entered| one.at >= entered));
            }
            Some(Since::LastSignal(signals)) => {
                if let Some(last) = self.signals().into_iter().rfind(|one| signals.contains(&one.event.unwrap().signal)) {
                    found.retain(|one| if one.event.is_some() { one.place > last.place } else { one.at >= last.at });
                }
            }
        }
        found
    }

    /// ½^(days/N) to 6 places: the largest k with k - ½ ≤ 10^6 × ½^(days/N), that is ((2k - 1) / (2 × 10^6))^N ≤ ½^days, in integers of any length.
    fn millionths(&self, fading: Fading, days: i64) -> i128 {
        if let Some(known) = self.faded.borrow().get(&(fading, days)) {
            return *known;
        }
        let worked_out = Self::worked_out(fading, days);
        self.faded.borrow_mut().insert((fading, days), worked_out);
        worked_out
    }

    fn worked_out(fading: Fading, days: i64) -> i128 {
        match fading {
            Fading::ToNothingOverDays(over) => {
                let left = (over as i128 - i128::from(days)).max(0) * 1_000_000;
                (2 * left + over as i128) / (2 * over as i128)
            }
            Fading::HalfEveryDays(over) => {
                let (mut low, mut high) = (0u64, 1_000_000u64);
                while low < high {
                    let middle = (low + high).div_ceil(2);
                    let left = Big::power(2 * middle - 1, over).times_power_of_two(days as u64);
                    if left.at_most(&Big::power(2_000_000, over)) { low = middle } else { high = middle - 1 }
                }
                i128::from(low)
            }
        }
    }

    fn weighed(&self, id: usize, value: impl Fn(&Happening) -> i128, scale: u32) -> i128 {
        let counted = self.counted(id);
        let Some(fading) = self.policy.measures[id].fading else { return counted.iter().map(value).sum() };
        let sum: i128 = counted.iter().map(|one| value(one) * self.millionths(fading, self.days_ago(one.at))).sum();
        let divisor = 10i128.pow(scale + 4);
        let rounded = (sum.abs() * 2 + divisor) / (divisor * 2);
        if sum < 0 { -rounded } else { rounded }
    }

    /// The moments at which quiet times are full.
    fn quiet(&self, id: usize, length: Length) -> Vec<Happening<'a>> {
        let ends = self.subject(id);
        let mut moments = Vec::new();
        for (index, one) in ends.iter().enumerate() {
            let until = ends.get(index + 1).map_or(self.as_of, |next| next.at);
            for times in 1.. {
                let at = match length {
                    Length::Days(days) => self.later(one.at, Length::Days(days * times)),
                    Length::Elapsed(length) => one.at + length * times,
                };
                if at > until {
                    break;
                }
                moments.push(Happening { at, event: None, place: 0 });
            }
        }
        self.capped(id, moments)
    }

    fn days_in(&self, stage: usize) -> i64 {
        let log = self.log();
        let days = |from: i64, to: i64| i64::from(self.day(from).until(self.day(to)).unwrap().get_days()).max(0);
        let mut total = 0;
        for (index, entry) in log.iter().enumerate() {
            let last = index + 1 == log.len();
            if entry.to == stage && !last {
                total += days(entry.at, log[index + 1].at);
            } else if entry.to == stage && (self.stage() != stage || self.stay().is_some_and(|stay| entry.at < stay)) {
                total += days(entry.at, self.stay().unwrap_or(self.as_of).min(self.as_of));
            }
        }
        if self.stage() == stage { total + days(self.stay().unwrap_or(self.as_of).min(self.as_of), self.as_of) } else { total }
    }

    fn balance(&self, score: usize) -> i64 {
        let score = &self.policy.scores[score];
        let mut days: BTreeMap<Date, i128> = BTreeMap::new();
        for row in score.personas.iter().flat_map(|persona| &persona.sections).flat_map(|section| &section.points) {
            let leadwright::model::PointsKind::Per { every, count } = &row.kind else { panic!() };
            let leadwright::model::ExprKind::Reference(leadwright::model::Reference::Measure(id)) = count.kind else { panic!() };
            let moments = match self.policy.measures[id].kind {
                MeasureKind::Quiet(length) => self.quiet(id, length),
                _ => self.counted(id),
            };
            // 7.5 points at one place
            let points = row.points.mantissa * 10i128.pow(u32::from(score.sum_scale - row.points.places));
            for one in moments.iter().skip(*every as usize - 1).step_by(*every as usize) {
                *days.entry(self.day(one.at)).or_default() += points;
            }
        }
        let range = score.range.unwrap();
        let mut balance = 0i128;
        for points in days.values() {
            balance = (balance + points).clamp(range.low.into(), range.high.into());
        }
        balance as i64
    }

    fn measure(&self, id: usize) -> Option<i64> {
        let measure = &self.policy.measures[id];
        let n = |one: &Happening| one.event.and_then(|event| self.n(event));
        match measure.kind {
            MeasureKind::Count => Some(self.weighed(id, |_| 1, 0) as i64),
            MeasureKind::Any => Some(i64::from(!self.counted(id).is_empty())),
            MeasureKind::Sum(_) => Some(self.weighed(id, |one| n(one).unwrap_or(0).into(), 1) as i64),
            MeasureKind::First(_) => self.counted(id).first().and_then(n),
            MeasureKind::Last(_) => self.counted(id).last().and_then(n),
            MeasureKind::DaysSinceLast => self.counted(id).last().map(|last| self.days_ago(last.at)),
            MeasureKind::DaysIn => {
                let Subject::Stage(stage) = measure.subject else { panic!() };
                Some(self.days_in(stage))
            }
            MeasureKind::Quiet(length) => Some(self.quiet(id, length).len() as i64),
            MeasureKind::Waited(length) => {
                let began = self.stay().unwrap_or(self.as_of);
                let last = self.subject(id).iter().map(|one| one.at).filter(|at| *at >= began).max();
                Some(i64::from(self.later(last.unwrap_or(began).max(began), length) <= self.as_of))
            }
            MeasureKind::Balance(score) => Some(self.balance(score)),
        }
    }
}

/// A natural number of any length, lowest digits first.
struct Big(Vec<u32>);

impl Big {
    fn power(base: u64, exponent: u64) -> Big {
        let mut digits = vec![1u32];
        for _ in 0..exponent {
            let mut carry = 0u128;
            for digit in &mut digits {
                let product = u128::from(*digit) * u128::from(base) + carry;
                *digit = product as u32;
                carry = product >> 32;
            }
            while carry > 0 {
                digits.push(carry as u32);
                carry >>= 32;
            }
        }
        Big(digits)
    }

    fn times_power_of_two(mut self, exponent: u64) -> Big {
        for _ in 0..exponent {
            let mut carry = 0;
            for digit in &mut self.0 {
                let doubled = u64::from(*digit) * 2 + carry;
                *digit = doubled as u32;
                carry = doubled >> 32;
            }
            if carry > 0 {
                self.0.push(carry as u32);
            }
        }
        self
    }

    fn at_most(&self, other: &Big) -> bool {
        (self.0.len(), self.0.iter().rev().collect::<Vec<_>>()) <= (other.0.len(), other.0.iter().rev().collect::<Vec<_>>())
    }
}

// --- random histories ---------------------------------------------------------------------------------------------------

const MINUTE: i64 = 60_000_000;

fn moment(random: &mut Random, around: i64) -> i64 {
    match random.below(6) {
        0 => around - random.between(-120, 600) * MINUTE,
        1 => around - random.between(0, 72) * 60 * MINUTE,
        2 => around - random.between(0, 40) * 1440 * MINUTE,
        3 => around - random.between(0, 40 * 1440) * MINUTE,
        4 => around - random.between(0, 400) * 1440 * MINUTE,
        _ => around - random.between(0, 3 * 86_400) * 1_000_000,
    }
}

fn lead(random: &mut Random, policy: &Policy, as_of: i64) -> Lead {
    let mut signals = Vec::new();
    let mut last = as_of;
    for _ in 0..random.below(14) {
        // often near the one before, so that there are bursts, ties and full hours
        let at = match random.below(4) {
            0 => last,
            1 => last + random.between(-90, 90) * 1_000_000,
            _ => moment(random, as_of),
        };
        last = at;
        let signal = random.below(4);
        let n = (random.chance(70) || signal == 1).then(|| Constant::Integer(random.between(-500, 500)));
        let values = match signal {
            0 => vec![None, n],
            1 => vec![n],
            _ => Vec::new(),
        };
        signals.push(Event { signal, at, values });
    }
    let mut at: Vec<i64> = (0..random.below(5)).map(|_| moment(random, as_of)).collect();
    at.sort();
    at.dedup();
    let mut log: Vec<Transition> = Vec::new();
    for at in at {
        let from = log.last().map_or(0, |last| last.to);
        let to = (from + 1 + random.below(2)) % 3;
        let forget = (random.chance(30) && !policy.forgets.is_empty()).then_some(0);
        log.push(Transition { at, from: Some(from), to, forget, rest_until: None, signals_before: None });
    }
    let stage = if random.chance(70) { log.last().map(|last| last.to) } else { Some(random.below(3)) };
    let stage_since = match random.below(3) {
        0 => log.last().map(|last| last.at),
        1 => Some(moment(random, as_of)),
        _ => None,
    };
    Lead { values: vec![None], stage, stage_since, signals, log, ..Lead::default() }
}

#[test]
fn a_second_reading_gives_the_same() {
    let mut random = Random::new(20_261_118);
    let (mut compared, mut known) = (0, 0);
    let faded = RefCell::default();
    let zones = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"];
    for round in 0..60 {
        let zone = zones[round % zones.len()];
        let text = POLICY.replace("ZONE", zone).replace("MEASURES", &measures(&mut random)).replace(" where_nothing", "");
        let files = BTreeMap::from([("policy.lead".to_string(), text.clone())]);
        let checked = check(&files, "policy.lead");
        assert!(checked.diagnostics.is_empty(), "{:?}\n{text}", checked.diagnostics);
        let policy = &checked.policy;
        assert_eq!(policy.forgets.len(), 1);
        let histories = Histories::new(policy);
        for _ in 0..60 {
            // around clock changes, ends of months and years, and any time
            let around = [
                "2026-03-08T12:00Z",
                "2026-11-01T12:00Z",
                "2026-10-25T06:00Z",
                "2026-04-05T00:00Z",
                "2018-11-04T12:00Z",
                "2026-01-02T03:00Z",
            ];
            let around: &str = random.pick::<&str>(&around);
            let as_of = leadwright::calendar::instant(around).unwrap() + random.between(-3 * 1440, 12 * 1440) * MINUTE;
            let lead = lead(&mut random, policy, as_of);
            let found = histories.measures(policy, &lead, as_of).unwrap();
            let oracle = Oracle { policy, lead: &lead, as_of, faded: &faded };
            for (id, found) in found.iter().enumerate() {
                let expected = oracle.measure(id).map(Constant::Integer);
                assert_eq!(*found, expected, "`{}` at {} in {zone}\n{lead:#?}", policy.measures[id].text, oracle.zoned(as_of));
                compared += 1;
                known += usize::from(!matches!(found, None | Some(Constant::Integer(0))));
            }
        }
    }
    assert!(compared > 100_000 && known * 4 > compared, "{compared} measures, {known} of them not nothing");
}

/// ½^(days/N) for many N and days, through a measure that counts one signal a hundred times over: 100 × the weight, to 2 places.
#[test]
fn halves_are_right_in_the_sixth_place() {
    for over in [1, 2, 3, 7, 13, 30, 45, 90, 180, 365] {
        let text = format!(
            "leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key }}\nsignal s {{ n whole 0..10_000 }}\nlet m = sum of s.n fading half every {over} days\n"
        );
        let checked = check(&BTreeMap::from([("policy.lead".to_string(), text)]), "policy.lead");
        assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
        let histories = Histories::new(&checked.policy);
        let at = leadwright::calendar::instant("2020-01-01T12:00Z").unwrap();
        // 10,000 times the weight has all its places
        let signals = vec![Event { signal: 0, at, values: vec![Some(Constant::Integer(10_000))] }];
        let lead = Lead { values: vec![None], signals, ..Lead::default() };
        for days in (0..over.min(60)).chain([over, 2 * over, 7 * over, 7 * over + 1, 20 * over, 21 * over - 1, 21 * over, 22 * over]) {
            let found = histories.measures(&checked.policy, &lead, at + days * 1440 * MINUTE).unwrap();
            let expected = Oracle::worked_out(Fading::HalfEveryDays(over as u64), days);
            assert_eq!(found, [Some(Constant::Integer(expected as i64))], "{days} days of {over}");
        }
    }
}
