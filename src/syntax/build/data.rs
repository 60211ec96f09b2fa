//! The lead, its signals and groups of them, and tables.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{Change, ChangeKind, Choice, Column, Field, Group, Lead, Name, Number, Signal, Table, Text, TypeExpr, TypeKind};

impl Builder<'_> {
    pub fn lead(&mut self, node: Node) -> Built<Lead> {
        Ok(Lead { fields: self.fields(&mut Parts::of(node))? })
    }

    fn fields(&mut self, parts: &mut Parts) -> Built<Vec<Field>> {
        let mut fields = Vec::new();
        while let Some(field) = parts.optional(Rule::field) {
            fields.push(self.field(field)?);
        }
        Ok(fields)
    }

    /// `beds "Beds" whole 0..50_000 optional from marketo "Number_of_Beds"`
    fn field(&mut self, node: Node) -> Built<Field> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let ty = self.type_expression(parts.need(Rule::type_expression)?)?;
        let mut field =
            Field { doc: self.doc(span), name, display, ty, key: None, optional: None, changes: Vec::new(), sources: Vec::new(), span };
        for part in parts {
            match part.as_rule() {
                Rule::KEY => field.key = Some(self.span(&part)),
                Rule::OPTIONAL => field.optional = Some(self.span(&part)),
                Rule::change_cost | Rule::change_fixed => field.changes.push(self.change(part)?),
                Rule::field_sources => field.sources.extend(self.sources(part)?),
                _ => return Err(Unbuilt),
            }
        }
        Ok(field)
    }

    /// `cost 3`, `fixed`
    fn change(&mut self, node: Node) -> Built<Change> {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::change_cost => ChangeKind::Cost(self.number(Parts::of(node).need(Rule::number)?)),
            Rule::change_fixed => ChangeKind::Fixed,
            _ => return Err(Unbuilt),
        };
        Ok(Change { kind, span })
    }

    fn sources(&mut self, node: Node) -> Built<Vec<(Name, Text)>> {
        let mut sources = Vec::new();
        for source in Parts::of(node).every(Rule::field_source) {
            let mut parts = Parts::of(source);
            let system = self.name(parts.need(Rule::name)?);
            sources.push((system, self.text_of(parts.need(Rule::string)?)));
        }
        Ok(sources)
    }

    fn type_expression(&mut self, node: Node) -> Built<TypeExpr> {
        let span = self.span(&node);
        let part = Parts::of(node).next().ok_or(Unbuilt)?;
        let rule = part.as_rule();
        let mut parts = Parts::of(part);
        let kind = match rule {
            Rule::TEXT => TypeKind::Text,
            Rule::type_whole => match parts.optional(Rule::range) {
                Some(range) => {
                    let (low, high) = self.range(range)?;
                    TypeKind::WholeRange(low, high)
                }
                None => TypeKind::Whole,
            },
            Rule::type_decimal => {
                let places = self.places(parts.need(Rule::integer)?);
                TypeKind::Decimal { places, range: self.optional_range(&mut parts)? }
            }
            Rule::type_money => {
                if let Some(range) = parts.optional(Rule::money_range) {
                    let (currency, range) = self.money_range(range)?;
                    TypeKind::Money { currency: Some(currency), range: Some(range) }
                } else {
                    let code = parts.optional(Rule::currency_code).map(|code| self.currency(code));
                    let currency = code.or_else(|| parts.optional(Rule::odd_currency).map(|code| self.odd_currency(code)));
                    TypeKind::Money { currency, range: self.optional_range(&mut parts)? }
                }
            }
            Rule::YES_NO => TypeKind::YesNo,
            Rule::type_one_of => TypeKind::OneOf(self.choices(parts.need(Rule::choices)?)?),
            Rule::type_some_of => TypeKind::SomeOf(self.choices(parts.need(Rule::choices)?)?),
            Rule::DATE => TypeKind::Date,
            Rule::TIME => TypeKind::Time,
            Rule::QUEUE => TypeKind::Queue,
            Rule::TEAM => TypeKind::Team,
            Rule::OWNER => TypeKind::Owner,
            Rule::STAGE => TypeKind::Stage,
            _ => return Err(Unbuilt),
        };
        Ok(TypeExpr { kind, span })
    }

    fn optional_range(&mut self, parts: &mut Parts) -> Built<Option<(Number, Number)>> {
        parts.optional(Rule::range).map(|range| self.range(range)).transpose()
    }

    /// `0..50_000`
    fn range(&mut self, node: Node) -> Built<(Number, Number)> {
        let mut parts = Parts::of(node);
        let low = self.number(parts.need(Rule::number)?);
        Ok((low, self.number(parts.need(Rule::number)?)))
    }

    fn choices(&mut self, node: Node) -> Built<Vec<Choice>> {
        let mut choices = Vec::new();
        for choice in Parts::of(node).every(Rule::choice) {
            let mut parts = Parts::of(choice);
            let name = self.name(parts.need(Rule::name)?);
            choices.push(Choice { name, spellings: parts.every(Rule::string).map(|spelling| self.text_of(spelling)).collect() });
        }
        Ok(choices)
    }

    /// `signal rejected by inside_sales ignore bursts of 4 within 1 second { reason … }`
    pub fn signal(&mut self, node: Node) -> Built<Signal> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut signal = Signal { name, display, by: None, bursts: None, changes: Vec::new(), properties: Vec::new() };
        while let Some(part) = parts.part() {
            match part.as_rule() {
                Rule::signal_by => signal.by = Some(self.name(Parts::of(part).need(Rule::name)?)),
                Rule::signal_bursts => {
                    let mut inside = Parts::of(part);
                    let count = self.integer(inside.need(Rule::integer)?);
                    signal.bursts = Some((count, self.duration(inside.need(Rule::duration)?)?));
                }
                Rule::change_cost | Rule::change_fixed => signal.changes.push(self.change(part)?),
                Rule::field => signal.properties.push(self.field(part)?),
                _ => return Err(Unbuilt),
            }
        }
        Ok(signal)
    }

    /// `group scoring = page_view, form_fill`
    pub fn group(&mut self, node: Node) -> Built<Group> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        Ok(Group { name, display, members: self.names(parts.need(Rule::names)?) })
    }

    /// `table territories from "territories.csv" { … }`
    pub fn table(&mut self, node: Node) -> Built<Table> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let file = parts.optional(Rule::string).map(|file| self.text_of(file));
        let mut columns = Vec::new();
        while let Some(column) = parts.optional(Rule::column) {
            columns.push(self.column(column)?);
        }
        Ok(Table { name, display, file, columns })
    }

    fn column(&mut self, node: Node) -> Built<Column> {
        let span: Span = self.span(&node);
        let mut parts = Parts::of(node);
        let name = self.name(parts.need(Rule::name)?);
        let ty = self.type_expression(parts.need(Rule::type_expression)?)?;
        let mut column = Column { doc: self.doc(span), name, ty, key: None, prefix: false, optional: None, span };
        for part in parts {
            match part.as_rule() {
                Rule::KEY => column.key = Some(self.span(&part)),
                Rule::PREFIX_KEY => {
                    column.key = Some(self.span(&part));
                    column.prefix = true;
                }
                Rule::OPTIONAL => column.optional = Some(self.span(&part)),
                _ => return Err(Unbuilt),
            }
        }
        Ok(column)
    }
}
