//! `test`s of a policy: an example lead and what must come out.

use jiff::civil::DateTime;

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{Ago, Cases, Expected, Expr, ExprKind, Given, GivenRow, GivenSignal, Test, Text, TimeLiteral};

impl Builder<'_> {
    /// `test "…" { as of … lead { … } signals { … } expect { … } }`
    pub fn test(&mut self, node: Node) -> Built<Test> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let title = self.text_of(parts.need(Rule::string)?);
        self.test_parts(&mut parts, title, span)
    }

    /// `cases "border cases" from "cases.csv" { as of … }`
    pub fn cases(&mut self, node: Node) -> Built<Cases> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        // a title stands before `from`, a file behind it
        let mut strings = Vec::new();
        while let Some(string) = parts.optional(Rule::string) {
            strings.push(self.text_of(string));
        }
        let file = strings.pop().ok_or(Unbuilt)?;
        let title = strings.pop();
        let common = self.test_parts(&mut parts, title.clone().unwrap_or_else(|| file.clone()), span)?;
        Ok(Cases { title, file, common, span })
    }

    fn test_parts(&mut self, parts: &mut Parts, title: Text, span: Span) -> Built<Test> {
        let mut test = Test {
            title,
            as_of: None,
            stage: None,
            owner: None,
            queue: None,
            rows: Vec::new(),
            lead: Vec::new(),
            signals: Vec::new(),
            expect: Vec::new(),
            span,
        };
        while let Some(part) = parts.optional(Rule::test_part) {
            let part = Parts::of(part).part().ok_or(Unbuilt)?;
            let rule = part.as_rule();
            let part_span = self.span(&part);
            let mut inside = Parts::of(part);
            match rule {
                Rule::test_as_of => {
                    let time = inside.need(Rule::time)?;
                    let span = self.span(&time);
                    test.as_of = Some((self.moment_of_test(time), span));
                }
                Rule::test_stage => {
                    let stage = self.name(inside.need(Rule::name)?);
                    test.stage = Some((stage, inside.optional(Rule::ago).map(|ago| self.ago(ago)).transpose()?));
                }
                Rule::test_owner => test.owner = Some(self.name(inside.need(Rule::name)?)),
                Rule::test_queue => test.queue = Some(self.name(inside.need(Rule::name)?)),
                Rule::test_table => {
                    let table = self.name(inside.need(Rule::name)?);
                    test.rows.push(GivenRow { table, cells: self.givens(&mut inside)?, span: part_span });
                }
                Rule::test_lead => test.lead.extend(self.givens(&mut inside)?),
                Rule::test_signals => {
                    while let Some(signal) = inside.optional(Rule::given_signal) {
                        test.signals.push(self.given_signal(signal)?);
                    }
                }
                Rule::test_expect => {
                    while let Some(expected) = inside.optional(Rule::expected) {
                        let span = self.span(&expected);
                        let mut parts = Parts::of(expected);
                        let path = self.path(parts.need(Rule::path)?);
                        test.expect.push(Expected { path, value: self.given_value(parts.need(Rule::given_value)?)?, span });
                    }
                }
                _ => return Err(Unbuilt),
            }
        }
        Ok(test)
    }

    fn givens(&mut self, parts: &mut Parts) -> Built<Vec<Given>> {
        let mut givens = Vec::new();
        while let Some(given) = parts.optional(Rule::given) {
            let span = self.span(&given);
            let mut inside = Parts::of(given);
            let name = self.name(inside.need(Rule::name)?);
            let values = inside.every(Rule::given_value).map(|value| self.given_value(value)).collect::<Built<_>>()?;
            givens.push(Given { name, values, span });
        }
        Ok(givens)
    }

    fn given_value(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        match Parts::of(node).optional(Rule::constant) {
            Some(constant) => self.constant(constant),
            None => Ok(Expr { kind: ExprKind::Missing, span }),
        }
    }

    /// `page_view 2 days ago { path "/products" }`
    fn given_signal(&mut self, node: Node) -> Built<GivenSignal> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let signal = self.name(parts.need(Rule::name)?);
        let when = self.ago(parts.need(Rule::ago)?)?;
        Ok(GivenSignal { signal, when, properties: self.givens(&mut parts)?, span })
    }

    /// A time that there is not is one of the test all the same: that it has none would be a second message.
    fn moment_of_test(&mut self, node: Node) -> TimeLiteral {
        self.time(node).unwrap_or(TimeLiteral { local: DateTime::default(), offset: None })
    }

    /// `3 days ago`, `2026-11-18T15:00`
    fn ago(&mut self, node: Node) -> Built<Ago> {
        let part = Parts::of(node).part().ok_or(Unbuilt)?;
        let span = self.span(&part);
        match part.as_rule() {
            Rule::time => Ok(Ago::At(self.moment_of_test(part), span)),
            Rule::duration => Ok(Ago::Before(self.duration(part)?)),
            _ => Err(Unbuilt),
        }
    }
}
