//! The `policy` header: name, version and its day, owner, zone, currency, the standards it follows.
//!
//! Enters: the header's tree. Leaves: the policy's own properties. Always holds: the zone is one of the bundled database, `UTC` when none
//! is written; a currency has a known number of decimal places.

use std::mem::{Discriminant, discriminant};

use jiff::tz::TimeZoneDatabase;
use rustc_hash::FxHashMap;

use super::check::Checker;
use super::currencies;
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::tree::{self, PolicyProperty};

impl<'t> Checker<'t> {
    pub(crate) fn check_header(&mut self) {
        let headers = self.items.policies.clone();
        let Some((item, header)) = headers.first().copied() else {
            // what the header would have said is not missed one by one
            self.currency_broken = true;
            if !self.hidden.may_have("policy") {
                let start = Span::new(self.entry, 0, 0);
                self.report(
                    Diagnostic::new(Code::NoPolicy, "there is no `policy` header")
                        .at(start, "no file of the policy has one")
                        .help("write `policy NAME { … }` behind the first line of this file"),
                );
            }
            return;
        };
        for (_, second) in &headers[1..] {
            self.report(
                Diagnostic::new(Code::SecondPolicy, format!("`{}` is a second `policy` header", second.name.text))
                    .at(second.name.span, "second header")
                    .at(header.name.span, "first header")
                    .help("leave one of them out: the files of a policy share one header"),
            );
        }
        self.policy.name = header.name.text.clone();
        self.policy.display = header.display.as_ref().map(|text| text.value.clone());
        self.policy.doc = item.doc.as_ref().map(|text| text.value.clone());

        let mut seen: FxHashMap<Discriminant<PolicyProperty>, Span> = FxHashMap::default();
        for property in &header.properties {
            let (word, span) = word_and_span(property, header.name.span);
            if let Some(first) = seen.insert(discriminant(property), span) {
                self.report(
                    Diagnostic::new(Code::BadHeader, format!("the policy has two values for `{word}`"))
                        .at(span, "second value")
                        .at(first, "first value")
                        .help("leave one of them out"),
                );
                continue;
            }
            self.check_property(property);
        }
        self.currency_broken |= self.policy.currency.is_none() && self.hidden.may_have_with("policy", "currency");
    }

    fn check_property(&mut self, property: &'t tree::PolicyProperty) {
        match property {
            PolicyProperty::Version(text) => self.policy.version = Some(text.value.clone()),
            PolicyProperty::Owner(team) => {
                self.team_named(team);
            }
            PolicyProperty::Timezone(text) => {
                if let Some(zone) = self.zone_named(text) {
                    self.policy.timezone = zone;
                }
            }
            PolicyProperty::Currency(name) => {
                self.policy.currency = currencies::currency(&name.text);
                if self.policy.currency.is_none() {
                    self.unknown_currency(name);
                    // the amounts of the policy are most likely in the currency that was meant
                    self.currency_broken = true;
                }
            }
            PolicyProperty::Dated(..) => {}
            PolicyProperty::Follows(standards) => self.check_follows(standards),
        }
    }

    /// The zone's name as the bundled database writes it; if it has none, it has been said.
    pub(crate) fn zone_named(&mut self, text: &tree::Text) -> Option<String> {
        let database = TimeZoneDatabase::bundled();
        if let Ok(zone) = database.get(&text.value) {
            return Some(zone.iana_name().unwrap_or(&text.value).to_owned());
        }
        let diagnostic = Diagnostic::new(Code::UnknownZone, format!("there is no time zone `{}`", text.value))
            .at(text.span, "not a zone of the IANA database");
        let zones: Vec<String> = database.available().map(|zone| zone.as_str().to_owned()).collect();
        let diagnostic = match nearest(&text.value, zones.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).replace(
                format!("write `{near}`"),
                Applicability::Unsafe,
                text.span,
                format!("\"{near}\""),
            ),
            None => diagnostic.help("write a region and a city, such as \"America/New_York\", or \"UTC\""),
        };
        self.report(diagnostic);
        None
    }

    pub(crate) fn unknown_currency(&mut self, name: &tree::Name) {
        let diagnostic = Diagnostic::new(Code::UnknownCurrency, format!("there is no currency `{}`", name.text))
            .at(name.span, "not a code of ISO 4217 that divides into minor units");
        let diagnostic = match nearest(&name.text, currencies::codes()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).replace(
                format!("write `{near}`"),
                Applicability::Unsafe,
                name.span,
                near,
            ),
            None => diagnostic.help("write a code of three letters, such as `USD`"),
        };
        self.report(diagnostic);
    }
}

/// `fallback` is for a list of names that the grammar never leaves empty.
fn word_and_span(property: &PolicyProperty, fallback: Span) -> (&'static str, Span) {
    match property {
        PolicyProperty::Version(text) => ("version", text.span),
        PolicyProperty::Dated(_, span) => ("dated", *span),
        PolicyProperty::Owner(name) => ("owner", name.span),
        PolicyProperty::Timezone(text) => ("timezone", text.span),
        PolicyProperty::Currency(name) => ("currency", name.span),
        PolicyProperty::Follows(names) => ("follows", names.iter().map(|name| name.span).reduce(Span::to).unwrap_or(fallback)),
    }
}
