//! Measures over signals and the stage log, and the clauses that narrow them.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{Cap, Duration, Expr, Fading, Measure, MeasureKind, Name, Period, Since, Subject};

/// The clauses behind a measure or a row of points.
#[derive(Default)]
pub(in crate::syntax) struct Clauses {
    pub condition: Option<Expr>,
    pub window: Option<Duration>,
    pub since: Option<Since>,
    pub cap: Option<Cap>,
    pub fading: Option<Fading>,
}

/// The order of clauses, each with the words it begins with.
const CLAUSE_ORDER: [(Rule, &str); 5] =
    [(Rule::where_clause, "where"), (Rule::in_last, "in last"), (Rule::since, "since"), (Rule::cap, "at most"), (Rule::fading, "fading")];

impl Builder<'_> {
    /// `count of page_view where … in last 30 days at most 1 per day`
    pub fn measure(&mut self, node: Node) -> Built<Measure> {
        let mut parts = Parts::of(node);
        let (kind, subject, property) = self.measured(parts.need(Rule::measured)?)?;
        let Clauses { condition, window, since, cap, fading } = self.clauses(&mut parts)?;
        Ok(Measure { kind, subject, property, condition, window, since, cap, fading })
    }

    fn measured(&mut self, node: Node) -> Built<(MeasureKind, Subject, Option<Name>)> {
        let mut parts = Parts::of(node);
        let kind = match parts.next().ok_or(Unbuilt)?.as_rule() {
            Rule::COUNT_OF => MeasureKind::CountOf,
            Rule::ANY_WORD => MeasureKind::Any,
            Rule::SUM_OF => MeasureKind::SumOf,
            Rule::FIRST_OF => MeasureKind::FirstOf,
            Rule::LAST_OF => MeasureKind::LastOf,
            Rule::DAYS_SINCE_LAST => MeasureKind::DaysSinceLast,
            Rule::DAYS_IN => MeasureKind::DaysIn,
            _ => return Err(Unbuilt),
        };
        let part = parts.part().ok_or(Unbuilt)?;
        match part.as_rule() {
            Rule::subject => Ok((kind, self.subject(part)?, None)),
            Rule::name => Ok((kind, Subject::Stage(self.name(part)), None)),
            Rule::path => {
                let span = self.span(&part);
                let mut path = self.path(part).into_iter();
                let signal = path.next().ok_or(Unbuilt)?;
                let property = path.next();
                if property.is_none() || path.next().is_some() {
                    self.report(
                        Diagnostic::new(Code::Syntax, "a property of a signal is needed here")
                            .at(span, "not `SIGNAL.property`")
                            .help("write the signal, a dot and its property, as in `sum of order.amount`"),
                    );
                }
                Ok((kind, Subject::Signal(signal), property))
            }
            _ => Err(Unbuilt),
        }
    }

    pub fn subject(&mut self, node: Node) -> Built<Subject> {
        let mut parts = Parts::of(node);
        let entering = parts.next_if(Rule::ENTERING).is_some();
        let leaving = parts.next_if(Rule::LEAVING).is_some();
        let name = self.name(parts.need(Rule::name)?);
        Ok(match (entering, leaving) {
            (true, _) => Subject::Entering(name),
            (false, true) => Subject::Leaving(name),
            (false, false) => Subject::Signal(name),
        })
    }

    /// The clauses that follow; one out of order, or a second one of a kind, is reported and read all the same.
    pub fn clauses(&mut self, parts: &mut Parts) -> Built<Clauses> {
        let mut clauses = Clauses::default();
        // (rank, span), as written
        let mut written: Vec<(usize, Span)> = Vec::new();
        while let Some(clause) = parts.optional(Rule::measure_clause) {
            let span = self.span(&clause);
            let part = Parts::of(clause).part().ok_or(Unbuilt)?;
            let rank = CLAUSE_ORDER.iter().position(|(rule, _)| *rule == part.as_rule()).ok_or(Unbuilt)?;
            written.push((rank, span));
            match part.as_rule() {
                Rule::where_clause => clauses.condition = Some(self.where_clause(part)?),
                Rule::in_last => clauses.window = Some(self.duration(Parts::of(part).need(Rule::duration)?)?),
                Rule::since => clauses.since = Some(self.since(part)?),
                Rule::cap => clauses.cap = Some(self.cap(part)?),
                Rule::fading => clauses.fading = Some(self.fading(part)?),
                _ => return Err(Unbuilt),
            }
        }
        self.check_order(&written);
        Ok(clauses)
    }

    fn check_order(&mut self, written: &[(usize, Span)]) {
        let words = |rank: usize| CLAUSE_ORDER.get(rank).map_or("", |(_, words)| *words);
        let repeated = written.iter().enumerate().find_map(|(index, (rank, span))| {
            written[..index].iter().find(|(earlier, _)| earlier == rank).map(|(_, first)| (*rank, *span, first))
        });
        if let Some((rank, span, first)) = repeated {
            self.report(
                Diagnostic::new(Code::Syntax, format!("`{}` stands twice", words(rank)))
                    .at(span, "the second one")
                    .at(*first, "the first one")
                    .help("each clause stands once; join two conditions with `and`"),
            );
            return;
        }
        let Some(wrong) = written.windows(2).find(|pair| pair[0].0 > pair[1].0) else { return };
        let (before, (rank, span)) = (wrong[0].0, wrong[1]);
        let mut sorted = written.to_vec();
        sorted.sort_by_key(|(rank, _)| *rank);
        let edits = written.iter().zip(&sorted).map(|((_, place), (_, content))| Edit {
            span: *place,
            text: self.text[content.start as usize..content.end as usize].to_owned(),
        });
        let edits = edits.collect();
        self.report(
            Diagnostic::new(Code::Syntax, format!("`{}` stands before `{}`", words(rank), words(before)))
                .at(span, "too late")
                .help("the order is `where …`, `in last …`, `since …`, `at most …`, `fading …`")
                .fix("put the clauses in order", Applicability::Safe, edits),
        );
    }

    /// `where path starts with "/careers"`
    pub fn where_clause(&mut self, node: Node) -> Built<Expr> {
        self.chain(Parts::of(node).need(Rule::where_chain)?)
    }

    fn since(&mut self, node: Node) -> Built<Since> {
        let mut parts = Parts::of(node);
        let entering = parts.next_if(Rule::SINCE_ENTERING).is_some();
        let name = self.name(parts.need(Rule::name)?);
        Ok(if entering { Since::Entering(name) } else { Since::LastSignal(name) })
    }

    /// `at most 1 per 90 days`, `at most 1 ever`
    pub fn cap(&mut self, node: Node) -> Built<Cap> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let amount = self.integer(parts.need(Rule::integer)?);
        let per = match parts.next_if(Rule::EVER) {
            Some(_) => Period::Ever,
            None => self.period(parts.need(Rule::period)?)?,
        };
        Ok(Cap { amount, per, span })
    }

    /// `day`, `90 days`
    pub fn period(&mut self, node: Node) -> Built<Period> {
        let first = Parts::of(node).next().ok_or(Unbuilt)?;
        Ok(match first.as_rule() {
            Rule::HOUR => Period::Hour,
            Rule::DAY => Period::Day,
            Rule::WEEK => Period::Week,
            Rule::MONTH => Period::Month,
            Rule::QUARTER => Period::Quarter,
            Rule::YEAR => Period::Year,
            Rule::integer => Period::Days(self.integer(first)),
            _ => return Err(Unbuilt),
        })
    }

    fn fading(&mut self, node: Node) -> Built<Fading> {
        let mut parts = Parts::of(node);
        let half = parts.next_if(Rule::FADING_HALF_EVERY).is_some();
        let duration = self.duration(parts.need(Rule::duration)?)?;
        Ok(if half { Fading::HalfEvery(duration) } else { Fading::ToNothingOver(duration) })
    }
}
