//! Every text that a person reads: what parts are called, why rows apply, what tests are about.
//!
//! Enters: an item of a tree. Leaves: its display names, reasons and titles, in the order of the text. Always holds: what is compared with values
//! of a lead, and the names of columns elsewhere, are not among them.

use crate::syntax::tree::{Attribute, Because, Item, ItemKind, ScorePart, Section, SectionRow, Text, TypeExpr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// how something is shown
    Display,
    /// behind `because`
    Reason,
    /// of a test or a claim
    Title,
}

/// The texts of an item that people read.
pub fn texts(item: &Item) -> Vec<(&Text, Role)> {
    let mut found = Found(Vec::new());
    found.item(&item.kind);
    found.0
}

struct Found<'t>(Vec<(&'t Text, Role)>);

impl<'t> Found<'t> {
    fn display(&mut self, text: impl IntoIterator<Item = &'t Text>) {
        self.0.extend(text.into_iter().map(|text| (text, Role::Display)));
    }

    fn reason(&mut self, text: &'t Option<Text>) {
        self.0.extend(text.iter().map(|text| (text, Role::Reason)));
    }

    fn item(&mut self, kind: &'t ItemKind) {
        match kind {
            ItemKind::Policy(part) => self.display(&part.display),
            ItemKind::Standard(part) => {
                self.display(&part.display);
                part.requires.iter().for_each(|require| self.reason(&require.because));
            }
            ItemKind::Team(part) => self.display(&part.display),
            ItemKind::Calendar(part) => {
                self.display(&part.display);
                part.closed.iter().for_each(|(_, display, _)| self.display(display));
                part.special.iter().for_each(|special| self.display(&special.display));
            }
            ItemKind::Lead(part) => {
                for field in &part.fields {
                    self.display(&field.display);
                    self.choices(&field.ty);
                }
            }
            ItemKind::Signal(part) => {
                self.display(&part.display);
                for property in &part.properties {
                    self.display(&property.display);
                    self.choices(&property.ty);
                }
            }
            ItemKind::Group(part) => self.display(&part.display),
            ItemKind::Table(part) => {
                self.display(&part.display);
                part.columns.iter().for_each(|column| self.choices(&column.ty));
            }
            ItemKind::Let(part) => self.display(&part.display),
            ItemKind::Score(part) => {
                self.display(&part.display);
                for part in &part.parts {
                    match part {
                        ScorePart::Section(section) => self.section(section),
                        ScorePart::Adjust(adjust) => self.reason(&adjust.because),
                        ScorePart::Persona { sections, .. } => sections.iter().for_each(|section| self.section(section)),
                    }
                }
            }
            ItemKind::Decide(part) => {
                self.display(&part.display);
                for row in &part.rows {
                    self.display(&row.display);
                    self.reason(&row.because);
                }
            }
            ItemKind::Grid(part) => self.display(&part.display),
            ItemKind::Stage(part) => self.display(&part.display),
            ItemKind::Flow(part) => {
                for row in &part.rows {
                    match &row.because {
                        Some(Because::Text(text)) => self.0.push((text, Role::Reason)),
                        Some(Because::Property(..)) | None => {}
                    }
                }
            }
            ItemKind::Route(part) => {
                self.display(&part.display);
                part.rows.iter().for_each(|row| self.reason(&row.because));
            }
            ItemKind::Queue(part) => self.display(&part.display),
            ItemKind::Sla(part) => self.display(&part.display),
            ItemKind::Claim(part) => self.0.push((&part.title, Role::Title)),
            ItemKind::Test(part) => self.0.push((&part.title, Role::Title)),
            ItemKind::Cases(part) => self.0.extend(part.title.iter().map(|title| (title, Role::Title))),
            ItemKind::Use(_) | ItemKind::Promise(_) => {}
        }
    }

    fn choices(&mut self, ty: &'t TypeExpr) {
        self.display(ty.choices().iter().flat_map(|choice| &choice.spellings));
    }

    fn section(&mut self, section: &'t Section) {
        self.display(&section.display);
        for row in &section.rows {
            match row {
                SectionRow::Attribute(attribute) => self.attribute(attribute),
                SectionRow::Points(points) => self.reason(&points.because),
            }
        }
    }

    fn attribute(&mut self, attribute: &'t Attribute) {
        self.display(&attribute.display);
        attribute.rows.iter().for_each(|row| self.reason(&row.because));
    }
}
