//! Clocks along a lead's history, each by hand. The office is open on weekdays from 09:00 to 17:00; 5 January 2026 is a Monday.

use super::scene::{Given, Scene};
use leadwright::clock::ClockEventKind;
use leadwright::model::Constant;

const HEAD: &str = r#"policy p { timezone "America/New_York" }
team desk members ann, bob on office except bob on late
calendar office { hours mon to fri 09:00 to 17:00 }
calendar late   { hours mon to fri 13:00 to 21:00 }
lead { id text key   beds whole 0..1000   asked date optional }
signal ask
signal call { outcome text }
signal rejected
signal absent
stage raw owner desk start
stage mql owner desk
stage sal owner desk
stage won owner desk final
queue inside team desk rotate bob
route handover when entering sal { inside otherwise }
flow {
  raw -> mql  on ask
  mql -> raw  on rejected
  mql -> sal  on call where outcome is "reached" when beds > 500
  sal -> won  after 30 days without call
}
"#;

/// Each instance of the first clock: when it was started, its target, its state, when it is due and when it was stopped; then its other events.
fn told(clock: &str, beds: i64, given: &[Given], until: &str) -> Vec<String> {
    let scene = Scene::new(&format!("{HEAD}{clock}"));
    let values = vec![Some(Constant::Text("L-1".into())), Some(Constant::Integer(beds)), None];
    let (course, _, _) = scene.course(values, scene.at("2026-01-02T00:00"), &scene.events(given), scene.at(until));
    let zone = leadwright::record::zone(scene.policy()).unwrap();
    let show = leadwright::record::show::Show { policy: scene.policy(), zone: &zone };
    let time = |at: Option<i64>| at.map_or("-".to_owned(), |at| show.time(at));
    let line = |instance: &leadwright::clock::Instance| {
        let target = &scene.policy().slas[0].targets[instance.target].text;
        let events = instance.events.iter().filter(|event| !matches!(event.kind, ClockEventKind::Started | ClockEventKind::Stopped));
        let events: String = events.map(|event| format!("; {:?} {}", event.kind, show.time(event.at))).collect();
        let (state, due) = (instance.state.name(), time(instance.due));
        format!("{} {target}: {state}, due {due}, stopped {}{events}", show.time(instance.started), time(instance.stopped))
    };
    course.clocks[0].iter().map(line).collect()
}

#[test]
fn stages_and_signals_start_and_stop_a_clock() {
    let clock = "sla s {
  starts when entering mql
  stops  on call where outcome is \"reached\"
  stops  when leaving mql
  within 4 business hours
  by     desk
}";
    let given: [Given; 7] = [
        ("ask", "2026-01-05T10:00", &[]),
        ("call", "2026-01-05T11:00", &[Some("voicemail")]),
        ("call", "2026-01-05T14:00", &[Some("reached")]),
        ("rejected", "2026-01-05T16:00", &[]),
        ("ask", "2026-01-06T15:00", &[]),
        ("rejected", "2026-01-07T12:00", &[]),
        ("ask", "2026-01-09T16:00", &[]),
    ];
    assert_eq!(
        told(clock, 10, &given, "2026-01-10T00:00"),
        [
            "2026-01-05T10:00 4 business hours: met, due 2026-01-05T14:00, stopped 2026-01-05T14:00",
            // two hours on Tuesday, two on Wednesday until 11:00
            "2026-01-06T15:00 4 business hours: missed, due 2026-01-07T11:00, stopped 2026-01-07T12:00; Breached 2026-01-07T11:00",
            "2026-01-09T16:00 4 business hours: running, due 2026-01-12T12:00, stopped -",
        ]
    );
}

#[test]
fn a_target_is_read_once_when_the_clock_starts() {
    // on the day of the question the third call has not happened yet
    let clock = "let calls = count of call
sla s { starts when entering mql   stops when leaving mql   within 5 minutes when calls is 0   within 2 days otherwise }";
    let given: [Given; 5] = [
        ("ask", "2026-01-05T10:00", &[]),
        ("call", "2026-01-05T10:01", &[Some("voicemail")]),
        ("rejected", "2026-01-05T10:02", &[]),
        ("ask", "2026-01-05T10:03", &[]),
        ("call", "2026-01-05T10:04", &[Some("voicemail")]),
    ];
    assert_eq!(
        told(clock, 10, &given, "2026-01-06T00:00"),
        [
            "2026-01-05T10:00 5 minutes: met, due 2026-01-05T10:05, stopped 2026-01-05T10:02",
            "2026-01-05T10:03 2 days: running, due 2026-01-07T10:03, stopped -",
        ]
    );
}

#[test]
fn a_condition_pauses_a_clock_from_the_moment_at_which_it_holds() {
    let clock = "let tried = count of call
sla s {
  starts when entering mql
  stops  when leaving mql
  within 4 business hours
  by     desk
  pauses when tried is 1
  pauses on absent for 1 business day
}";
    let given: [Given; 4] = [
        ("ask", "2026-01-05T10:00", &[]),
        ("call", "2026-01-05T11:00", &[Some("voicemail")]),
        ("call", "2026-01-05T15:00", &[Some("voicemail")]),
        ("absent", "2026-01-05T16:00", &[]),
    ];
    // an hour until 11:00, one from 15:00 to 16:00, two are left on Tuesday from 16:00: one there, one on Wednesday
    assert_eq!(
        told(clock, 10, &given, "2026-01-08T00:00"),
        [
            "2026-01-05T10:00 4 business hours: breached, due 2026-01-07T10:00, stopped -; Paused 2026-01-05T11:00; Resumed 2026-01-05T15:00; \
          Paused 2026-01-05T16:00; Resumed 2026-01-06T16:00; Breached 2026-01-07T10:00"
        ]
    );
}

#[test]
fn a_condition_starts_a_clock_when_it_begins_to_hold_and_not_again_while_it_does() {
    let clock = "let quiet = days since last call
sla s { starts when quiet >= 2   stops on call   within 12 hours }";
    let given: [Given; 2] = [("call", "2026-01-05T11:00", &[Some("voicemail")]), ("call", "2026-01-07T13:00", &[Some("voicemail")])];
    assert_eq!(
        told(clock, 10, &given, "2026-01-10T00:00"),
        [
            // two days after the call begin at midnight
            "2026-01-07T00:00 12 hours: missed, due 2026-01-07T12:00, stopped 2026-01-07T13:00; Breached 2026-01-07T12:00",
            "2026-01-09T00:00 12 hours: breached, due 2026-01-09T12:00, stopped -; Breached 2026-01-09T12:00",
        ]
    );
}

#[test]
fn the_owner_that_a_route_gives_works_by_its_own_calendar() {
    let clock = "sla s { starts when entering sal   stops when leaving sal   within 4 business hours   by desk }";
    let given: [Given; 2] = [("ask", "2026-01-05T09:00", &[]), ("call", "2026-01-05T10:00", &[Some("reached")])];
    // bob's day begins at 13:00
    assert_eq!(
        told(clock, 600, &given, "2026-01-05T12:00"),
        ["2026-01-05T10:00 4 business hours: running, due 2026-01-05T17:00, stopped -"]
    );
}

#[test]
fn one_signal_can_end_an_instance_and_begin_the_next() {
    let clock = "sla s { starts on call   stops on call   within 1 day }";
    let given: [Given; 3] = [
        ("call", "2026-01-05T10:00", &[Some("voicemail")]),
        ("call", "2026-01-06T10:00", &[Some("voicemail")]),
        ("call", "2026-01-08T10:00", &[Some("reached")]),
    ];
    let states: Vec<String> =
        told(clock, 10, &given, "2026-01-08T11:00").iter().map(|line| line.split(", due").next().unwrap().to_owned()).collect();
    assert_eq!(states, ["2026-01-05T10:00 1 day: met", "2026-01-06T10:00 1 day: missed", "2026-01-08T10:00 1 day: running"]);
}
