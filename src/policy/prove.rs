//! What is proved of a policy, for the people who wrote it.
//!
//! Enters: a checked policy without mistakes. Leaves: an answer to each claim, with a lead as a ready-made test; findings about rows, thresholds, stages, routes
//! and clocks, as diagnostics; and the questions that were not decided. Always holds: a test that is given passes; nothing is said of what was not decided but that it was not, and why.

use super::{Policy, open_tables, uncovered, undecided};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::lint;
use crate::model::{self, AsOf, Checked, Claim, ClaimKind, Expr, ExprKind, Predicate, Reference, Type, Unit};
use crate::program::Lowered;
use crate::program::lower::lower_with_claims;
use crate::proof::as_test::{self, Expectation};
use crate::proof::questions::{self, Finding, Findings, Kind, LeftOpen};
use crate::proof::{Answer, Prover, Why, Witness};
use crate::record;
use crate::record::show::Show;
use crate::source::{Files, Sources};

/// Steps that the proofs of one check may take, all together: a fraction of a second.
pub const CHECK_BUDGET: u64 = 400_000;
/// Of which one question may take so many.
pub(super) const CHECK_QUESTION: u64 = 40_000;

/// An answer to a claim.
#[derive(Clone, Debug)]
pub struct Proved {
    pub title: String,
    pub span: crate::source::Span,
    pub verdict: Verdict,
    /// in one sentence, without the title
    pub reason: String,
    /// what to do about a claim that is undecided
    pub help: Option<&'static str>,
    /// a lead that shows it, as tests of the policy
    pub tests: Vec<String>,
    pub steps: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Proved,
    Refuted,
    Undecided,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Undecided => "undecided",
        }
    }
}

/// Everything that was asked of a policy.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    pub claims: Vec<Proved>,
    pub findings: Vec<Diagnostic>,
    pub asked: usize,
    pub undecided: Vec<Question>,
}

/// What nobody claimed, and what was asked without deciding it.
#[derive(Clone, Debug)]
pub struct Question {
    /// `whether any lead is left for …`
    pub text: String,
    pub span: crate::source::Span,
    pub reason: &'static str,
    /// what to do about it
    pub help: &'static str,
}

impl From<LeftOpen> for Question {
    fn from(LeftOpen { whether, span, why }: LeftOpen) -> Question {
        Question { text: format!("whether {whether}"), span, reason: why.text(), help: undecided::help_for_question(why) }
    }
}

/// Reads and checks a policy, and proves of it what can be proved within the time of a check.
pub fn check_and_prove(files: &dyn Files, entry: &str, as_of: Option<AsOf>) -> Checked {
    let mut checked = model::check_as_of(files, entry, as_of);
    uncovered::show(&mut checked);
    let found = findings(&checked);
    // what `check` says of a place a proof does not say again
    (checked.diagnostics, _) = lint::joined(std::mem::take(&mut checked.diagnostics), found.findings);
    checked
}

/// What the proofs of a check find, claims that do not hold among it. None of a policy with mistakes.
pub fn findings(checked: &Checked) -> lint::Proved {
    if checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return lint::Proved::default();
    }
    let lowered = lower_with_claims(&checked.policy);
    let proofs = prove(&checked.policy, &lowered, &checked.sources, CHECK_QUESTION, CHECK_BUDGET, |_| true);
    let is_decided = proofs.undecided.is_empty() && proofs.claims.iter().all(|claim| claim.verdict != Verdict::Undecided);
    let not_proved = proofs.claims.iter().filter(|proved| proved.verdict != Verdict::Proved);
    lint::Proved {
        findings: not_proved.map(diagnostic).chain(proofs.findings).chain(not_asked(&proofs.undecided)).collect(),
        is_complete: is_decided && !checked.policy.awaits_rows(),
    }
}

impl Policy {
    /// Asks all that can be asked; of the claims those that are chosen by their titles. `budget` is in steps per question.
    pub fn prove(&self, budget: u64, chosen: impl Fn(&str) -> bool) -> Proofs {
        let lowered = lower_with_claims(self.model());
        prove(self.model(), &lowered, self.sources(), budget, u64::MAX, chosen)
    }
}

fn prove(
    policy: &model::Policy,
    lowered: &Lowered,
    sources: &Sources,
    budget: u64,
    budget_left: u64,
    chosen: impl Fn(&str) -> bool,
) -> Proofs {
    let mut prover = Prover::within(policy, lowered, budget, budget_left);
    let mut claims = Vec::new();
    for (number, claim) in policy.claims.iter().enumerate().filter(|(_, claim)| chosen(&claim.title)) {
        let start = prover.steps();
        let answer = prover.claim(number);
        let with_any_rows =
            if answer == Answer::Undecided(Why::OpenTable) { open_tables::proved(policy, claim, number, budget) } else { None };
        claims.push(with_any_rows.unwrap_or_else(|| proved(&prover, claim, number, answer, prover.steps() - start)));
    }
    let Findings { all, asked, undecided } = match policy.awaits_rows() {
        true => open_tables::asked(policy, sources, (budget, prover.budget_left)),
        false => questions::ask(&mut prover, sources),
    };
    let undecided = undecided.into_iter().map(Question::from).collect();
    Proofs { claims, findings: all.iter().map(|finding| warning(policy, finding)).collect(), asked, undecided }
}

pub(super) fn proved(prover: &Prover, claim: &Claim, number: usize, answer: Answer, steps: u64) -> Proved {
    let (policy, lowered) = (prover.policy(), prover.lowered());
    let expected = expectations(policy, lowered, claim, number);
    let tests = |witness: &Witness, word: &str| tests(prover, claim, witness, &expected, word);
    let help = match &answer {
        Answer::Undecided(why) => Some(undecided::help(claim, *why, prover.missed())),
        Answer::Proved(_) | Answer::Refuted(_) => None,
    };
    let (verdict, reason, tests) = match (&answer, &claim.kind) {
        (Answer::Undecided(why), _) => (Verdict::Undecided, undecided::reason(policy, *why, prover.missed()), Vec::new()),
        (Answer::Proved(None), _) => (Verdict::Proved, "for every lead".to_string(), Vec::new()),
        (Answer::Proved(Some(witness)), _) => (Verdict::Proved, "some lead shows it".to_string(), tests(witness, "so")),
        (Answer::Refuted(None), _) => (Verdict::Refuted, "it is so for no lead".to_string(), Vec::new()),
        (Answer::Refuted(Some(witness)), ClaimKind::Monotone { .. }) => {
            (Verdict::Refuted, moved(prover, claim, witness).unwrap_or_default(), tests(witness, "not so"))
        }
        (Answer::Refuted(Some(witness)), ClaimKind::Always(_)) => {
            (Verdict::Refuted, format!("it is not so for {}", described(policy, witness)), tests(witness, "not so"))
        }
        (Answer::Refuted(Some(witness)), ClaimKind::Never(_) | ClaimKind::Possible(_)) => {
            (Verdict::Refuted, format!("it is so for {}", described(policy, witness)), tests(witness, "not so"))
        }
    };
    Proved { title: claim.title.clone(), span: claim.span, verdict, reason, help, tests, steps }
}

/// `readiness` falls from 40.0 to 38.5 as `beds` rises from 99 to 100
fn moved(prover: &Prover, claim: &Claim, witness: &Witness) -> Option<String> {
    let ClaimKind::Monotone { value, .. } = &claim.kind else { return None };
    let policy = prover.policy();
    let zone = record::zone(policy).ok()?;
    let show = Show { policy, zone: &zone };
    let (field, to, before, after) = witness.raised?;
    let from = match witness.lead.values.get(field)?.as_ref()? {
        crate::model::Constant::Integer(from) => *from,
        crate::model::Constant::Text(_) => return None,
    };
    let of = policy.fields.get(field)?;
    let word = if after > before { "rises" } else { "falls" };
    let (before, after) = (show.integer(value.ty, before), show.integer(value.ty, after));
    let (from, to) = (show.integer(of.ty, from), show.integer(of.ty, to));
    Some(format!("it {word} from {before} to {after} as `{}` rises from {from} to {to}", of.name))
}

/// What the test of a claim expects: the answers that the claim speaks of, else all.
fn expectations(policy: &model::Policy, lowered: &Lowered, claim: &Claim, number: usize) -> Vec<Expectation> {
    let all = as_test::answers(policy, lowered);
    let mut named: Vec<Expectation> = Vec::new();
    let root: &Expr = match &claim.kind {
        ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => condition,
        ClaimKind::Monotone { value, .. } => value,
    };
    let mut rest = vec![root];
    while let Some(expr) = rest.pop() {
        rest.extend(expr.children());
        let trace = &lowered.trace;
        let value = match &expr.kind {
            ExprKind::Reference(Reference::Score(score)) => trace.scores.get(*score).and_then(|score| score.value),
            ExprKind::Reference(Reference::Decide(decide)) => trace.decides.get(*decide).map(|decide| decide.value),
            ExprKind::Predicate(Predicate::Entering(_) | Predicate::Leaving(_)) => trace.stage_after,
            ExprKind::Reference(Reference::Section(score, section)) => {
                let of = policy.scores.get(*score);
                let value = trace.scores.get(*score).and_then(|score| score.sections.get(*section)).copied();
                if let (Some(of), Some(value)) = (of, value)
                    && let Some(name) = of.sections.get(*section)
                {
                    let ty = Type::Number { scale: name.scale, unit: Unit::Plain };
                    named.push(Expectation { path: format!("{}.{}", of.name, name.name), ty, value });
                }
                None
            }
            ExprKind::Reference(Reference::Let(id)) => {
                if let (Some(of), Some(Some(value))) = (policy.lets.get(*id), trace.lets.get(*id))
                    && of.value.ty != Type::Text
                {
                    named.push(Expectation { path: of.name.clone(), ty: of.value.ty, value: *value });
                }
                None
            }
            _ => None,
        };
        named.extend(value.and_then(|value| all.iter().find(|expected| expected.value == value)).cloned());
    }
    if let (ClaimKind::Monotone { .. }, Some(value)) = (&claim.kind, lowered.trace.claims.get(number)) {
        named.extend(all.iter().find(|expected| expected.value == *value).cloned());
    }
    named.sort_by(|left, right| left.path.cmp(&right.path));
    named.dedup();
    if named.is_empty() { all } else { named }
}

/// The lead as a test; where a field rises, before and after.
fn tests(prover: &Prover, claim: &Claim, witness: &Witness, expected: &[Expectation], word: &str) -> Vec<String> {
    let title = format!("{word}: {}", claim.title);
    let policy = prover.policy();
    let mut tests: Vec<String> = as_test::test(policy, &title, witness, expected).into_iter().collect();
    if let Some((field, to, _, _)) = witness.raised {
        let mut after = witness.clone();
        if let Some(place) = after.lead.values.get_mut(field) {
            *place = Some(crate::model::Constant::Integer(to));
        }
        if let Some(values) = prover.replay(&after.lead, after.as_of) {
            after.values = values;
            let name = policy.fields.get(field).map(|field| field.name.as_str()).unwrap_or_default();
            tests.extend(as_test::test(policy, &format!("{title}, with more {name}"), &after, expected));
        }
    }
    tests
}

/// A claim that is not proved.
pub fn diagnostic(proved: &Proved) -> Diagnostic {
    let Proved { title, span, verdict, reason, help, tests, .. } = proved;
    match verdict {
        Verdict::Undecided => Diagnostic::new(Code::ClaimUndecided, format!("the claim \"{title}\" is not decided: {reason}"))
            .at(*span, "neither proved nor refuted")
            .help(help.unwrap_or("claim less at once")),
        Verdict::Refuted | Verdict::Proved => {
            let diagnostic = Diagnostic::new(Code::ClaimRefuted, format!("the claim \"{title}\" does not hold: {reason}")).at(*span, "");
            diagnostic.help(match tests[..] {
                [] => "change the policy, or what it claims",
                [..] => "change the policy, or what it claims; `leadwright prove` shows a lead as a test",
            })
        }
    }
}

/// A question that is not decided.
pub fn of_question(question: &Question) -> Diagnostic {
    let Question { text, span, reason, help } = question;
    Diagnostic::new(Code::QuestionUndecided, format!("it is not decided {text}: {reason}")).at(*span, "neither so nor not so").help(*help)
}

/// All that a check has no time for, as one note: nobody asked for it, and a longer run may decide it.
fn not_asked(undecided: &[Question]) -> Option<Diagnostic> {
    let first = undecided.first()?;
    let message = match undecided.len() {
        1 => "1 question is not decided in the time of a check".to_string(),
        several => format!("{several} questions are not decided in the time of a check"),
    };
    let note = Diagnostic { severity: Severity::Note, ..Diagnostic::new(Code::QuestionUndecided, message) };
    Some(note.at(first.span, first.text.clone()).help("`leadwright prove` takes its time, and names what it does not decide"))
}

fn warning(policy: &model::Policy, finding: &Finding) -> Diagnostic {
    let Finding { kind, what, span, because_of, witness } = finding;
    let (code, message, label, help) = match kind {
        Kind::NeverHolds => {
            (Code::NeverHolds, format!("no lead meets {what}"), "holds for no lead", "correct the condition, or leave the row out")
        }
        Kind::NeverFirst => (
            Code::NeverFirst,
            format!("{what} is never used"),
            "earlier rows take every lead that this is for",
            "move the row up, narrow those before it, or leave it out",
        ),
        Kind::OtherwiseNever => (
            Code::NeverFirst,
            format!("{what} is never used, and nothing else gives it"),
            "earlier rows take every lead",
            "narrow a row before it, or leave it out and write `otherwise` for the condition of the last row that is used",
        ),
        Kind::RouteNeverMet => (
            Code::NeverHolds,
            format!("no lead meets the condition of the route {what}"),
            "holds for no lead",
            "correct the condition, or leave the route out",
        ),
        Kind::NeverReached => {
            (Code::NeverReached, format!("no lead reaches {what}"), "never holds", "lower the threshold, or give more points")
        }
        Kind::AlwaysReached => (
            Code::AlwaysReached,
            format!("every lead reaches {what}"),
            "always holds, where the value is known",
            "leave the comparison out, or correct its constant",
        ),
        Kind::NeverGiven => (Code::NeverGiven, format!("no lead gets {what}"), "for no lead", "correct the row, or leave it out"),
        Kind::CellNever => (
            Code::CellNever,
            format!("no lead is in {what}"),
            "with this row",
            "correct the edges, or leave the cell's outcome to its neighbour",
        ),
        Kind::StageNeverEntered => (
            Code::StageNeverEntered,
            format!("no lead gets from the start to the stage {what}"),
            "cannot be reached from the start",
            "correct the ways that lead to it",
        ),
        Kind::StageNeverLeft => (
            Code::StageNeverLeft,
            format!("no lead ever leaves the stage {what}"),
            "none of its ways can be taken",
            "correct the ways that lead out of it, or mark it `final`",
        ),
        Kind::PingPong => (
            Code::ToAndFro,
            format!("{what} and a way back can both be taken at once"),
            "takes a lead there",
            "let the two conditions exclude each other, or let the lead `rest`",
        ),
        Kind::Round => (
            Code::ToAndFro,
            format!("a lead goes round {what} though nothing changes"),
            "takes a lead there",
            "let the conditions exclude each other, or let the lead `rest`",
        ),
        Kind::CapNeverReached => (
            Code::CapNeverReached,
            format!("no lead reaches {what}"),
            "its points never add up to that",
            "a row is missing, or write what can be reached",
        ),
        Kind::EndNeverReached => (
            Code::EndNeverReached,
            format!("no lead gets {what}"),
            "no sum is that far",
            "give other points, or write the range that can be reached",
        ),
        Kind::BothMove => (
            Code::BothMove,
            format!("{what} can both be taken at once"),
            "is taken, as it comes first",
            "let the two conditions exclude each other, or write both rows in one flow",
        ),
        Kind::RowChangesNothing => (
            Code::RowChangesNothing,
            format!("every lead would get the same without {what}"),
            "changes nothing",
            "leave it out, or say what it is for with `because`",
        ),
        Kind::AdjustChangesNothing => (
            Code::PointsChangeNothing,
            format!("the range takes {what} back from every lead that gets it"),
            "changes no score",
            "leave it out, or give a wider range",
        ),
        Kind::PointsCapped => (
            Code::PointsChangeNothing,
            format!("the cap takes {what} back from every lead that gets them"),
            "changes no score",
            "leave the row out, or raise the cap",
        ),
        Kind::PointsOutOfRange => (
            Code::PointsChangeNothing,
            format!("the range takes {what} back from every lead that gets them"),
            "changes no score",
            "leave the row out, or give a wider range",
        ),
        Kind::PointsRounded => (
            Code::PointsChangeNothing,
            format!("rounding leaves nothing of {what}"),
            "changes no score",
            "leave it out, or round to more places",
        ),
        Kind::NoQueue => (
            Code::NoQueue,
            format!("the route {what} is for leads that it gives no queue"),
            "holds for leads that no row takes",
            "say where they go with a last row `QUEUE otherwise`, or narrow this condition",
        ),
        Kind::ClockStartsByFile => (
            Code::ClockNeverStarts,
            format!("the clock {what} starts for no lead that the flow moves"),
            "starts for those alone that come from a file in its stage",
            "correct what it starts on, its targets, or the ways into the stage",
        ),
        Kind::ClockNeverStarts => (
            Code::ClockNeverStarts,
            format!("the clock {what} starts for no lead"),
            "never starts",
            "correct what it starts on, or its targets",
        ),
    };
    let mut diagnostic = Diagnostic::new(code, message).at(*span, label);
    let other = match kind {
        Kind::CellNever => "and this column",
        Kind::PingPong => "takes it back",
        Kind::Round => "takes it on",
        Kind::BothMove => "would take it too",
        Kind::RowChangesNothing => "gives the same",
        Kind::StageNeverEntered => "starts on nothing else",
        _ if because_of.len() == 1 => "takes all of them",
        _ => "takes some of them",
    };
    for span in because_of {
        diagnostic = diagnostic.at(*span, other);
    }
    let lead = witness.as_ref().map(|witness| described(policy, witness));
    diagnostic.help(match lead {
        Some(lead) => format!("{help}; it happens to {lead}"),
        None => help.to_string(),
    })
}

/// `a lead with role student, beds 500, in the stage mql`
pub(super) fn described(policy: &model::Policy, witness: &Witness) -> String {
    let Ok(zone) = record::zone(policy) else { return "some lead".into() };
    let show = Show { policy, zone: &zone };
    let fields = witness.fields.iter().filter_map(|field| {
        let of = policy.fields.get(*field)?;
        let value = witness.lead.values.get(*field)?.as_ref();
        Some(format!("{} {}", of.name, value.map_or_else(|| "missing".into(), |value| as_test::written(&show, of.ty, value))))
    });
    let mut parts: Vec<String> = fields.collect();
    let more = parts.len().saturating_sub(4);
    parts.truncate(4);
    if more > 0 {
        parts.push(format!("{more} more values"));
    }
    parts.extend(as_test::standing(&show, &witness.lead));
    match witness.lead.signals.len() {
        0 => {}
        1 => parts.push("1 signal".into()),
        signals => parts.push(format!("{signals} signals")),
    }
    for table in policy.tables.iter().filter(|table| table.from_input) {
        match table.row_count {
            0 => {}
            1 => parts.push(format!("1 row of `{}`", table.name)),
            rows => parts.push(format!("{rows} rows of `{}`", table.name)),
        }
    }
    let rests = witness.lead.rest_until.map(|until| format!(" that rests until {}", show.time(until)));
    match (parts.is_empty(), rests) {
        (true, None) => "the plainest lead".into(),
        (true, Some(rests)) => format!("a lead{rests}"),
        (false, rests) => format!("a lead with {}{}", parts.join(", "), rests.unwrap_or_default()),
    }
}
