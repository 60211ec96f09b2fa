//! Which rules are looked for, and how much they matter.
//!
//! Enters: the text of a `leadwright.toml`, and what a command line adds. Leaves: [`Config`] and [`Levels`]; or one sentence with the place of what
//! cannot be read. Always holds: what is closer to the user wins: command line, then rule, then group, then the rule's own default.
//!
//! ```toml
//! [lint]
//! baseline = "lint-baseline.json"
//!
//! [lint.groups]
//! style = "off"
//!
//! [lint.rules]
//! unused-field = "error"
//! ```

use rustc_hash::{FxHashMap, FxHashSet};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Group, Level, Rule, every, find};
use crate::diagnostic::nearest;

/// The name of the file that a policy's folder, or one above it, may hold.
pub const FILE_NAME: &str = "leadwright.toml";

/// What a `leadwright.toml` says of the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    pub levels: Levels,
    /// relative to the file's folder
    pub baseline: Option<String>,
}

/// The level of each rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    rules: FxHashMap<&'static str, Level>,
    groups: FxHashMap<&'static str, Level>,
    /// if any, no other rule is looked for
    only: FxHashSet<&'static str>,
    /// of these, those that are asked for by their own names
    only_by_name: FxHashSet<&'static str>,
    /// what the command line says of rules
    rule_flags: FxHashMap<&'static str, Level>,
    /// and of groups
    group_flags: FxHashMap<&'static str, Level>,
}

/// What cannot be read, and where: line and column count from one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ConfigError {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl Levels {
    pub fn of(&self, rule: &Rule) -> Level {
        let configured = self.rules.get(rule.name).or_else(|| self.groups.get(rule.group.name())).copied().unwrap_or(rule.level);
        if let Some(level) = self.rule_flags.get(rule.name).or_else(|| self.group_flags.get(rule.group.name())) {
            return *level;
        }
        match (self.only.is_empty() || self.only.contains(rule.name), configured) {
            // who asks for a rule by name wants to see it
            (true, Level::Off) if self.only_by_name.contains(rule.name) => Level::Warning,
            (true, configured) => configured,
            (false, _) => Level::Off,
        }
    }

    /// `--only NAME`: a rule or a group.
    pub fn only(&mut self, name: &str) -> Result<(), String> {
        let rules = rules_named(name)?;
        self.only.extend(rules.iter().map(|rule| rule.name));
        self.only_by_name.extend(find(name).map(|rule| rule.name));
        Ok(())
    }

    /// `--ignore NAME`, `--level NAME=LEVEL`.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), String> {
        let rules = rules_named(name)?;
        match find(name) {
            Some(rule) => self.rule_flags.insert(rule.name, level),
            None => rules.first().and_then(|rule| self.group_flags.insert(rule.group.name(), level)),
        };
        Ok(())
    }
}

/// The rules that a word means: one by its name, or all of a group.
fn rules_named(name: &str) -> Result<Vec<&'static Rule>, String> {
    if let Some(rule) = find(name) {
        return Ok(vec![rule]);
    }
    let of_group: Vec<&Rule> = every().filter(|rule| rule.group.name() == name).collect();
    if of_group.is_empty() { Err(unknown("rule or group", name, rule_names().chain(group_names()))) } else { Ok(of_group) }
}

/// A level by its name.
pub fn level(word: &str) -> Result<Level, String> {
    let found = Level::ALL.into_iter().find(|level| level.name() == word);
    found.ok_or_else(|| match word {
        "warn" => "there is no level `warn`: write `warning`".to_owned(),
        _ => format!("there is no level `{word}`: write `error`, `warning`, `note` or `off`"),
    })
}

pub fn rule_names() -> impl Iterator<Item = &'static str> {
    every().map(|rule| rule.name)
}

fn group_names() -> impl Iterator<Item = &'static str> {
    Group::ALL.into_iter().map(Group::name)
}

/// What stands in `[lint]` and is none of its settings.
fn no_setting(word: &str) -> String {
    let (known, section) =
        (["baseline", "groups", "rules"].into_iter(), |noun: &str| format!("`{word}` is a {noun}: its level stands in `[lint.{noun}s]`"));
    match (find(word), group_names().any(|group| group == word)) {
        (Some(_), _) => section("rule"),
        (None, true) => section("group"),
        (None, false) => unknown("setting", word, known),
    }
}

/// `there is no rule `x`; did you mean `y`?`
pub fn unknown(noun: &str, word: &str, candidates: impl Iterator<Item = &'static str>) -> String {
    // rules are written with hyphens, and remembered with underscores and blanks
    let word = word.trim();
    let hyphens = word.replace(['_', ' '], "-");
    let near: Vec<&str> = candidates.collect();
    let exact = near.iter().find(|candidate| **candidate == hyphens).copied();
    match exact.or_else(|| nearest(&hyphens, near.iter().copied())) {
        Some(near) => format!("there is no {noun} `{word}`; did you mean `{near}`?"),
        None => format!("there is no {noun} `{word}`"),
    }
}

/// Reads the text of a `leadwright.toml`.
pub fn read(text: &str) -> Result<Config, ConfigError> {
    let reader = Reader { text };
    let file = DeTable::parse(text).map_err(|error| reader.error(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let mut config = Config::default();
    for (key, value) in file.get_ref() {
        match key.get_ref().as_ref() {
            "lint" => reader.lint(value, &mut config)?,
            other => return Err(reader.error(key.span().start, unknown("section", other, ["lint"].into_iter()))),
        }
    }
    Ok(config)
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn lint(&self, value: &Spanned<DeValue<'_>>, config: &mut Config) -> Result<(), ConfigError> {
        for (key, value) in self.table("lint", value)? {
            match key.get_ref().as_ref() {
                "baseline" => config.baseline = Some(self.word("`baseline`", value)?.to_owned()),
                "groups" => {
                    for (name, value) in self.table("groups", value)? {
                        let group = group_names().find(|group| *group == name.get_ref().as_ref());
                        let group = group.ok_or_else(|| self.error(name.span().start, unknown("group", name.get_ref(), group_names())))?;
                        config.levels.groups.insert(group, self.level(value)?);
                    }
                }
                "rules" => {
                    for (name, value) in self.table("rules", value)? {
                        let rule = find(name.get_ref());
                        let rule = rule.ok_or_else(|| self.error(name.span().start, unknown("rule", name.get_ref(), rule_names())))?;
                        config.levels.rules.insert(rule.name, self.level(value)?);
                    }
                }
                other => return Err(self.error(key.span().start, no_setting(other))),
            }
        }
        Ok(())
    }

    fn table<'v, 'i>(&self, name: &str, value: &'v Spanned<DeValue<'i>>) -> Result<&'v DeTable<'i>, ConfigError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.error(value.span().start, format!("`{name}` is a table of settings"))),
        }
    }

    fn word<'v>(&self, name: &str, value: &'v Spanned<DeValue<'_>>) -> Result<&'v str, ConfigError> {
        match value.get_ref() {
            DeValue::String(word) => Ok(word),
            _ => Err(self.error(value.span().start, format!("{name} is a text in quotation marks"))),
        }
    }

    fn level(&self, value: &Spanned<DeValue<'_>>) -> Result<Level, ConfigError> {
        level(self.word("a level", value)?).map_err(|message| self.error(value.span().start, message))
    }

    fn error(&self, offset: usize, message: String) -> ConfigError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ConfigError { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn wrong(text: &str, sentence: &str) {
        assert_eq!(read(text).map_err(|error| error.to_string()), Err(sentence.to_owned()));
    }

    #[test]
    fn a_rule_before_its_group_and_a_group_before_the_default() {
        let config = read("[lint.groups]\nsuspicious = \"off\"\n[lint.rules]\nunused-let = \"error\"\n").unwrap();
        let of = |name: &str| config.levels.of(find(name).unwrap());
        assert_eq!((of("unused-let"), of("zero-weight"), of("clock-without-breach")), (Level::Error, Level::Off, Level::Warning));
    }

    #[test]
    fn the_command_line_before_the_file() {
        let mut levels = read("[lint.rules]\nunused-let = \"off\"\n").unwrap().levels;
        levels.only("unused-let").unwrap();
        assert_eq!((levels.of(find("unused-let").unwrap()), levels.of(find("zero-weight").unwrap())), (Level::Warning, Level::Off));
        levels.set("zero-weight", Level::Error).unwrap();
        assert_eq!(levels.of(find("zero-weight").unwrap()), Level::Error);
        assert_eq!(levels.only("unused_let"), Ok(()).and(Err("there is no rule or group `unused_let`; did you mean `unused-let`?".into())));
    }

    #[test]
    fn on_the_command_line_too_a_rule_comes_before_its_group() {
        let of = |levels: &Levels, name: &str| levels.of(find(name).unwrap());
        for order in [["unused-let", "suspicious"], ["suspicious", "unused-let"]] {
            let mut levels = Levels::default();
            for name in order {
                levels.set(name, if name == "suspicious" { Level::Error } else { Level::Off }).unwrap();
            }
            assert_eq!((of(&levels, "unused-let"), of(&levels, "zero-weight")), (Level::Off, Level::Error), "{order:?}");
        }
    }

    #[test]
    fn a_group_does_not_switch_on_what_is_off() {
        let rule = find("past-holiday").unwrap();
        assert_eq!(rule.level, Level::Off);
        let mut levels = Levels::default();
        levels.only(rule.group.name()).unwrap();
        assert_eq!(levels.of(rule), Level::Off);
        levels.only("past-holiday").unwrap();
        assert_eq!(levels.of(rule), Level::Warning);
    }

    #[test]
    fn what_cannot_be_read_is_one_sentence_with_a_place() {
        wrong("[lint.rules]\nunused-lets = \"off\"\n", "2:1: there is no rule `unused-lets`; did you mean `unused-let`?");
        wrong("[lint.rules]\nunused-let = \"warn\"\n", "2:14: there is no level `warn`: write `warning`");
        wrong("[lint.rules]\nunused-let = 1\n", "2:14: a level is a text in quotation marks");
        wrong("[lint.group]\nstyle = \"off\"\n", "1:7: there is no setting `group`; did you mean `groups`?");
        wrong("[lint]\nunused-let = \"off\"\n", "2:1: `unused-let` is a rule: its level stands in `[lint.rules]`");
        wrong("[lint]\nstyle = \"off\"\n", "2:1: `style` is a group: its level stands in `[lint.groups]`");
        wrong("[lnt]\n", "1:2: there is no section `lnt`; did you mean `lint`?");
    }
}
