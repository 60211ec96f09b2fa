//! Clocks from what happens to them to what they say, each by hand.
//!
//! The office is open on weekdays from 09:00 to 17:00 in New York, which is UTC-5 in November; Thanksgiving, 26 November, is closed. Wednesday is
//! the 18th.

use std::collections::BTreeMap;

use leadwright::calendar::instant;
use leadwright::clock::{ClockEventKind, Clocks, Happening, Holder, Instance, RUNS_MAX, What};
use leadwright::model::{ClockState, Policy, check};

const POLICY: &str = r#"leadwright 1
policy p { timezone "America/New_York" }
team desk members ann, bob on office except bob on late
team boss
calendar office {
  hours   mon to fri 09:00 to 17:00
  closed  2026-11-26
}
calendar late { hours mon to fri 13:00 to 21:00 }
lead { id text key   away yes_no optional }
stage raw owner desk start
stage mql owner desk final
flow { raw -> mql when away }
signal call
signal absent
signal reassigned
"#;

/// The policy with a clock `s` of the desk that starts on entering `mql`, stops on a call, and has these rows too.
fn policy(rows: &str) -> Policy {
    let text = format!("{POLICY}sla s {{\n  starts when entering mql\n  stops on call\n  by desk\n  {rows}\n}}\n");
    let checked = check(&BTreeMap::from([("p.lead".to_owned(), text)]), "p.lead");
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    checked.policy
}

/// `18 15:00`: a day of November 2026 and a time in New York.
fn at(text: &str) -> i64 {
    let (day, time) = text.split_once(' ').unwrap();
    instant(&format!("2026-11-{day}T{time}-05:00")).unwrap_or_else(|| panic!("{text}"))
}

fn on(text: &str, what: What) -> Happening {
    Happening { at: at(text), what }
}

const STOP: What = What::Stop { owner: None };

fn on_calendar(calendar: usize) -> Holder {
    Holder { owner: None, calendar: Some(calendar) }
}

fn start(text: &str) -> Happening {
    on(text, What::Start { target: 0, holder: on_calendar(0) })
}

fn run(policy: &Policy, happenings: &[Happening], until: &str) -> Vec<Instance> {
    Clocks::new(policy).unwrap().run(0, happenings, at(until))
}

fn one(policy: &Policy, happenings: &[Happening], until: &str) -> Instance {
    match <[Instance; 1]>::try_from(run(policy, happenings, until)) {
        Ok([instance]) => instance,
        Err(instances) => panic!("{instances:#?}"),
    }
}

/// The events that are neither start nor stop.
fn events(instance: &Instance) -> Vec<(i64, ClockEventKind)> {
    let told = |kind: &ClockEventKind| !matches!(kind, ClockEventKind::Started | ClockEventKind::Stopped);
    instance.events.iter().filter(|event| told(&event.kind)).map(|event| (event.at, event.kind)).collect()
}

#[test]
fn lengths_end_where_their_kind_says() {
    for (within, starts, due) in [
        // elapsed, over a weekend
        ("72 hours", "20 16:00", "23 16:00"),
        // calendar days keep the time of day
        ("2 weeks", "10 16:30", "24 16:30"),
        // one hour on Wednesday before Thanksgiving, three on Friday
        ("4 business hours", "25 16:00", "27 12:00"),
        // Friday and Monday; the time of day is kept, also outside of hours
        ("2 business days", "25 20:00", "30 20:00"),
        // from Saturday, Monday is the first
        ("1 business day", "21 11:00", "23 11:00"),
    ] {
        let policy = policy(&format!("within {within}"));
        let instance = one(&policy, &[start(starts)], starts);
        assert_eq!((instance.due, instance.state), (Some(at(due)), ClockState::Running), "{within}");
    }
}

#[test]
fn calendar_days_keep_the_time_of_day_when_the_clock_changes() {
    // 31 October 12:00 at UTC-4; the clock goes back on 1 November, and two days are 49 hours
    let started = instant("2026-10-31T12:00:00-04:00").unwrap();
    let due = |within: &str| {
        let policy = policy(&format!("within {within}"));
        let start = Happening { at: started, what: What::Start { target: 0, holder: on_calendar(0) } };
        Clocks::new(&policy).unwrap().run(0, &[start], started)[0].due
    };
    assert_eq!(due("2 days"), instant("2026-11-02T12:00:00-05:00"));
    assert_eq!(due("48 hours"), instant("2026-11-02T11:00:00-05:00"));
}

#[test]
fn whoever_is_done_when_it_is_due_is_in_time() {
    let policy = policy("within 4 business hours");
    let stop = |text: &str| one(&policy, &[start("18 10:00"), on(text, STOP)], "30 12:00");
    assert_eq!(stop("18 14:00").state, ClockState::Met);
    assert_eq!(stop("18 14:01").state, ClockState::Missed);
    assert_eq!(stop("18 14:01").stopped, Some(at("18 14:01")));
    assert_eq!(one(&policy, &[start("18 10:00")], "18 14:00").state, ClockState::Running);
    assert_eq!(one(&policy, &[start("18 10:00")], "18 14:01").state, ClockState::Breached);
    // what happens later is not known yet
    assert_eq!(one(&policy, &[start("18 10:00"), on("18 14:01", STOP)], "18 14:00").state, ClockState::Running);
}

#[test]
fn a_running_clock_is_not_started_again_and_a_stopped_one_is() {
    let policy = policy("within 4 business hours");
    let happenings = [
        on("18 09:00", STOP),
        start("18 10:00"),
        start("18 11:00"),
        on("18 12:00", STOP),
        on("18 12:30", What::Restart { holder: on_calendar(0) }),
        start("18 13:00"),
    ];
    let instances = run(&policy, &happenings, "18 14:00");
    let told: Vec<_> = instances.iter().map(|instance| (instance.started, instance.state, instance.due)).collect();
    assert_eq!(
        told,
        [(at("18 10:00"), ClockState::Met, Some(at("18 14:00"))), (at("18 13:00"), ClockState::Running, Some(at("18 17:00"))),]
    );
}

#[test]
fn what_follows_a_breach_is_dated_from_it() {
    let policy = policy(
        "within 4 business hours  remind owner at 80%  remind boss at 50%  breach notify boss  breach notify owner after 1 hour  \
         escalate to boss after 2 business hours, desk after 1 business day",
    );
    // due 14:00; half is 12:00, 80 % of 240 minutes are 192: 13:12; two business hours after 14:00 are 16:00, a business day later is Thursday
    let expected = [
        (at("18 12:00"), ClockEventKind::Reminded(1)),
        (at("18 13:12"), ClockEventKind::Reminded(0)),
        (at("18 14:00"), ClockEventKind::Breached),
        (at("18 14:00"), ClockEventKind::Notified(0)),
        (at("18 15:00"), ClockEventKind::Notified(1)),
        (at("18 16:00"), ClockEventKind::Escalated(0)),
        (at("19 14:00"), ClockEventKind::Escalated(1)),
    ];
    let whole = one(&policy, &[start("18 10:00")], "30 12:00");
    assert_eq!(events(&whole), expected);
    // a stop ends it, also at the very instant of an event
    let stopped = one(&policy, &[start("18 10:00"), on("18 16:00", STOP)], "30 12:00");
    assert_eq!(events(&stopped), expected[..5]);
    let early = one(&policy, &[start("18 10:00"), on("18 13:00", STOP)], "30 12:00");
    assert_eq!(events(&early), expected[..1]);
}

#[test]
fn reminders_of_business_time_fall_into_business_time() {
    // Friday 16:00, four hours: one on Friday, three on Monday until 12:00; half is Monday 10:00
    let policy = policy("within 4 business hours  remind owner at 50%  remind owner at 25%  remind owner at 100%");
    let instance = one(&policy, &[start("20 16:00")], "24 12:00");
    assert_eq!(
        events(&instance),
        [
            (at("20 17:00"), ClockEventKind::Reminded(1)),
            (at("23 10:00"), ClockEventKind::Reminded(0)),
            (at("23 12:00"), ClockEventKind::Reminded(2)),
            (at("23 12:00"), ClockEventKind::Breached),
        ]
    );
}

#[test]
fn a_share_of_elapsed_time_is_rounded_up() {
    let policy = policy("within 1 second  remind owner at 33.3333%");
    let instance = one(&policy, &[start("18 10:00")], "18 10:01");
    // 333 333 microseconds
    assert_eq!(events(&instance)[0], (at("18 10:00") + 333_333, ClockEventKind::Reminded(0)));
    let thirds = self::policy("within 1 second  remind owner at 0.00001%");
    assert_eq!(events(&one(&thirds, &[start("18 10:00")], "18 10:01"))[0].0, at("18 10:00") + 1);
}

#[test]
fn a_pause_holds_the_time_that_is_left() {
    let policy = policy("within 4 business hours  remind owner at 75%  pauses when away  pauses on absent for 1 business day");
    let away = |text: &str, holds: bool| on(text, What::While { pause: 0, holds });
    // an hour runs from 10:00, the pause lasts from 11:00 to 16:00; three hours are left: one on Wednesday, two on Thursday
    let instance = one(&policy, &[start("18 10:00"), away("18 11:00", true), away("18 16:00", false)], "20 12:00");
    assert_eq!(
        events(&instance),
        [
            (at("18 11:00"), ClockEventKind::Paused),
            (at("18 16:00"), ClockEventKind::Resumed),
            (at("19 10:00"), ClockEventKind::Reminded(0)),
            (at("19 11:00"), ClockEventKind::Breached),
        ]
    );
    let paused = one(&policy, &[start("18 10:00"), away("18 11:00", true)], "20 12:00");
    assert_eq!((paused.state, paused.due), (ClockState::Paused, None));
    // in time, however long the pause
    let stopped = one(&policy, &[start("18 10:00"), away("18 11:00", true), on("20 12:00", STOP)], "20 12:00");
    assert_eq!(stopped.state, ClockState::Met);
    // absent for a business day from 11:00, and away from 16:00 to the next day's 13:00: the two are one pause until 13:00
    let both = [start("18 10:00"), on("18 11:00", What::PauseFor(1)), away("18 16:00", true), away("19 13:00", false)];
    let instance = one(&policy, &both, "19 13:00");
    assert_eq!((instance.state, instance.due), (ClockState::Running, Some(at("19 16:00"))));
    let absent = one(&policy, &both[..2], "20 08:00");
    // goes on by itself on Thursday 11:00, three hours are left
    assert_eq!(events(&absent)[1], (at("19 11:00"), ClockEventKind::Resumed));
    assert_eq!(events(&absent)[3], (at("19 14:00"), ClockEventKind::Breached));
    // a pause that began before the clock did holds it
    let before = one(&policy, &[on("17 11:00", What::PauseFor(1)), start("18 10:00")], "18 12:00");
    assert_eq!(before.due, Some(at("18 15:00")));
    // after a breach it changes nothing
    let late = one(&policy, &[start("18 10:00"), away("18 15:00", true)], "18 16:00");
    assert_eq!((late.state, late.due), (ClockState::Breached, Some(at("18 14:00"))));
}

#[test]
fn a_restart_begins_anew() {
    let policy = policy("within 4 business hours  remind owner at 50%  restarts on reassigned");
    let restart = |text: &str, calendar| on(text, What::Restart { holder: on_calendar(calendar) });
    let instance = one(&policy, &[start("18 09:00"), restart("18 12:00", 0)], "18 14:00");
    assert_eq!(instance.due, Some(at("18 16:00")));
    assert_eq!(instance.started, at("18 09:00"));
    assert_eq!(events(&instance), [(at("18 11:00"), ClockEventKind::Reminded(0)), (at("18 12:00"), ClockEventKind::Restarted)]);
    // bob works from 13:00 to 21:00
    let bobs = one(&policy, &[start("18 09:00"), restart("18 12:00", 1)], "18 12:00");
    assert_eq!(bobs.due, Some(at("18 17:00")));
    // after a breach too
    let late = one(&policy, &[start("18 09:00"), restart("18 15:00", 0)], "18 15:30");
    assert_eq!((late.state, late.due), (ClockState::Running, Some(at("19 11:00"))));
}

#[test]
fn reassigning_starts_the_clock_anew_and_drops_what_was_to_follow() {
    let policy = policy("within 1 hour  breach notify boss  breach reassign after 1 hour  escalate to boss after 90 minutes");
    let instance = one(&policy, &[start("18 10:00")], "18 13:30");
    assert_eq!(
        events(&instance),
        [
            (at("18 11:00"), ClockEventKind::Breached),
            (at("18 11:00"), ClockEventKind::Notified(0)),
            (at("18 12:00"), ClockEventKind::Reassigned(1)),
            (at("18 12:00"), ClockEventKind::Restarted),
            (at("18 13:00"), ClockEventKind::Breached),
            (at("18 13:00"), ClockEventKind::Notified(0)),
        ]
    );
    assert_eq!((instance.state, instance.due), (ClockState::Breached, Some(at("18 13:00"))));
}

#[test]
fn a_lead_that_nobody_ever_touches_costs_bounded_work() {
    let policy = policy("within 1 second  breach reassign");
    let start = start("18 10:00");
    let instances = Clocks::new(&policy).unwrap().run(0, &[start], instant("9000-01-01T00:00:00Z").unwrap());
    let restarts = instances[0].events.iter().filter(|event| event.kind == ClockEventKind::Restarted).count();
    assert_eq!(restarts, RUNS_MAX - 1);
}

#[test]
fn an_owner_works_by_its_own_calendar() {
    let policy = policy("within 4 business hours");
    let clocks = Clocks::new(&policy).unwrap();
    let name = |owner: Option<&str>| clocks.calendar(0, owner).map(|calendar| policy.calendars[calendar].name.as_str());
    assert_eq!((name(None), name(Some("ann")), name(Some("bob"))), (Some("office"), Some("office"), Some("late")));
}

struct Folder(&'static str);

impl leadwright::source::Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, leadwright::source::ReadError> {
        std::fs::read(std::path::Path::new(self.0).join(path)).map_err(|_| leadwright::source::ReadError::NotFound)
    }
}

#[test]
fn the_worked_example_passes_its_own_tests() {
    let folder = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/medbank_full"));
    let policy = leadwright::policy::Policy::load(&folder, "medbank.lead").map_err(|refused| refused.diagnostics).unwrap();
    let results = policy.test(&leadwright::testing::Selection::default()).unwrap();
    assert!(results.len() >= 2 && results.iter().all(|result| result.passed()), "{results:#?}");
    // asked for a rep and entered mql at 15:00: five business minutes
    let explanation = policy.explain_test(0).unwrap();
    let first_touch = &explanation.clocks[0];
    assert_eq!((first_touch.state.as_deref(), first_touch.due.as_deref()), (Some("running"), Some("2026-11-18T15:05")));
    assert_eq!(first_touch.events.len(), 1);
    // two business days, Thursday and Friday
    assert_eq!(explanation.clocks[1].due.as_deref(), Some("2026-11-20T15:00"));
}

#[test]
fn signals_of_a_burst_stop_no_clock() {
    let text = format!(
        "{POLICY}signal click ignore bursts of 3 within 1 second\nsla s {{\n  starts on call\n  stops on click\n  within 4 hours\n}}\n"
    );
    let files = BTreeMap::from([("p.lead".to_owned(), text)]);
    let policy = leadwright::policy::Policy::load(&files, "p.lead").map_err(|refused| refused.diagnostics).unwrap();
    let state = |clicks: i64| {
        let signal = |name: &str| policy.model().signals.iter().position(|signal| signal.name == name).unwrap();
        let event = |name: &str, at: i64| leadwright::model::Event { signal: signal(name), at, values: Vec::new() };
        let mut signals = vec![event("call", at("18 10:00"))];
        signals.extend((0..clicks).map(|click| event("click", at("18 11:00") + click)));
        let values = vec![Some(leadwright::model::Constant::Text("L-1".into())), None];
        let lead = leadwright::record::Lead { values, signals, ..leadwright::record::Lead::default() };
        let answers = policy.score(&[lead], at("18 12:00"), leadwright::policy::Backend::Jit).unwrap();
        (answers[0].get("s.state").map(str::to_owned), answers[0].get("s.due").map(str::to_owned))
    };
    assert_eq!(state(2), (Some("met".to_owned()), None));
    assert_eq!(state(3), (Some("running".to_owned()), Some("2026-11-18T14:00".to_owned())));
}
