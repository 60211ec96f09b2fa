//! Rotations that remember: shares over many leads, owners who are away or full, states that go on from run to run, and files of states that
//! are damaged or another policy's. Expected owners are worked out by hand, or by the rule of shares itself.

use std::collections::BTreeMap;
use std::fmt::Write;

use leadwright::batch::{self, Backend, Input, Options, Output, Place, Report};
use leadwright::model::{self, Policy};
use leadwright::program::{Turns, lower_with, optimise, verify};
use leadwright::rotation::Rotations;
use leadwright::rotation::state::{State, StateError};

fn policy(queues: &str) -> Policy {
    let text = format!(
        "leadwright 1\npolicy p {{ }}\nteam desk\nteam field members zoe\nlead {{\n  id text key\n  hot yes_no optional\n}}\n{queues}\n\
         route r {{\n  keep owner when hot\n  inside otherwise\n}}\n"
    );
    let checked = model::check(&BTreeMap::from([("p.lead".to_owned(), text)]), "p.lead");
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    checked.policy
}

/// Owners of so many leads of the first queue, one after the other.
fn turns(rotations: &mut Rotations, policy: &Policy, count: usize) -> Vec<String> {
    let owners = &policy.choices[policy.owner_choices.unwrap()].members;
    (0..count).map(|_| rotations.give(0).owner.map_or("-".to_owned(), |owner| owners[owner].name.clone())).collect()
}

fn fresh(policy: &Policy) -> Rotations {
    Rotations::new(policy, &State::default())
}

#[test]
fn turns_of_a_round_by_hand() {
    // Weights 3, 2, 1 of 6. Owed before each turn, in sixths, and when each who is owed nothing or more would be a turn ahead, (6 - owed) / weight:
    // 1:  0  0  0: 2, 3, 6      -> a    2: -3  2  1: -, 2, 5       -> b    3:  0 -2  2: 2, -, 4 -> a
    // 4: -3  0  3: -, 3, 3      -> b    5:  0 -4  4: 2, -, 2       -> a    6: -3 -2  5: -, -, 1 -> c, and all are at nothing again
    let policy = policy("queue inside team desk rotate a weight 3, b weight 2, c");
    assert_eq!(turns(&mut fresh(&policy), &policy, 12).concat(), "ababacababac");
}

#[test]
fn shares_match_weights_to_within_a_turn_after_every_lead() {
    let weights = [[1u64, 1, 1, 1], [1, 2, 3, 4], [1, 10, 100, 1_000], [7, 7, 13, 97], [999_983, 1, 2, 500_000]];
    for weights in weights {
        let owners: Vec<String> = weights.iter().enumerate().map(|(owner, weight)| format!("rep{owner} weight {weight}")).collect();
        let policy = policy(&format!("queue inside team desk rotate {}", owners.join(", ")));
        let mut rotations = fresh(&policy);
        let total: u64 = weights.iter().sum();
        let mut counts = [0u64; 4];
        for lead in 1..=100_000u64 {
            counts[rotations.give(0).owner.unwrap()] += 1;
            for (count, weight) in counts.iter().zip(weights) {
                assert!((count * total).abs_diff(lead * weight) < total, "{weights:?}: after {lead} leads {counts:?}");
            }
        }
    }
}

#[test]
fn whoever_is_away_takes_no_turn_and_catches_nothing_up() {
    let reps = |away: &str| {
        let mut policy = policy(
            "table reps from input { rep text key  away yes_no }\n\
             queue inside team desk rotate from reps skip when reps.away otherwise duty\nqueue duty team desk",
        );
        let mut rows = model::TableRows::of(&policy.tables[0]);
        for rep in ["a", "b", "c"] {
            let away = i64::from(away.contains(rep));
            rows.push(&[Some(model::Constant::Text(rep.to_owned())), Some(model::Constant::Integer(away))]).unwrap();
        }
        policy.give_rows(0, rows);
        policy
    };
    let (all, without_c, none) = (reps(""), reps("c"), reps("abc"));
    let mut rotations = fresh(&all);
    assert_eq!(turns(&mut rotations, &all, 300).iter().filter(|owner| *owner == "c").count(), 100);
    let mut rotations = Rotations::new(&without_c, &rotations.state());
    let away = turns(&mut rotations, &without_c, 1_000);
    assert_eq!(["a", "b", "c"].map(|rep| away.iter().filter(|owner| *owner == rep).count()), [500, 500, 0]);
    // back again: a third of what comes, not of what came
    let mut rotations = Rotations::new(&all, &rotations.state());
    let back = turns(&mut rotations, &all, 30);
    assert_eq!(["a", "b", "c"].map(|rep| back.iter().filter(|owner| *owner == rep).count()), [10, 10, 10]);
    // all are away: the lead goes on, and no turn is taken
    let mut rotations = Rotations::new(&none, &rotations.state());
    let given = rotations.give(0);
    assert_eq!((given.queue, given.owner, given.left), (1, None, vec![0]));
    assert_eq!(rotations.state().queues["inside"].turns, 1_330);
}

#[test]
fn whoever_is_full_takes_no_turn_until_leads_are_closed() {
    let policy = policy("queue inside team desk rotate a weight 2 capacity 2, b capacity 3 otherwise duty\nqueue duty team desk rotate d");
    let mut rotations = fresh(&policy);
    assert_eq!(turns(&mut rotations, &policy, 7).concat(), "ababbdd");
    let mut state = rotations.state();
    assert_eq!((state.owners["a"].open, state.owners["b"].open, state.owners["d"].open), (2, 3, 2));
    state.owners.get_mut("a").unwrap().open = 0;
    assert_eq!(turns(&mut Rotations::new(&policy, &state), &policy, 3).concat(), "aad");
}

#[test]
fn debts_are_moved_by_weight_when_others_take_part_and_nothing_is_rounded() {
    // Weights 1, 1, 2, 2. All are owed nothing; c and d would be a turn ahead after 6/2, and c comes first. Then a is owed 1/6, b 1/6, c -4/6,
    // d 2/6, and c is full. Those of the others add up to 4/6, of which 1/4 is a's, 1/4 b's and 2/4 d's: all three are owed nothing, and d is first.
    let policy = policy("queue inside team desk rotate a, b, c weight 2 capacity 1, d weight 2 capacity 1");
    let mut rotations = fresh(&policy);
    assert_eq!(turns(&mut rotations, &policy, 1).concat(), "c");
    let once = State::read(&rotations.state().to_text(), "p").unwrap();
    assert_eq!(turns(&mut rotations, &policy, 7).concat(), "dababab");
    assert_eq!(turns(&mut Rotations::new(&policy, &once), &policy, 7).concat(), "dababab", "from the state");
    // the same by fractions, worked out by another program: turns 49 to 56
    let policy = self::policy("queue inside team desk rotate o0 weight 9, o1 weight 9, o2 weight 7 capacity 25, o3 weight 8 capacity 13");
    assert_eq!(turns(&mut fresh(&policy), &policy, 56)[48..].concat(), "o0o1o2o3o0o1o2o0");
}

#[test]
fn a_capacity_is_of_the_owner_in_all_queues() {
    let policy = policy(
        "queue inside team desk rotate a capacity 1 otherwise duty\nqueue duty team desk rotate a capacity 2 otherwise last\nqueue last team desk",
    );
    let mut rotations = fresh(&policy);
    let given: Vec<(usize, Option<usize>, usize)> =
        (0..3).map(|_| rotations.give(0)).map(|given| (given.queue, given.owner, given.left.len())).collect();
    assert_eq!(given, [(0, Some(0), 0), (1, Some(0), 1), (2, None, 2)]);
}

#[test]
fn a_state_goes_on_where_it_stopped() {
    let policy =
        policy("queue inside team desk rotate a weight 5, b weight 3, c weight 7 capacity 40 otherwise duty\nqueue duty team desk");
    let whole = turns(&mut fresh(&policy), &policy, 400);
    let mut state = State::default();
    let mut parts = Vec::new();
    for count in [1, 2, 97, 0, 150, 150] {
        let mut rotations = Rotations::new(&policy, &state);
        parts.extend(turns(&mut rotations, &policy, count));
        let text = rotations.state().to_text();
        state = if count == 0 { state } else { State::read(&text, "p").unwrap() };
        assert!(count == 0 || state.to_text() == text);
    }
    assert_eq!(parts, whole);
}

#[test]
fn changed_weights_and_owners_keep_debts_below_a_turn() {
    let one = policy("queue inside team desk rotate a weight 3, b weight 5, c weight 11");
    let other = policy("queue inside team desk rotate a weight 1, c weight 2, d weight 4");
    let mut state = State::default();
    for round in 0..200 {
        let policy = if round % 2 == 0 { &one } else { &other };
        let mut rotations = Rotations::new(policy, &state);
        let count = round % 7 + 1;
        turns(&mut rotations, policy, count);
        state = rotations.state();
        let queue = &state.queues["inside"];
        let sum: i64 = queue.seats.values().filter(|seat| seat.weight > 0).map(|seat| seat.owed).sum();
        assert_eq!(sum, 0, "{queue:?}");
        assert!(queue.seats.values().all(|seat| seat.owed.abs() < 2 * queue.unit), "round {round}: {queue:?}");
    }
    // those who are gone stay in the state
    assert_eq!(state.queues["inside"].seats.keys().map(String::as_str).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

#[test]
fn damaged_states_are_refused_and_strangers_are_kept() {
    let policy = policy("queue inside team desk rotate a, b");
    let mut rotations = fresh(&policy);
    turns(&mut rotations, &policy, 3);
    let text = rotations.state().to_text();
    let read = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        State::read(&text.replace(from, to), "p")
    };
    assert!(matches!(State::read("", "p"), Err(StateError::NotAState(_))));
    assert!(matches!(State::read("[]", "p"), Err(StateError::NotAState(_))));
    assert!(matches!(read("rotation state", "lead"), Err(StateError::NotAState(_))));
    assert!(matches!(State::read(&text[..text.len() / 2], "p"), Err(StateError::NotAState(_))));
    assert!(matches!(read("\"turns\": 3", "\"turns\": -3"), Err(StateError::NotAState(_))));
    assert!(matches!(read("\"turns\": 3", "\"runs\": 3"), Err(StateError::NotAState(_))));
    assert_eq!(read("\"format\": 1", "\"format\": 2"), Err(StateError::Format(2)));
    assert!(matches!(read("\"policy\": \"p\"", "\"policy\": \"q\""), Err(StateError::OtherPolicy { found, .. }) if found == "q"));
    for (from, to) in
        [("\"unit\": 2000", "\"unit\": 0"), ("\"owed\": -1000", "\"owed\": -9000000"), ("\"open\": 2", "\"open\": 18446744073709551615")]
    {
        assert!(matches!(read(from, to), Err(StateError::Figures(_))), "{to}");
    }
    // debts that do not add up are made to
    let bent = read("\"owed\": -1000", "\"owed\": -500").unwrap();
    assert_eq!(turns(&mut Rotations::new(&policy, &bent), &policy, 2).len(), 2);
    // an owner and a queue that the policy does not know stay as they are
    let strange = State::read(&text.replace("\"b\"", "\"x\"").replace("\"inside\"", "\"outside\""), "p").unwrap();
    let mut rotations = Rotations::new(&policy, &strange);
    assert_eq!(rotations.strangers(), (vec!["x"], vec!["outside"]));
    turns(&mut rotations, &policy, 1);
    let after = rotations.state();
    assert_eq!((after.owners["x"].open, after.queues["outside"].turns, after.queues["inside"].turns), (1, 3, 1));
}

// --- through files ----------------------------------------------------------------------------------------------------

fn score(policy: &Policy, leads: &str, state: &State, threads: usize, backend: Backend) -> (String, Report) {
    let plain = lower_with(policy, Turns::ByState);
    verify::verify(&plain.program).unwrap();
    let program = optimise(&plain.program);
    verify::verify(&program).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("leads.csv"), folder.path().join("scored.csv"));
    std::fs::write(&input, leads).unwrap();
    let options = Options { rotation: Some(state.clone()), threads, backend, ..Options::at(0) };
    let input = Input { place: Place::Path(input), format: None };
    let report =
        batch::score(policy, &program, &options, &input, &Output::To { place: Place::Path(output.clone()), format: None }, &mut |_| {});
    (std::fs::read_to_string(output).unwrap(), report.unwrap())
}

#[test]
fn turns_are_taken_in_the_order_of_the_file_by_any_number_of_threads() {
    let policy = policy("queue inside team desk rotate a weight 3, b weight 2, c capacity 9000 otherwise duty\nqueue duty team desk");
    // several chunks; some leads keep an owner, some rows are bad
    let mut leads = String::from("id,hot,owner,note\n");
    for lead in 0..100_000 {
        let (hot, owner) = match lead % 10 {
            3 => ("yes", "zoe"),
            7 => ("maybe", ""),
            _ => ("no", "b"),
        };
        writeln!(leads, "L-{lead},{hot},{owner},{:030}", lead).unwrap();
    }
    let (expected, report) = score(&policy, &leads, &State::default(), 1, Backend::Interpret);
    let turns = report.turns.unwrap();
    assert_eq!((turns.tally.kept, turns.tally.taken, report.rows_rejected), (10_000, 80_000, 10_000));
    assert_eq!(turns.state.owners.get("c").unwrap().open, 9_000);
    assert!(!turns.state.owners.contains_key("zoe"), "kept owners use no turn");
    let owners: Vec<&str> = expected.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).filter(|owner| *owner != "zoe").collect();
    assert_eq!(owners[..6].concat(), "ababac");
    for (threads, backend) in [(1, Backend::Jit), (3, Backend::Jit), (4, Backend::Interpret)] {
        let (scored, report) = score(&policy, &leads, &State::default(), threads, backend);
        assert!(scored == expected, "{threads} threads, {backend:?}");
        assert_eq!(report.turns.unwrap().state, turns.state);
    }
    // two files one after the other
    let at = leads.match_indices("\nL-40000,").next().unwrap().0 + 1;
    let (first, report) = score(&policy, &leads[..at], &State::default(), 2, Backend::Jit);
    let rest = format!("id,hot,owner,note\n{}", &leads[at..]);
    let (second, report) = score(&policy, &rest, &report.turns.unwrap().state, 2, Backend::Jit);
    assert_eq!(first + second.split_once('\n').unwrap().1, expected);
    assert_eq!(report.turns.unwrap().state, turns.state);
}

#[test]
fn a_run_that_fails_leaves_no_thread_waiting() {
    let policy = policy("queue inside team desk rotate a, b");
    let mut leads = String::from("id,hot,note\n");
    for lead in 0..60_000 {
        let hot = if lead == 20_000 { "maybe" } else { "no" };
        writeln!(leads, "L-{lead},{hot},{:050}", lead).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.csv");
    std::fs::write(&path, leads).unwrap();
    let program = optimise(&lower_with(&policy, Turns::ByState).program);
    let options = Options { rotation: Some(State::default()), threads: 3, on_bad_row: batch::OnBadRow::Fail, ..Options::at(0) };
    let result =
        batch::score(&policy, &program, &options, &Input { place: Place::Path(path), format: None }, &Output::Nowhere, &mut |_| {});
    assert!(matches!(result, Err(batch::BatchError::BadRow { line: 20_002, .. })), "{result:?}");
}
