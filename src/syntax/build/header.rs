//! The header, standards, teams and calendars.

use jiff::civil::Weekday;

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{Block, Calendar, Hours, Policy, PolicyProperty, Require, Special, Standard, Team, Text, Word};

impl Builder<'_> {
    /// `policy medbank "MedBank" { version "2026.3" … }`
    pub fn policy(&mut self, node: Node) -> Built<Policy> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut properties = Vec::new();
        while let Some(property) = parts.optional(Rule::policy_property) {
            let property = Parts::of(property).part().ok_or(Unbuilt)?;
            let rule = property.as_rule();
            let mut inside = Parts::of(property);
            properties.push(match rule {
                Rule::property_version => PolicyProperty::Version(self.text_of(inside.need(Rule::string)?)),
                Rule::property_dated => {
                    let date = inside.need(Rule::date)?;
                    let span = self.span(&date);
                    // a line of the header it is all the same
                    PolicyProperty::Dated(self.date(date).unwrap_or_default(), span)
                }
                Rule::property_owner => PolicyProperty::Owner(self.name(inside.need(Rule::name)?)),
                Rule::property_timezone => PolicyProperty::Timezone(self.text_of(inside.need(Rule::string)?)),
                Rule::property_currency => PolicyProperty::Currency(self.currency(inside.part().ok_or(Unbuilt)?)),
                Rule::property_follows => PolicyProperty::Follows(self.names(inside.need(Rule::names)?)),
                _ => return Err(Unbuilt),
            });
        }
        Ok(Policy { name, display, properties })
    }

    /// `standard bd_global "Global" { require … }`
    pub fn standard(&mut self, node: Node) -> Built<Standard> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut requires = Vec::new();
        while let Some(require) = parts.optional(Rule::require) {
            requires.push(self.require(require)?);
        }
        Ok(Standard { name, display, requires })
    }

    fn require(&mut self, node: Node) -> Built<Require> {
        let span = self.span(&node);
        let (mut words, mut because, mut as_warning) = (Vec::new(), None, false);
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::REQUIRE => {}
                Rule::AS_WARNING => as_warning = true,
                Rule::because => because = Some(self.because_text(part)?),
                Rule::requirement_word => words.push(self.word(part)?),
                _ => return Err(Unbuilt),
            }
        }
        Ok(Require { words, because, as_warning, span })
    }

    fn word(&mut self, node: Node) -> Built<Word> {
        let span = self.span(&node);
        let part = Parts::of(node).next().ok_or(Unbuilt)?;
        Ok(match part.as_rule() {
            Rule::duration => Word::Duration(self.duration(part)?),
            Rule::percent => Word::Percent(self.weight(part)?),
            Rule::number => Word::Number(self.number(part)),
            Rule::string => Word::Text(self.text_of(part)),
            Rule::comparator => {
                let (comparison, span) = self.comparator(part)?;
                Word::Comparison(comparison, span)
            }
            Rule::COMMA => Word::Comma(span),
            Rule::path => {
                let mut path = self.path(part);
                if path.len() == 1 { Word::Name(path.pop().ok_or(Unbuilt)?) } else { Word::Path(path) }
            }
            Rule::reserved_word => Word::Keyword(self.name(part)),
            _ => return Err(Unbuilt),
        })
    }

    /// `team inside_sales "Inside sales" members rep_a, rep_b on us_sales`
    pub fn team(&mut self, node: Node) -> Built<Team> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut team = Team { name, display, members: Vec::new(), calendar: None, except: Vec::new() };
        while let Some(part) = parts.part() {
            match part.as_rule() {
                Rule::team_members => {
                    let names = Parts::of(part).need(Rule::names)?;
                    team.members.extend(self.names(names));
                }
                Rule::team_calendar => {
                    let mut inside = Parts::of(part);
                    team.calendar = Some(self.name(inside.need(Rule::name)?));
                    while let Some(own) = inside.optional(Rule::own_calendar) {
                        let mut names = Parts::of(own);
                        let member = self.name(names.need(Rule::name)?);
                        team.except.push((member, self.name(names.need(Rule::name)?)));
                    }
                }
                _ => return Err(Unbuilt),
            }
        }
        Ok(team)
    }

    /// `calendar us_sales { timezone "…" hours … closed … special … }`
    pub fn calendar(&mut self, node: Node) -> Built<Calendar> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut calendar = Calendar { name, display, timezone: None, hours: Vec::new(), closed: Vec::new(), special: Vec::new() };
        while let Some(row) = parts.optional(Rule::calendar_row) {
            let span = self.span(&row);
            let row = Parts::of(row).part().ok_or(Unbuilt)?;
            let rule = row.as_rule();
            let mut inside = Parts::of(row);
            match rule {
                Rule::property_timezone => calendar.timezone = Some(self.text_of(inside.need(Rule::string)?)),
                Rule::calendar_hours => {
                    while let Some(opening) = inside.optional(Rule::opening) {
                        calendar.hours.push(self.opening(opening)?);
                    }
                }
                Rule::calendar_closed => {
                    while let Some(day) = inside.optional(Rule::closed_day) {
                        let span = self.span(&day);
                        let mut day = Parts::of(day);
                        let date = self.date(day.need(Rule::date)?);
                        let display = self.optional_text(&mut day);
                        calendar.closed.extend(date.map(|date| (date, display, span)));
                    }
                }
                Rule::calendar_special => {
                    let date = self.date(inside.need(Rule::date)?);
                    let display = self.optional_text(&mut inside);
                    let blocks = self.blocks(inside.need(Rule::blocks)?)?;
                    calendar.special.extend(date.map(|date| Special { date, display, blocks, span }));
                }
                _ => return Err(Unbuilt),
            }
        }
        Ok(calendar)
    }

    fn opening(&mut self, node: Node) -> Built<Hours> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let first = weekday(parts.need(Rule::weekday)?)?;
        let last = parts.optional(Rule::weekday).map(weekday).transpose()?.unwrap_or(first);
        let blocks = self.blocks(parts.need(Rule::blocks)?)?;
        Ok(Hours { first, last, blocks, span })
    }

    fn blocks(&mut self, node: Node) -> Built<Vec<Block>> {
        let mut blocks = Vec::new();
        for block in Parts::of(node).every(Rule::block) {
            let span = self.span(&block);
            let mut clocks = Parts::of(block);
            let open_minute = self.clock(clocks.need(Rule::clock)?);
            let close_minute = self.clock(clocks.need(Rule::clock)?);
            // what is not on the clock runs neither forward nor backward
            blocks.extend(open_minute.zip(close_minute).map(|(open_minute, close_minute)| Block { open_minute, close_minute, span }));
        }
        Ok(blocks)
    }

    /// `because "Budget holder"`
    pub fn because_text(&mut self, node: Node) -> Built<Text> {
        Ok(self.text_of(Parts::of(node).need(Rule::string)?))
    }

    pub fn optional_because(&mut self, parts: &mut Parts) -> Built<Option<Text>> {
        parts.optional(Rule::because).map(|because| self.because_text(because)).transpose()
    }
}

fn weekday(node: Node) -> Built<Weekday> {
    Ok(match node.as_str() {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return Err(Unbuilt),
    })
}
