//! `leadwright diff`: files, revisions of a repository, leads, conditions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{Commit, IndexAddOption, Repository, Signature};

use super::{AS_OF, Folder, LEADS, POLICY, Ran, command, example, run, run_command};

/// A repository with one commit for each list of files; no file stays that the last list does not name.
struct Repo {
    folder: Folder,
    repository: Repository,
}

impl Repo {
    fn new(commits: &[&[(&str, &str)]]) -> Repo {
        let folder = Folder::new(&[]);
        let repository = Repository::init(folder.path("")).unwrap();
        repository.set_head("refs/heads/main").unwrap();
        let repo = Repo { folder, repository };
        commits.iter().for_each(|files| repo.commit(files));
        repo
    }

    fn commit(&self, files: &[(&str, &str)]) {
        for (path, _) in self.files() {
            std::fs::remove_file(self.folder.path(&path)).unwrap();
        }
        self.write(files);
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], IndexAddOption::DEFAULT, None).unwrap();
        index.update_all(["*"], None).unwrap();
        index.write().unwrap();
        let tree = self.repository.find_tree(index.write_tree().unwrap()).unwrap();
        let author = Signature::now("tester", "tester@example.com").unwrap();
        let parent = self.repository.head().ok().map(|head| head.peel_to_commit().unwrap());
        let parents: Vec<&Commit> = parent.iter().collect();
        self.repository.commit(Some("HEAD"), &author, &author, "a change", &tree, &parents).unwrap();
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.folder.path(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    fn files(&self) -> Vec<(String, ())> {
        let index = self.repository.index().unwrap();
        index.iter().map(|entry| (String::from_utf8(entry.path.clone()).unwrap(), ())).collect()
    }

    fn diff(&self, arguments: &[&str]) -> Ran {
        self.diff_in("", arguments)
    }

    fn diff_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let mut all = vec!["diff"];
        all.extend(arguments);
        let mut command = command(&all);
        command.current_dir(self.folder.path(folder));
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        run_command(command, "")
    }
}

fn heavier() -> String {
    let changed = POLICY.replace("under 100 4", "under 100 3").replace("fit >= 60", "fit >= 65");
    assert_ne!(changed, POLICY);
    changed
}

const CHANGES: &str = "score fit\n  ~ band `under 100` of beds in section size: 4 → 3 points\n\ndecide status\n  ~ row 2 (hot): threshold of fit 60 → 65\n\n2 changes in 2 items\n";

#[test]
fn two_files() {
    let folder = Folder::new(&[
        ("old.lead", POLICY),
        ("new.lead", &heavier()),
        ("same.lead", &format!("# a remark\n{}", POLICY.replace("  ", " "))),
    ]);
    let (old, new, same) = (folder.name("old.lead"), folder.name("new.lead"), folder.name("same.lead"));
    let ran = run(&["diff", &old, &new]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, CHANGES, ""));
    assert_eq!(run(&["diff", &old, &new, "--exit-code"]).code, 1);
    let ran = run(&["diff", &old, &same, "--exit-code"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "no change that means anything\n"));
}

#[test]
fn changes_as_json() {
    let folder = Folder::new(&[("old.lead", POLICY), ("new.lead", &heavier())]);
    let ran = run(&["diff", &folder.name("old.lead"), &folder.name("new.lead"), "--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["different"], true);
    let change = &json["policies"][0]["items"][1]["changes"][0];
    assert_eq!((&change["part"], &change["old"], &change["new"]), (&"row 2 (hot)".into(), &"60".into(), &"65".into()));
    assert_eq!(change["sentence"], "row 2 (hot): threshold of fit 60 → 65");
}

#[test]
fn revisions_the_work_tree_and_the_point_where_branches_parted() {
    let repo = Repo::new(&[&[("policies/clinic.lead", POLICY)], &[("policies/clinic.lead", &heavier())]]);
    for words in [
        &["HEAD~1..HEAD", "--", "policies/"][..],
        &["HEAD~1", "HEAD"],
        &["HEAD~1..", "policies/clinic.lead"],
        &["HEAD~1", "--", "policies"],
    ] {
        let ran = repo.diff(words);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, CHANGES, ""), "{words:?}");
    }
    assert_eq!(repo.diff_in("policies", &["HEAD~1", "--", "clinic.lead"]).out, CHANGES);
    assert_eq!(repo.diff(&["HEAD~1:policies/clinic.lead", "policies/clinic.lead"]).out, CHANGES);
    assert_eq!(repo.diff(&["HEAD"]).out, "no change that means anything\n");
    // a change that is not committed yet
    repo.write(&[("policies/clinic.lead", POLICY)]);
    assert!(repo.diff(&["HEAD"]).out.contains("3 → 4 points"));
    assert!(repo.diff(&[]).out.contains("3 → 4 points"));
    // a branch sees nothing of what happened on the other since
    let first = repo.repository.revparse_single("HEAD~1").unwrap().peel_to_commit().unwrap();
    repo.repository.branch("feature", &first, false).unwrap();
    assert_eq!(repo.diff(&["main...feature"]).out, "no change that means anything\n");
    assert_eq!(repo.diff(&["feature...main"]).out, CHANGES);
    assert!(repo.diff(&["main..feature"]).out.contains("3 → 4 points"));
}

#[test]
fn used_files_and_tables_are_those_of_the_revision() {
    let entry = "leadwright 1\npolicy p { }\nuse \"parts/lead.lead\"\n";
    let part = "leadwright 1\nlead { id text key  state text optional }\ntable areas from \"areas.csv\" { state text key  size whole }\n";
    let files = |rows: &'static str, part: &'static str| [("p/p.lead", entry), ("p/parts/lead.lead", part), ("p/areas.csv", rows)];
    let repo = Repo::new(&[
        &files("state,size\nOH,4\nNY,5\n", part),
        &files(
            "state,size\nNY,6\nOH,4\nAK,1\n",
            "leadwright 1\nlead { id text key  state text }\ntable areas from \"areas.csv\" { state text key  size whole }\n",
        ),
    ]);
    let ran = repo.diff(&["HEAD~1..HEAD"]);
    let expected = "lead\n  ~ field state: no longer optional\n\ntable areas\n  ~ size of row `NY`: 5 → 6\n  + row `AK`: added: `AK, 1`\n\n3 changes in 2 items\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
}

#[test]
fn several_policies_new_ones_gone_ones_and_renamed_files() {
    let other = |name: &str| POLICY.replace("policy clinic", &format!("policy {name}"));
    let repo = Repo::new(&[
        &[("a/clinic.lead", POLICY), ("b/stays.lead", &other("stays")), ("b/gone.lead", &other("gone"))],
        &[
            ("c/renamed.lead", &heavier()),
            ("b/stays.lead", &other("stays")),
            ("b/fresh.lead", &other("fresh")),
            ("b/notes.lead", "leadwright 1\n"),
        ],
    ]);
    let ran = repo.diff(&["HEAD~1..HEAD"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "policy clinic (c/renamed.lead)\nits first file was `a/clinic.lead`, and is `c/renamed.lead`",
        "under 100",
        "policy stays (b/stays.lead)\nno change that means anything",
        "the policy fresh is new: `b/fresh.lead`",
        "the policy gone is gone: `b/gone.lead`",
    ] {
        assert!(ran.out.contains(part), "{part}:\n{}", ran.out);
    }
    assert!(!ran.out.contains("notes"), "{}", ran.out);
    assert_eq!(repo.diff(&["HEAD~1..HEAD", "--exit-code", "--", "b/stays.lead"]).code, 0);
    let met = repo.diff(&["HEAD~1..HEAD", "--fail-on", "removed-policy"]);
    assert_eq!(met.code, 1);
    assert!(met.out.contains("`removed-policy`: gone is gone"), "{}", met.out);
    let leads = repo.diff(&["HEAD~1..HEAD", "--leads", "none.csv"]);
    assert!(leads.sentence().starts_with("`--leads` are those of one policy, and both versions have several"), "{leads:?}");
}

#[test]
fn wrong_words_are_one_sentence() {
    let repo = Repo::new(&[&[("clinic.lead", POLICY), ("notes.txt", ""), ("leads.csv", LEADS)]]);
    for (words, part) in [
        (&["HEAD~9..HEAD"][..], "the repository has no revision `HEAD~9`"),
        (&["nothing"], "`nothing` is neither a revision of the repository nor a file or folder"),
        (&["HEAD", "--", "gone/"], "there is no `gone` in HEAD or in the work tree"),
        (&["HEAD", "--", "../else"], "lies outside the repository"),
        (&["HEAD", "HEAD", "HEAD"], "is one too many"),
        (&["clinic.lead", "notes.txt"], "`notes.txt` is not a policy"),
        (
            &["HEAD", "--", "leads.csv"],
            "`leads.csv` is not a policy: that is a folder, or a file whose name ends in `.lead`; a file of leads",
        ),
        (&["HEAD", "leads.csv"], "a file of leads stands behind `--leads`"),
        (&["HEAD:leads.csv", "clinic.lead"], "`leads.csv` is not a policy"),
        (&["HEAD", "--fail-on", "anny"], "did you mean `any`?"),
        (&["HEAD", "--fail-on", "lost-rout"], "did you mean `lost-route`?"),
        (&["HEAD", "--fail-on", "lost-route"], "name a file of them with `--leads`"),
        (&["HEAD", "--as-of", "2026-01-01"], "`--as-of` is about leads"),
    ] {
        let ran = repo.diff(words);
        assert!(ran.sentence().contains(part), "{words:?}: {ran:?}");
    }
    let empty = Repo::new(&[]);
    assert_eq!(empty.diff(&["HEAD"]).sentence(), "the repository has no commit yet");
    let folder = Folder::new(&[("clinic.lead", POLICY)]);
    let mut outside = command(&["diff", "HEAD~1..HEAD"]);
    outside.current_dir(folder.path("")).env("GIT_CEILING_DIRECTORIES", folder.path("").parent().unwrap());
    assert!(run_command(outside, "").sentence().contains("no git repository here"));
}

#[test]
fn a_path_of_a_revision_is_that_file_or_none() {
    let heavier = heavier();
    let (before, after) = (&[("p/clinic.lead", POLICY), ("p/gone.lead", POLICY)][..], &[("p/clinic.lead", heavier.as_str())][..]);
    let repo = Repo::new(&[before, after]);
    for (words, sentence) in [
        (["HEAD~1:p/clinic.lead", "HEAD:nowhere.lead"], "`nowhere.lead` is not in HEAD"),
        (["HEAD:p/clinic.lead", "HEAD:p/clinc.lead"], "`p/clinc.lead` is not in HEAD"),
        (["HEAD~1:p/clinc.lead", "HEAD:p/clinic.lead"], "`p/clinc.lead` is not in HEAD~1"),
        (["HEAD~1:p/gone.lead", "HEAD:p/gone.lead"], "`p/gone.lead` is not in HEAD"),
        (["HEAD~1:q", "HEAD:p"], "`q` is not in HEAD~1"),
        (["HEAD~1:p", "HEAD:p/.."], "no change"),
        (["HEAD:p/clinic.lead", "HEAD:../clinic.lead"], "`../clinic.lead` lies outside the repository"),
    ] {
        let ran = repo.diff(&words);
        if sentence == "no change" {
            assert!(ran.code == 0, "{words:?}: {ran:?}");
        } else {
            assert_eq!((ran.code, ran.sentence()), (2, sentence), "{words:?}");
        }
    }
    // as git reads it: from the current folder behind `./`, from the top without
    for words in [
        ["HEAD~1:./clinic.lead", "HEAD:p/clinic.lead"],
        ["HEAD~1:../p/clinic.lead", "clinic.lead"],
        ["HEAD~1:p//clinic.lead", "HEAD:./clinic.lead"],
    ] {
        assert_eq!(repo.diff_in("p", &words).out, CHANGES, "{words:?}");
    }
    assert_eq!(repo.diff_in("p", &["HEAD~1:clinic.lead", "clinic.lead"]).sentence(), "`clinic.lead` is not in HEAD~1");
}

#[test]
fn a_version_with_mistakes_shows_them_and_is_not_compared() {
    let broken = POLICY.replace("site 40%", "site 30%");
    let folder = Folder::new(&[("old.lead", POLICY), ("new.lead", &broken)]);
    let ran = run(&["diff", &folder.name("old.lead"), &folder.name("new.lead")]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "the policy clinic was not compared: it has mistakes\n"));
    assert!(ran.err.contains("error[E0401]") && ran.err.contains("has mistakes in "), "{}", ran.err);
}

#[test]
fn mistakes_stand_under_the_paths_that_every_report_has() {
    let broken = POLICY.replace("site 40%", "site 30%");
    let repo = Repo::new(&[&[("a/b/clinic.lead", POLICY)], &[("a/b/clinic.lead", &broken)]]);
    repo.write(&[("a/b/old.lead", POLICY)]);
    for (folder, words) in [
        ("", &["HEAD~1..HEAD"][..]),
        ("a", &["HEAD~1", "--", "b"]),
        ("a/b", &["HEAD~1:./clinic.lead", "HEAD:a/b/clinic.lead"]),
        ("a/b", &["old.lead", "clinic.lead"]),
        ("a", &["b/old.lead", "b/clinic.lead"]),
        ("", &["HEAD~1:a/b/clinic.lead", "a/b/clinic.lead"]),
    ] {
        let ran = repo.diff_in(folder, words);
        assert_eq!(ran.code, 1, "{words:?}: {ran:?}");
        assert!(ran.err.contains("─[a/b/clinic.lead:") && ran.err.contains("the policy `a/b/clinic.lead` has"), "{words:?}: {}", ran.err);
    }
    let json = repo.diff_in("a", &["b/old.lead", "b/old.lead", "--output", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["policies"][0]["new_path"], "a/b/old.lead");
}

#[test]
fn mistakes_of_tests_alone_are_warned_of() {
    let broken = heavier().replace("status hot", "status hottest");
    assert_ne!(broken, heavier());
    let unreadable = heavier().replace("test \"a large hospital is hot\" {", "test \"a large hospital is hot\" { {");
    assert_ne!(unreadable, heavier());
    let folder = Folder::new(&[("old.lead", POLICY), ("new.lead", &broken), ("unreadable.lead", &unreadable), ("leads.csv", LEADS)]);
    for new in ["new.lead", "unreadable.lead"] {
        for (old, new) in [("old.lead", new), (new, "old.lead")] {
            let ran = run(&["diff", &folder.name(old), &folder.name(new), "--leads", &folder.name("leads.csv"), AS_OF]);
            assert_eq!(ran.code, 0, "{old} {new}: {ran:?}");
            assert!(ran.out.contains("threshold of fit") && ran.out.contains("4 of 6 leads"), "{old} {new}: {}", ran.out);
            assert!(ran.out.contains("its tests have mistakes, so tests and claims were not compared"), "{}", ran.out);
            assert!(!ran.out.contains("test \""), "{}", ran.out);
            assert!(ran.err.contains("error[") && ran.err.contains("warning: the tests of the policy"), "{}", ran.err);
        }
    }
    let ran = run(&["diff", &folder.name("old.lead"), &folder.name("new.lead"), "--fail-on", "new-mistake", "--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &json["policies"][0]["tests_left_out"]), (1, &true.into()));
}

#[test]
fn files_that_git_keeps_although_it_ignores_them_are_there() {
    let repo = Repo::new(&[&[("policies/clinic.lead", POLICY), ("old/kept.lead", &POLICY.replace("policy clinic", "policy kept"))]]);
    repo.write(&[
        (".gitignore", "*.lead\nold/\n"),
        ("policies/clinic.lead", &heavier()),
        ("policies/fresh.lead", &POLICY.replace("policy clinic", "policy fresh")),
        ("old/fresh.lead", &POLICY.replace("policy clinic", "policy fresh")),
    ]);
    let ran = repo.diff(&["HEAD", "--", "policies"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, CHANGES, ""));
    let ran = repo.diff(&["HEAD"]);
    assert!(!ran.out.contains("gone") && !ran.out.contains("fresh"), "{}", ran.out);
}

#[test]
fn symbolic_links_of_a_commit_stay_inside() {
    let entry = "leadwright 1\npolicy p { }\nuse \"lead.lead\"\n";
    let lead = "leadwright 1\nlead { id text key }\n";
    let repo = Repo::new(&[&[("p/p.lead", entry), ("p/real/lead.lead", lead), ("secret.lead", lead)]]);
    let link = |target: &str| {
        std::os::unix::fs::symlink(target, repo.folder.path("p/lead.lead")).unwrap();
        let mut index = repo.repository.index().unwrap();
        index.add_path(Path::new("p/lead.lead")).unwrap();
        let tree = repo.repository.find_tree(index.write_tree().unwrap()).unwrap();
        let author = Signature::now("tester", "tester@example.com").unwrap();
        let parent = repo.repository.head().unwrap().peel_to_commit().unwrap();
        repo.repository.commit(Some("HEAD"), &author, &author, "a link", &tree, &[&parent]).unwrap();
        std::fs::remove_file(repo.folder.path("p/lead.lead")).unwrap();
    };
    link("real/lead.lead");
    assert_eq!(repo.diff(&["HEAD..HEAD"]).out, "no change that means anything\n");
    link("../secret.lead");
    let ran = repo.diff(&["HEAD..HEAD"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("outside the policy's root"), "{}", ran.err);
}

// --- leads ------------------------------------------------------------------------------------------------------------

/// Medbank with changes that move many leads, drop a route, tighten a field and add a decide.
fn changed_medbank() -> Folder {
    let files: Vec<(String, String)> =
        ["medbank", "lead", "facts", "scores", "stages", "routes", "clocks", "common/teams", "common/signals", "standards/global"]
            .iter()
            .map(|name| (format!("medbank/{name}.lead"), std::fs::read_to_string(example(&format!("{name}.lead"))).unwrap()))
            .collect();
    let mut files: BTreeMap<String, String> = files.into_iter().collect();
    let mut edit = |name: &str, from: &str, to: &str| {
        let text = files.get_mut(&format!("medbank/{name}.lead")).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
    };
    edit("medbank", "use \"tests.lead\"", "# use \"tests.lead\"");
    edit("scores", "500 or more          10", "500 or more           4");
    edit("scores", "under 100             1", "under 100             3");
    edit("scores", "+40  when asked_for_rep", "+30  when asked_for_rep");
    edit("lead", "0..50_000", "0..900");
    edit("routes", "route service_desk", "route service_line");
    edit("routes", "partner_desk                 when partner_owned", "inside                       when partner_owned");
    for csv in ["territories.csv", "named_accounts.csv"] {
        files.insert(format!("medbank/{csv}"), std::fs::read_to_string(example(csv)).unwrap());
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Folder::new(&files)
}

/// A scored file by the leads' keys.
fn scored(policy: &str, leads: &str, folder: &Folder) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
    let out = folder.name("scored.csv");
    let ran = run(&["score", policy, leads, "--signals", &example("signals.csv"), AS_OF, "-o", &out, "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut reader = csv::Reader::from_path(out).unwrap();
    let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    (names, rows.map(|row| (row[0].clone(), row)).collect())
}

/// What the two scored files say of an answer, counted by hand.
fn cells(
    before: &(Vec<String>, BTreeMap<String, Vec<String>>),
    after: &(Vec<String>, BTreeMap<String, Vec<String>>),
    output: &str,
) -> BTreeMap<(String, String), u64> {
    let place = |names: &[String]| names.iter().position(|name| name == output).unwrap();
    let (old, new) = (place(&before.0), place(&after.0));
    let mut counts = BTreeMap::new();
    for (key, row) in &before.1 {
        if let Some(other) = after.1.get(key) {
            *counts.entry((row[old].clone(), other[new].clone())).or_default() += 1;
        }
    }
    counts
}

#[test]
fn the_impact_is_that_of_two_scored_files() {
    let folder = changed_medbank();
    let new_policy = folder.name("medbank");
    let before = scored(&example(""), &example("leads.csv"), &folder);
    let after = scored(&new_policy, &example("leads.csv"), &folder);
    let arguments = |leads: &str, threads: &str| -> Vec<String> {
        let words = ["diff", &example(""), &new_policy, "--leads", leads, AS_OF, "--output", "json", "--threads", threads, "--signals"];
        words.iter().map(|word| (*word).to_owned()).chain([example("signals.csv")]).collect()
    };
    let ran = |leads: &str, threads: &str| {
        let words = arguments(leads, threads);
        let ran = run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    let out = ran(&example("leads.csv"), "1");
    assert_eq!(ran(&example("leads.csv"), "3"), out);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let impact = &json["policies"][0]["impact"];

    // rows
    let rows = csv::Reader::from_path(example("leads.csv")).unwrap().records().count() as u64;
    let both = before.1.keys().filter(|key| after.1.contains_key(*key)).count() as u64;
    let number = |name: &str| impact[name].as_u64().unwrap();
    assert_eq!((number("rows_in"), number("rows_compared")), (rows, both));
    assert_eq!(number("rows_rejected_new_only"), before.1.len() as u64 - both);
    assert_eq!(number("rows_rejected_old_only"), after.1.len() as u64 - both);
    assert!(number("rows_rejected_new_only") > 0);
    assert_eq!(rows, both + number("rows_rejected_new_only") + number("rows_rejected_old_only") + number("rows_rejected_both"));

    // choices
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut compared = 0;
    for choice in impact["choices"].as_array().unwrap() {
        let output = text(&choice["output"]);
        let found: BTreeMap<(String, String), u64> = choice["cells"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cell| ((text(&cell["before"]), text(&cell["after"])), cell["leads"].as_u64().unwrap()))
            .collect();
        let expected = cells(&before, &after, &output);
        assert_eq!(found, expected, "{output}");
        let changed: u64 = expected.iter().filter(|((before, after), _)| before != after).map(|(_, leads)| leads).sum();
        assert_eq!(choice["changed"], changed, "{output}");
        compared += 1;
    }
    assert!(compared >= 6, "only {compared} choices");

    // numbers
    let hundredths = |text: &str| -> Option<i64> {
        if text.is_empty() {
            return None;
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        Some(whole.parse::<i64>().unwrap() * 10_000 + sign * format!("{fraction:0<4}").parse::<i64>().unwrap())
    };
    for summary in impact["numbers"].as_array().unwrap() {
        let output = text(&summary["output"]);
        let (mut up, mut down, mut same, mut sum, mut farthest) = (0, 0, 0, 0, 0);
        let mut steps = [0_u64; 6];
        for ((old, new), leads) in cells(&before, &after, &output) {
            let (Some(old), Some(new)) = (hundredths(&old), hundredths(&new)) else { continue };
            let by = new - old;
            sum += by * leads as i64;
            *(if by > 0 {
                &mut up
            } else if by < 0 {
                &mut down
            } else {
                &mut same
            }) += leads;
            farthest = farthest.max(by);
            if by > 0 {
                let step = [1, 5, 10, 25, 50].iter().position(|step| by <= step * 10_000).unwrap_or(5);
                steps[step] += leads;
            }
        }
        assert_eq!((&summary["up"], &summary["down"], &summary["same"]), (&up.into(), &down.into(), &same.into()), "{output}");
        assert_eq!(hundredths(&text(&summary["sum"])), Some(sum), "{output}");
        let found = summary["largest_up"]["by"].as_str().and_then(hundredths).unwrap_or(0);
        assert_eq!(found, farthest, "{output}");
        let found: Vec<u64> = summary["steps"].as_array().unwrap().iter().map(|step| step["up"].as_u64().unwrap()).collect();
        assert_eq!(found, steps, "{output}");
    }

    // a route of one version alone, and who lost a queue
    let column = |side: &(Vec<String>, BTreeMap<String, Vec<String>>), name: &str| side.0.iter().position(|column| column == name).unwrap();
    let (desk, handover) = (column(&before, "service_desk"), column(&before, "handover"));
    let new_handover = column(&after, "handover");
    let lost = before.1.iter().filter(|(key, row)| {
        after.1.get(*key).is_some_and(|other| !row[desk].is_empty() || (!row[handover].is_empty() && other[new_handover].is_empty()))
    });
    assert_eq!(number("leads_lost_route"), lost.count() as u64);
    let old_only: Vec<String> = impact["old_only"].as_array().unwrap().iter().map(|single| text(&single["output"])).collect();
    assert_eq!(old_only, ["service_desk", "service_desk.owner"]);
    let load = |name: &str| impact["queues"].as_array().unwrap().iter().find(|load| load["name"] == name).unwrap().clone();
    let count = |side: &(Vec<String>, BTreeMap<String, Vec<String>>), columns: &[usize], name: &str| {
        let common = side.1.iter().filter(|(key, _)| before.1.contains_key(*key) && after.1.contains_key(*key));
        common.map(|(_, row)| columns.iter().filter(|column| row[**column] == name).count() as u64).sum::<u64>()
    };
    let line = column(&after, "service_line");
    for name in ["inside", "service", "partner_desk", "field_south"] {
        let expected = (count(&before, &[desk, handover], name), count(&after, &[line, new_handover], name));
        assert_eq!((load(name)["before"].as_u64().unwrap(), load(name)["after"].as_u64().unwrap()), expected, "{name}");
    }

    // the leads that move most: no other lead moved farther
    let movers = impact["movers"].as_array().unwrap();
    assert_eq!(movers.len(), 10);
    let scores = ["readiness", "urgency", "fit"].map(|name| (column(&before, name), column(&after, name)));
    let distance = |key: &str| {
        let (old, new) = (&before.1[key], &after.1[key]);
        scores.iter().filter_map(|(one, other)| Some((hundredths(&new[*other])? - hundredths(&old[*one])?).abs())).max().unwrap_or(0)
    };
    let mut all: Vec<i64> = before.1.keys().filter(|key| after.1.contains_key(*key)).map(|key| distance(key)).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let found: Vec<i64> = movers.iter().map(|mover| distance(&text(&mover["key"]))).collect();
    assert_eq!(found, all[..10]);

    // arrays are read by both versions, each its own columns; what a CSV file gives they give too
    let arrays = folder.name("leads.parquet");
    let kept = run(&["score", &example(""), &example("leads.csv"), AS_OF, "--keep", "all", "--on-bad-row", "missing", "-o", &arrays, "-q"]);
    assert_eq!(kept.code, 0, "{kept:?}");
    let text_file = folder.name("kept.csv");
    assert_eq!(
        run(&["score", &example(""), &example("leads.csv"), AS_OF, "--keep", "all", "--on-bad-row", "missing", "-o", &text_file, "-q"])
            .code,
        0
    );
    let lines = |out: String| -> serde_json::Value {
        let mut json: serde_json::Value = serde_json::from_str(&out).unwrap();
        let mut impact = json["policies"][0]["impact"].take();
        // places are lines in the one and rows in the other
        for list in ["movers", "rejected", "numbers"] {
            impact[list].take();
        }
        impact
    };
    assert_eq!(lines(ran(&arrays, "2")), lines(ran(&text_file, "2")));
}

#[test]
fn conditions_that_are_met_are_named() {
    let folder = Folder::new(&[("old.lead", POLICY), ("new.lead", &heavier()), ("leads.csv", LEADS)]);
    let (old, new, leads) = (folder.name("old.lead"), folder.name("new.lead"), folder.name("leads.csv"));
    let diff = |conditions: &str| run(&["diff", &old, &new, "--leads", &leads, AS_OF, "--fail-on", conditions]);
    let ran = diff("any,lost-route,>0% lead change");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("`any`: clinic differs"), "{}", ran.out);
    // with and without `change`
    let (short, long) = (diff("status"), diff("status change"));
    assert_eq!((short.code, short.out.replace("`status`", "`status change`")), (long.code, long.out));
    assert!(diff("statu").sentence().contains("neither version gives an answer `statu`; did you mean `status`?"));
    let ran = diff("new-mistake,removed-policy,>99% owner change");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(diff(">1% statu change").sentence().contains("did you mean `status`?"));
    let piped = command(&["diff", &old, &new, "--leads", "-", "--format", "csv", AS_OF, "--fail-on", "new-mistake"]);
    let piped = run_command(piped, LEADS);
    assert_eq!((piped.code, piped.out), (0, diff("new-mistake").out));
    let markdown = run(&["diff", &old, &new, "--leads", &leads, AS_OF, "--fail-on", "any", "--output", "markdown"]);
    assert_eq!(markdown.code, 1);
    assert!(markdown.err.contains("condition met: `any`"), "{}", markdown.err);
}

#[test]
fn markdown_is_harmless() {
    let hostile = POLICY.replace("because \"Just met\"", "because \"<img src=x> | @team [x](http://e.example) `code` **b**\"");
    let folder = Folder::new(&[("old.lead", POLICY), ("new.lead", &hostile)]);
    let ran = run(&["diff", &folder.name("old.lead"), &folder.name("new.lead"), "--output", "markdown"]);
    assert_eq!(ran.code, 0);
    let line = ran.out.lines().find(|line| line.contains("Just met")).unwrap();
    for part in ["<img", "@team", "](http", "**b**", "http://"] {
        assert!(!line.contains(part), "{part}: {line}");
    }
}

/// Names and texts with backquotes are one piece of code each, and none is left that could begin another.
#[test]
fn backquotes_of_a_policy_are_its_own() {
    let hostile = POLICY.replace("because \"Just met\"", "because \"a` <b> `c\"").replace("policy clinic", "policy `missing`");
    let folder = Folder::new(&[("old.lead", POLICY), ("new.lead", &hostile)]);
    let (old, new) = (folder.name("old.lead"), folder.name("new.lead"));
    let ran = run(&["diff", &old, &new, "--output", "markdown"]);
    assert!(!ran.out.contains('`') && !ran.out.contains("<b>"), "{}", ran.out);
    assert!(ran.out.contains("→ <code>&#34;a&#96; &#60;b&#62; &#96;c&#34;</code>_ (words only)"), "{}", ran.out);
    assert!(ran.out.contains("is now <code>&#96;missing&#96;</code>"), "{}", ran.out);
    let ran = run(&["diff", &old, &new]);
    assert!(ran.out.contains("→ `` \"a` <b> `c\" ``") && ran.out.contains("is now `` `missing` ``"), "{}", ran.out);
}

#[test]
fn json_is_what_the_schema_says() {
    fn keys(value: &serde_json::Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(members) if !path.ends_with("leads_changed_by_kind") => {
                for (key, member) in members {
                    found.insert(format!("{path}.{key}"));
                    keys(member, &format!("{path}.{key}"), found);
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, path, found)),
            _ => {}
        }
    }
    fn known(schema: &serde_json::Value, here: &serde_json::Value, path: &str, found: &mut BTreeSet<String>) {
        if let Some(reference) = here["$ref"].as_str() {
            known(schema, schema.pointer(reference.trim_start_matches('#')).unwrap(), path, found);
        }
        here["anyOf"].as_array().into_iter().flatten().for_each(|part| known(schema, part, path, found));
        for (key, property) in here["properties"].as_object().into_iter().flatten() {
            found.insert(format!("{path}.{key}"));
            known(schema, property, &format!("{path}.{key}"), found);
        }
        if here["items"].is_object() {
            known(schema, &here["items"], path, found);
        }
    }
    let folder = changed_medbank();
    let words =
        ["diff", &example(""), &folder.name("medbank"), "--leads", &example("leads.csv"), AS_OF, "--output", "json", "--fail-on", "any"];
    let ran = run(&words);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let mut found = BTreeSet::new();
    keys(&serde_json::from_str(&ran.out).unwrap(), "", &mut found);
    let small = Folder::new(&[("old.lead", POLICY), ("new.lead", &heavier())]);
    let proved = run(&["diff", "--prove", &small.name("old.lead"), &small.name("new.lead"), "--output", "json"]);
    assert_eq!(proved.code, 1, "{}", proved.err);
    keys(&serde_json::from_str(&proved.out).unwrap(), "", &mut found);
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/diff.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut expected = BTreeSet::new();
    known(&schema, &schema, "", &mut expected);
    assert_eq!(found, expected);
}

#[test]
fn a_bare_repository_has_revisions_alone() {
    let repo = Repo::new(&[&[("p/clinic.lead", POLICY)], &[("p/clinic.lead", &heavier())]]);
    repo.repository.config().unwrap().set_bool("core.bare", true).unwrap();
    std::fs::rename(repo.folder.path(".git"), repo.folder.path("bare.git")).unwrap();
    assert_eq!(repo.diff_in("bare.git", &["HEAD~1..HEAD", "--", "p"]).out, CHANGES);
    assert!(repo.diff_in("bare.git", &["HEAD"]).sentence().contains("has no work tree: name two revisions"));
}

#[test]
fn a_repository_that_cannot_be_read_says_why_and_what_to_do() {
    let config = |setting: &str| {
        let repo = Repo::new(&[&[("clinic.lead", POLICY)]]);
        let path = repo.folder.path(".git/config");
        let text = std::fs::read_to_string(&path).unwrap().replace("repositoryformatversion = 0", "repositoryformatversion = 1");
        std::fs::write(path, text + setting).unwrap();
        repo
    };
    for (setting, what) in [
        ("[extensions]\n\trefstorage = reftable\n", "keeps its branches as a reftable"),
        ("[extensions]\n\tobjectformat = sha256\n", "names its objects by SHA-256"),
    ] {
        let repo = config(setting);
        for words in [&["HEAD"][..], &["HEAD", "--", "clinic.lead"], &["HEAD:clinic.lead", "clinic.lead"], &[], &["clinic.lead"]] {
            let ran = repo.diff(words);
            assert!(ran.sentence().contains(what) && ran.sentence().contains("`git worktree add ../old REVISION`"), "{words:?}: {ran:?}");
        }
        // two files need no repository
        assert_eq!(repo.diff(&["clinic.lead", "clinic.lead"]).code, 0);
    }
}

/// Only who may give files away can try it.
#[cfg(unix)]
#[test]
fn a_repository_of_another_user_is_named_as_such() {
    use std::os::unix::fs::chown;
    let repo = Repo::new(&[&[("clinic.lead", POLICY)]]);
    let given = [".git", ""].iter().all(|path| chown(repo.folder.path(path), Some(65_534), None).is_ok());
    if !given {
        eprintln!("skipped: this user cannot give files away");
        return;
    }
    for words in [&["HEAD"][..], &["HEAD", "--", "clinic.lead"]] {
        let ran = repo.diff(words);
        let sentence = ran.sentence();
        assert!(
            sentence.contains("belongs to another user") && sentence.contains("git config --global --add safe.directory /"),
            "{sentence}"
        );
    }
}

/// What git takes for trust: its settings in the environment, `DIR/*`, and a repository that is named outright.
#[cfg(unix)]
#[test]
fn a_repository_of_another_user_is_read_where_git_trusts_it() {
    use std::os::unix::fs::chown;
    let repo = Repo::new(&[&[("p/clinic.lead", POLICY)]]);
    let given = [".git", ""].iter().all(|path| chown(repo.folder.path(path), Some(65_534), None).is_ok());
    if !given {
        eprintln!("skipped: this user cannot give files away");
        return;
    }
    repo.write(&[("p/clinic.lead", &heavier())]);
    let root = repo.folder.path("");
    let home = tempfile::tempdir().unwrap();
    let above = format!("{}/*", root.parent().unwrap().display());
    let diff = |environment: &[(&str, &str)], config: &str| {
        std::fs::write(home.path().join(".gitconfig"), config).unwrap();
        let mut command = command(&["diff", "HEAD", "--", "p"]);
        command.current_dir(&root).env("HOME", home.path()).env_remove("XDG_CONFIG_HOME");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT"] {
            command.env_remove(name);
        }
        command.envs(environment.iter().copied());
        run_command(command, "")
    };
    let count = ("GIT_CONFIG_COUNT", "1");
    let directory = |value| [count, ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", value)];
    let own = root.display().to_string();
    for (environment, config) in [
        (&directory(&own)[..], String::new()),
        (&directory("*")[..], String::new()),
        (&directory(&above)[..], String::new()),
        (&[][..], format!("[safe]\n\tdirectory = {above}\n")),
        (&[("GIT_DIR", ".git")][..], String::new()),
    ] {
        let ran = diff(environment, &config);
        assert_eq!((ran.code, ran.out.as_str()), (0, CHANGES), "{environment:?} {config}: {}", ran.err);
    }
    for (environment, config) in [
        (&directory("/somewhere/*")[..], String::new()),
        (&directory("")[..], format!("[safe]\n\tdirectory = {above}\n")),
        (&[count, ("GIT_CONFIG_KEY_0", "safe.bareRepository"), ("GIT_CONFIG_VALUE_0", "*")][..], String::new()),
    ] {
        assert!(diff(environment, &config).sentence().contains("belongs to another user"), "{environment:?} {config}");
    }
}

#[test]
fn a_part_of_a_policy_is_not_compared_by_itself() {
    let policy = format!("{POLICY}use \"common/t.lead\"\n");
    let repo = Repo::new(&[&[("clinic.lead", &policy), ("common/t.lead", "leadwright 1\nteam other\n")]]);
    repo.write(&[("common/t.lead", "leadwright 1\nteam another\n")]);
    for words in [&["HEAD", "--", "common/t.lead"][..], &["HEAD:common/t.lead", "common/t.lead"]] {
        let ran = repo.diff(words);
        assert!(ran.sentence().contains("t.lead` is no policy but a part of one: name the policy that uses it"), "{ran:?}");
    }
    assert!(repo.diff(&["HEAD"]).out.contains("team another"));
}

#[test]
fn a_policy_that_lost_its_header_is_not_gone() {
    let repo = Repo::new(&[&[("a/clinic.lead", POLICY), ("b/other.lead", &POLICY.replace("policy clinic", "policy other"))]]);
    repo.write(&[("a/clinic.lead", &POLICY.replace("policy clinic", "polcy clinic"))]);
    let ran = repo.diff(&["HEAD"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("no item begins with `polcy`") && !ran.out.contains("is gone"), "{ran:?}");
}
