//! What text that could not be read would have said, so that one slip does not turn every use of what it declares into a mistake.
//!
//! Enters: the parts of the files that the parser gave up on, by the item word that each begins with. Leaves: [`Hidden`]. Always holds: a part takes
//! from the checkers only what an item of its kind declares: its own name, the fields of a `lead`, the ways of a `flow`. What an item that was read
//! lacks (the owner of a stage, the team of a queue) no other text could supply, except for a line below it that begins with no item word.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::meant::{TYPE_WORDS, behind_use, snake_case, used_path};
use crate::syntax::tree::{self, Unread};
use crate::syntax::{ITEM_WORDS, RESERVED_WORDS};

/// How many words that are parted by blanks may have been meant as one name.
const JOINED_MAX: usize = 4;

/// What stands behind the names of items.
const BEHIND_NAMES: [&str; 13] =
    ["team", "owner", "members", "on", "rotate", "from", "start", "final", "when", "of", "by", "running", "ignore"];

/// A set of names in which a written name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Space {
    /// fields, lets, scores, decides, routes and slas
    Value,
    /// fields alone
    Field,
    /// sections of scores
    Section,
    Stage,
    Queue,
    Owner,
    Team,
    Calendar,
    /// signals, and groups of them
    Signal,
    Table,
    Standard,
}

impl Space {
    const ALL: [Space; 11] = [
        Space::Value,
        Space::Field,
        Space::Section,
        Space::Stage,
        Space::Queue,
        Space::Owner,
        Space::Team,
        Space::Calendar,
        Space::Signal,
        Space::Table,
        Space::Standard,
    ];

    /// The words of the items that declare names of the space.
    fn items(self) -> &'static [&'static str] {
        match self {
            Space::Value => &["lead", "let", "score", "decide", "grid", "route", "sla"],
            Space::Field => &["lead"],
            Space::Section => &["score"],
            Space::Stage => &["stage"],
            Space::Queue => &["queue"],
            Space::Owner => &["queue", "team"],
            Space::Team => &["team"],
            Space::Calendar => &["calendar"],
            Space::Signal => &["signal", "group"],
            Space::Table => &["table"],
            Space::Standard => &["standard"],
        }
    }
}

/// What a reported mistake has hidden from the checkers.
#[derive(Debug, Default)]
pub(crate) struct Hidden {
    /// a whole file could not be read
    pub files: bool,
    /// the words of items of which a policy has one, if it was read: no other file has it
    pub singles: Vec<&'static str>,
    /// item word -> the words of the unread parts that begin with it
    kinds: FxHashMap<&'static str, FxHashSet<String>>,
    /// the words of unread parts that begin with no item word, so that they may be any item
    any_kind: FxHashSet<String>,
    names: [FxHashSet<String>; Space::ALL.len()],
    /// where items that begin with `stage`, and could not be read, say that theirs is the start; with its name
    starts: Vec<(String, Span)>,
    /// the words of unread flows
    ways: Ways,
    /// item -> the words of unread lines below it that begin with no item word: they may be its own
    continuations: FxHashMap<Span, FxHashSet<String>>,
    /// the spaces of names that parts lack, and the parts: `queue team t`, a field `text optional`
    nameless: Vec<(Space, Span)>,
    nameless_rows: Vec<NamelessRow>,
    /// items that were read without some of their rows -> what these say
    lacking: FxHashMap<Span, Lacking>,
}

/// A property or a column that lacks its name.
#[derive(Debug)]
pub(crate) struct NamelessRow {
    /// the signal or the table
    pub item: Span,
    pub part: Span,
    /// the words of the part, which may hold further rows
    pub names: Vec<String>,
}

/// Rows that an item was read without.
#[derive(Debug, Default)]
pub(crate) struct Lacking {
    /// how many lines they take
    pub lines: usize,
    /// the parts of those that do not begin with a name, each for every such row
    pub nameless: Vec<Span>,
    /// the names that stand in them
    pub names: FxHashSet<String>,
}

/// The stages that rows of unread flows lead to, and those that they leave.
#[derive(Debug, Default)]
struct Ways {
    to: FxHashSet<String>,
    from: FxHashSet<String>,
    /// a row leaves `any` stage
    from_any: bool,
}

impl Hidden {
    /// Adds what the unread parts of a file hide.
    pub fn add(&mut self, text: &str, file: &tree::File) {
        for unread in &file.unread {
            let span = unread.span;
            let written = text.get(span.start as usize..span.end as usize).unwrap_or_default();
            let code = code_of(written);
            let is_followed = behind_use(written).and_then(used_path).is_some();
            self.add_part(unread, &code, is_followed);
            self.add_start(unread, &code);
            self.add_mended_names(unread, written, &code);
            let around = file.items.get(file.items.partition_point(|item| item.span.end <= span.start));
            let around = around.map(|item| item.span).filter(|item| item.start <= span.start);
            self.add_nameless(unread, written, around);
            if let Some(item) = around {
                let lacking = self.lacking.entry(item).or_default();
                let is_name = |word: &&str| !RESERVED_WORDS.contains(word);
                lacking.lines += written.lines().count();
                let begins_with_name = words_of(&code).next().filter(is_name).is_some_and(|first| code.starts_with(first));
                let count = usize::from(!begins_with_name).max(rows_without_outcome(&code));
                lacking.nameless.extend(std::iter::repeat_n(span, count));
                lacking.names.extend(words_of(&code).filter(is_name).map(str::to_owned));
            }
            if unread.word.is_none() {
                let above = file.items.partition_point(|item| item.span.end <= span.start).checked_sub(1);
                if let Some(item) = above.and_then(|index| file.items.get(index)) {
                    self.continuations.entry(item.span).or_default().extend(words_of(&code).map(str::to_owned));
                }
            }
        }
    }

    fn add_part(&mut self, unread: &Unread, code: &str, is_followed: bool) {
        let near = || nearest(words_of(code).next()?, ITEM_WORDS);
        let Some(word) = unread.word.or_else(near).and_then(|near| ITEM_WORDS.into_iter().find(|word| *word == near)) else {
            self.add_any(code);
            return;
        };
        let (own, strays) = code.split_at(own_end(code));
        let words: Vec<&str> = words_of(own).collect();
        self.kinds.entry(word).or_default().extend(words.iter().map(|word| (*word).to_owned()));
        self.declare(word, &words);
        // a `use` that begins as one should is followed in spite of its slip
        self.files |= word == "use" && unread.word.is_none() && !is_followed;
        if word == "flow" {
            self.ways.add(own);
        }
        // a misspelt item word may be near to another than the one that was meant
        if unread.word.is_none() {
            Space::ALL.into_iter().for_each(|space| self.hide(space, words.get(1).copied()));
        }
        if !strays.is_empty() {
            self.add_any(strays);
        }
    }

    /// `stage raw owner t start`: what else may be wrong with it, it says that it is the start.
    fn add_start(&mut self, unread: &Unread, code: &str) {
        let own = code.get(..own_end(code)).unwrap_or_default();
        let words: Vec<&str> = words_of(own).collect();
        if unread.word != Some("stage") || words.iter().filter(|word| **word == "stage").count() > 1 {
            return;
        }
        let place = words.iter().skip(2).find(|word| **word == "start").map(|word| word.as_ptr() as usize - code.as_ptr() as usize);
        if let Some(at) = place {
            let start = unread.span.start + at as u32;
            let span = Span { start, end: start + "start".len() as u32, ..unread.span };
            self.starts.push((words[1].to_owned(), span));
        }
    }

    /// Adds the names that a part would declare once its own are mended: `queue field-west`, `team inside sales`, `let "big" = …`.
    fn add_mended_names(&mut self, unread: &Unread, written: &str, code: &str) {
        let Some(kind) = unread.word else { return };
        let joined = with_joined_words(code);
        let own = joined.get(..own_end(&joined)).unwrap_or_default();
        self.declare(kind, &words_of(own).collect::<Vec<_>>());
        let behind = |text: &str| text.get(kind.len()..).unwrap_or_default().trim_start().to_owned();
        let heading = behind(own);
        let heading = heading.split(|letter: char| letter == '\n' || !(letter == ' ' || is_of_word(letter))).next().unwrap_or_default();
        let words: Vec<&str> = words_of(heading).collect();
        for count in 2..=words.len().min(JOINED_MAX) {
            self.declare(kind, &[kind, &words[..count].join("_")]);
        }
        if let Some(quoted) = behind(written).strip_prefix('"').and_then(|rest| rest.split('"').next()) {
            self.declare(kind, &[kind, &snake_case(quoted).unwrap_or_default()]);
        }
    }

    /// `queue team t`, `text optional` as a field: whatever the policy calls it may be its name.
    fn add_nameless(&mut self, unread: &Unread, written: &str, around: Option<Span>) {
        let Some(kind) = unread.word else { return };
        let is_row = !written.starts_with(kind);
        let behind = if is_row { written } else { written[kind.len()..].trim_start() };
        let word = words_of(behind).next().filter(|word| behind.starts_with(word)).unwrap_or_default();
        let lacks = if is_row { TYPE_WORDS.contains(&word) } else { word.is_empty() || BEHIND_NAMES.contains(&word) };
        // a property or a column stands in no space but its item
        if let Some(item) = around.filter(|_| lacks && is_row && ["signal", "table"].contains(&kind)) {
            let names = words_of(written).map(str::to_owned).collect();
            self.nameless_rows.push(NamelessRow { item, part: unread.span, names });
        }
        // a row of any other item names nothing that stands in these spaces
        if (lacks || behind.starts_with('"')) && (!is_row || kind == "lead") {
            let spaces = Space::ALL.into_iter().filter(|space| *space != Space::Owner && space.items().contains(&kind));
            self.nameless.extend(spaces.map(|space| (space, unread.span)));
        }
    }

    /// Adds text that may be part of any item.
    fn add_any(&mut self, code: &str) {
        self.any_kind.extend(words_of(code).map(str::to_owned));
        Space::ALL.into_iter().for_each(|space| self.hide(space, words_of(code)));
        self.ways.add(code);
    }

    /// Enters the names that an item of this kind declares.
    fn declare(&mut self, kind: &str, words: &[&str]) {
        // an item that begins on the line of another is read as part of it
        let own = words.iter().zip(words.iter().skip(1)).enumerate();
        let own: Vec<&str> = own.filter(|(index, (word, _))| *index == 0 || **word == kind).map(|(_, (_, name))| *name).collect();
        match kind {
            "lead" => {
                self.hide(Space::Value, words.iter().copied());
                self.hide(Space::Field, words.iter().copied());
            }
            "let" | "decide" | "grid" | "route" | "sla" => self.hide(Space::Value, own),
            "score" => {
                self.hide(Space::Value, own);
                let pairs = words.iter().zip(words.iter().skip(1));
                self.hide(Space::Section, pairs.filter(|(word, _)| **word == "section").map(|(_, name)| *name));
            }
            "stage" => self.hide(Space::Stage, own),
            "queue" => {
                self.hide(Space::Queue, own);
                self.hide(Space::Owner, words.iter().copied());
            }
            "team" => {
                self.hide(Space::Team, own);
                self.hide(Space::Owner, words.iter().copied());
            }
            "calendar" => self.hide(Space::Calendar, own),
            "signal" | "group" => self.hide(Space::Signal, own),
            "table" => self.hide(Space::Table, own),
            "standard" => self.hide(Space::Standard, own),
            // a header, a use, a flow, a promise, a claim, a test and cases give names to nothing that others use
            _ => {}
        }
    }

    fn hide<'n>(&mut self, space: Space, names: impl IntoIterator<Item = &'n str>) {
        let names = names.into_iter().filter(|name| !RESERVED_WORDS.contains(name)).map(str::to_owned);
        self.names[space as usize].extend(names);
    }

    /// Whether text that could not be read may declare the name.
    pub fn may_declare(&self, space: Space, name: &str) -> bool {
        self.files_may_declare(space) || self.has_name(space, name)
    }

    /// Whether the name stands in text that was seen, and not understood.
    pub fn has_name(&self, space: Space, name: &str) -> bool {
        self.names[space as usize].contains(name)
    }

    /// Whether a file that nobody has seen may declare names of the space.
    pub fn files_may_declare(&self, space: Space) -> bool {
        space.items().iter().any(|item| self.files_may_have(item))
    }

    fn files_may_have(&self, item: &str) -> bool {
        self.files && !self.singles.contains(&item)
    }

    /// The same in any space.
    pub fn may_name(&self, name: &str) -> bool {
        Space::ALL.into_iter().any(|space| self.may_declare(space, name))
    }

    /// Whether an item that begins with this word may stand in text that could not be read.
    pub fn may_have(&self, item: &str) -> bool {
        self.files_may_have(item) || !self.any_kind.is_empty() || self.kinds.contains_key(item)
    }

    /// Whether anything that declares names of the space may stand there.
    pub fn may_have_any(&self, space: Space) -> bool {
        space.items().iter().any(|item| self.may_have(item))
    }

    /// The same for an item in which this word stands, or one that is nearly it.
    pub fn may_have_with(&self, item: &str, word: &str) -> bool {
        let is_near = |written: &String| written == word || nearest(written, [word]).is_some();
        self.files_may_have(item) || self.any_kind.iter().chain(self.kinds.get(item).into_iter().flatten()).any(is_near)
    }

    /// Whether a queue that rotates, or what else makes owners of people, may stand in text that could not be read.
    pub fn may_have_owners(&self) -> bool {
        self.may_have("queue") || self.may_have_with("route", "keep") || self.may_have_with("team", "except")
    }

    /// The same for what asks whose a lead is: a route that keeps owners, a clock, a team whose members have calendars of their own.
    pub fn may_ask_for_owners(&self) -> bool {
        self.may_have_with("route", "keep") || self.may_have("sla") || self.may_have_with("team", "except")
    }

    /// Whether lines below an item that was read may be its own, and say this word.
    pub fn may_continue(&self, item: Span, word: &str) -> bool {
        self.continuations.get(&item).is_some_and(|words| words.contains(word))
    }

    /// The spaces of the names that were forgotten, one for each, and where they were.
    pub fn nameless(&self) -> &[(Space, Span)] {
        &self.nameless
    }

    /// Gives away the properties and columns that lack their names.
    pub fn take_nameless_rows(&mut self) -> Vec<NamelessRow> {
        std::mem::take(&mut self.nameless_rows)
    }

    /// What an item that was read lacks, because it could not be.
    pub fn lacking(&self, item: Span) -> Option<&Lacking> {
        self.lacking.get(&item)
    }

    /// How many lines that takes.
    pub fn lines_lacking(&self, item: Span) -> usize {
        self.lacking(item).map_or(0, |lacking| lacking.lines)
    }

    /// The names of stages that could not be read and say that they are the start, and where they do.
    pub fn starts(&self) -> &[(String, Span)] {
        &self.starts
    }

    /// Whether a row of a flow that could not be read may lead to the stage.
    pub fn may_lead_to(&self, stage: &str) -> bool {
        self.files || self.ways.to.contains(stage)
    }

    /// Whether a row of a flow that could not be read may leave the stage.
    pub fn may_leave(&self, stage: &str) -> bool {
        self.files || self.ways.from_any || self.ways.from.contains(stage)
    }
}

impl Ways {
    /// `raw, inquiry -> mql when …`: on a line with one arrow it is plain which stages are left and which is entered.
    fn add(&mut self, code: &str) {
        const ARROWS: [&str; 3] = ["->", "=>", "→"];
        for line in code.lines() {
            self.from_any |= words_of(line).any(|word| word == "any");
            let mut arrows = ARROWS.iter().flat_map(|arrow| line.match_indices(arrow));
            match (arrows.next(), arrows.next()) {
                (Some((at, arrow)), None) => {
                    self.from.extend(words_of(&line[..at]).map(str::to_owned));
                    self.to.extend(words_of(&line[at + arrow.len()..]).next().map(str::to_owned));
                }
                (None, _) | (Some(_), Some(_)) => {
                    self.from.extend(words_of(line).map(str::to_owned));
                    self.to.extend(words_of(line).map(str::to_owned));
                }
            }
        }
    }
}

/// Where an item ends for whoever reads its lines: before one that begins, outside of all brackets, with a word that no item goes on with there. The
/// word that made an item of its own of the line may be what is missing.
fn own_end(code: &str) -> usize {
    const GOES_ON: [&str; 17] = [
        "members", "on", "rounded", "running", "start", "final", "owner", "team", "rotate", "weight", "capacity", "skip", "ignore", "cost",
        "fixed", "delivers", "meets",
    ];
    let mut depth = 0_usize;
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        let first = line.trim_start();
        let begins = first.starts_with(|letter: char| letter.is_alphabetic());
        let word = words_of(first).next().unwrap_or_default();
        if start > 0 && depth == 0 && begins && !RESERVED_WORDS.contains(&word) && !GOES_ON.contains(&word) {
            return start;
        }
        for character in line.chars() {
            match character {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        start += line.len();
    }
    code.len()
}

/// How many rows of a `decide` begin with their condition. That of a row may stand below its outcome.
fn rows_without_outcome(code: &str) -> usize {
    let mut is_below_outcome = false;
    let mut count = 0;
    for line in code.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = words_of(line);
        let begins_with_guard = words.next().is_some_and(|first| ["when", "otherwise", "if", "else"].contains(&first));
        count += usize::from(begins_with_guard && !is_below_outcome);
        is_below_outcome = words.next().is_none() && !begins_with_guard;
    }
    count
}

/// The text with blanks in place of comments and of what stands between quotes, of the same length.
fn code_of(text: &str) -> String {
    let (mut in_text, mut in_comment) = (false, false);
    let mut code = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        // a string without its end may have swallowed code
        let is_closed = || text[at + 1..].lines().next().is_some_and(|behind| behind.contains('"'));
        match character {
            '\n' => (in_text, in_comment) = (false, false),
            '#' if !in_text => in_comment = true,
            '"' if !in_comment => in_text = !in_text && is_closed(),
            _ => {}
        }
        if (in_text || in_comment) && character != '\n' {
            code.extend(std::iter::repeat_n(' ', character.len_utf8()));
        } else {
            code.push(character);
        }
    }
    code
}

/// The text with `_` for each `-` between two letters or digits, in small letters, as names are written; as long as before.
fn with_joined_words(code: &str) -> String {
    let mut joined = String::with_capacity(code.len());
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_joint = letter == '-' && joined.ends_with(is_of_word) && letters.peek().copied().is_some_and(is_of_word);
        joined.push(if is_joint { '_' } else { letter.to_ascii_lowercase() });
    }
    joined
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

pub(crate) fn words_of(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !is_of_word(letter)).filter(|word| !word.is_empty())
}
