//! Teams, calendars and signals.

use leadwright::diagnostic::Code;

use super::{HEAD, LEAD, SIGNALS, check_files, right, wrong};

#[test]
fn members_work_by_their_own_calendar_or_the_teams() {
    let entry = format!(
        "{HEAD}{LEAD}team sales \"Sales\" members ann, bob on us except bob on eu\nteam desk members cid\ncalendar eu {{\n  timezone \"Europe/Berlin\"\n  \
         hours sat to sun 08:00 to 09:00, 10:00 to 11:00\n}}\ncalendar us {{\n  hours mon 08:00 to 09:00\n  closed 1970-01-03 \"Off\"\n  \
         special 1970-01-02 08:00 to 24:00\n}}\n"
    );
    let checked = check_files(&[("p.lead", &entry)]);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    let policy = checked.policy;
    let calendar =
        |team: usize, member: Option<&str>| policy.teams[team].calendar_of(member).map(|calendar| policy.calendars[calendar].name.as_str());
    assert_eq!(policy.teams[0].display.as_deref(), Some("Sales"));
    assert_eq!(calendar(0, Some("ann")), Some("us"));
    assert_eq!(calendar(0, Some("bob")), Some("eu"));
    assert_eq!(calendar(0, None), Some("us"));
    assert_eq!(calendar(1, Some("cid")), None);
    let [eu, us] = policy.calendars.as_slice() else { panic!("{:?}", policy.calendars) };
    assert_eq!((eu.zone.as_str(), us.zone.as_str()), ("Europe/Berlin", policy.timezone.as_str()));
    let minutes =
        |blocks: &[leadwright::calendar::Block]| blocks.iter().map(|block| (block.open_minute, block.close_minute)).collect::<Vec<_>>();
    assert_eq!(minutes(&eu.week[6]), [(480, 540), (600, 660)]);
    assert_eq!(eu.week.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 2, 2]);
    let exceptions: Vec<_> = us.exceptions.iter().map(|exception| (exception.day, minutes(&exception.hours))).collect();
    assert_eq!(exceptions, [(2, vec![]), (1, vec![(480, 1440)])]);
    // 1970-01-02 is a Friday; 23:59 is open and midnight is not
    let business_time = us.business_time().unwrap();
    assert!(business_time.is_open(2 * 86_400_000_000 - 60_000_000) && !business_time.is_open(2 * 86_400_000_000));
}

#[test]
fn teams_and_calendars_are_checked() {
    let calendar = |rows: &str| format!("calendar us {{\n  {rows}\n}}\n");
    let hours = "hours mon to fri 08:00 to 17:00";
    wrong("calendar us {\n  hours mon 08:00 to 09:00\n}\nteam sales on su\n", Code::UnknownCalendar, "su", "");
    wrong("team sales members a, b, a\n", Code::RepeatedName, "a", "");
    let eu = calendar("hours mon 08:00 to 09:00");
    wrong(&format!("{eu}team sales members ann, bob on us except bbo on us\n"), Code::UnknownName, "bbo", "did you mean `bob`?");
    wrong(&format!("{eu}team sales on us except bob on us\n"), Code::UnknownName, "bob", "");
    wrong(&format!("{eu}team sales members ann, bob on us except bob on su\n"), Code::UnknownCalendar, "su", "");
    wrong(&format!("{eu}team sales members ann, bob on us except bob on us, bob on us\n"), Code::RepeatedName, "bob", "");
    wrong(&calendar("closed 2026-12-25"), Code::OpeningHours, "us", "hours mon to fri");
    wrong(&calendar(&format!("timezone \"Europe/Berln\"  {hours}")), Code::UnknownZone, "\"Europe/Berln\"", "Europe/Berlin");
    wrong(&calendar("hours mon 17:00 to 08:00"), Code::OpeningHours, "17:00 to 08:00", "[08:00 to 17:00]");
    wrong(&calendar("hours mon 08:00 to 08:00"), Code::OpeningHours, "08:00 to 08:00", "two blocks");
    wrong(&calendar("hours mon 08:00 to 12:00, 11:00 to 17:00"), Code::OpeningHours, "11:00 to 17:00", "one block");
    wrong(&calendar(&format!("{hours}  hours fri to sun 16:00 to 18:00")), Code::OpeningHours, "16:00 to 18:00", "one block");
    wrong(&calendar(&format!("{hours}  closed 2026-12-25, 2026-12-25")), Code::OpeningHours, "2026-12-25", "leave one");
    wrong(&calendar(&format!("{hours}  special 2026-12-24 12:00 to 08:00")), Code::OpeningHours, "12:00 to 08:00", "");
    right(&calendar("hours sun to thu 08:00 to 12:00, 12:00 to 24:00  closed 2026-12-25 \"Christmas\"  special 2026-12-24 08:00 to 12:00"));
}

#[test]
fn signals_and_groups_are_checked() {
    wrong("team sales\nsignal call by slaes\n", Code::UnknownTeam, "slaes", "did you mean `sales`?");
    wrong("signal click ignore bursts of 1 within 1 second\n", Code::BadRange, "1 second", "at least two");
    wrong("signal click ignore bursts of 2 within 0 seconds\n", Code::BadRange, "0 seconds", "");
    wrong("signal call { a text  a text }\n", Code::RepeatedName, "a", "");
    wrong("signal call { a text key }\n", Code::BadKey, "key", "[]");
    wrong("signal call { a whole 3..1 }\n", Code::BadRange, "3..1", "");
    wrong(&format!("{SIGNALS}group all = call, vist\n"), Code::UnknownSignal, "vist", "did you mean `visit`?");
    wrong(&format!("{SIGNALS}group all = call, call\n"), Code::RepeatedName, "call", "");
    wrong(&format!("{SIGNALS}group all = call\ngroup more = all, visit\n"), Code::UnknownSignal, "all", "its signals");
}
