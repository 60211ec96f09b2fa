//! What `examples/gitlab` says of histories, which its own tests cannot hold as they look at a lead once: reasons, what is forgotten, and who keeps a lead.

use super::desk::columns;
use super::{Folder, run};

/// Company use and a business mail are worth 60 points, so that 40 of behaviour make an MQL.
const LEADS: &str = "lead_id,email,company_use,geo,owner,queue\n\
    A,ann@acme.example,yes,amer,sdr_emea_1,sdr_emea\nB,bea@acme.example,yes,amer,,\nC,cem@acme.example,yes,apac,,\n";

const SIGNALS: &str = "lead_id,signal,time,reason
A,web_chat,2025-12-01T10:00,
A,recycled,2025-12-03T10:00,
A,web_chat,2025-12-20T10:00,
B,web_chat,2025-12-01T10:00,
B,recycled,2025-12-03T10:00,No Budget
C,web_chat,2025-12-01T10:00,
";

fn folder() -> Folder {
    Folder::new(&[("leads.csv", LEADS), ("signals.csv", SIGNALS)])
}

fn policy() -> String {
    format!("{}/examples/gitlab", env!("CARGO_MANIFEST_DIR"))
}

fn log(folder: &Folder, to: &str) -> String {
    let (leads, signals, log) = (folder.name("leads.csv"), folder.name("signals.csv"), folder.name("log.csv"));
    let ran = run(&["replay", &policy(), "--leads", &leads, "--signals", &signals, "--to", to, "-q", "--log", &log]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    log
}

#[test]
fn t14_an_empty_reason_is_filled_in_and_r1_behaviour_starts_again() {
    let folder = folder();
    let log = std::fs::read_to_string(log(&folder, "2025-12-31")).unwrap();
    let steps = columns(&log, &["lead", "at", "to", "reason"]);
    let step = |lead: &str, day: &str, to: &str, reason: &str| [lead, &format!("{day}T10:00:00-05:00"), to, reason].map(str::to_owned);
    let (first, recycled, again) = ("2025-12-01", "2025-12-03", "2025-12-20");
    assert_eq!(
        steps,
        [
            step("A", first, "raw", ""),
            step("A", first, "inquiry", ""),
            step("A", first, "mql", ""),
            // without R1 its hundred points would make it an MQL at once
            step("A", recycled, "recycle", "No response"),
            step("A", again, "mql", ""),
            step("B", first, "raw", ""),
            step("B", first, "inquiry", ""),
            step("B", first, "mql", ""),
            step("B", recycled, "recycle", "no_budget"),
            step("C", first, "raw", ""),
            step("C", first, "inquiry", ""),
            step("C", first, "mql", ""),
            // T6, and R1 again
        ]
    );
}

#[test]
fn m7_r6_who_was_mql_before_stays_with_its_owner() {
    let folder = folder();
    let (leads, signals, out) = (folder.name("leads.csv"), folder.name("signals.csv"), folder.name("scored.csv"));
    let score = |as_of: &str, more: &[&str]| {
        let ran = run(&[&["score", &policy(), &leads, "--signals", &signals, "--as-of", as_of, "-q", "-o", &out][..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        columns(&std::fs::read_to_string(&out).unwrap(), &["lead_id", "stage", "handover", "handover.owner"])[0].clone()
    };
    // the first time it is the turn of somebody in its geo, whoever has it
    let first = score("2025-12-01T12:00", &[]);
    assert_eq!(first[..3], ["A", "inquiry", ""], "one step in a snapshot: {first:?}");
    let told = folder.name("inquiry.csv");
    std::fs::write(&told, "lead,from,to,at\nA,,raw,2025-12-01T09:00\nA,raw,inquiry,2025-12-01T09:30\n").unwrap();
    let turn = score("2025-12-01T12:00", &["--stage-log", &told]);
    assert!(turn[1] == "mql" && turn[2] == "sdr_amer" && turn[3].starts_with("sdr_amer_"), "{turn:?}");
    // back from Recycle it has been an MQL once, and stays with the owner whom the file names
    let log = log(&folder, "2025-12-19");
    assert_eq!(score("2025-12-20T12:00", &["--stage-log", &log]), ["A", "mql", "sdr_emea", "sdr_emea_1"]);
}
