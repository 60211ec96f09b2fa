//! Names that a reported mistake has taken out of a set: what stands twice was meant to be something else once, and a block of rows that lacks one lacks what
//! that would have given.
//!
//! Enters: where a name is lost, when that is reported. Leaves: whether an unknown name may be the one that was lost. Always holds: as many unknown names are
//! let through as were lost, each as often as it stands; all others are told, and so is whatever is a slip in the writing of a name that is known. The message that lets a
//! name through points at its first place, so that it is told in the same run even if it is another mistake.
//!
//! A file that could not be read may declare any name but those: they are kept for the one message about that file.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::hidden::{Hidden, Space};
use super::resolve::quoted;
use super::value::fold_choice;
use super::{Choices, ChoicesId, ScoreId, TableId};
use crate::diagnostic::{Diagnostic, Label, nearest};
use crate::source::Span;

/// What a name is lost from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    Space(Space),
    Choices(ChoicesId),
    Columns(TableId),
    /// of the signal of this name
    Properties(String),
    Sections(ScoreId),
}

/// More than any policy has names: nothing of the set is known.
pub(crate) const ALL: usize = usize::MAX;

/// Names of fewer letters (`size`, `site`) are near to one another without a slip.
const SLIP_MIN: usize = 5;

/// Of two names that differ in one of their words, this is so long if one is the other with a slip: `desk_in` and `desk_on` are two.
const SLIP_WORD_MIN: usize = 4;

/// So many names that a file may declare are listed.
const NAMES_OF_FILES_MAX: usize = 20;

#[derive(Debug, Default)]
pub(crate) struct Lost {
    sets: FxHashMap<Set, Names>,
    /// names that nothing declares but, perhaps, a file that could not be read
    of_files: BTreeSet<String>,
    let_through: Vec<LetThrough>,
}

/// The message that has lost a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// what stands twice: the place that the message points at
    Repeated(Span),
    /// what lacks rows
    Rows(Span),
    /// what lacks its name
    Nameless(Span),
}

/// A name that was let through, where it stands first.
#[derive(Debug)]
struct LetThrough {
    cause: Cause,
    name: String,
    at: Span,
    /// a known name that it is near to
    near: Option<String>,
}

#[derive(Debug, Default)]
struct Names {
    /// how many further names may be let through
    left: usize,
    taken: FxHashSet<String>,
    /// the messages, of which each lets one name through first
    causes: VecDeque<Cause>,
    /// what stands twice: the lost name may be nearly the same
    repeated: FxHashSet<String>,
}

impl Lost {
    pub fn add(&mut self, set: Set, count: usize) {
        let names = self.sets.entry(set).or_default();
        names.left = names.left.saturating_add(count);
    }

    /// As many names were lost to rows that the message at `place` says to be lacking.
    pub fn add_rows(&mut self, set: Set, count: usize, place: Span) {
        self.add(set.clone(), count);
        self.sets.entry(set).or_default().causes.push_back(Cause::Rows(place));
    }

    /// One of two things of this name was meant to be called otherwise, as the message at `place` says.
    pub fn add_repeated(&mut self, set: Set, name: &str, place: Option<Span>) {
        self.add(set.clone(), 1);
        let names = self.sets.entry(set).or_default();
        names.repeated.insert(name.to_owned());
        names.causes.extend(place.map(Cause::Repeated));
    }

    /// The item with this display name, which stands at `place`, lacks its name.
    pub fn add_nameless(&mut self, set: Set, name: &str, place: Span) {
        self.add(set.clone(), 1);
        self.add_name(set.clone(), name);
        self.sets.entry(set).or_default().causes.push_back(Cause::Nameless(place));
    }

    /// A part of the text lacks its name, which the message at `place` is about.
    pub fn add_forgotten(&mut self, set: Set, place: Span) {
        self.add(set.clone(), 1);
        self.sets.entry(set).or_default().causes.push_back(Cause::Nameless(place));
    }

    /// The set has lost this name, however near it is to others.
    pub fn add_name(&mut self, set: Set, name: &str) {
        self.sets.entry(set).or_default().taken.insert(name.to_owned());
    }

    /// Whether a file that could not be read declares the name, for all that is known: it is no known name with a slip.
    pub fn may_be_of_file<'n>(&mut self, name: &str, known: impl IntoIterator<Item = &'n str>) -> bool {
        let is_file = !known.into_iter().any(|known| is_one_slip(name, known));
        if is_file {
            self.of_files.insert(name.to_owned());
        }
        is_file
    }

    /// What the message about a file that could not be read says of names that it may declare.
    pub fn said_of_files(&self) -> Option<String> {
        let shown: Vec<&String> = self.of_files.iter().take(NAMES_OF_FILES_MAX).collect();
        let more = match self.of_files.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!shown.is_empty()).then(|| format!("names that no other file declares: {}{more}", quoted(&shown)))
    }

    /// Whether the name may be one that was forgotten in the text.
    pub fn may_be_forgotten(&self, name: &str) -> bool {
        let is_left = |names: &Names| names.causes.iter().any(|cause| matches!(cause, Cause::Nameless(_)));
        let let_through = self.let_through.iter().any(|one| one.name == name && matches!(one.cause, Cause::Nameless(_)));
        let_through || self.sets.values().any(is_left)
    }

    /// Whether the set has lost the name, or any that nobody knows.
    pub fn has_lost(&self, set: &Set, name: &str) -> bool {
        self.sets.get(set).is_some_and(|names| names.left > 0 || names.taken.contains(name))
    }

    /// Whether an unknown name may be one that the set has lost, and is none of those that it has. `at` is where it stands, if that can be shown.
    pub fn may_be<'n>(&mut self, set: &Set, name: &str, at: Option<Span>, known: impl IntoIterator<Item = &'n str>) -> bool {
        let Some(names) = self.sets.get_mut(set) else { return false };
        if names.left == ALL || names.taken.contains(name) {
            return true;
        }
        if names.left == 0 {
            return false;
        }
        let known: Vec<&str> = known.into_iter().map(|name| -> &str { name }).collect();
        if names.is_slip(name, known.iter().copied()) {
            return false;
        }
        names.left -= 1;
        names.taken.insert(name.to_owned());
        if let Some(at) = at
            && let Some(cause) = names.causes.pop_front()
        {
            let near = nearest(name, known.into_iter().filter(|known| !names.repeated.contains(*known))).map(str::to_owned);
            self.let_through.push(LetThrough { cause, name: name.to_owned(), at, near });
        }
        true
    }
}

impl Names {
    /// Whether a known name was meant: not one that stands twice, nor one of a row of numbered names.
    fn is_slip<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> bool {
        let repeated = self.repeated.iter().map(String::as_str);
        let known = known.into_iter().map(|name| -> &str { name });
        // of several that are as near the first is taken
        let near = nearest(name, repeated.chain(known)).filter(|near| !self.repeated.contains(*near));
        near.is_some_and(|near| match length(name) {
            SLIP_MIN.. => without_digits(name) != without_digits(near),
            _ => !self.repeated.is_empty() && is_slip_of_short(name, near),
        })
    }
}

/// Whether one letter is wrong, too many or lacking, or two are exchanged: not a digit, not the `s` of more than one, and no other letter in a short word.
fn is_one_slip(name: &str, known: &str) -> bool {
    let (words, known_words): (Vec<&str>, Vec<&str>) = (name.split('_').collect(), known.split('_').collect());
    let differing = words.iter().zip(&known_words).find(|(word, known)| word != known);
    let is_short =
        words.len() == known_words.len() && differing.is_some_and(|(word, known)| length(word).max(length(known)) < SLIP_WORD_MIN);
    length(name) >= SLIP_MIN
        && !is_plural(name, known)
        && without_digits(name) != without_digits(known)
        && if is_short { is_exchange(name, known) } else { is_one_edit(name, known) }
}

/// The same of a short name, where another letter makes another name too often.
fn is_slip_of_short(name: &str, known: &str) -> bool {
    is_exchange(name, known) || length(name) != length(known) && is_one_edit(name, known) && !is_plural(name, known)
}

fn length(name: &str) -> usize {
    name.chars().count()
}

/// `site` and `sites`, in any order.
fn is_plural(one: &str, other: &str) -> bool {
    let is_many_of = |many: &str, one: &str| !one.ends_with('s') && many.strip_suffix('s') == Some(one);
    is_many_of(one, other) || is_many_of(other, one)
}

/// Whether they are the same but for two letters next to each other.
fn is_exchange(one: &str, other: &str) -> bool {
    length(one) == length(other)
        && is_one_edit(one, other)
        && one.chars().zip(other.chars()).filter(|(one, other)| one != other).count() == 2
}

/// Whether one letter more, less, another, or two exchanged make the one the other.
fn is_one_edit(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let before = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[before..], &other[before..]);
    let behind = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    match (&one[..one.len() - behind], &other[..other.len() - behind]) {
        ([_] | [], [_]) | ([_], []) => true,
        ([first, second], [third, fourth]) => first == fourth && second == third,
        _ => false,
    }
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// Whatever a name that nothing declares may be declared by: text that could not be read, and what reported mistakes have lost.
pub(crate) struct Undeclared<'c> {
    pub hidden: &'c Hidden,
    pub lost: &'c mut Lost,
}

impl Undeclared<'_> {
    /// Whether a name that is written as in files is one of a space, or of a set of choices. `known` are those choices.
    pub fn may_be(
        &mut self,
        space: Option<Space>,
        choices: Option<ChoicesId>,
        known: Option<&Choices>,
        written: &str,
        at: Option<Span>,
    ) -> bool {
        let name = fold_choice(written);
        let in_space = space.is_some_and(|space| {
            self.hidden.has_name(space, written)
                || self.hidden.files_may_declare(space) && self.lost.may_be_of_file(&name, names_of(known))
                || self.lost.may_be(&Set::Space(space), &name, at, names_of(known))
        });
        in_space || choices.is_some_and(|choices| self.lost.may_be(&Set::Choices(choices), &name, at, names_of(known)))
    }
}

fn names_of(choices: Option<&Choices>) -> impl Iterator<Item = &str> {
    choices.into_iter().flat_map(|choices| &choices.members).map(|member| member.name.as_str())
}

impl Checker<'_> {
    /// Points the messages that let names through at these.
    pub(crate) fn show_let_through(&mut self) {
        for LetThrough { cause, name, at, near } in std::mem::take(&mut self.memory.lost.let_through) {
            let or_near = near.map_or_else(String::new, |near| format!(", or `{near}`"));
            match cause {
                Cause::Repeated(place) => {
                    self.add_label(place, at, format!("nothing declares `{name}`: is one of the two meant{or_near}?"));
                }
                Cause::Nameless(place) => {
                    // the first message about it is that it lacks its name
                    let is_there = |diagnostic: &&mut Diagnostic| diagnostic.labels.first().is_some_and(|label| label.span == place);
                    if let Some(diagnostic) = self.diagnostics.iter_mut().find(is_there) {
                        let text = format!("nothing declares `{name}`: is it the name that is lacking{or_near}?");
                        diagnostic.labels.push(Label { span: at, text });
                    }
                }
                Cause::Rows(place) => self.add_label(place, at, format!("no row gives `{name}`: is it one that is lacking{or_near}?")),
            }
        }
    }

    /// Adds a label to the last message whose first one lies within `place`: what may be the same mistake, and is told with it.
    pub(crate) fn add_label(&mut self, place: Span, at: Span, text: String) {
        let is_within = |span: Span| span.source == place.source && place.start <= span.start && span.end <= place.end;
        let is_there = |diagnostic: &&mut Diagnostic| diagnostic.labels.first().is_some_and(|label| is_within(label.span));
        if let Some(diagnostic) = self.diagnostics.iter_mut().rev().find(is_there)
            && diagnostic.labels.iter().all(|label| label.span != at || label.text != text)
        {
            diagnostic.labels.push(Label { span: at, text });
        }
    }

    /// Whether the declaration of an unknown name may have been lost, to text that could not be read or to a reported mistake.
    pub(crate) fn may_be_declared(&mut self, space: Space, name: &str, at: Option<Span>) -> bool {
        if self.hidden.has_name(space, name) {
            return true;
        }
        let set = Set::Space(space);
        let (is_in_files, can_compare) = (self.hidden.files_may_declare(space), self.can_suggest());
        // names are not collected for nothing
        if !is_in_files && !self.memory.lost.has_lost(&set, name) {
            return false;
        }
        let Checker { policy, names, signals, groups, teams, calendars, tables, standards, memory, .. } = self;
        let choices = |id: Option<ChoicesId>| names_of(id.and_then(|id| policy.choices.get(id))).collect();
        let known: Vec<&str> = match space {
            Space::Value => names.keys().map(String::as_str).collect(),
            Space::Field => policy.fields.iter().map(|field| field.name.as_str()).collect(),
            Space::Section => Vec::new(),
            Space::Stage => choices(policy.stage_choices),
            Space::Queue => choices(policy.queue_choices),
            Space::Owner => choices(policy.owner_choices),
            Space::Team => teams.keys().map(String::as_str).collect(),
            Space::Calendar => calendars.keys().map(String::as_str).collect(),
            Space::Signal => signals.keys().chain(groups.keys()).map(String::as_str).collect(),
            Space::Table => tables.keys().map(String::as_str).collect(),
            Space::Standard => standards.keys().map(String::as_str).collect(),
        };
        let known = if can_compare { known } else { Vec::new() };
        if is_in_files {
            memory.names_compared = memory.names_compared.saturating_add(known.len());
            if memory.lost.may_be_of_file(name, known.iter().copied()) {
                return true;
            }
        }
        memory.lost.may_be(&set, name, at, known)
    }

    /// The same of a choice. What a field or a `decide` lists, it lists alone.
    pub(crate) fn choice_may_be_declared(&mut self, choices: ChoicesId, name: &str, at: Option<Span>) -> bool {
        let policy = &self.policy;
        let spaces = [
            (policy.stage_choices, Space::Stage),
            (policy.queue_choices, Space::Queue),
            (policy.owner_choices, Space::Owner),
            (self.team_choices, Space::Team),
        ];
        let space = spaces.into_iter().find(|(set, _)| *set == Some(choices)).map(|(_, space)| space);
        let known = policy.choices.get(choices).filter(|_| self.can_suggest());
        Undeclared { hidden: &self.hidden, lost: &mut self.memory.lost }.may_be(space, Some(choices), known, name, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_names_are_let_through_as_were_lost() {
        let mut lost = Lost::default();
        let set = Set::Choices(3);
        assert!(!lost.may_be(&set, "a", None, []));
        lost.add(set.clone(), 1);
        assert!(!lost.may_be(&Set::Choices(4), "a", None, []));
        assert!(lost.may_be(&set, "a", None, []) && lost.may_be(&set, "a", None, []) && !lost.may_be(&set, "b", None, []));
        lost.add(set.clone(), ALL);
        assert!(lost.may_be(&set, "b", None, []) && lost.may_be(&set, "c", None, []));
    }

    #[test]
    fn a_slip_in_a_known_name_is_told_and_takes_no_place() {
        let known = || ["sites", "clicks", "tier_1", "site"];
        let mut lost = Lost::default();
        let set = Set::Space(Space::Value);
        lost.add_repeated(set.clone(), "clicks", None);
        assert!(!lost.may_be(&set, "sitess", None, known()));
        // nearly what stands twice: one of the two may have been meant so
        assert!(lost.may_be(&set, "click", None, known()));
        // numbered names, and those of few letters, are near to one another without a slip
        lost.add(set.clone(), 3);
        assert!(lost.may_be(&set, "tier_2", None, known()) && lost.may_be(&set, "size", None, known()));
        // unless letters of a short one are exchanged, or one is too many or lacking, and another name is the one that stands twice
        assert!(
            !lost.may_be(&set, "siet", None, known())
                && !lost.may_be(&set, "sie", None, known())
                && !lost.may_be(&set, "sitte", None, known())
        );
        assert!(!lost.may_be(&set, "tear_1", None, known()));
        let rows = Set::Choices(3);
        lost.add(rows.clone(), 1);
        assert!(lost.may_be(&rows, "siet", None, known()) && !lost.may_be(&rows, "visits", None, known()));
    }

    #[test]
    fn a_file_may_declare_what_is_no_slip() {
        for (name, known) in [
            ("regoin", "region"),
            ("regon", "region"),
            ("reggion", "region"),
            ("regiom", "region"),
            ("deal_siez", "deal_size"),
            ("ask_fro_rep", "ask_for_rep"),
            ("bedss", "beds"),
        ] {
            assert!(is_one_slip(name, known), "{name} {known}");
        }
        let apart = [
            ("sites", "site"),
            ("visit_2", "visit_1"),
            ("desk_in", "desk_on"),
            ("size", "site"),
            ("sales_east", "sales_west"),
            ("region", "region_x"),
            ("hospital", "harbour"),
        ];
        for (name, known) in apart {
            assert!(!is_one_slip(name, known) && !is_one_slip(known, name), "{name} {known}");
        }
        let mut lost = Lost::default();
        assert!(lost.said_of_files().is_none());
        assert!(lost.may_be_of_file("depot", ["region"]) && lost.may_be_of_file("area", []) && !lost.may_be_of_file("regoin", ["region"]));
        assert_eq!(lost.said_of_files().as_deref(), Some("names that no other file declares: `area`, `depot`"));
        (0..30).for_each(|number| assert!(lost.may_be_of_file(&format!("n{number:02}"), [])));
        assert!(lost.said_of_files().is_some_and(|said| said.ends_with("`n17` and 12 more")));
    }
}
