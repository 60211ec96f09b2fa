//! The header, teams and calendars as parts.

use jiff::civil::Date;

use super::part::Part;
use super::telling::DAY;
use super::words;
use crate::syntax::tree::{Block, Calendar, File, Hours, Name, Policy, PolicyProperty, Special, Team, Text};

/// `leadwright 1`
pub fn language(files: &[File]) -> Part {
    let mut versions: Vec<u32> = files.iter().filter_map(|file| Some(file.version?.0)).collect();
    versions.sort_unstable();
    versions.dedup();
    let versions: Vec<String> = versions.iter().map(u32::to_string).collect();
    Part::named("language", "").plain("version", versions.join(", "))
}

pub fn policy(doc: Option<&Text>, policy: &Policy) -> Part {
    let Policy { name, display, properties } = policy;
    // there is one, whatever its name
    let mut part = Part::keyed("policy", words::name(name), [String::new()]).called(doc, display.as_ref());
    let mut follows = Vec::new();
    for property in properties {
        part = match property {
            PolicyProperty::Version(text) => part.words("version", Some(words::text(text))),
            PolicyProperty::Dated(day, _) => part.words("date", Some(day.to_string())),
            PolicyProperty::Owner(owner) => part.words("owner", Some(words::name(owner))),
            PolicyProperty::Timezone(zone) => part.plain("time zone", words::text(zone)),
            PolicyProperty::Currency(currency) => part.plain("currency", currency.text.clone()),
            PolicyProperty::Follows(standards) => {
                follows.extend(standards.iter().map(|standard| Part::named("followed standard", words::name(standard))));
                part
            }
        };
    }
    part.free(follows)
}

pub fn team(doc: Option<&Text>, team: &Team) -> Part {
    let Team { name, display, members, calendar, except } = team;
    Part::named("team", words::name(name))
        .called(doc, display.as_ref())
        .maybe("calendar", calendar.as_ref().map(words::name))
        .free(listed("member", members))
        .free(except.iter().map(|(member, calendar)| {
            Part::named("exception", words::name(member))
                .text(format!("{} on {}", words::name(member), words::name(calendar)))
                .plain("calendar", words::name(calendar))
        }))
}

/// Names whose order means nothing.
pub fn listed(noun: &'static str, list: &[Name]) -> Vec<Part> {
    list.iter().map(|name| Part::named(noun, words::name(name))).collect()
}

pub fn calendar(doc: Option<&Text>, calendar: &Calendar) -> Part {
    let Calendar { name, display, timezone, hours, closed, special } = calendar;
    Part::named("calendar", words::name(name))
        .called(doc, display.as_ref())
        .maybe("time zone", timezone.as_ref().map(words::text))
        .free(hours.iter().map(opening))
        .free(
            closed.iter().map(|(day, reason, _)| {
                self::day("closed day", *day, reason.as_ref()).words("display name", reason.as_ref().map(words::text))
            }),
        )
        .free(special.iter().map(|special| {
            let Special { date, display, blocks: open, span: _ } = special;
            day("special day", *date, display.as_ref())
                .text(format!("{date} {}", blocks(open)))
                .words("display name", display.as_ref().map(words::text))
                .plain("hours", blocks(open))
        }))
}

/// On another day of its year it is the same, if it has a name.
fn day(noun: &'static str, date: Date, name: Option<&Text>) -> Part {
    let named = name.map(|name| format!("{} {}", words::text(name), date.year()));
    Part::keyed(noun, date.to_string(), [date.to_string()].into_iter().chain(named)).naming(DAY)
}

fn opening(hours: &Hours) -> Part {
    let Hours { first, last, blocks: open, span: _ } = hours;
    let short = |day: jiff::civil::Weekday| match day {
        jiff::civil::Weekday::Monday => "mon",
        jiff::civil::Weekday::Tuesday => "tue",
        jiff::civil::Weekday::Wednesday => "wed",
        jiff::civil::Weekday::Thursday => "thu",
        jiff::civil::Weekday::Friday => "fri",
        jiff::civil::Weekday::Saturday => "sat",
        jiff::civil::Weekday::Sunday => "sun",
    };
    let days = if first == last { short(*first).to_owned() } else { format!("{} to {}", short(*first), short(*last)) };
    Part::named("hours of", days.clone()).text(format!("{days} {}", blocks(open))).plain("hours", blocks(open))
}

fn blocks(blocks: &[Block]) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let texts: Vec<String> = blocks
        .iter()
        .map(|block| {
            let Block { open_minute, close_minute, span: _ } = block;
            format!("{} to {}", clock(*open_minute), clock(*close_minute))
        })
        .collect();
    texts.join(", ")
}
