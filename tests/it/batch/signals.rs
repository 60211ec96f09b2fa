//! Files of signals beside a file of leads.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use leadwright::batch::{self, Format, HistoryReport, Input, OnBadRow, Place, Report};
use leadwright::policy::Backend;
use leadwright::record::Lead;

use super::scene::{self, AS_OF, FORMATS, Scene};
use super::tables;

/// A score for each kind of measure, so that a scored file shows its value.
pub const POLICY: &str = r#"leadwright 1

policy past "Past" {
  owner    sales
  timezone "America/New_York"
  currency USD
}

team sales "Sales"

lead {
  lead_id  text   key   from marketo "Id"
  sites    whole  1..100
}

signal page_view "Page view" { path text   seconds whole 0..86_400 optional   from marketo "Seconds" }
signal purchase  "Purchase"  { amount money 0..20_000   kind one of new "First order", renewal   optional }
signal call      "Call"      by sales { path text optional }
signal visit

let views   = count of page_view where path starts with "/careers" in last 30 days
let long    = count of page_view where seconds >= 60
let quiet   = days since last page_view
let spent   = sum of purchase.amount where kind is renewal
let called  = any call where path is "desk" in last 14 days
let topic   = last of call.path
let first   = first of purchase.amount

stage inquiry "Inquiry" owner sales start
stage mql     "MQL"     owner sales

score seen from 0 to 100     { section all 100% { views 100%  { 10 or more 10   under 10 1 each } } }
score stayed from 0 to 100   { section all 100% { long 100%   { 10 or more 10   under 10 1 each } } }
score silence from 0 to 100  { section all 100% { quiet 100%  { under 1 0   1 to under 10 1 each   10 or more 10   missing 5 } } }
score worth from 0 to 1_000  { section all 100% { spent 100%  { 1_000 or more 10   0 to under 1_000 1 per 100 } } }
score begun from 0 to 100    { section all 100% { first 100%  { 10 or more 10   under 10 3   missing 0 } } }

decide talk {
  desk   when called
  price  when topic is "price"
  none   otherwise
}
"#;

pub const LEADS: &str = "lead_id,sites\nL-1,1\nL-2,1\nL-3,1\nL-4,1\n";

/// As of 2026-11-18T15:00 in New York. L-1: three career pages in the window (one at the first instant of its first day), one before; L-2 buys;
/// L-3 calls; L-4 does nothing.
const SIGNALS: &str = "\
lead_id,signal,time,path,Seconds,amount,kind
L-1,page_view,2026-11-18T14:00,/careers/open,90,,
L-2,Purchase,2026-11-01T09:00,,,250.50,renewal
L-1,Page View,2026-10-19T00:00,/Careers,,,
L-1,page_view,2026-10-18T23:59:59,/careers/old,60,,
L-3,call,2026-11-17T09:00,Price,,,
L-1,page-view,2026-11-10T12:00,/careers,59,,
L-2,purchase,2026-10-01T09:00,,,4.20,First order
L-2,purchase,2026-11-02T09:00Z,,,149.50,renewal
L-3,call,2026-11-01T09:00, DESK ,,,
L-3,visit,2026-11-17T10:00,,,,
";

/// Read off the signals by hand.
const SCORED: &str = "\
lead_id,seen,seen.all,stayed,stayed.all,silence,silence.all,worth,worth.all,begun,begun.all,talk,stage
L-1,30,30,20,20,0,0,0,0,0,0,none,inquiry
L-2,0,0,0,0,50,50,40,40,30,30,none,inquiry
L-3,0,0,0,0,50,50,0,0,0,0,price,inquiry
L-4,0,0,0,0,50,50,0,0,0,0,none,inquiry
";

fn past() -> Scene {
    Scene::with_policy(scene::policy(POLICY))
}

pub fn input(path: PathBuf) -> Input {
    Input { place: Place::Path(path), format: None }
}

/// Scores the leads with these files of signals.
pub fn scored(scene: &mut Scene, leads: &str, signals: &[(&str, Vec<u8>)]) -> (Report, String) {
    scene.options.signals = signals.iter().map(|(name, bytes)| input(scene.write(name, bytes))).collect();
    scene.score_csv(leads)
}

fn counts(report: &HistoryReport) -> [u64; 5] {
    [report.rows_in, report.rows_used, report.rows_later, report.rows_of_unknown_leads, report.rows_rejected]
}

#[test]
fn measures_are_what_a_person_counts() {
    let (report, text) = scored(&mut past(), LEADS, &[("signals.csv", SIGNALS.into())]);
    assert_eq!(text, SCORED);
    let signals = report.signals.unwrap();
    assert_eq!((counts(&signals), signals.leads), ([10, 10, 0, 0, 0], 3));
    assert!(report.notes.is_empty());
}

#[test]
fn every_format_is_equal() {
    let records: Vec<Vec<String>> = tables::records(SIGNALS);
    for format in FORMATS {
        let name = format!("signals.{}", format.name());
        let (_, text) = scored(&mut past(), LEADS, &[(&name, tables::text_bytes(format, &records))]);
        assert_eq!(text, SCORED, "{format:?}");
    }
    // the name does not tell
    let mut scene = past();
    let path = scene.write("signals.dat", tables::text_bytes(Format::Ndjson, &records));
    scene.options.signals = vec![Input { place: Place::Path(path), format: Some(Format::Ndjson) }];
    assert_eq!(scene.score_csv(LEADS).1, SCORED);
}

/// As a data warehouse types them: instants, dictionaries, decimals, integers.
#[test]
fn typed_columns_give_the_same_answers() {
    let records = tables::records(SIGNALS);
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let instant = |cell: &str| match cell.parse::<jiff::Timestamp>() {
        Ok(instant) => instant,
        Err(_) => cell
            .replace('Z', ":00Z")
            .parse()
            .unwrap_or_else(|_| cell.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp()),
    };
    let cells = |column: usize| records[1..].iter().map(move |row| Some(row[column].as_str()).filter(|cell| !cell.is_empty()));
    let cents = |cell: &str| cell.replace('.', "").parse::<i128>().unwrap();
    let times = cells(2).map(|cell| cell.map(|cell| instant(cell).as_microsecond()));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("lead_id", Arc::new(StringArray::from_iter(cells(0)))),
        ("signal", Arc::new(cells(1).collect::<DictionaryArray<Int32Type>>())),
        ("time", Arc::new(TimestampMicrosecondArray::from_iter(times).with_timezone("UTC"))),
        ("path", Arc::new(StringArray::from_iter(cells(3)))),
        ("Seconds", Arc::new(Int32Array::from_iter(cells(4).map(|cell| cell.map(|cell| cell.parse::<i32>().unwrap()))))),
        ("amount", Arc::new(Decimal128Array::from_iter(cells(5).map(|cell| cell.map(cents))).with_precision_and_scale(12, 2).unwrap())),
        ("kind", Arc::new(cells(6).collect::<DictionaryArray<Int32Type>>())),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    for (name, bytes) in [
        ("s.parquet", tables::parquet_bytes(std::slice::from_ref(&batch))),
        ("s.arrow", tables::arrow_bytes(std::slice::from_ref(&batch))),
        ("stream.arrow", tables::arrow_stream_bytes(std::slice::from_ref(&batch), None)),
    ] {
        assert_eq!(scored(&mut past(), LEADS, &[(name, bytes)]).1, SCORED, "{name}");
    }
}

#[test]
fn order_files_threads_memory_and_backends_change_nothing() {
    let (head, rows) = SIGNALS.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    let file = |rows: &[&str]| format!("{head}\n{}\n", rows.join("\n")).into_bytes();
    let files = [("one.csv", file(&rows[..3])), ("two.csv", file(&rows[3..9])), ("three.csv", file(&rows[9..]))];
    for threads in [1, 2, 3] {
        for memory in [0, 40, usize::MAX] {
            for backend in scene::BACKENDS {
                let mut scene =
                    past().with(|options| (options.threads, options.signal_memory, options.backend) = (threads, memory, backend));
                let (report, text) = scored(&mut scene, LEADS, &files);
                assert_eq!(text, SCORED, "{threads} threads, {memory} bytes, {backend:?}");
                assert_eq!(counts(&report.signals.unwrap()), [10, 10, 0, 0, 0]);
            }
        }
    }
}

/// Leads with up to forty signals each, some of them bad, later or of nobody, in files that are read in any way.
#[test]
fn many_signals_give_the_answers_of_single_leads_and_none_is_lost() {
    let (leads, signals) = many(3_000, 40_000);
    let scene = || past().with(|options| options.on_bad_row = OnBadRow::Reject);
    let (report, expected) = scored(&mut scene(), &leads, &[("signals.csv", signals.clone().into())]);
    let [rows_in, used, later, unknown, rejected] = counts(report.signals.as_ref().unwrap());
    assert_eq!(rows_in, 40_000);
    assert_eq!(rows_in, used + later + unknown + rejected);
    assert!(used > 30_000 && later > 500 && unknown > 500 && rejected > 500, "{used} {later} {unknown} {rejected}");

    for (threads, memory) in [(2, 100_000), (3, usize::MAX), (1, 0)] {
        let mut scene = scene().with(|options| (options.threads, options.signal_memory) = (threads, memory));
        let (again, text) = scored(&mut scene, &leads, &[("signals.csv", signals.clone().into())]);
        assert!(text == expected, "{threads} threads, {memory} bytes");
        assert_eq!(counts(again.signals.as_ref().unwrap()), [rows_in, used, later, unknown, rejected]);
    }

    let mut scene = scene();
    scene.options.signals = vec![input(scene.write("signals.csv", &signals))];
    let path = scene.write("leads.csv", &leads);
    let (model, program) = (scene.policy.model(), scene.policy.program());
    for line in expected.lines().skip(1).step_by(97) {
        let key = line.split(',').next().unwrap();
        let found = batch::find_lead(model, program, &scene.options, &input(path.clone()), key).unwrap().unwrap();
        let past = batch::history_of(model, &scene.options, key).unwrap();
        let lead = Lead { values: found.values, signals: past.signals, log: past.log, ..Lead::default() };
        for backend in [Backend::Jit, Backend::Interpret] {
            let answer = &scene.policy.score(std::slice::from_ref(&lead), AS_OF, backend).unwrap()[0];
            let cells: Vec<&str> = answer.columns.iter().map(|(_, value)| value.as_deref().unwrap_or_default()).collect();
            assert_eq!(format!("{key},{}", cells.join(",")), line, "{lead:?}");
        }
    }
}

fn many(leads: u64, signals: u64) -> (String, String) {
    let mut state = 11u64;
    let mut below = move |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut lead_rows = "lead_id,sites\n".to_owned();
    (0..leads).for_each(|lead| lead_rows += &format!("L-{lead},1\n"));
    let mut rows = "key,signal,time,path,seconds,amount,kind\n".to_owned();
    for _ in 0..signals {
        let lead = below(leads + leads / 20);
        // now and then no day of the calendar
        let days = if below(20) == 0 { 40 } else { 28 };
        let (month, day, hour) = (8 + below(4), 1 + below(days), below(24));
        let time = format!("2026-{month:02}-{day:02}T{hour:02}:00");
        let rest = match below(5) {
            0 | 1 => format!("page_view,{time},/careers/{},{},,", below(4), below(100)),
            2 => format!("purchase,{time},,,{}.50,{}", below(40), ["new", "renewal", "", "rent"][(below(33) / 10) as usize]),
            3 => format!("call,{time},{},,,", ["desk", "price", "DESK", ""][below(4) as usize]),
            _ => format!("{},{time},,,,", if below(50) == 0 { "visits" } else { "visit" }),
        };
        rows += &format!("L-{lead},{rest}\n");
    }
    (lead_rows, rows)
}

/// At one instant the order of declaration decides, then the order given, over all files.
#[test]
fn at_one_instant_the_order_given_decides() {
    let file = |topic: &str| format!("lead,signal,time,path\nL-1,call,2026-11-17T09:00,{topic}\n").into_bytes();
    let talk = |files: &[(&str, Vec<u8>)]| scored(&mut past(), "lead_id,sites\nL-1,1\n", files).1.contains("price");
    assert!(talk(&[("a.csv", file("other")), ("b.csv", file("price"))]));
    assert!(!talk(&[("a.csv", file("price")), ("b.csv", file("other"))]));
}

#[test]
fn what_is_not_used_is_counted_and_listed() {
    let mut scene = past();
    scene.options.rejects_signals = Some(scene.path("left.csv"));
    let signals = "\
Id,signal,time,path,seconds,amount,kind
L-1,page_view,2026-11-18T14:00,/careers,,,
L-9,page_view,2026-11-18T14:00,/careers,,,
L-1,page_views,2026-11-18T14:00,/careers,,,
L-1,page_view,2026-11-18T15:00:00.000001,/careers,,,
L-1,page_view,yesterday,/careers,,,
L-1,page_view,2026-11-18T14:00,,,,
L-1,page_view,2026-11-18T14:00,/careers,90_000,,
L-2,purchase,2026-11-18T14:00,,a minute,12,
,visit,2026-11-18T14:00,,,,
L-9,visit,2026-11-18T13:00,,,,
L-2,visit
";
    let (report, _) = scored(&mut scene, LEADS, &[("signals.csv", signals.into())]);
    let signals = report.signals.unwrap();
    assert_eq!(counts(&signals), [11, 2, 1, 2, 6]);
    let listed = scene.read("left.csv").replace(&format!("{}/", scene.folder.path().display()), "");
    let expected = "\
file,line,key,column,value,reason,outcome
signals.csv,4,L-1,signal,page_views,is not a choice of `signal`; did you mean `page_view`,rejected
signals.csv,5,L-1,time,2026-11-18T20:00:00.000001Z,is later than as-of,left out
signals.csv,6,L-1,time,yesterday,\"is not a time written as `2026-11-18T15:00`, with `Z` or an offset if it is not local\",rejected
signals.csv,7,L-1,path,,the required field `path` is empty,rejected
signals.csv,8,L-1,seconds,90_000,\"is not a plain number: write it without separators between thousands and with a decimal point\",rejected
signals.csv,10,,Id,,the required field `lead_id` is empty,rejected
signals.csv,12,L-2,,\"L-2,visit\",\"the row has 2 cells, the header has 7\",rejected
signals.csv,3,L-9,lead_id,L-9,no lead of the file has this key,left out
signals.csv,11,L-9,lead_id,L-9,no lead of the file has this key,left out
";
    let plain = |text: &str| text.replace("\"is not a plain", "is not a plain").replace("point\"", "point");
    assert_eq!(plain(&listed), plain(expected));
}

#[test]
fn a_bad_property_can_be_taken_as_missing_or_end_the_run() {
    let signals = "lead_id,signal,time,path,seconds\nL-1,page_view,2026-11-18T14:00,/careers,soon\nL-1,page_view,2026-11-18T14:00,,1\n";
    let (report, text) = scored(&mut past().with(|options| options.on_bad_row = OnBadRow::Missing), LEADS, &[("s.csv", signals.into())]);
    let signals_report = report.signals.unwrap();
    assert_eq!((counts(&signals_report), signals_report.cells_taken_as_missing), ([2, 1, 0, 0, 1], 1));
    assert!(text.contains("L-1,10,"));

    let mut scene = past().with(|options| options.on_bad_row = OnBadRow::Fail);
    scene.options.signals = vec![input(scene.write("s.csv", signals))];
    assert_eq!(scene.refusal("leads.csv", LEADS), "line 2 of `s.csv` is bad: column `seconds`: `soon` is not a number");
}

#[test]
fn a_file_that_does_not_fit_is_refused_in_one_sentence() {
    let cases = [
        ("lead_id,signal,path\n", "`s.csv` has no column for the required field `time`; it has `lead_id`, `signal`, `path`"),
        ("who,signal,time\n", "`s.csv` has no column for the key `lead_id`; it has `who`, `signal`, `time`"),
        ("lead_id,Id,signal,time\n", "two columns of `s.csv` stand for `lead_id`: `lead_id` and `Id`; rename one or take it out"),
        ("", "`s.csv` is empty: not even a line of column names is there"),
    ];
    for (text, sentence) in cases {
        let mut scene = past();
        scene.options.signals = vec![input(scene.write("s.csv", text))];
        let found = scene.refusal("leads.csv", LEADS);
        assert!(found.starts_with(sentence), "{found}");
    }
    let mut scene = Scene::new();
    scene.options.signals = vec![input(scene.write("s.csv", "lead_id,signal,time\n"))];
    assert_eq!(scene.refusal("leads.csv", "lead_id,kind,sites\n"), "the policy has no signals, so a file of them has no meaning");
    scene.options.signals = Vec::new();

    let mut scene = past();
    let path = scene.write("s.csv", "lead_id,signal,time\n");
    scene.options.signals = vec![input(path.clone())];
    scene.options.rejects_signals = Some(path);
    assert_eq!(scene.refusal("leads.csv", LEADS), "the rejected signals `s.csv` is the input itself: name another file");
    let mut scene = past();
    scene.options.signals = vec![Input { place: Place::Standard, format: None }, Input { place: Place::Standard, format: None }];
    assert_eq!(scene.refusal("leads.csv", LEADS), "standard input can be read only once: `-` stands for more than one file");
}

/// Files of several systems have each its own columns; what a file's own signals lack is said.
#[test]
fn a_property_without_a_column_is_noted() {
    let calls = "lead_id,signal,time\nL-1,visit,2026-11-17T09:00\nL-1,call,2026-11-17T09:00\n";
    let (report, _) = scored(&mut past(), LEADS, &[("web.csv", SIGNALS.into()), ("crm.csv", calls.into())]);
    let notes: Vec<&str> = report.notes.iter().filter_map(|note| note.rsplit('/').next()).collect();
    assert_eq!(notes, ["crm.csv` has no column for `path` of `call`, so it is missing there"]);
}

#[test]
fn without_a_file_of_signals_nobody_has_any_and_a_note_says_so() {
    let mut scene = past();
    let (report, text) = scene.score_csv("lead_id,sites\nL-4,1\n");
    assert!(text.ends_with("L-4,0,0,0,0,50,50,0,0,0,0,none,inquiry\n"), "{text}");
    assert_eq!(report.notes, ["the policy reads signals and no file of them was given: it was scored as if no lead had any"]);
    assert!(report.signals.is_none());
    scene.options.signals = vec![input(scene.write("s.csv", "lead_id,signal,time\n"))];
    assert!(scene.score_csv(LEADS).0.notes.is_empty());
}
