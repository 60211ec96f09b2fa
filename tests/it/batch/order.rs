//! Order, threads, and agreement with leads scored in memory.

use leadwright::batch::{self, Format, Input, Place};
use leadwright::policy::{Backend, Policy};
use leadwright::record::Lead;

use super::scene::{AS_OF, Scene};
use super::tables::{self, rows};
use crate::support::policies::{LeadKinds, generate};

#[test]
fn threads_change_nothing() {
    let rows = rows(100_000, 8);
    for from in [Format::Csv, Format::Ndjson, Format::Parquet] {
        let mut first: Option<Vec<u8>> = None;
        for threads in [1, 2, 3] {
            let scene = Scene::new().with(|options| options.threads = threads);
            let input = scene.write(&format!("leads.{}", from.name()), tables::bytes(from, &rows));
            let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
            assert_eq!((report.rows_in, report.rows_scored, report.threads), (100_000, 100_000, threads));
            let decided: u64 = report.choices[0].members.iter().map(|(_, _, count)| count).sum();
            assert_eq!((report.choices[0].output.as_str(), decided, report.choices[0].missing), ("status", 100_000, 0));
            assert_eq!(report.numbers[0].bins.iter().sum::<u64>(), 100_000);
            let scored = std::fs::read(scene.path("scored.csv")).unwrap();
            let keys = scored.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.is_empty());
            assert!(keys.zip(&rows).all(|(line, row)| line.starts_with(row.lead_id.as_bytes())), "order at {threads} threads");
            match &first {
                None => first = Some(scored),
                Some(first) => assert!(*first == scored, "{from:?} at {threads} threads"),
            }
        }
    }
}

/// The embedding API encodes leads on its own.
#[test]
fn a_lead_gets_the_same_answer_from_a_file_and_in_memory() {
    let scene = Scene::new();
    let rows = rows(400, 9);
    let path = scene.write("leads.csv", tables::csv_bytes(&rows));
    scene.score(&path, &scene.path("scored.csv")).unwrap();
    let scored = tables::read_back(Format::Csv, &scene.path("scored.csv"));
    let input = Input { place: Place::Path(path), format: None };
    for (row, line) in rows.iter().zip(&scored[1..]).step_by(7) {
        let found = batch::find_lead(scene.policy.model(), scene.policy.program(), &scene.options, &input, &row.lead_id).unwrap().unwrap();
        assert!(!found.is_rejected());
        let lead = Lead {
            values: found.values,
            stage: found.stage,
            stage_since: found.stage_since,
            rest_until: found.rest_until,
            ..Lead::default()
        };
        let answers = scene.policy.score(&[lead], AS_OF, Backend::Interpret).unwrap();
        for (name, value) in scored[0].iter().zip(line).skip(1) {
            assert_eq!(answers[0].get(name).unwrap_or_default(), value, "{name} of {row:?}");
        }
    }
    assert!(batch::find_lead(scene.policy.model(), scene.policy.program(), &scene.options, &input, "L-x").unwrap().is_err());
}

#[test]
fn a_found_lead_says_what_is_bad_about_it() {
    let scene = Scene::new();
    let path = scene.write("leads.csv", "lead_id,kind,sites,note,stage\nL-1,clinic,1,,\nL-2,klinik,1,\" two\nlines \",MQL\n");
    let input = Input { place: Place::Path(path), format: None };
    let found = batch::find_lead(scene.policy.model(), scene.policy.program(), &scene.options, &input, "L-2").unwrap().unwrap();
    assert_eq!((found.line, found.unit, found.is_rejected(), found.stage), (3, "line", true, Some(1)));
    assert_eq!(found.bad.len(), 1);
}

/// A key is taken as it is written, whatever its type: a rotation gives the spellings of one choice, or of one number, to whom their own bytes name.
#[test]
fn a_key_of_any_type_turns_as_it_is_written() {
    let owners = "rotate ann weight 1, bob weight 1, eve weight 1, dan weight 1, tom weight 1, ida weight 1, joe weight 1";
    for (ty, keys) in [
        ("one of long_term_care \"Long-term care\" \"LTC\", clinic", ["long_term_care", "LTC", "ltc", "Long-Term Care", " LTC", "clinic"]),
        ("whole", ["7", "07", "+7", "7.0", "-7", "700"]),
    ] {
        let text = format!(
            "leadwright 1\npolicy keys {{ timezone \"America/New_York\" }}\nteam sales\nlead {{ id {ty} key }}\n\
             queue desk team sales {owners}\nroute all {{ desk otherwise }}\n"
        );
        let scene = Scene::with_policy(super::scene::policy(&text));
        let csv: String = std::iter::once("id").chain(keys).map(|key| format!("{key}\n")).collect();
        let (report, scored) = scene.score_csv(csv);
        assert_eq!(report.rows_scored, 6, "{:?}", report.bad_cells);
        let input = Input { place: Place::Path(scene.path("leads.csv")), format: None };
        let mut of_values = std::collections::BTreeSet::new();
        for (key, line) in keys.iter().zip(scored.lines().skip(1)) {
            let found = batch::find_lead(scene.policy.model(), scene.policy.program(), &scene.options, &input, key).unwrap().unwrap();
            let lead = Lead { key: Some(found.key), values: found.values, ..Lead::default() };
            let answers = scene.policy.score(std::slice::from_ref(&lead), AS_OF, Backend::Interpret).unwrap();
            assert_eq!(format!("{key},{},{}", answers[0].get("all").unwrap(), answers[0].get("all.owner").unwrap()), line, "{ty}");
            // Published definition, by hand: XXH64 of key and queue, the finaliser of MurmurHash3, a multiply-shift onto seven turns.
            let mut mixed = xxhash_rust::xxh64::xxh64(key.as_bytes(), 0) ^ xxhash_rust::xxh64::xxh64(b"desk", 0);
            for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
                mixed = (mixed ^ (mixed >> 33)).wrapping_mul(factor);
            }
            mixed ^= mixed >> 33;
            let turn = ((u128::from(mixed) * 7) >> 64) as usize;
            assert!(line.ends_with(["ann", "bob", "eve", "dan", "tom", "ida", "joe"][turn]), "{line}: turn {turn}");
            // Without its text, a key is written as a scored file writes its value.
            let value = Lead { key: None, ..lead };
            let by_value = scene.policy.score(&[value], AS_OF, Backend::Interpret).unwrap();
            of_values.insert((answers[0].get("all.owner") == by_value[0].get("all.owner"), *key));
        }
        assert!(of_values.contains(&(true, keys[0])), "{of_values:?}");
    }
}

/// Over random policies, what is read from a file of leads and encoded in blocks is what the encoder of single leads makes of the same values.
#[test]
fn random_policies_see_the_same_leads_in_files_and_in_memory() {
    for seed in 900..930 {
        let generated = generate(seed);
        let policy = Policy::load(&generated.files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        let scene = Scene::with_policy(policy);
        let path = scene.write("leads.csv", generated.leads(seed, 30, &mut LeadKinds::default()));
        let report = scene.score(&path, &scene.path("scored.csv")).unwrap();
        assert_eq!(report.rows_scored, 30, "{:?}", report.bad_cells);
        let scored = tables::read_back(Format::Csv, &scene.path("scored.csv"));
        let input = Input { place: Place::Path(path), format: None };
        for line in &scored[1..] {
            let found = batch::find_lead(scene.policy.model(), scene.policy.program(), &scene.options, &input, &line[0]).unwrap().unwrap();
            let lead = Lead {
                values: found.values,
                stage: found.stage,
                stage_since: found.stage_since,
                rest_until: found.rest_until,
                owners: found.owners,
                queues: found.queues,
                ..Lead::default()
            };
            let answers = scene
                .policy
                .score(std::slice::from_ref(&lead), AS_OF, Backend::Jit)
                .unwrap_or_else(|error| panic!("{error}: {lead:?}, seed {seed}"));
            for (name, value) in scored[0].iter().zip(line).skip(1) {
                let answer = answers[0].get(name).unwrap_or_default();
                // files write times with seconds and offset
                let is_same_time = name.ends_with(".due") && answer.len() >= 16 && value.starts_with(answer);
                assert!(answer == value || is_same_time, "{name} of {lead:?}, seed {seed}: {answer}, not {value}");
            }
        }
    }
}
