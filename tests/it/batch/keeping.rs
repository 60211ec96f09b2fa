//! Columns of the input in the output.

use leadwright::batch::Keep;

use super::scene::{ANSWERS, Scene};

#[test]
fn all_columns_come_out_unchanged_and_in_order() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let (_, scored) = scene.score_csv("campaign,lead_id,kind,sites,note\n\"a, b\",L-1, Clinic ,1,\"say \"\"hi\"\"\"\n,L-2,clinic,02,\n");
    assert_eq!(
        scored,
        format!(
            "campaign,lead_id,kind,sites,note,{ANSWERS}\n\
             \"a, b\",L-1, Clinic ,1,\"say \"\"hi\"\"\",20,20,cold,inquiry,,\n\
             ,L-2,clinic,02,,20,20,cold,inquiry,,\n"
        )
    );
}

#[test]
fn chosen_columns_stand_behind_the_key() {
    let scene = Scene::new().with(|options| options.keep = Keep::parse("NOTE, kind"));
    let (_, scored) = scene.score_csv("note,lead_id,kind,sites\nx,L-1,clinic,1\n");
    assert_eq!(scored, format!("lead_id,note,kind,{ANSWERS}\nL-1,x,clinic,20,20,cold,inquiry,,\n"));
}

#[test]
fn a_carried_column_makes_way_for_an_answer() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let (report, scored) = scene.score_csv("lead_id,kind,sites,Stage,fit,,\nL-1,clinic,1,mql,12,a,b\n");
    assert_eq!(scored.lines().next().unwrap(), format!("lead_id,kind,sites,input.Stage,input.fit,column 6,column 7,{ANSWERS}"));
    assert_eq!(scored.lines().nth(1).unwrap(), "L-1,clinic,1,mql,12,a,b,20,20,cold,lost,,");
    assert_eq!(report.binding.kept[3].name, "input.Stage");
}

#[test]
fn json_values_stand_as_they_stood() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let input = scene.write(
        "leads.ndjson",
        "{\"lead_id\": \"L-1\", \"kind\":\"clinic\",\"sites\" : 1.0,\"extra\":{\"a\":[1, 2]},\"big\":12345678901234567890.10}\n\
         {\"lead_id\":\"L-\\u0032\",\"kind\":\"clinic\",\"sites\":1,\"extra\":null,\"late\":true}\n",
    );
    let report = scene.score(&input, &scene.path("scored.ndjson")).unwrap();
    let tail = "\"fit\":20,\"fit.all\":20,\"status\":\"cold\",\"stage\":\"inquiry\",\"handover\":null,\"handover.owner\":null}";
    assert_eq!(
        scene.read("scored.ndjson"),
        format!(
            "{{\"lead_id\":\"L-1\",\"kind\":\"clinic\",\"sites\":1.0,\"extra\":{{\"a\":[1, 2]}},\"big\":12345678901234567890.10,\"late\":null,{tail}\n\
             {{\"lead_id\":\"L-\\u0032\",\"kind\":\"clinic\",\"sites\":1,\"extra\":null,\"big\":null,\"late\":true,{tail}\n"
        )
    );
    assert!(report.notes.is_empty());
    scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!(
        scene.read("scored.csv"),
        format!(
            "lead_id,kind,sites,extra,big,late,{ANSWERS}\n\
             L-1,clinic,1.0,\"{{\"\"a\"\":[1, 2]}}\",12345678901234567890.10,,20,20,cold,inquiry,,\n\
             L-2,clinic,1,,,true,20,20,cold,inquiry,,\n"
        )
    );
}

#[test]
fn formulas_are_guarded_only_on_demand() {
    let csv = "lead_id,kind,sites,note\n=1+1,clinic,1,-5\n+a,clinic,1,@x\nL-3,clinic,1,-5.5e\n";
    let scene = Scene::new().with(|options| options.keep = Keep::parse("note"));
    let (_, scored) = scene.score_csv(csv);
    assert!(scored.contains("\n=1+1,-5,20"), "{scored}");
    let scene = scene.with(|options| options.csv_formula_guard = true);
    let (_, scored) = scene.score_csv(csv);
    assert!(scored.contains("\n\"'=1+1\",-5,20"), "{scored}");
    assert!(scored.contains("\n\"'+a\",\"'@x\",20"), "{scored}");
    assert!(scored.contains("\nL-3,\"'-5.5e\",20"), "{scored}");
}

/// More than the beginning of the file is looked at would be too much to ask; what comes later is at least named.
#[test]
fn a_column_that_comes_late_is_reported_but_binds() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let mut text = String::new();
    for row in 0..30_000 {
        text.push_str(&format!("{{\"lead_id\":\"L-{row}\",\"kind\":\"clinic\",\"sites\":1}}\n"));
    }
    text.push_str("{\"lead_id\":\"last\",\"kind\":\"clinic\",\"sites\":1,\"beds\":900,\"campaign\":\"x\"}\n");
    let input = scene.write("leads.ndjson", &text);
    for threads in [1, 2] {
        let scene = Scene::new().with(|options| (options.keep, options.threads) = (Keep::All, threads));
        let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
        assert!(scene.read("scored.csv").ends_with("last,clinic,1,50,50,warm,inquiry,,\n"));
        assert_eq!(
            report.notes,
            [
                "the column `beds` first occurs in line 30001, when the columns of the output were fixed; it is left out",
                "the column `campaign` first occurs in line 30001, when the columns of the output were fixed; it is left out",
            ]
        );
    }
}
