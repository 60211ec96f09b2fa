//! Each kind of row, and what happens at one instant.

use super::scene::Scene;
use leadwright::history::replay::course::Misfit;
use leadwright::model::Constant;

const HEAD: &str = r#"policy p { timezone "America/New_York" }
team marketing
team sales
lead { id text key   beds whole 0..1000   asked date optional }
signal page_view { path text }
signal accepted
signal rejected by sales { reason text optional }
signal call { outcome one of reached, no_authority   note text optional }
signal won
stage inquiry owner marketing start
stage mql owner marketing
stage sal owner sales
stage done owner sales final
stage lost owner sales final
queue desk team sales
queue big_desk team sales
"#;

fn beds(beds: i64) -> Vec<Option<Constant>> {
    vec![Some(Constant::Text("L-1".into())), Some(Constant::Integer(beds)), None]
}

fn told(flow: &str, given: &[super::scene::Given], until: &str) -> Vec<String> {
    Scene::new(&format!("{HEAD}{flow}")).told(beds(10), "2026-01-01T00:00", given, until)
}

#[test]
fn a_when_row_moves_a_lead_when_it_begins_to_hold() {
    let flow = "flow {
  inquiry -> mql  when count of page_view >= 2
  mql -> sal      on accepted
  sal -> done     on won
  inquiry, mql, sal -> lost  when beds > 500
}";
    let given = [("page_view", "2026-01-02T10:00", &[Some("/")][..]), ("page_view", "2026-01-03T09:30", &[Some("/")][..])];
    assert_eq!(told(flow, &given, "2026-02-01T00:00"), ["2026-01-03T09:30 inquiry -> mql"]);
    assert_eq!(told(flow, &given, "2026-01-03T09:00"), [""; 0], "later than the end");
}

#[test]
fn an_on_row_takes_the_signal_at_its_own_turn_with_its_reason() {
    let flow = "flow {
  inquiry -> mql   when beds > 0
  mql -> sal       on accepted
  mql -> inquiry   on rejected recycle rest 30 days
  sal -> done      on won
  sal -> lost      on call where outcome is no_authority because call.note
}";
    let given = [
        ("rejected", "2026-01-05T10:00", &[Some("no budget")][..]),
        ("accepted", "2026-02-10T08:00", &[]),
        ("won", "2026-02-11T08:00", &[]),
    ];
    let steps = told(flow, &given, "2026-03-01T00:00");
    // the rest ends at the same local time thirty days later
    let expected = [
        "2026-01-01T00:00 inquiry -> mql",
        "2026-01-05T10:00 mql -> inquiry because no budget",
        "2026-02-04T10:00 inquiry -> mql",
        "2026-02-10T08:00 mql -> sal",
        "2026-02-11T08:00 sal -> done",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn one_signal_is_one_step() {
    let flow = "flow {
  inquiry -> mql  on accepted
  mql -> sal      on accepted
  sal -> inquiry  on rejected
  sal -> done     on won
  mql -> lost     on rejected
}";
    let one = [("accepted", "2026-01-05T10:00", &[][..])];
    assert_eq!(told(flow, &one, "2026-03-01T00:00"), ["2026-01-05T10:00 inquiry -> mql"]);
    let two = [one[0], one[0]];
    assert_eq!(told(flow, &two, "2026-03-01T00:00"), ["2026-01-05T10:00 inquiry -> mql", "2026-01-05T10:00 mql -> sal"]);
}

#[test]
fn at_one_instant_signals_come_in_the_order_of_their_declaration() {
    let flow = "flow {
  inquiry -> mql  on accepted
  mql -> inquiry  on rejected
  mql -> sal      on won
  sal -> done     on won
  inquiry -> lost on won
}";
    // given in any order: accepted, rejected, won
    let given = [("won", "2026-01-05T10:00", &[][..]), ("rejected", "2026-01-05T10:00", &[]), ("accepted", "2026-01-05T10:00", &[])];
    let expected = ["2026-01-05T10:00 inquiry -> mql", "2026-01-05T10:00 mql -> inquiry", "2026-01-05T10:00 inquiry -> lost"];
    assert_eq!(told(flow, &given, "2026-03-01T00:00"), expected);
}

#[test]
fn a_lead_that_goes_in_a_circle_stops_after_as_many_steps_as_stages() {
    let scene = Scene::new(&format!(
        "{HEAD}flow {{
  inquiry -> mql  when beds > 0
  mql -> inquiry  when beds > 1
  inquiry -> sal  on accepted
  sal -> done     on won
  sal -> lost     on rejected
}}"
    ));
    let start = scene.at("2026-01-01T00:00");
    let (course, ..) = scene.course(beds(10), start, &scene.events(&[("accepted", "2026-01-02T00:00", &[])]), scene.at("2026-02-01T00:00"));
    assert_eq!(course.circled, Some(start + 86_400_000_000), "the last time");
    // five stages: five steps at the beginning, and five more at the signal's turn
    let instants: Vec<i64> = course.steps.iter().skip(1).map(|step| step.at - start).collect();
    let day = 86_400_000_000;
    assert_eq!(instants, [0, 0, 0, 0, 0, day, day, day, day, day]);
}

#[test]
fn a_signal_that_fits_no_row_is_told_with_the_stage_and_why() {
    let scene = Scene::new(&format!(
        "{HEAD}flow {{
  inquiry -> mql  on accepted
  mql -> sal      on call where outcome is reached
  sal -> done     on won
  sal -> lost     on rejected
}}"
    ));
    let mut events = scene.events(&[
        ("won", "2026-01-01T09:00", &[]),
        ("won", "2026-01-02T09:00", &[]),
        ("page_view", "2026-01-03T09:00", &[Some("/")]),
        ("accepted", "2026-01-04T09:00", &[]),
        ("call", "2026-01-05T09:00", &[]),
    ]);
    // outcome: no_authority
    events[4].values[0] = Some(Constant::Integer(1));
    let (course, ..) = scene.course(beds(10), scene.at("2026-01-02T00:00"), &events, scene.at("2026-02-01T00:00"));
    assert_eq!(course.before_start, 1);
    assert_eq!(
        course.misfits,
        [Misfit { event: 1, stage: 0, steps: 1, waited: false }, Misfit { event: 4, stage: 1, steps: 2, waited: true }]
    );
    assert_eq!(course.stage(), Some(1));
}

#[test]
fn routes_are_asked_once_at_the_step_that_they_are_about() {
    let flow = "route handover when entering mql {
  big_desk  when beds > 5
  desk      otherwise
}
route always { desk otherwise }
flow {
  inquiry -> mql  on accepted
  mql -> inquiry  on rejected
  mql -> sal      on won
  sal -> done     on won
  sal -> lost     on rejected
}";
    let given = [("accepted", "2026-01-05T10:00", &[][..]), ("rejected", "2026-01-06T10:00", &[]), ("accepted", "2026-01-07T10:00", &[])];
    let expected = [
        "2026-01-05T10:00 inquiry -> mql handover big_desk",
        "2026-01-06T10:00 mql -> inquiry",
        "2026-01-07T10:00 inquiry -> mql handover big_desk",
    ];
    assert_eq!(told(flow, &given, "2026-03-01T00:00"), expected);
}

#[test]
fn days_change_at_local_midnight_and_windows_of_hours_at_their_end() {
    let flow = "let views = count of page_view in last 2 days
let busy = count of page_view in last 5 hours
flow {
  inquiry -> mql  on accepted
  mql -> inquiry  when views < 1
  mql -> sal      when busy < 1 and count of won > 0
  sal -> lost     when days since asked > 3
  sal -> done     on won
}";
    let given = [("accepted", "2026-01-05T10:00", &[][..]), ("page_view", "2026-01-05T09:00", &[Some("/")][..])];
    // the view of the fifth is within two days on the seventh, no longer on the eighth
    assert_eq!(told(flow, &given, "2026-06-01T00:00"), ["2026-01-05T10:00 inquiry -> mql", "2026-01-08T00:00 mql -> inquiry"]);
    let given =
        [("accepted", "2026-01-05T10:00", &[][..]), ("page_view", "2026-01-05T09:00", &[Some("/")][..]), ("won", "2026-01-05T11:00", &[])];
    assert_eq!(told(flow, &given, "2026-06-01T00:00"), ["2026-01-05T10:00 inquiry -> mql", "2026-01-05T14:00 mql -> sal"]);
}
#[test]
fn an_after_row_waits_from_the_stage_or_from_the_last_signal_without() {
    let flow = "flow {
  inquiry -> mql  on accepted
  mql -> inquiry  after 30 days without page_view recycle because \"No action\"
  mql -> sal      on won
  sal -> done     on won
  sal -> lost     after 36 hours
}";
    let given = [("accepted", "2026-02-20T10:00", &[][..]), ("page_view", "2026-02-25T23:15", &[Some("/")][..])];
    // thirty days of the calendar over a change of the clocks keep the local time
    assert_eq!(
        told(flow, &given, "2026-06-01T00:00"),
        ["2026-02-20T10:00 inquiry -> mql", "2026-03-27T23:15 mql -> inquiry because No action"]
    );
    let given = [("accepted", "2026-03-06T10:00", &[][..]), ("won", "2026-03-07T20:00", &[])];
    // 36 hours are elapsed: one local hour more, because 02:00 of the eighth is skipped
    assert_eq!(
        told(flow, &given, "2026-06-01T00:00"),
        ["2026-03-06T10:00 inquiry -> mql", "2026-03-07T20:00 mql -> sal", "2026-03-09T09:00 sal -> lost"]
    );
}

#[test]
fn what_is_part_of_a_burst_moves_nobody_from_its_first_signal_on() {
    let policy = HEAD.replace("signal accepted\n", "signal accepted ignore bursts of 3 within 1 minute\n");
    let scene = Scene::new(&format!(
        "{policy}flow {{
  inquiry -> mql   on accepted
  mql -> sal       when count of accepted >= 2
  sal -> done      on won
  sal -> lost      on rejected
}}"
    ));
    let given = [
        ("accepted", "2026-01-05T10:00:00", &[][..]),
        ("accepted", "2026-01-05T10:00:20", &[]),
        ("accepted", "2026-01-05T10:00:50", &[]),
        ("accepted", "2026-01-06T08:00:00", &[]),
        ("won", "2026-01-06T12:00:00", &[]),
        ("accepted", "2026-01-07T08:00:00", &[]),
    ];
    let steps = scene.told(beds(10), "2026-01-01T00:00", &given, "2026-03-01T00:00");
    assert_eq!(steps, ["2026-01-06T08:00 inquiry -> mql", "2026-01-07T08:00 mql -> sal"]);
    let (course, ..) = scene.course(beds(10), scene.at("2026-01-01T00:00"), &scene.events(&given), scene.at("2026-03-01T00:00"));
    // numbers are those among all signals
    assert_eq!((course.bursts.as_slice(), course.steps[1].event, course.misfits[0].event), (&[0, 1, 2][..], Some(3), 4));
}
