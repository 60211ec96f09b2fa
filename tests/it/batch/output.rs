//! A file that is there whole or not at all.

use std::fs;

use leadwright::batch::{self, Input, Output, Place};

use super::scene::Scene;

const LEADS: &str = "lead_id,kind,sites\nL-1,clinic,1\n";

fn refused(scene: &Scene, output: &str) -> String {
    let input = scene.write("leads.csv", LEADS);
    let error = scene.score(&input, &scene.path(output)).unwrap_err();
    error.to_string().replace(&format!("{}/", scene.folder.path().display()), "")
}

#[test]
fn targets_that_are_refused() {
    let scene = Scene::new();
    assert_eq!(refused(&scene, "leads.csv"), "the output `leads.csv` is the input itself: name another file");
    assert_eq!(refused(&scene, "./leads.csv"), "the output `./leads.csv` is the input itself: name another file");
    assert_eq!(refused(&scene, "none/scored.csv"), "cannot write `none/scored.csv`: its folder does not exist");
    // what is written as CSV has commas, so it goes by no other name
    for name in ["scored.doc", "scored.txt", "scored.tsv", "scored.txt.gz", "scored"] {
        let told = format!(
            "cannot tell the format of `{name}` by its name; let it end in .csv, .ndjson, .parquet or .arrow, or give it with `--output-format`"
        );
        assert_eq!(refused(&scene, name), told);
    }
    fs::create_dir(scene.path("folder.csv")).unwrap();
    assert_eq!(refused(&scene, "folder.csv"), "`folder.csv` is no regular file");
    let rejects = scene.path("scored.csv");
    let scene = scene.with(|options| options.rejects = Some(rejects));
    assert_eq!(refused(&scene, "scored.csv"), "the output and the rejects are the same file `scored.csv`: name another for one of them");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_neither_followed_nor_replaced() {
    let scene = Scene::new();
    scene.write("precious.csv", "precious");
    std::os::unix::fs::symlink(scene.path("precious.csv"), scene.path("scored.csv")).unwrap();
    assert_eq!(refused(&scene, "scored.csv"), "`scored.csv` is a symbolic link; the output does not follow links: name the file itself");
    assert_eq!(scene.read("precious.csv"), "precious");
    assert!(fs::symlink_metadata(scene.path("scored.csv")).unwrap().is_symlink());
}

#[test]
fn an_old_output_stays_until_the_new_one_is_whole() {
    let scene = Scene::new();
    scene.write("scored.csv", "old");
    let input = scene.write("leads.csv", "lead_id,kind,sites\nL-1,clinic,1\nL-2,\"open\n");
    assert!(scene.score(&input, &scene.path("scored.csv")).is_err());
    assert_eq!(scene.read("scored.csv"), "old");
    assert_eq!(fs::read_dir(scene.folder.path()).unwrap().count(), 2);
    let (_, scored) = scene.score_csv(LEADS);
    assert!(scored.ends_with("L-1,20,20,cold,inquiry,,,\n"));
}

#[test]
fn a_run_without_output_still_reports() {
    let scene = Scene::new();
    let input = Input { place: Place::Path(scene.write("leads.csv", LEADS)), format: None };
    let mut steps = Vec::new();
    let report =
        batch::score(scene.policy.model(), scene.policy.program(), &scene.options, &input, &Output::Nowhere, &mut |step| steps.push(step))
            .unwrap();
    assert_eq!(report.rows_scored, 1);
    let last = steps.last().unwrap();
    assert_eq!((last.rows, last.bytes_read, last.bytes_total), (1, LEADS.len() as u64, Some(LEADS.len() as u64)));
    let fit = &report.numbers[0];
    assert_eq!((fit.output.as_str(), fit.known, fit.sum, fit.least, fit.greatest), ("fit", 1, 20, Some(20), Some(20)));
    assert_eq!(fit.bins.iter().position(|count| *count == 1), Some(4));
    assert_eq!((fit.bin_low(0), fit.bin_low(4), fit.bin_low(19)), (0, 20, 95));
}
