//! Tables at run time and rotations with memory, as people give them.

use super::{AS_OF, Folder, run};

const POLICY: &str = r#"leadwright 1

policy desk { timezone "UTC" }

team inside
team field members zoe

lead {
  id     text    key
  state  text    optional
  big    yes_no  optional
}

table accounts from input {
  state  text key
  desk   queue optional
}
table reps from input {
  rep   text key
  ramp  whole 0..10
  away  yes_no
}

queue near   team inside  rotate from reps weight reps.ramp skip when reps.away otherwise duty
queue duty   team inside
queue small  team inside  rotate dora capacity 1 otherwise duty

route handover {
  keep owner when big
  by accounts[state].desk
  near otherwise
}
"#;

const LEADS: &str = "id,state,big,owner\n1,,,\n2,,,\n3,OH,,\n4,OH,,\n5,,yes,zoe\n6,,,\n";

fn desk() -> Folder {
    Folder::new(&[
        ("desk.lead", POLICY),
        ("leads.csv", LEADS),
        ("accounts.csv", "desk,state\nsmall,OH\n"),
        ("reps.csv", "rep,ramp,away\nann,2,no\nbob,1,no\ncid,5,yes\n"),
        ("away.csv", "rep,ramp,away\nann,2,yes\nbob,0,no\n"),
    ])
}

/// `score` with both tables and more arguments.
fn score(folder: &Folder, more: &[&str]) -> super::Ran {
    let (policy, leads) = (folder.name("desk.lead"), folder.name("leads.csv"));
    let tables = ["accounts", "reps"].map(|name| format!("--table={name}={}", folder.name(&format!("{name}.csv"))));
    let mut arguments = vec!["score", &policy, &leads, AS_OF, &tables[0], &tables[1]];
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn a_run_remembers_whose_turn_it_is() {
    let folder = desk();
    let (state, next) = (folder.name("state.json"), folder.name("next.json"));
    let first = score(&folder, &["--rotation-out", &state]);
    assert_eq!(first.code, 0, "{}", first.err);
    // ann 2, bob 1: ann (1/1 sooner than 3/1), bob, ann; dora takes the first of OH and is full then
    let scored = "id,handover,handover.owner\n1,near,ann\n2,near,bob\n3,small,dora\n4,duty,\n5,,zoe\n6,near,ann\n";
    assert_eq!(first.out, scored);
    assert!(first.err.contains("turns: 4 leads taken, 1 owner kept"), "{}", first.err);
    assert!(first.err.contains("nobody left in small for 1 lead: on to duty"), "{}", first.err);
    // a full round was taken in `near`, so it begins again; dora still has her lead
    let again = score(&folder, &["--rotation-in", &state, "--rotation-out", &next, "--threads", "3", "--backend", "interpret"]);
    assert_eq!(again.out, scored.replace("3,small,dora", "3,duty,"), "{}", again.err);
    // the same inputs and state, the same bytes; and in place
    let (kept, expected) = (std::fs::read_to_string(&state).unwrap(), std::fs::read_to_string(&next).unwrap());
    assert_eq!(score(&folder, &["-q", "--rotation-in", &state, "--rotation-out", &state]).code, 0);
    assert_ne!(kept, expected);
    assert_eq!(std::fs::read_to_string(&state).unwrap(), expected);
    // what would come, without a file
    let shown = score(&folder, &["-q", "--rotation-in", &state]);
    assert_eq!((shown.code, std::fs::read_to_string(&state).unwrap()), (0, expected));
    let json = score(&folder, &["--rotation-out", &next, "-o", &folder.name("out.csv"), "--summary", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["turns"], serde_json::json!({"taken": 4, "kept": 1, "left": [{"name": "small", "leads": 1}], "without_owner": 1}));
}

#[test]
fn an_explanation_follows_the_turns_before() {
    let folder = desk();
    let (policy, leads, state) = (folder.name("desk.lead"), folder.name("leads.csv"), folder.name("state.json"));
    let accounts = format!("--table=accounts={}", folder.name("accounts.csv"));
    let explain = |reps: &str, lead: &str, more: &[&str]| {
        let reps = format!("--table=reps={}", folder.name(reps));
        let mut arguments = vec!["explain", &policy, &leads, AS_OF, &accounts, &reps, "--lead", lead];
        arguments.extend(more);
        let ran = run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    assert_eq!(score(&folder, &["-q", "--rotation-out", &state]).code, 0);
    let text = explain("reps.csv", "6", &["--rotation-in", &state]);
    assert!(text.contains("owner: ann (turn 6 of the queue; ann weighs 2 of 3)"), "{text}");
    assert!(text.contains("no turn for cid: skipped: reps.away"), "{text}");
    let text = explain("reps.csv", "4", &["--rotation-in", &state]);
    assert!(text.contains("nobody is left to take the lead in small") && text.contains("no turn for dora"), "{text}");
    assert!(text.contains("looked up where state is OH"), "{text}");
    let text = explain("reps.csv", "5", &[]);
    assert!(text.contains("owner: zoe, kept; no turn is used"), "{text}");
    let text = explain("away.csv", "1", &[]);
    assert!(text.contains("Route handover: duty") && text.contains("nobody is left to take the lead in near"), "{text}");
    assert!(
        text.contains("no turn for bob: no weight") && text.contains("the lead has no owner to keep") | text.contains("big is missing"),
        "{text}"
    );
}

#[test]
fn a_table_comes_in_any_format() {
    let folder = desk();
    std::fs::write(folder.path("reps.csv"), "REP;Ramp;away\nann;2.0;N\nbob;1;false\n").unwrap();
    assert_eq!(score(&folder, &["-q", "--rotation-out", &folder.name("s.json")]).out.lines().nth(2), Some("2,near,bob"));
    let lines = "{\"rep\":\"ann\",\"ramp\":2,\"away\":false}\n{\"rep\":\"bob\",\"ramp\":1,\"away\":true}\n";
    std::fs::write(folder.path("reps.csv"), "").unwrap();
    std::fs::write(folder.path("reps.ndjson"), lines).unwrap();
    let (policy, leads) = (folder.name("desk.lead"), folder.name("leads.csv"));
    let accounts = format!("accounts={}", folder.name("accounts.csv"));
    let reps = format!("reps={}", folder.name("reps.ndjson"));
    let ran = run(&["score", &policy, &leads, AS_OF, "-q", "--table", &accounts, "--table", &reps]);
    assert_eq!(ran.out.lines().nth(1), Some("1,near,ann"), "{}", ran.err);
    assert!(ran.err.contains("the capacities of the queue `small` are not held"), "{}", ran.err);
}

#[test]
fn what_cannot_be_a_table_is_one_sentence() {
    let folder = desk();
    let (policy, leads) = (folder.name("desk.lead"), folder.name("leads.csv"));
    let sentence = |tables: &[&str]| {
        let tables: Vec<String> = tables.iter().map(|table| format!("--table={}", table.replace('@', &folder.name("")))).collect();
        let arguments: Vec<&str> = ["score", &policy, &leads].into_iter().chain(tables.iter().map(String::as_str)).collect();
        run(&arguments).sentence().to_owned()
    };
    assert!(
        sentence(&["accounts=@/accounts.csv"]).contains("the table `reps` is given at run time: name its file with `--table reps=FILE`")
    );
    assert!(sentence(&["acounts=@/accounts.csv"]).contains("has no table `acounts`") && sentence(&["acounts=@/x"]).contains("`accounts`"));
    assert!(sentence(&["accounts=@/a", "accounts=@/b"]).contains("twice"));
    assert!(sentence(&["accounts"]).contains("accounts=accounts.parquet"));
    let bad = |text: &str| {
        std::fs::write(folder.path("bad.csv"), text).unwrap();
        sentence(&["accounts=@/accounts.csv", "reps=@/bad.csv"])
    };
    assert!(bad("rep,ramp\nann,2\n").contains("no column for the required field `away`"));
    assert!(bad("rep,ramp,away\nann,2,no\nbob,many,no\n").contains("line 3: column `ramp`: `many` is not a number"));
    assert!(bad("rep,ramp,away\nann,11,no\n").contains("line 2: column `ramp`: `11` is outside"));
    assert!(bad("rep,ramp,away\nann,1,no\nbob,1,no\nANN ,2,no\n").contains("line 4: the key `ANN ` stands in line 2 already"));
    assert!(bad("rep,ramp,away\n,1,no\n").contains("line 2"));
    std::fs::write(folder.path("bad.csv"), "state,desk\nOH,smal\n").unwrap();
    let unknown = sentence(&["accounts=@/bad.csv", "reps=@/reps.csv"]);
    assert!(unknown.contains("line 2: column `desk`: `smal` is not a choice of `desk`; did you mean `small`"), "{unknown}");
}

#[test]
fn what_cannot_be_a_state_is_one_sentence() {
    let folder = desk();
    std::fs::write(folder.path("not.json"), "{").unwrap();
    let other = "{\"leadwright\":\"rotation state\",\"format\":1,\"policy\":\"other\",\"owners\":{},\"queues\":{}}";
    std::fs::write(folder.path("other.json"), other).unwrap();
    let strange = other.replace("other", "desk").replace("\"owners\":{}", "\"owners\":{\"gus\":{\"open\":3}}");
    std::fs::write(folder.path("strange.json"), strange).unwrap();
    let sentence = |more: &[&str]| score(&folder, more).sentence().to_owned();
    assert!(sentence(&["--rotation-in", &folder.name("none.json")]).contains("cannot read"));
    assert!(sentence(&["--rotation-in", &folder.name("not.json")]).contains("it is no rotation state"));
    assert!(sentence(&["--rotation-in", &folder.name("other.json")]).contains("it is of the policy `other`, not of `desk`"));
    assert!(sentence(&["--rotation-out", &folder.name("leads.csv")]).contains("name another"));
    assert!(sentence(&["--rotation-out", &folder.name("desk.lead")]).contains("is a file of the policy itself"));
    let noted = score(&folder, &["--rotation-in", &folder.name("strange.json"), "--rotation-out", &folder.name("out.json")]);
    assert!(noted.code == 0 && noted.err.contains("names the owner `gus`"), "{}", noted.err);
    assert!(std::fs::read_to_string(folder.path("out.json")).unwrap().contains("gus"));
}

#[test]
fn those_who_kept_their_owner_are_not_counted_among_turns() {
    let folder = desk();
    // by hash: lead 5 keeps zoe; 1, 2 and 6 are in turn in `near`, 3 and 4 in `small`
    let out = folder.name("out.csv");
    for state in [&[][..], &["--rotation-out", &folder.name("state.json")]] {
        let text = score(&folder, &[&["-o", &out], state].concat()).out;
        assert!(text.contains("handover: 1 lead kept by an owner\n  zoe "), "{text}");
        let turns = text.split("to an owner in turn\n").nth(1).unwrap().split("\n\n").next().unwrap();
        assert!(!turns.contains("zoe") && turns.contains("dora"), "{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&score(&folder, &["-o", &out, "--summary", "json"]).out).unwrap();
    let owners = json["counts"].as_array().unwrap().iter().find(|counts| counts["output"] == "handover.owner").unwrap();
    let kept = owners["kept"].as_array().unwrap().iter().filter(|owner| owner["leads"] != 0).collect::<Vec<_>>();
    assert_eq!(kept, [&serde_json::json!({"name": "zoe", "leads": 1})]);
    assert!(owners["leads"].as_array().unwrap().contains(&serde_json::json!({"name": "zoe", "leads": 1})), "{owners}");
}

#[test]
fn a_table_seats_members_of_the_team_alone() {
    let folder = desk();
    let policy = POLICY.replacen("team inside\n", "team inside members ann, bob\n", 1);
    std::fs::write(folder.path("desk.lead"), policy.replace("rotate dora", "rotate ann")).unwrap();
    assert_eq!(
        score(&folder, &[]).sentence(),
        format!(
            "`{}` cannot be the table `reps`: line 4: `cid` is not a member of the team `inside`, whose queue `near` rotates among these rows",
            folder.name("reps.csv")
        )
    );
    std::fs::write(folder.path("reps.csv"), "rep,ramp,away\nann,2,no\nBOB,1,no\n").unwrap();
    assert_eq!(score(&folder, &[]).code, 0);
}

#[test]
fn leads_with_one_key_are_counted() {
    let folder = desk();
    std::fs::write(folder.path("leads.csv"), format!("{LEADS}2,,,\n2,,,\n02,,,\n")).unwrap();
    let sentence = "note: 2 leads have a key that an earlier lead has (the first in line 8), and were scored like any other\n";
    for threads in ["1", "3"] {
        let ran = score(&folder, &["--threads", threads, "-o", &folder.name("out.csv")]);
        assert!(ran.out.replace("\n  ", " ").contains(sentence), "{}", ran.out);
    }
    let json: serde_json::Value = serde_json::from_str(&score(&folder, &["-o", &folder.name("out.csv"), "--summary", "json"]).out).unwrap();
    assert_eq!(json["rows_repeated"], 2);
}
