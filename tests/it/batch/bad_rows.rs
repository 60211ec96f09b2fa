//! Rows that cannot be read: none is lost, each has a reason.

use std::fmt::Write;

use leadwright::batch::{Keep, OnBadRow, Report};

use super::scene::Scene;

/// Line, key and sentence of each bad cell.
fn said(scene: &Scene, report: &Report) -> Vec<String> {
    assert_eq!(report.rows_in, report.rows_scored + report.rows_rejected);
    let said = |cell: &leadwright::batch::bad::BadCell| format!("{} [{}] {}", cell.line, cell.key, cell.sentence(scene.policy.model()));
    report.bad_cells.iter().map(said).collect()
}

const HEADER: &str = "lead_id,kind,sites,beds,need_by,note";

#[test]
fn each_bad_cell_of_a_row_is_listed() {
    let scene = Scene::new();
    let (report, scored) = scene.score_csv(format!(
        "{HEADER}\n\
         L-1,clinic,1,,,fine\n\
         L-2,hospitl,0,1e3,2026-02-30,\n\
         L-3,,1,60000,,\n\
         ,clinic,1,,,\n\
         L-5,clinic,1,5,,ok\n"
    ));
    assert_eq!(
        said(&scene, &report),
        [
            "3 [L-2] column `kind`: `hospitl` is not a choice of `kind`; did you mean `hospital`",
            "3 [L-2] column `sites`: `0` is outside the field's range 1 to 10000",
            "3 [L-2] column `beds`: `1e3` is written with an exponent: write the digits out",
            "3 [L-2] column `need_by`: `2026-02-30` is no day of the calendar",
            "4 [L-3] column `kind`: the required field `kind` is empty",
            "4 [L-3] column `beds`: `60000` is outside the field's range 0 to 50000",
            "5 [] column `lead_id`: the required field `lead_id` is empty",
        ]
    );
    assert_eq!((report.rows_in, report.rows_scored, report.rows_rejected), (5, 2, 3));
    let keys: Vec<&str> = scored.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(keys, ["lead_id", "L-1", "L-5"]);
}

#[test]
fn rows_that_are_no_rows() {
    let scene = Scene::new();
    let mut csv = format!("\u{feff}{HEADER}\r\n").into_bytes();
    csv.extend_from_slice(b"L-1,clinic,1,,,\"two\r\nlines\"\r\n");
    csv.extend_from_slice(b"L-2,clinic,1\r\n\r\n");
    csv.extend_from_slice(b"L-3,clinic,1,,,,,\r\n");
    csv.extend_from_slice(b"L-4,clinic,1,,,\"5\" pipe\"\r\n");
    csv.extend_from_slice(b"L-5,clinic,1,,,caf\xE9\r\n");
    csv.extend_from_slice(b"L-6,clinic,1,,,a\0b\r\n");
    csv.extend_from_slice(b"L-7,clinic,1,,,fine");
    let (report, scored) = scene.score_csv(&csv);
    assert_eq!(
        said(&scene, &report),
        [
            "4 [L-2] the row has 3 cells, the header has 6",
            "6 [L-3] the row has 8 cells, the header has 6",
            "7 [L-4] a quote inside a quoted cell is not doubled",
            "8 [L-5] the row is not UTF-8",
            "9 [L-6] the row holds a NUL character",
        ]
    );
    assert_eq!((report.rows_in, report.rows_scored), (7, 2));
    assert_eq!(scored.lines().count(), 3);
}

#[test]
fn lines_that_are_no_leads() {
    let scene = Scene::new();
    let input = scene.write(
        "leads.ndjson",
        [
            &br#"{"lead_id":"L-1","kind":"clinic","sites":1}"#[..],
            b"",
            b"[1, 2]",
            b"{\"lead_id\":",
            br#"{"lead_id":"L-5","kind":"clinic","sites":1,"sites":2}"#,
            br#"{"lead_id":"L-6","kind":"clinic","sites":1,"Sites":2}"#,
            br#"{"lead_id":"L-7","kind":{"a":1},"sites":[1]}"#,
            br#"{"lead_id":"L-8","kind":"clinic"}"#,
            br#"{"lead_id":null,"kind":"clinic","sites":1}"#,
            b"{\"lead_id\":\"L-10\",\"kind\":\"clinic\",\"sites\":1,\"note\":\"\xFF\"}",
            br#"{"lead_id":"L-11","kind":"clinic","sites":1,"note":"a\u0000b"}"#,
            br#"{"lead_id":"L-12","kind":"clinic","sites":"1","beds":1e2,"products":["service","x"]}"#,
            br#"{"lead_id":"L-12b","kind":"clinic","sites":1,"sites":2,"sites":3,"Sites":4,"sites":5}"#,
            br#"{"lead_id":13,"kind":"clinic","sites":1,"beds":1e2,"products":["service"],"budget":true,"x":{"y":[]}}"#,
        ]
        .join(&b"\n"[..]),
    );
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!(
        said(&scene, &report),
        [
            "3 [] the line is not a JSON object",
            "4 [] the line is not JSON",
            "5 [L-5] column `sites`: a name occurs twice in the object",
            "6 [L-6] column `Sites`: two names of the object stand for `sites`",
            "7 [L-7] column `kind`: `{\"a\":1}` is not one value",
            "7 [L-7] column `sites`: `[1]` is not one value",
            "8 [L-8] column `sites`: the required field `sites` is empty",
            "9 [] column `lead_id`: the required field `lead_id` is empty",
            "10 [] the row is not UTF-8",
            "11 [L-11] column `note`: `a␀b` holds a NUL character",
            "12 [L-12] column `products`: `[\"service\",\"x\"]` holds `x`, which is not a choice of `products`; it has `dispensing`, `consumables`, `service`",
            "13 [L-12b] column `sites`: a name occurs twice in the object",
            "13 [L-12b] column `Sites`: two names of the object stand for `sites`",
        ]
    );
    assert_eq!((report.rows_in, report.rows_scored), (13, 2));
    assert_eq!(scene.read("scored.csv").lines().last().unwrap(), "13,45,38,warm,inquiry,,,");
}

/// Also where the column is carried through: one line of the rejects for a name.
#[test]
fn a_repeated_name_is_one_bad_cell() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let rows = "{\"lead_id\":\"L-1\",\"kind\":\"clinic\",\"sites\":1,\"x\":1}\n{\"lead_id\":\"L-2\",\"kind\":\"clinic\",\"sites\":1,\"sites\":2,\"x\":1,\"x\":2}\n";
    let input = scene.write("leads.ndjson", rows);
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!(
        said(&scene, &report),
        ["2 [L-2] column `sites`: a name occurs twice in the object", "2 [L-2] a name occurs twice in the object"]
    );
}

#[test]
fn bad_cells_can_count_as_missing() {
    let scene = Scene::new().with(|options| options.on_bad_row = OnBadRow::Missing);
    let (report, scored) = scene.score_csv(format!(
        "{HEADER},stage\n\
         L-1,clinic,1,many,tomorrow,,\n\
         L-2,klinik,1,many,,,\n\
         L-3,clinic,1,,,,mqll\n"
    ));
    assert_eq!(
        said(&scene, &report),
        [
            "2 [L-1] column `beds`: `many` is not a number",
            "2 [L-1] column `need_by`: `tomorrow` is not a date written as `2026-11-18`",
            "3 [L-2] column `kind`: `klinik` is not a choice of `kind`; did you mean `clinic`",
            "3 [L-2] column `beds`: `many` is not a number",
            "4 [L-3] column `stage`: `mqll` is not a choice of `stage`; did you mean `mql`",
        ]
    );
    assert_eq!((report.rows_scored, report.rows_rejected, report.cells_taken_as_missing), (1, 2, 3));
    assert_eq!(scored.lines().nth(1).unwrap(), "L-1,20,20,cold,inquiry,,,");
    assert_eq!(report.reasons[0].column, "beds");
    assert_eq!(report.reasons[0].cells, 2);
}

#[test]
fn the_first_bad_row_can_end_the_run() {
    for threads in [1, 3] {
        let scene = Scene::new().with(|options| (options.on_bad_row, options.threads) = (OnBadRow::Fail, threads));
        let mut csv = format!("{HEADER}\n");
        for row in 0..60_000 {
            let sites = if row == 40_000 || row == 50_000 { "x" } else { "1" };
            csv.push_str(&format!("L-{row},clinic,{sites},,,a note of some length\n"));
        }
        assert_eq!(scene.refusal("leads.csv", csv), "line 40002 of `leads.csv` is bad: column `sites`: `x` is not a number");
    }
}

#[test]
fn rejects_are_written_with_all_that_is_known() {
    let scene = Scene::new();
    let rejects = scene.path("rejects.csv");
    let scene = scene.with(|options| (options.rejects, options.bad_cells_shown) = (Some(rejects), 1));
    let (report, _) = scene.score_csv(format!("{HEADER}\nL-1,clinic,\"1,000\",,,\nL-2,clinic\nL-3,clinic,1,,,\n"));
    assert_eq!(
        scene.read("rejects.csv"),
        "line,key,column,value,reason,outcome\n\
         2,L-1,sites,\"1,000\",is not a plain number: write it without separators between thousands and with a decimal point,rejected\n\
         3,L-2,,\"L-2,clinic\",\"the row has 2 cells, the header has 6\",rejected\n"
    );
    assert_eq!(report.bad_cells.len(), 1);
    assert_eq!(report.rows_rejected, 2);
}

#[test]
fn rejects_are_ndjson_if_they_are_called_so() {
    let scene = Scene::new();
    let rejects = scene.path("rejects.ndjson");
    let scene = scene.with(|options| options.rejects = Some(rejects));
    scene.score_csv(format!("{HEADER}\nL-1,clinic,many,,,\n\"L \"\"2\"\"\",clinic,0.5,,,\n"));
    assert_eq!(
        scene.read("rejects.ndjson"),
        "{\"line\":2,\"key\":\"L-1\",\"column\":\"sites\",\"value\":\"many\",\"reason\":\"is not a number\",\"outcome\":\"rejected\"}\n\
         {\"line\":3,\"key\":\"L \\\"2\\\"\",\"column\":\"sites\",\"value\":\"0.5\",\"reason\":\"is not a whole number\",\"outcome\":\"rejected\"}\n"
    );
    let scene = Scene::new();
    let rejects = scene.path("rejects.parquet");
    let scene = scene.with(|options| options.rejects = Some(rejects));
    let refusal = scene.refusal("leads.csv", format!("{HEADER}\nL-1,clinic,1,,,\n"));
    assert_eq!(refusal, "the list of bad cells `rejects.parquet` cannot be Parquet; let its name end in .csv or .ndjson");
}

#[test]
fn the_bad_one_of_several_choices_is_named() {
    let scene = Scene::new();
    let (report, _) = scene.score_csv(
        "lead_id,kind,sites,products\n\
         L-1,clinic,1,dispensing; servce\n\
         L-2,clinic,1,\"dispensing, coffee; service\"\n\
         L-3,clinic,1,coffee\n\
         L-4,clinic,1,service;dispensing\n",
    );
    assert_eq!(
        said(&scene, &report),
        [
            "2 [L-1] column `products`: `dispensing; servce` holds `servce`, which is not a choice of `products`; did you mean `service`",
            "3 [L-2] column `products`: `dispensing, coffee; service` holds `coffee`, which is not a choice of `products`; it has `dispensing`, `consumables`, `service`",
            "4 [L-3] column `products`: `coffee` is not a choice of `products`; it has `dispensing`, `consumables`, `service`",
        ]
    );
}

#[test]
fn near_misses_are_told_what_is_wrong() {
    let scene = Scene::new();
    let (report, _) = scene.score_csv(format!("{HEADER}\nL-1,clinic,5.,,,\n"));
    assert!(said(&scene, &report)[0].ends_with("`5.` has no digit behind its point: write `5` or `5.0`"), "{:?}", said(&scene, &report));
    let input = scene.write("leads.ndjson", "{\"lead_id\":\"a\",\"kind\":\"clinic\\ud800\",\"sites\":1}\n");
    let report = scene.score(&input, &scene.path("scored.ndjson")).unwrap();
    let told = said(&scene, &report);
    assert!(told[0].ends_with("holds an escape that is no character, such as one half of a pair"), "{told:?}");
}

#[test]
fn shown_values_are_short_and_harmless() {
    let scene = Scene::new();
    let (report, _) = scene.score_csv(format!("{HEADER}\nL-1,clinic,\u{1b}[31m{},,,\n", "9".repeat(200)));
    let value = &report.bad_cells[0].value;
    assert!(value.starts_with("␛[31m9") && value.ends_with('…') && value.chars().count() == 61, "{value}");
}

#[test]
fn semicolons_and_tabs_part_cells_too() {
    let scene = Scene::new();
    let (_, with_semicolons) = scene.score_csv("lead_id;kind;sites;note\nL-1;clinic;1;a, b\n");
    let (_, with_tabs) = scene.score_csv("lead_id\tkind\tsites\tnote\nL-1\tclinic\t1\ta, b\n");
    assert_eq!(with_semicolons.lines().nth(1), Some("L-1,20,20,cold,inquiry,,,"));
    assert_eq!(with_semicolons, with_tabs);
    let (_, old_macintosh) = scene.score_csv("lead_id,kind,sites\rL-1,clinic,1\r");
    assert_eq!(with_tabs, old_macintosh);
    let (report, _) = scene.score_csv("lead_id,kind,sites\rL-1,clinic,1\rL-2,clinic,x\r");
    assert_eq!(report.bad_cells[0].line, 3);
}

/// In old files of a Macintosh, where a cell may hold a line feed.
#[test]
fn a_line_feed_in_quotes_ends_no_line_of_a_file_that_has_none() {
    let scene = Scene::new();
    let (report, _) = scene.score_csv("lead_id,kind,note,sites\rL-1,clinic,\"x\ny\",z\rL-2,clinic,,x\r");
    assert_eq!(report.bad_cells.iter().map(|cell| cell.line).collect::<Vec<_>>(), [2, 3]);

    // more than a row may have, and many chunks
    let mut text = "lead_id,kind,note,sites\r".to_owned();
    (0..90_000).for_each(|row| write!(text, "L-{row},clinic,\"{}\nab\",5\r", "x".repeat(90)).unwrap());
    let (report, _) = scene.score_csv(&text);
    assert_eq!((report.rows_in, report.rows_scored), (90_000, 90_000));
}
