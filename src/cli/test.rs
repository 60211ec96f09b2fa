//! `leadwright test`: the examples that one policy contains, or many.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::console::Console;
use super::load::{self, Loaded};
use super::outcome::{Misuse, Outcome};
use super::output::{Output, OutputArguments, Printed};
use super::policies::{self, Finds, Found, Stray};
use super::watch;
use crate::diagnostic::findings::{Case, Findings};
use crate::diagnostic::render_human::{self, Look};
use crate::diagnostic::sanitise::{many_lines, one_line};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Decimal;
use crate::policy::Refused;
use crate::report::coverage::CoverageRecord;
use crate::report::figures::counted;
use crate::report::pages::LOW_COVERAGE;
use crate::report::test_cases::{self, TestRecord};
use crate::report::test_results::{Section, Tally};
use crate::report::{self, check, test_results};
use crate::source::{Sources, Span};
use crate::testing::{Selection, suggest};

/// Run the tests that policies contain, on both evaluators
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  leadwright test policies\n  leadwright test examples/medbank --filter student\n  leadwright test examples/medbank --output junit > tests.xml\n  leadwright test examples/medbank --coverage --min-coverage 80"
)]
pub struct Arguments {
    /// Policies: .lead files, or folders, which stand for every policy in and beneath them
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,

    /// Only the tests whose title contains this text; may be given several times
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,

    /// Only the tests of this file: a path below the policy's root, or the end of one; may be given several times
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,

    /// Also show which rows, bands, transitions and clocks the tests reach, and list those that they do not
    #[arg(long)]
    coverage: bool,

    /// Write what the tests reach as a tracefile of lcov
    #[arg(long, value_name = "FILE")]
    coverage_lcov: Option<PathBuf>,

    /// Fail if the tests reach less of a policy than so many per cent: 90, 97.5
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_coverage: Option<Decimal>,

    /// Run the tests again whenever a file of the policy changes
    #[arg(long)]
    watch: bool,

    /// Print tests for what no test reaches, ready to be put behind the policy; a person must confirm what they expect
    #[arg(long, conflicts_with_all = ["coverage", "coverage_lcov", "min_coverage", "filter", "file", "kind", "watch"])]
    suggest: bool,

    #[command(flatten)]
    output: OutputArguments,
}

impl Arguments {
    fn wants_coverage(&self) -> bool {
        self.coverage || self.coverage_lcov.is_some() || self.min_coverage.is_some()
    }
}

/// What JSON says besides the findings.
#[derive(Serialize)]
struct More {
    tests: Vec<TestRecord>,
    /// if it was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageRecord>,
}

/// What the tests of one policy gave. Paths are those of reports.
struct Ran {
    /// for people
    section: Section,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    cases: Vec<Case>,
    tests: Vec<TestRecord>,
    tally: Tally,
    /// that the policy has, selected or not
    test_count: usize,
    covered: Option<Covered>,
}

/// What the tests of one policy reach, as far as it was asked for.
struct Covered {
    record: CoverageRecord,
    lcov: String,
    /// less than is asked for
    is_short: bool,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    if arguments.watch {
        return watch::until_told(&arguments.policies, console, || once(arguments, console));
    }
    once(arguments, console)
}

fn once(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let Finds { policies: found, strays } = policies::find(&arguments.policies)?;
    if arguments.suggest {
        return suggest(&found, arguments, console);
    }
    let selection = Selection { titles: arguments.filter.clone(), files: arguments.file.clone() };
    let ran = policies::each(&found, |found| run_tests(found, &selection, arguments, console.out));
    let ran = ran.into_iter().collect::<Result<Vec<Ran>, Misuse>>()?;
    let tally = ran.iter().fold(Tally::default(), |sum, ran| sum + ran.tally);
    if tally.is_empty() && ran.iter().any(|ran| ran.test_count > 0) {
        return Err(none_selected(&selection, ran.len()));
    }
    if let Some(path) = &arguments.coverage_lcov {
        let lcov: String = ran.iter().filter_map(|ran| ran.covered.as_ref()).map(|covered| covered.lcov.as_str()).collect();
        std::fs::write(path, lcov).map_err(|error| Misuse::new(format!("cannot write `{}`: {error}", path.display())))?;
    }
    report(ran, &strays, tally, arguments, console)
}

fn report(ran: Vec<Ran>, strays: &[Stray], tally: Tally, arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let mut findings = Findings::default();
    for stray in strays {
        let (sources, diagnostics) = stray.findings(Some(Severity::Warning))?;
        findings.add(sources, diagnostics, Vec::new());
    }
    let about_strays = findings.diagnostics.len();
    let (mut tests, mut sections, mut coverage, mut short) = (Vec::new(), Vec::new(), None, Vec::new());
    for Ran { section, sources, diagnostics, cases, tests: own, covered, .. } in ran {
        findings.add(sources, diagnostics, cases);
        tests.extend(own);
        if let Some(Covered { record, is_short, .. }) = covered {
            if is_short {
                short.push((section.path.clone(), record.percent.clone()));
            }
            coverage = Some(coverage.map_or_else(|| record.clone(), |sum: CoverageRecord| sum.and(&record)));
        }
        sections.push(section);
    }
    let otherwise = if short.is_empty() { Outcome::Clean } else { Outcome::Findings };
    let printed = Printed { command: "test", findings: &findings, failing: Severity::Error, otherwise, more: More { tests, coverage } };
    let outcome = printed.print(arguments.output, console, |look| {
        render_human::render(&findings.diagnostics[..about_strays], &findings.sources, look)
            + &test_results::of_many(&sections, tally, look)
    })?;
    for (path, percent) in &short {
        let least = arguments.min_coverage.unwrap_or(Decimal::ZERO);
        let policy = if sections.len() == 1 { "the policy" } else { &format!("`{}`", one_line(path)) };
        console.note(&format!("the tests reach {percent} % of {policy}, less than the {least} % asked for by `--min-coverage`\n"));
    }
    Ok(outcome)
}

fn run_tests(found: &Found, selection: &Selection, arguments: &Arguments, look: Look) -> Result<Ran, Misuse> {
    let is_human = arguments.output.kind == Output::Human;
    let policy = match load::found_to_report(found) {
        Loaded::Policy(policy) => policy,
        Loaded::Refused(refused) => return Ok(refused_tests(found, refused, look)),
    };
    let failed = |error: &dyn std::fmt::Display| Misuse::new(error.to_string());
    let results = policy.test(selection).map_err(|error| failed(&error))?;
    let explain = |test: usize| policy.explain_test(test);
    let (name, sources) = (&policy.model().name, policy.sources());
    let (cases, findings): (Vec<_>, Vec<_>) = results.iter().map(|result| test_cases::case(name, result, explain)).unzip();
    let mut section = Section { path: found.path(), results: String::new(), coverage: String::new() };
    if is_human {
        section.results = test_results::page(&results, sources, explain, look);
    }
    let mut covered = None;
    if arguments.wants_coverage() {
        let coverage = policy.coverage(selection).map_err(|error| failed(&error))?;
        if arguments.coverage && is_human {
            section.coverage = report::coverage::page(&coverage, sources, look);
        }
        covered = Some(Covered {
            record: report::coverage::record(&coverage, sources),
            lcov: if arguments.coverage_lcov.is_some() { report::coverage::lcov(&coverage, sources) } else { String::new() },
            is_short: arguments.min_coverage.is_some_and(|least| !coverage.reaches(least)),
        });
    }
    let short = covered.iter().filter(|covered| covered.is_short).map(|covered| too_little(&covered.record.percent, arguments, sources));
    Ok(Ran {
        diagnostics: findings.into_iter().flatten().chain(short).collect(),
        section,
        cases,
        tests: results.iter().map(|result| test_cases::record(name, result, sources)).collect(),
        tally: Tally::of(&results),
        test_count: policy.model().tests.len(),
        covered,
        sources: sources.clone(),
    })
}

/// At the policy's header: the tests reach less than is asked for.
fn too_little(percent: &str, arguments: &Arguments, sources: &Sources) -> Diagnostic {
    let least = arguments.min_coverage.unwrap_or(Decimal::ZERO);
    let message = format!("the tests reach {percent} % of the policy, less than the {least} % asked for");
    let finding = Diagnostic::lint(LOW_COVERAGE, Severity::Error, message).help("`--coverage` lists what no test reaches");
    let Some((source, file)) = sources.iter().next() else { return finding };
    let start = file.text.find("\npolicy ").map_or(0, |newline| newline + 1);
    let end =
        file.text[start..].find(['\n', '{']).map_or(file.text.len(), |length| start + file.text[start..start + length].trim_end().len());
    finding.at(Span::new(source, start, end), "")
}

/// Mistakes in place of results.
fn refused_tests(found: &Found, refused: Refused, look: Look) -> Ran {
    let mistakes = check::found(&refused.diagnostics).unwrap_or_default();
    let results = format!("{}{mistakes}; no test was run\n", render_human::render(&refused.diagnostics, &refused.sources, look));
    Ran {
        section: Section { path: found.path(), results, coverage: String::new() },
        sources: refused.sources,
        diagnostics: refused.diagnostics,
        cases: Vec::new(),
        tests: Vec::new(),
        tally: Tally { refused: 1, ..Tally::default() },
        test_count: 0,
        covered: None,
    }
}

fn suggest(found: &[Found], arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let [found] = found else {
        return Err(Misuse::new(format!("`--suggest` is for one policy, and there are {} here: name one of them", found.len())));
    };
    let policy = match load::found_to_report(found) {
        Loaded::Policy(policy) => policy,
        Loaded::Refused(refused) => {
            let ran = refused_tests(found, refused, console.out);
            let tally = ran.tally;
            return report(vec![ran], &[], tally, arguments, console);
        }
    };
    let suggestions = policy.suggest_tests().map_err(|error| Misuse::new(error.to_string()))?;
    let text = suggest::text(&suggestions, policy.sources());
    // a file gets what is to be pasted, a terminal would obey it
    console.print(&if console.out_is_terminal { many_lines(&text) } else { text.as_str().into() })?;
    let (found, left) = (suggestions.tests.len() as u64, suggestions.left.len() as u64);
    let (tests, places) = (counted(found, "test", "tests"), counted(left, "place", "places"));
    console.note(&format!("{tests} suggested; no lead was found for {places}\n"));
    Ok(Outcome::Clean)
}

fn none_selected(selection: &Selection, policies: usize) -> Misuse {
    let quoted = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    let title = (!selection.titles.is_empty()).then(|| format!("has {} in its title", quoted(&selection.titles)));
    let file = (!selection.files.is_empty()).then(|| format!("stands in {}", quoted(&selection.files)));
    let whose = if policies == 1 { "policy's" } else { "policies'" };
    Misuse::new(format!("none of the {whose} tests {}", title.into_iter().chain(file).collect::<Vec<_>>().join(" and ")))
}

/// A share in per cent, exactly as written.
fn percent(text: &str) -> Result<Decimal, String> {
    let wrong = || "write a number from 0 to 100, such as `90` or `97.5`".to_owned();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return Err(wrong());
    }
    let mantissa = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
    let percent = Decimal { mantissa, places: fraction.len() as u8 }.reduced();
    let room = Decimal::whole(100).minus(percent).ok_or_else(wrong)?;
    if room.mantissa < 0 { Err(wrong()) } else { Ok(percent) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_taken_as_written() {
        let shown = |text: &str| percent(text).map(|percent| percent.to_string());
        assert_eq!(shown("97.1").as_deref(), Ok("97.1"));
        assert_eq!(shown("0"), Ok("0".to_owned()));
        assert_eq!(shown("100.00"), Ok("100".to_owned()));
        assert_eq!(shown("33.333333333333333333").as_deref(), Ok("33.333333333333333333"));
        for wrong in ["", "-1", "101", "100.1", "97,1", "97.", ".5", "1e2", "9.1234567890123456789", "97.1%"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
