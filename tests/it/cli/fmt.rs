//! `leadwright fmt`: files, folders, streams, and what it never does.

use super::{Folder, command, run, run_command};

const MESSY: &str = "leadwright 1\nlet   a=beds>=5\n";
const NEAT: &str = "leadwright 1\nlet a = beds >= 5\n";

fn text(folder: &Folder, name: &str) -> String {
    String::from_utf8(std::fs::read(folder.path(name)).unwrap()).unwrap()
}

#[test]
fn files_and_folders_are_written_in_their_form() {
    let folder = Folder::new(&[
        ("p/a.lead", MESSY),
        ("p/deep/b.lead", NEAT),
        ("p/deep/c.txt", MESSY),
        ("p/.hidden/d.lead", MESSY),
        ("q/named.policy", MESSY),
    ]);
    let ran = run(&["fmt", &folder.name("p"), &folder.name("p/a.lead"), &folder.name("q/named.policy")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(ran.out.ends_with("2 files formatted; 1 file left as it is\n"), "{}", ran.out);
    assert_eq!(text(&folder, "p/a.lead"), NEAT);
    assert_eq!(text(&folder, "p/deep/b.lead"), NEAT);
    assert_eq!(text(&folder, "p/deep/c.txt"), MESSY, "not a policy file");
    assert_eq!(text(&folder, "p/.hidden/d.lead"), MESSY, "hidden folders are not entered");
    assert_eq!(text(&folder, "q/named.policy"), NEAT, "what is named is formatted");
    assert_eq!(std::fs::read_dir(folder.path("p")).unwrap().count(), 3, "nothing is left behind");
    let again = run(&["fmt", &folder.name("p")]);
    assert_eq!((again.code, again.out.as_str()), (0, "2 files left as they are\n"));
}

#[test]
fn check_names_what_is_not_formatted_and_writes_nothing() {
    let folder = Folder::new(&[("a.lead", MESSY), ("b.lead", NEAT)]);
    let mut started = command(&["fmt", "--check"]);
    started.current_dir(folder.path(""));
    let ran = run_command(started, "");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_eq!(ran.out, "a.lead: not formatted\n1 file not formatted: run `leadwright fmt`; 1 file formatted\n");
    assert_eq!(text(&folder, "a.lead"), MESSY);
    assert_eq!(run(&["fmt", "--check", &folder.name("b.lead")]).code, 0);

    let mut annotated = command(&["fmt", "--check", ".", "--output", "github"]);
    annotated.current_dir(folder.path(""));
    let annotated = run_command(annotated, "");
    assert_eq!(annotated.code, 1);
    assert!(annotated.out.starts_with("::error ") && annotated.out.contains("file=a.lead,line=2"), "{}", annotated.out);
}

#[test]
fn diff_is_a_patch() {
    let folder = Folder::new(&[("a.lead", MESSY)]);
    let mut started = command(&["fmt", "--diff"]);
    started.current_dir(folder.path(""));
    let ran = run_command(started, "");
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, "--- a/a.lead\n+++ b/a.lead\n@@ -1,2 +1,2 @@\n leadwright 1\n-let   a=beds>=5\n+let a = beds >= 5\n");
    assert_eq!(text(&folder, "a.lead"), MESSY);
    let coloured = run(&["fmt", "--diff", "--color", "always", &folder.name("a.lead")]);
    assert!(coloured.out.contains("\u{1b}[32m+let a = beds >= 5\u{1b}[0m\n"), "{}", coloured.out);
}

#[test]
fn a_patch_for_eyes_cannot_steer_the_terminal() {
    let folder = Folder::new(&[("a.lead", "leadwright 1\n# \u{1b}]0;owned\u{7}\nlet  a = 1\n")]);
    let shown = run(&["fmt", "--diff", &folder.name("a.lead"), "--color", "always"]).out;
    assert!(shown.contains("␛]0;owned␇") && !shown.contains("\u{1b}]"), "{shown:?}");
    // for `git apply` every byte counts
    assert!(run(&["fmt", "--diff", &folder.name("a.lead")]).out.contains("\u{1b}]0;owned\u{7}"));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let with = |arguments: &[&str], input: &str| run_command(command(&[&["fmt"], arguments].concat()), input);
    let ran = with(&["-"], MESSY);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, NEAT, ""));
    let ran = with(&["-", "--check", "--stdin-filename", "draft.lead"], MESSY);
    assert_eq!((ran.code, ran.out.as_str()), (1, "draft.lead: not formatted\n"));
    let ran = with(&["-", "--check"], NEAT);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    let ran = with(&["-", "--diff"], MESSY);
    assert!(ran.code == 1 && ran.out.starts_with("--- a/standard input\n"), "{ran:?}");
    let ran = with(&["-", "--stdin-filename", "draft.lead"], "leadwright 1\nlet a = (\n");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("draft.lead:2"), "{}", ran.err);
    assert!(with(&["-", "a.lead"], MESSY).sentence().contains("stands alone"));
}

#[test]
fn a_file_with_mistakes_is_left_alone_and_the_others_are_not() {
    let broken = "leadwright 1\nlet   a = = 5\n";
    let folder = Folder::new(&[("a.lead", broken), ("b.lead", MESSY)]);
    std::fs::write(folder.path("c.lead"), b"leadwright 1\n# caf\xe9\n").unwrap();
    let ran = run(&["fmt", &folder.name("")]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("a.lead:2:") && ran.out.contains("is not UTF-8"), "{}", ran.out);
    assert!(ran.out.ends_with("1 file formatted; 2 files with mistakes left as written\n"), "{}", ran.out);
    assert_eq!((text(&folder, "a.lead").as_str(), text(&folder, "b.lead").as_str()), (broken, NEAT));
    assert_eq!(std::fs::read(folder.path("c.lead")).unwrap(), b"leadwright 1\n# caf\xe9\n");
}

#[test]
fn what_is_not_there_is_one_sentence() {
    assert!(run(&["fmt", "/nowhere/a.lead"]).sentence().contains("there is no file or folder"));
}

#[cfg(unix)]
#[test]
fn permissions_links_and_read_only_files_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new(&[("a.lead", MESSY), ("real/b.lead", MESSY), ("c.lead", MESSY)]);
    let set = |name: &str, mode: u32| std::fs::set_permissions(folder.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    set("a.lead", 0o750);
    set("c.lead", 0o444);
    symlink("real/b.lead", folder.path("link.lead")).unwrap();
    assert_eq!(run(&["fmt", &folder.name("a.lead"), &folder.name("link.lead")]).code, 0);
    assert_eq!(std::fs::metadata(folder.path("a.lead")).unwrap().permissions().mode() & 0o777, 0o750);
    assert!(std::fs::symlink_metadata(folder.path("link.lead")).unwrap().is_symlink());
    assert_eq!(text(&folder, "real/b.lead"), NEAT);
    let refused = run(&["fmt", &folder.name("c.lead")]);
    assert!(refused.sentence().contains("read-only"), "{refused:?}");
    assert_eq!(text(&folder, "c.lead"), MESSY);
}

#[test]
fn line_ends_are_kept_and_a_byte_order_mark_goes() {
    let folder = Folder::new(&[("crlf.lead", &MESSY.replace('\n', "\r\n")), ("mark.lead", &format!("\u{feff}{MESSY}"))]);
    assert_eq!(run(&["fmt", &folder.name("")]).code, 0);
    assert_eq!(text(&folder, "crlf.lead"), NEAT.replace('\n', "\r\n"));
    assert_eq!(text(&folder, "mark.lead"), NEAT);
    assert_eq!(run(&["fmt", "--check", &folder.name("")]).code, 0);
}

#[test]
fn a_folder_without_policies_is_one_sentence() {
    let folder = Folder::new(&[("notes.txt", "")]);
    for flags in [&[][..], &["--check"], &["--output", "json"]] {
        let ran = run(&[&["fmt"], flags, &[&folder.name("")]].concat());
        assert!(ran.code == 2 && ran.sentence().starts_with("there is no `.lead` file in or beneath `"), "{ran:?}");
    }
}
