//! Stages, flows, queues and routes.

use leadwright::diagnostic::Code;
use leadwright::model::{Length, Seat};

use super::{AREAS, FLOW, HEAD, LEAD, SIGNALS, STAGES, check_files, mistake, one, right, show, wrong};

#[test]
fn stages_have_an_owner_a_start_and_ways() {
    let one_team = "team sales\n";
    wrong(&format!("{one_team}stage new \"New\" start final\n"), Code::StageOwner, "new", "[ owner sales]");
    wrong(&format!("{one_team}stage new owner slaes start final\n"), Code::UnknownTeam, "slaes", "did you mean");
    wrong(&format!("{one_team}stage new owner sales final\n"), Code::NoStart, "new", "[ start]");
    wrong(
        &format!("{one_team}stage a owner sales start final\nstage b owner sales start final\n"),
        Code::TwoStarts,
        "start",
        "take `start` away",
    );
    wrong(
        &format!("{one_team}stage a owner sales start final {{\n  consulted sales, tech\n}}\n"),
        Code::UnknownTeam,
        "tech",
        "declared: `sales`",
    );
    wrong(
        &format!("{one_team}stage a owner sales start final {{\n  consulted sales  consulted sales\n}}\n"),
        Code::RepeatedName,
        "consulted sales",
        "one row",
    );
    wrong(&format!("{STAGES}stage lost owner sales final\n{FLOW}"), Code::StageNoWayIn, "lost", "STAGE -> lost");
    wrong(
        &format!("{STAGES}stage mid owner sales\nflow {{\n  new -> mid when beds >= 3  mid -> new when sites > 3\n}}\n"),
        Code::StageNoWayIn,
        "won",
        "",
    );
    wrong(
        &format!("{STAGES}stage mid owner sales\nflow {{\n  new -> mid when beds >= 3  new -> won when sites > 3\n}}\n"),
        Code::StageNoWayOut,
        "mid",
        "[ final]",
    );
    right(&format!("{STAGES}{FLOW}"));
    right(STAGES);
    right("team sales\nstage only owner sales start final\n");
}

#[test]
fn the_owner_is_accountable_unless_said() {
    let text = format!(
        "team sales\nteam desk\nstage a owner sales start\nstage b owner sales final {{\n  accountable desk\n}}\n{}",
        "flow {\n  a -> b when beds >= 3\n}\n"
    );
    let policy = right(&text).policy;
    assert_eq!(policy.stages[0].accountable, ["sales"]);
    assert_eq!(policy.stages[1].accountable, ["desk"]);
    assert_eq!(policy.start_stage, Some(0));
}

#[test]
fn flow_rows_are_checked() {
    let flow = |rows: &str| format!("{STAGES}{SIGNALS}flow {{\n  new -> won when beds >= 3\n  {rows}\n}}\n");
    let cases = [
        ("new -> wno when beds >= 9", Code::UnknownStage, "wno", "did you mean `won`?"),
        ("nwe -> won when beds >= 9", Code::UnknownStage, "nwe", "did you mean `new`?"),
        ("won -> new when beds >= 9", Code::FromFinal, "won", "take `final` away"),
        ("new -> new when beds >= 9", Code::SelfTransition, "new", "name another stage"),
        ("new, new -> won when beds >= 9", Code::RepeatedName, "new", ""),
        ("any except wno -> new when beds >= 9", Code::UnknownStage, "wno", ""),
        ("new -> won on cal", Code::UnknownSignal, "cal", "did you mean `call`?"),
        ("new -> won after 0 days", Code::BadRange, "0 days", ""),
        ("new -> won after 3 business days", Code::WrongUnit, "3 business days", "leave `business` out"),
        ("new -> won after 3 days without vist", Code::UnknownSignal, "vist", ""),
        ("new -> won on call recycle rest 3 business days", Code::WrongUnit, "3 business days", ""),
        ("new -> won on call recycle rest 999_999_999 days", Code::OutOfRange, "999_999_999 days", ""),
        ("new -> won on call recycle forget fit", Code::UnknownName, "fit", "no section"),
        ("new -> won on call because call.outcom", Code::UnknownProperty, "outcom", "did you mean `outcome`?"),
        ("new -> won on call because visit.outcome", Code::UnknownSignal, "visit", "[call]"),
        ("new -> won when beds > 7 because call.outcome", Code::UnknownSignal, "call.outcome", "a text"),
    ];
    for (rows, code, at, help) in cases {
        wrong(&flow(rows), code, at, help);
    }
    wrong(
        &format!(
            "{STAGES}flow {{\n  new -> won when beds >= 3\n}}\nflow a {{\n  new -> won when beds >= 3\n}}\nflow a {{\n  new -> won when sites > 3\n}}\n"
        ),
        Code::RepeatedName,
        "a",
        "",
    );
}

#[test]
fn any_means_every_other_stage_that_is_not_final() {
    let text = "team sales\nstage a owner sales start\nstage b owner sales\nstage c owner sales\nstage won owner sales final\nflow {\n  \
                any -> b when beds >= 3\n  any except c -> won when sites > 3\n  b, a -> c when beds >= 5 recycle rest 2 weeks\n  c -> a on call\n}\nsignal call\n";
    let policy = right(text).policy;
    let from: Vec<&[usize]> = policy.flows[0].rows.iter().map(|row| row.from.as_slice()).collect();
    assert_eq!(from, [&[0, 2][..], &[0, 1], &[0, 1], &[2]]);
    assert_eq!(policy.flows[0].rows[2].rest, Some(Length::Days(14)));
}

#[test]
fn queues_belong_to_teams_and_rotate_among_members() {
    wrong("team sales\nqueue a \"A\"\n", Code::QueueTeam, "a", "[ team sales]");
    wrong("team sales\nqueue a team slaes\n", Code::UnknownTeam, "slaes", "did you mean `sales`?");
    let queue = |rotation: &str| format!("team sales members ann, bob\nqueue a team sales rotate {rotation}\n");
    wrong(&queue("ann, ann"), Code::Rotation, "ann", "one turn");
    wrong(&queue("ann weight 0, bob"), Code::Rotation, "0", "without turns");
    wrong(&queue("ann weight 1.5, bob"), Code::Rotation, "1.5", "");
    wrong(&queue("ann, bbo"), Code::Rotation, "bbo", "did you mean `bob`?");
    let policy = right("team sales\nqueue a team sales rotate ann weight 2, bob\nqueue b team sales rotate bob, cyd\n").policy;
    let seat = |owner, weight| Seat { owner, weight, capacity: None, skipped: false };
    assert_eq!(policy.queues[0].rotation, [seat(0, 2), seat(1, 1)]);
    assert_eq!(policy.queues[1].rotation, [seat(1, 1), seat(2, 1)]);
}

#[test]
fn a_rotation_that_can_run_out_says_who_takes_the_leads_then() {
    let queues = |rotation: &str| format!("team sales\nqueue a team sales rotate {rotation}\nqueue b team sales\n");
    wrong(&queues("ann capacity 50, bob capacity 1"), Code::Rotation, "ann capacity 50", "[ otherwise b]");
    // who has no capacity is never full
    assert_eq!(right(&queues("ann capacity 50, bob")).policy.queues[0].fallback, None);
    wrong(&queues("ann capacity 0 otherwise b"), Code::Rotation, "0", "");
    wrong(&queues("ann capacity 1.5 otherwise b"), Code::Rotation, "1.5", "");
    wrong(&queues("ann capacity 5 otherwise a"), Code::Rotation, "a", "last queue");
    wrong(&queues("ann capacity 5 otherwise c"), Code::UnknownQueue, "c", "");
    let policy = right(&queues("ann capacity 50, bob weight 2 otherwise b")).policy;
    assert_eq!(policy.queues[0].rotation[0], Seat { owner: 0, weight: 1, capacity: Some(50), skipped: false });
    assert_eq!(policy.queues[0].fallback, Some(1));
}

#[test]
fn a_rotation_from_a_table_names_its_columns() {
    let text = |rotate: &str| {
        format!(
            "team sales\nqueue desk team sales\ntable reps from input {{\n  rep text key\n  ramp whole 0..100\n  load whole\n  away yes_no\n}}\nqueue a team sales rotate {rotate}\n"
        )
    };
    wrong(&text("from rep otherwise desk"), Code::UnknownTable, "rep", "did you mean `reps`?");
    wrong(&text("from reps weight reps.ram otherwise desk"), Code::UnknownColumn, "ram", "did you mean `ramp`?");
    wrong(&text("from reps weight sites otherwise desk"), Code::UnknownColumn, "sites", "`reps.COLUMN`");
    wrong(&text("from reps skip when reps.awy or reps.ramp >= 3 otherwise desk"), Code::UnknownColumn, "awy", "did you mean `away`?");
    wrong(&text("from reps weight reps.load otherwise desk"), Code::Rotation, "reps.load", "`load whole 0..100`");
    wrong(&text("from reps capacity reps.away otherwise desk"), Code::Rotation, "reps.away", "whole 0..100");
    wrong(&text("from reps skip when reps.load > reps.ramp otherwise desk"), Code::Rotation, "reps.load > reps.ramp", "constants");
    wrong(&text("from reps skip when reps.load + 1 > 3 otherwise desk"), Code::Rotation, "reps.load + 1 > 3", "constants");
    wrong(&text("from reps weight reps.ramp"), Code::Rotation, "rotate from reps weight reps.ramp", "[ otherwise desk]");
    wrong(&text("from reps otherwise dsk"), Code::UnknownQueue, "dsk", "did you mean `desk`?");
    let policy = right(&text("from reps weight reps.ramp skip when reps.away otherwise desk")).policy;
    let from = policy.queues[1].from_table.as_ref().unwrap();
    assert_eq!((from.table, from.owner, from.weight, from.capacity), (0, 0, Some(1), None));
    assert!(policy.queues[1].rotation.is_empty(), "its rows come at run time");
}

#[test]
fn routes_lead_to_queues() {
    let route = |rows: &str| format!("team sales\nqueue inside team sales\nqueue field team sales\nroute r {{\n  {rows}\n}}\n");
    wrong(&route("insid otherwise"), Code::UnknownQueue, "insid", "did you mean `inside`?");
    wrong(&route(""), Code::EmptyBlock, "r", "inside otherwise");
    wrong(&route("inside otherwise  field otherwise"), Code::RowAfterOtherwise, "field otherwise", "move the row up");
    wrong(&route("inside otherwise  field when beds > 3"), Code::RowAfterOtherwise, "field when beds > 3", "move the row up");
    let policy = right(&route("field when beds > 3 because \"Big\"  inside otherwise")).policy;
    assert_eq!(policy.routes[0].rows.len(), 2);
    assert_eq!(policy.routes[0].rows[0].text, "field");
    assert_eq!(policy.routes[0].rows[0].because.as_deref(), Some("Big"));
}

#[test]
fn a_by_gives_a_queue() {
    let text = |rows: &str| format!("{AREAS}route r {{\n  {rows}\n}}\n");
    let csv = "state,desk,seats\nOH,west,1\n";
    let files = |rows: &str| [("p.lead", format!("{HEAD}{LEAD}{}", text(rows))), ("areas.csv", csv.to_owned())];
    let wrong = |rows: &str, code, at, help| {
        let files = files(rows);
        one(&files.each_ref().map(|(path, text)| (*path, text.as_str())), mistake(code, at, help));
    };
    wrong("by areas[state].seats when beds > 3  west otherwise", Code::WrongType, "areas[state].seats", "`seats queue`");
    wrong("by areas[state].dsk when beds > 3  west otherwise", Code::UnknownColumn, "dsk", "did you mean `desk`?");
    let files = files("by areas[state].desk  west otherwise");
    let checked = check_files(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    assert_eq!(checked.policy.routes[0].rows.len(), 2);
    assert_eq!(checked.policy.routes[0].rows[0].text, "areas[state].desk");
}

#[test]
fn a_handover_reaches_a_queue() {
    let text = |rows: &str| format!("{STAGES}{FLOW}queue inside team sales\nroute r when entering won {{\n  {rows}\n}}\n");
    wrong(&text("inside when beds > 3"), Code::NotExhaustive, "r", "inside otherwise");
    wrong(&text("inside when beds > 3  keep owner otherwise"), Code::NotExhaustive, "r", "inside otherwise");
    right(&text("keep owner when beds > 3  inside otherwise"));
    right(&text("inside when beds > 3  inside otherwise"));
    wrong(&text("inside when sites > 3  inside when sites < 3"), Code::NotExhaustive, "r", "inside otherwise");
    right(&text("inside when sites > 3  inside when sites <= 3"));
}

#[test]
fn a_route_goes_through_a_set() {
    let text = |each: &str, row: &str| format!("team sales\nqueue inside team sales\nroute r for each {each} {{\n  {row}\n}}\n");
    let row = "inside when product is a  inside otherwise";
    let policy = right(&text("product in products", row)).policy;
    let names: Vec<&str> = policy.routes.iter().map(|route| route.name.as_str()).collect();
    assert_eq!(names, ["r.a", "r.b"]);
    assert_eq!(policy.fields.len(), 7, "the variable is no field of the policy");
    wrong(&text("product in state", row), Code::WrongType, "state", "`some of`");
    wrong(&text("product in product_list", "inside otherwise"), Code::UnknownName, "product_list", "");
    wrong(&text("sites in products", "inside otherwise"), Code::RepeatedName, "sites", "");
    wrong(&text("product in products", "inside when product is c  inside otherwise"), Code::UnknownChoice, "c", "");
}
