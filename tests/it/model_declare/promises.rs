//! Clocks, promises, claims, and tests.

use leadwright::diagnostic::Code;
use leadwright::model::{BreachAction, CapPeriod, ClockTime, Moment, Pause, PromiseKind};

use super::{FLOW, SIGNALS, STAGES, right, wrong};

#[test]
fn clocks_are_checked() {
    let teams = "calendar us {\n  hours mon to fri 08:00 to 17:00\n}\nteam desk on us\nteam lazy\n";
    let sla = |rows: &str| format!("{STAGES}{FLOW}{SIGNALS}{teams}sla s {{\n  starts when entering won\n  stops on call\n  {rows}\n}}\n");
    let cases = [
        ("within 4 hours  by dsk", Code::UnknownTeam, "dsk", "did you mean `desk`?"),
        ("within 4 hours  by desk  by desk", Code::Clock, "desk", "leave one out"),
        ("by desk", Code::Clock, "s", "within 4 hours"),
        ("within 0 hours", Code::BadRange, "0 hours", ""),
        ("within 4 business hours", Code::Clock, "4 business hours", "by TEAM"),
        ("within 4 business hours  by lazy", Code::UnknownCalendar, "4 business hours", "[ on us]"),
        (
            "within 4 hours otherwise  within 5 hours when beds > 3",
            Code::RowAfterOtherwise,
            "within 5 hours when beds > 3",
            "move the row up",
        ),
        ("within 4 hours  remind boss at 80%", Code::UnknownTeam, "boss", ""),
        ("within 4 hours  remind owner at 180%", Code::OutOfRange, "180%", ""),
        ("within 4 hours  breach notify boss", Code::UnknownTeam, "boss", ""),
        ("within 4 hours  escalate to desk after 2 hours, boss after 3 hours", Code::UnknownTeam, "boss", ""),
        ("within 4 hours  restarts on cal", Code::UnknownSignal, "cal", ""),
        ("within 4 hours  pauses on visit", Code::Clock, "pauses on visit", "for 1 week"),
        ("within 200 weeks  by desk  escalate to desk after 6000 weeks", Code::OutOfRange, "6000 weeks", ""),
        ("within 4 hours  pauses when entering wno", Code::UnknownStage, "wno", ""),
    ];
    for (rows, code, at, help) in cases {
        wrong(&sla(rows), code, at, help);
    }
    let policy = right(&sla(
        "within 4 business hours when beds > 3  within 1 business day  by desk  remind owner at 80%  breach reassign after 1 hour",
    ))
    .policy;
    let clock = &policy.slas[0];
    assert_eq!(clock.by.map(|team| policy.teams[team].name.as_str()), Some("desk"));
    let within: Vec<(ClockTime, bool)> = clock.targets.iter().map(|target| (target.within, target.condition.is_some())).collect();
    assert_eq!(within, [(ClockTime::Open(4 * 3_600_000_000), true), (ClockTime::BusinessDays(1), false)]);
    assert_eq!(clock.breaches[0].action, BreachAction::Reassign);
    assert_eq!(clock.breaches[0].after, Some(ClockTime::Elapsed(3_600_000_000)));
    assert_eq!(clock.reminders[0].share.to_string(), "80");
    let policy = right(&sla(
        "within 2 weeks  restarts when leaving new and beds > 3  pauses when beds > 5  pauses on visit for 1 week  escalate to desk after 1 day",
    ))
    .policy;
    let clock = &policy.slas[0];
    assert_eq!(clock.targets[0].within, ClockTime::Days(14));
    assert!(matches!(clock.restarts[0], Moment::Leaving { stage: 0, condition: Some(_) }), "{:?}", clock.restarts);
    let [Pause::While(_), Pause::After { moment: Moment::On { signals, condition: None }, length: ClockTime::Days(7) }] =
        clock.pauses.as_slice()
    else {
        panic!("{:?}", clock.pauses)
    };
    assert_eq!(signals, &[1]);
}

#[test]
fn promises_and_claims_are_checked_and_do_not_stop_scoring() {
    let text =
        |rest: &str| format!("{STAGES}{FLOW}sla s {{\n  starts when entering won\n  stops when leaving won\n  within 1 hour\n}}\n{rest}\n");
    let cases = [
        ("promise slaes delivers 4 won per quarter", Code::UnknownTeam, "slaes", ""),
        ("promise sales delivers 4 wno per quarter", Code::UnknownStage, "wno", "did you mean `won`?"),
        ("promise sales meets t for 90% per month", Code::UnknownName, "t", ""),
        ("promise sales meets s for 190% per month", Code::OutOfRange, "190%", ""),
        ("claim \"c\" state never falls as beds rises", Code::WrongType, "state", ""),
        ("claim \"c\" beds never falls as state rises", Code::WrongType, "state", ""),
        ("claim \"c\" beds never falls as bds rises", Code::UnknownName, "bds", "did you mean `beds`?"),
        ("claim \"c\" always beds > 3\nclaim \"c\" always sites > 3", Code::RepeatedName, "\"c\"", ""),
    ];
    for (rest, code, at, help) in cases {
        wrong(&text(rest), code, at, help);
    }
    let policy = right(&text("promise sales delivers 4 won per quarter\nclaim \"c\" possible beds > 3")).policy;
    assert!(matches!(policy.claims[0].kind, leadwright::model::ClaimKind::Possible(_)), "{:?}", policy.claims);
    let promise = &policy.promises[0];
    assert!(matches!(promise.kind, PromiseKind::Delivers { amount: 4, stage: 1 }), "{promise:?}");
    assert_eq!((promise.per, promise.text.as_str()), (CapPeriod::Quarter, "promise sales delivers 4 won per quarter"));
}

#[test]
fn tests_give_whole_leads_and_expect_something() {
    let text = |body: &str| format!("{STAGES}{FLOW}{SIGNALS}let big = beds > 3\ntest \"t\" {{\n  {body}\n}}\n");
    let cases = [
        ("lead { sites 1  bed 3 }  expect { big no }", Code::TestField, "bed", "did you mean `beds`?"),
        ("lead { beds 3 }  expect { big no }", Code::TestIncomplete, "\"t\"", "`sites …`"),
        ("lead { sites missing }  expect { big no }", Code::TestIncomplete, "missing", ""),
        ("lead { sites 1  sites 2 }  expect { big no }", Code::TestExpects, "sites", "leave one of them out"),
        ("lead { sites 1  products a, a }  expect { big no }", Code::RepeatedChoice, "a", ""),
        ("lead { sites 1, 2 }  expect { big no }", Code::WrongType, "2", ""),
        ("lead { sites 1 }", Code::TestExpects, "\"t\"", "expect { … }"),
        ("lead { sites 1 }  expect { bg no }", Code::TestField, "bg", "did you mean `big`?"),
        ("lead { sites 1 }  expect { big no  big no }", Code::TestExpects, "big", ""),
        ("lead { sites 1 }  expect { big.x no }", Code::TestField, "x", "expect `big` itself"),
        ("lead { sites 1 }  stage wno  expect { big no }", Code::UnknownStage, "wno", "did you mean `won`?"),
        ("lead { sites 1 }  stage won since 3 business days ago  expect { big no }", Code::WrongUnit, "3 business days", ""),
        (
            "as of 2026-03-02T10:00  lead { sites 1 }  signals { cal 1 day ago }  expect { big no }",
            Code::UnknownSignal,
            "cal",
            "did you mean `call`?",
        ),
        (
            "as of 2026-03-02T10:00  lead { sites 1 }  signals { call 1 day ago }  expect { big no }",
            Code::TestIncomplete,
            "call",
            "outcome",
        ),
        (
            "as of 2026-03-02T10:00  lead { sites 1 }  signals { call 1 day ago { outcome good  nte \"x\" } }  expect { big no }",
            Code::UnknownProperty,
            "nte",
            "did you mean `note`?",
        ),
        ("lead { sites 1  beds 50_001 }  expect { big no }", Code::OutOfRange, "50_001", ""),
        ("lead { sites 1  products a, c }  expect { big no }", Code::UnknownChoice, "c", ""),
        ("lead { sites 1 }  expect { stage wno }", Code::UnknownStage, "wno", "did you mean `won`?"),
    ];
    for (body, code, at, help) in cases {
        wrong(&text(body), code, at, help);
    }
}

#[test]
fn tests_hold_values_in_their_units() {
    use leadwright::model::{Constant, Target};
    let text = "team sales members ann\nqueue a team sales rotate ann\nqueue b team sales\nroute r {\n  a otherwise\n}\n\
                test \"t\" {\n  as of 2026-11-18T15:00\n  lead { sites 4  products b  cost 12.50  due 1970-01-11  beds missing }\n  \
                expect { r a  r.owner ann  sites 4  beds missing }\n}\n";
    let policy = right(text).policy;
    let test = &policy.tests[0];
    assert_eq!(test.as_of, Some(1_795_014_000_000_000), "the policy's zone is UTC");
    let integer = |value| Some(Constant::Integer(value));
    assert_eq!(test.lead, [None, None, integer(4), integer(2), None, integer(10), integer(1_250)]);
    let expect: Vec<_> = test.expect.iter().map(|expected| (expected.target, expected.value.clone())).collect();
    let expected =
        [(Target::Route(0), integer(0)), (Target::RouteOwner(0), integer(0)), (Target::Field(2), integer(4)), (Target::Field(1), None)];
    assert_eq!(expect, expected.map(|(target, value)| (target, value.into())));
}
