//! Stage logs beside a file of leads.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Date64Array, RecordBatch, StringArray};
use leadwright::batch::{self, Input, Place};
use leadwright::policy::Backend;
use leadwright::record::Lead;

use super::scene::{self, AS_OF, FORMATS, Scene};
use super::{signals, tables};

/// A score for each measure over the stage log.
const POLICY: &str = r#"leadwright 1

policy past "Past" {
  owner    sales
  timezone "America/New_York"
}

team sales "Sales"

lead {
  lead_id  text   key
}

signal visit

stage inquiry "Inquiry"                  owner sales   start
stage mql     "Marketing-qualified lead" owner sales
stage sal     "Sales-accepted lead"      owner sales   final

let returns = count of entering mql
let waiting = days in mql
let seen    = count of visit since entering mql

score back from 0 to 100   { section all 100% { returns 100% { 10 or more 10   under 10 1 each } } }
score wait from 0 to 1_000 { section all points { +1 when waiting >= 3   +10 when waiting >= 12   +100 when waiting >= 13 } }
score eyes from 0 to 100   { section all 100% { seen 100%    { 10 or more 10   under 10 1 each } } }
"#;

const LEADS: &str = "\
lead_id,stage,stage_since
L-1,mql,2026-11-10T12:00
L-2,MQL,2026-11-15T09:00
L-3,inquiry,
L-4,inquiry,2026-11-17T09:00
";

/// As `replay` writes it. L-1 was in `mql` from 1 to 5 November and is there since the 10th: 4 and 8 days.
const LOG: &str = "\
lead,from,to,at,rule,reason,owner
L-1,inquiry,mql,2026-11-10T12:00,,,
L-1,,inquiry,2026-10-01T09:00,,,
L-1,Marketing-qualified lead,inquiry,2026-11-05T09:00,,No budget,ann
L-4,inquiry,mql,2026-11-02T09:00,,,
L-1,inquiry,mql,2026-11-01T10:00,,,
L-4,mql,inquiry,2026-11-17T09:00,,,
";

const SIGNALS: &str = "\
lead,signal,time
L-1,visit,2026-11-09T12:00
L-1,visit,2026-11-10T12:00
L-1,visit,2026-11-12T12:00
L-2,visit,2026-11-16T12:00
L-3,visit,2026-11-16T12:00
L-4,visit,2026-11-03T12:00
";

/// Read off by hand: L-2 is not in the log, so its stay counts once and for 3 days; L-4 was in `mql` for 15 days.
const SCORED: &str = "\
lead_id,back,back.all,wait,wait.all,eyes,eyes.all,stage
L-1,20,20,11,11,20,20,mql
L-2,10,10,1,1,10,10,mql
L-3,0,0,0,0,0,0,inquiry
L-4,10,10,111,111,10,10,inquiry
";

fn past() -> Scene {
    let mut scene = Scene::with_policy(scene::policy(POLICY));
    scene.options.signals = vec![signals::input(scene.write("signals.csv", SIGNALS))];
    scene
}

#[test]
fn stages_gone_through_are_what_a_person_reads() {
    for format in FORMATS {
        for threads in [1, 2] {
            let mut scene = past().with(|options| (options.threads, options.signal_memory) = (threads, 10));
            let name = format!("log.{}", format.name());
            scene.options.stage_log = vec![signals::input(scene.write(&name, tables::text_bytes(format, &tables::records(LOG))))];
            let (report, text) = scene.score_csv(LEADS);
            assert_eq!(text, SCORED, "{format:?}");
            let log = report.stage_log.unwrap();
            assert_eq!((log.rows_in, log.rows_used, log.leads), (6, 6, 2));
        }
    }
}

#[test]
fn an_explanation_sees_the_same_stages() {
    let mut scene = past();
    scene.options.stage_log = vec![signals::input(scene.write("log.csv", LOG))];
    let path = scene.write("leads.csv", LEADS);
    let (model, program) = (scene.policy.model(), scene.policy.program());
    for line in SCORED.lines().skip(1) {
        let key = line.split(',').next().unwrap();
        let input = Input { place: Place::Path(path.clone()), format: None };
        let found = batch::find_lead(model, program, &scene.options, &input, key).unwrap().unwrap();
        let past = batch::history_of(model, &scene.options, key).unwrap();
        let lead = Lead {
            values: found.values,
            stage: found.stage,
            stage_since: found.stage_since,
            signals: past.signals,
            log: past.log,
            ..Lead::default()
        };
        let answer = &scene.policy.score(std::slice::from_ref(&lead), AS_OF, Backend::Interpret).unwrap()[0];
        for (name, cell) in SCORED.lines().next().unwrap().split(',').zip(line.split(',')).skip(1) {
            assert_eq!(answer.get(name), Some(cell), "{key} {name}");
        }
    }
}

#[test]
fn entries_that_are_not_used_are_counted_and_listed() {
    let mut scene = past();
    let log = "\
lead,from,to,at
L-1,inquiry,mql,2026-11-10T12:00
L-1,inquiry,mqll,2026-11-10T12:00
L-1,nowhere,mql,2026-11-10T12:00
L-1,inquiry,,2026-11-10T12:00
L-1,inquiry,mql,2026-11-19T12:00
L-9,inquiry,mql,2026-11-10T12:00
";
    scene.options.stage_log = vec![signals::input(scene.write("log.csv", log))];
    scene.options.rejects_signals = Some(scene.path("left.csv"));
    let (report, _) = scene.score_csv(LEADS);
    let report = report.stage_log.unwrap();
    assert_eq!([report.rows_in, report.rows_used, report.rows_later, report.rows_of_unknown_leads, report.rows_rejected], [6, 1, 1, 1, 3]);
    let listed = scene.read("left.csv").replace(&format!("{}/", scene.folder.path().display()), "");
    let expected = "\
file,line,key,column,value,reason,outcome
log.csv,3,L-1,to,mqll,is not a choice of `to`; did you mean `mql`,rejected
log.csv,4,L-1,from,nowhere,\"is not a choice of `from`; it has `inquiry`, `mql`, `sal`\",rejected
log.csv,5,L-1,to,,the required field `to` is empty,rejected
log.csv,6,L-1,at,2026-11-19T17:00:00Z,is later than as-of,left out
log.csv,7,L-9,lead_id,L-9,no lead of the file has this key,left out
";
    assert_eq!(listed, expected);
}

/// Columns of days, as databases export them.
fn log_of_days(days: ArrayRef) -> RecordBatch {
    let text = |cells: Vec<Option<&str>>| -> ArrayRef { Arc::new(StringArray::from(cells)) };
    let columns = [
        ("lead", text(vec![Some("L-2"), Some("L-2"), Some("L-2")])),
        ("from", text(vec![None, Some("inquiry"), Some("mql")])),
        ("to", text(vec![Some("inquiry"), Some("mql"), Some("inquiry")])),
        ("at", days),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

#[test]
fn a_column_of_days_means_their_beginnings() {
    // 2026-11-02, -05 and -09, in days and in milliseconds
    let days: ArrayRef = Arc::new(Date32Array::from(vec![20_759, 20_762, 20_766]));
    let millis: ArrayRef = Arc::new(Date64Array::from(vec![20_759 * 86_400_000i64, 20_762 * 86_400_000, 20_766 * 86_400_000]));
    let leads = "lead_id\nL-2\n";
    let text = "lead,from,to,at\nL-2,,inquiry,2026-11-02T00:00\nL-2,inquiry,mql,2026-11-05T00:00\nL-2,mql,inquiry,2026-11-09T00:00\n";
    let scored = |name: &str, bytes: Vec<u8>| {
        let mut scene = past();
        // on the 5th itself, before and after midnight in New York: one counts for the stay, the other does not
        let signals = "lead,signal,time\nL-2,visit,2026-11-05T00:00:01\nL-2,visit,2026-11-04T23:59:59\n";
        scene.options.signals = vec![signals::input(scene.write("signals.csv", signals))];
        scene.options.stage_log = vec![signals::input(scene.write(name, bytes))];
        let (report, text) = scene.score_csv(leads);
        assert_eq!(report.stage_log.unwrap().rows_used, 3, "{name}");
        text
    };
    let expected = scored("log.csv", text.into());
    // one entry into mql, 4 days in it, one visit since
    assert!(expected.ends_with("L-2,10,10,1,1,10,10,inquiry\n"), "{expected}");
    for days in [days, millis] {
        let batch = log_of_days(days);
        assert_eq!(scored("log.parquet", tables::parquet_bytes(std::slice::from_ref(&batch))), expected);
        assert_eq!(scored("log.arrow", tables::arrow_bytes(std::slice::from_ref(&batch))), expected);
    }
}

#[test]
fn a_signal_needs_a_time_of_day() {
    let text = |cells: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(cells)) };
    let columns: [(&str, ArrayRef); 3] =
        [("lead", text(vec!["L-1"])), ("signal", text(vec!["visit"])), ("time", Arc::new(Date32Array::from(vec![20_759])))];
    let bytes = tables::parquet_bytes(&[RecordBatch::try_from_iter(columns).unwrap()]);
    let mut scene = past();
    scene.options.signals = vec![signals::input(scene.write("days.parquet", bytes))];
    let leads = scene.write("leads.csv", LEADS);
    let error = scene.score(&leads, &scene.path("scored.csv")).unwrap_err().to_string();
    assert!(error.contains("the column `time` of") && error.contains("holds dates, which cannot give the field `time`"), "{error}");
    // in text it is a bad cell of its row
    scene.options.signals = vec![signals::input(scene.write("days.csv", "lead,signal,time\nL-1,visit,2026-11-02\n"))];
    let (report, _) = scene.score_csv(LEADS);
    assert_eq!(report.signals.unwrap().rows_rejected, 1);
}
