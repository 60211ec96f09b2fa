//! From the path of a policy's first file to the checked policy.
//!
//! Enters: where files come from, and the entry's path below the policy's root. Leaves: [`Checked`]: every file read, every tree, the
//! policy, and every mistake of one run, sorted by place. Always holds: a file is read once, however often it is used; nothing outside the
//! root is read; the number and size of what is read is bounded.
//!
//! ```
//! use leadwright::model::check;
//! let files = std::collections::BTreeMap::from([("p.lead".to_owned(), "leadwright 1\npolicy p {\n}\nlead {\n  id text key\n}\n".to_owned())]);
//! let checked = check(&files, "p.lead");
//! assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
//! assert_eq!(checked.policy.fields[0].name, "id");
//! ```

use rustc_hash::FxHashMap;

use super::check::{AsOf, Checked, Checker};
use super::fold::fold;
use super::forgotten::Forgotten;
use super::hidden::Hidden;
use super::partial::{Again, mistakes_of_money, partial_mistakes};
use super::paths::{below_root, folder};
use crate::diagnostic::{self, Applicability, Code, Diagnostic};
use crate::source::{Files, ReadError, SourceId, Sources, Span};
use crate::syntax::meant::{behind_use, near_file, used_path};
use crate::syntax::{parse, tree};

/// The most files of one policy.
const FILES_MAX: usize = 1_000;
/// The most bytes of one of them.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// How often files are looked for whose `use` was forgotten: those that are found may lack others.
const FORGOTTEN_MAX: usize = 4;
/// The most items of all of them together.
const ITEMS_MAX: usize = 50_000;

/// Reads and checks a policy. It is only to be evaluated if no diagnostic is an error.
pub fn check(files: &dyn Files, entry: &str) -> Checked {
    check_as_of(files, entry, None)
}

/// The same on a day: a standard may say how old a version may be.
pub fn check_as_of(files: &dyn Files, entry: &str, as_of: Option<AsOf>) -> Checked {
    let mut checked = check_with(files, entry, &[], as_of);
    // a file whose `use` was forgotten is read all the same, so that nothing follows from it but one message
    let (mut also, mut told) = (Vec::new(), Vec::new());
    for _ in 0..FORGOTTEN_MAX {
        let Some(forgotten) = Forgotten::find(files, &checked) else { break };
        also.extend(forgotten.paths());
        let next = check_with(files, entry, &also, as_of);
        if Forgotten::repeats(&next) > Forgotten::repeats(&checked) {
            // it is another version of what is there
            forgotten.add_to(&mut checked.diagnostics);
            break;
        }
        told.extend(forgotten.messages(&checked));
        checked = next;
    }
    checked.diagnostics.append(&mut told);
    diagnostic::sort(&mut checked.diagnostics);
    checked
}

/// The same of a policy to which these files belong although no `use` names them.
fn check_with(files: &dyn Files, entry: &str, also: &[String], as_of: Option<AsOf>) -> Checked {
    let mut sources = Sources::default();
    let Loaded { trees, diagnostics, hidden, hiding } = Loader::load(files, entry, also, &mut sources);
    let again = Again { files, files_hidden: hidden.files, as_of };
    let mut more = partial_mistakes(&again, &trees, &mut sources);
    more.append(&mut mistakes_of_money(&again, &trees, &mut sources));
    let mut checker = Checker::new(&mut sources, SourceId(0));
    checker.diagnostics = diagnostics;
    checker.hidden = hidden;
    checker.as_of = as_of;
    checker.check(files, &trees);
    let Checker { policy, mut diagnostics, memory, .. } = checker;
    let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
    let about_file = diagnostics.iter_mut().find(|diagnostic| hiding.is_some() && place(diagnostic) == hiding);
    if let Some((diagnostic, names)) = about_file.zip(memory.lost.said_of_files()) {
        diagnostic.add_help(&names);
    }
    let is_told = |other: &Diagnostic| diagnostics.iter().any(|told| told.code == other.code && place(told) == place(other));
    more.retain(|other| !is_told(other));
    diagnostics.append(&mut more);
    diagnostic::sort(&mut diagnostics);
    let diagnostics = fold(diagnostics, &sources);
    Checked { sources, files: trees, policy, diagnostics }
}

/// Why a file was not read.
pub(crate) enum Unread {
    NotFound,
    Outside,
    TooLarge {
        limit: u64,
    },
    /// the text with the bad bytes replaced, and where the first of them stands in it
    NotUtf8 {
        text: String,
        offset: usize,
    },
    Other(String),
}

pub(crate) fn read_text(files: &dyn Files, path: &str, limit: u64) -> Result<String, Unread> {
    let bytes = files.read(path).map_err(|error| match error {
        ReadError::NotFound => Unread::NotFound,
        ReadError::Outside => Unread::Outside,
        ReadError::TooLarge { limit, .. } => Unread::TooLarge { limit },
        ReadError::Other(reason) => Unread::Other(reason),
    })?;
    if bytes.len() as u64 > limit {
        return Err(Unread::TooLarge { limit });
    }
    String::from_utf8(bytes).map_err(|error| Unread::NotUtf8 {
        offset: error.utf8_error().valid_up_to(),
        text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

struct Loaded {
    trees: Vec<tree::File>,
    diagnostics: Vec<Diagnostic>,
    hidden: Hidden,
    /// where the first mistake stands for which a file is lacking
    hiding: Option<Span>,
}

struct Loader<'l> {
    files: &'l dyn Files,
    sources: &'l mut Sources,
    loaded: Loaded,
    /// path -> its place in `uses`; none if it could not be read
    places: FxHashMap<String, Option<usize>>,
    /// per file read: which files it uses, and where
    uses: Vec<Vec<(usize, Span)>>,
    item_count: usize,
}

impl<'l> Loader<'l> {
    /// Files that no `use` names come last, so that the others keep their places among the sources.
    fn load(files: &'l dyn Files, entry: &str, also: &[String], sources: &'l mut Sources) -> Loaded {
        let loaded = Loaded { trees: Vec::new(), diagnostics: Vec::new(), hidden: Hidden::default(), hiding: None };
        let mut loader = Loader { files, sources, loaded, places: FxHashMap::default(), uses: Vec::new(), item_count: 0 };
        loader.entry(entry);
        // files are read in the order in which they are first used; those found on the way are appended
        let (mut at, mut also) = (0, also.iter());
        while at < loader.uses.len() || also.any(|path| loader.is_added(path)) {
            loader.follow_uses(at);
            at += 1;
        }
        loader.find_circles();
        loader.loaded
    }

    /// Reads a file that none of the others uses, if it is there.
    fn is_added(&mut self, path: &str) -> bool {
        let is_new = self.uses.len() < FILES_MAX && !self.places.contains_key(path);
        let text = is_new.then(|| read_text(self.files, path, FILE_BYTES_MAX).ok()).flatten();
        text.map(|text| self.parse(path, text)).is_some()
    }

    fn entry(&mut self, entry: &str) {
        match read_text(self.files, entry, FILE_BYTES_MAX) {
            Ok(text) => {
                self.parse(entry, text);
            }
            Err(unread) => {
                // there is no text to point into but an empty one
                let text = if let Unread::NotUtf8 { text, .. } = &unread { text.clone() } else { String::new() };
                let source = self.sources.add(entry, text);
                let start = Span::new(source, 0, 0);
                let diagnostic = self.unread(entry, &unread, start, "the policy's first file");
                self.report(diagnostic);
            }
        }
    }

    /// Adds a file that was read, and remembers what its mistakes hide.
    fn parse(&mut self, path: &str, text: String) -> usize {
        let source = self.sources.add(path, text);
        let (tree, diagnostics) = parse(self.sources, source);
        self.loaded.hidden.add(&self.sources.get(source).text, &tree);
        self.loaded.diagnostics.extend(diagnostics);
        let before = self.item_count;
        self.item_count += tree.items.len();
        if before <= ITEMS_MAX
            && let Some(beyond) = tree.items.get(ITEMS_MAX - before)
        {
            let diagnostic = Diagnostic::new(Code::TooManyItems, format!("the policy has more than {ITEMS_MAX} items"))
                .at(Span { end: beyond.span.start, ..beyond.span }, "the first one too many");
            self.report(diagnostic);
        }
        let mut tree = tree;
        if self.item_count > ITEMS_MAX {
            tree.items.truncate(ITEMS_MAX.saturating_sub(before));
            self.loaded.hidden.files = true;
        }
        self.loaded.trees.push(tree);
        let place = self.uses.len();
        self.places.insert(path.to_owned(), Some(place));
        self.uses.push(Vec::new());
        place
    }

    fn follow_uses(&mut self, at: usize) {
        let used = self.loaded.trees[at].items.iter().filter_map(|item| match &item.kind {
            tree::ItemKind::Use(text) => Some(text.clone()),
            _ => None,
        });
        let (texts, open): (Vec<tree::Text>, Vec<tree::Text>) = used.partition(|text| !self.is_open(text));
        let open = open.iter().filter_map(|text| text.value.split('#').next());
        let open: Vec<Option<String>> = open.map(|path| below_root(path.trim()).ok()).collect();
        self.follow_broken_uses(at, open);
        for text in texts {
            let path = match below_root(&text.value) {
                Ok(path) => path,
                Err(reason) => {
                    self.outside(&text, reason);
                    continue;
                }
            };
            match self.places.get(&path) {
                Some(Some(place)) => self.uses[at].push((*place, text.span)),
                // it has been said why
                Some(None) => {}
                None => {
                    if let Some(place) = self.read(&path, &text, at) {
                        self.uses[at].push((place, text.span));
                    }
                }
            }
        }
    }

    /// Whether the string lacks its closing quotation mark, so that a comment behind it is read as part of it.
    fn is_open(&self, text: &tree::Text) -> bool {
        let written = self.sources.text(text.span);
        written.starts_with('"') && (written.len() == 1 || !written.ends_with('"'))
    }

    /// A `use` with a slip names its file all the same; one that names none may have meant any.
    fn follow_broken_uses(&mut self, at: usize, open: Vec<Option<String>>) {
        let file = &self.loaded.trees[at];
        let broken = file.unread.iter().filter(|unread| matches!(unread.word, Some("use") | None));
        let behind = broken.filter_map(|unread| behind_use(self.sources.text(unread.span)));
        let paths: Vec<Option<String>> = behind.map(|behind| below_root(used_path(behind)?).ok()).collect();
        for path in paths.into_iter().chain(open) {
            let known = path.as_ref().and_then(|path| self.places.get(path));
            let text = match (&path, known) {
                (_, Some(Some(_))) => continue,
                (Some(path), None) => read_text(self.files, path, FILE_BYTES_MAX).ok(),
                (None, _) | (Some(_), Some(None)) => None,
            };
            match path.zip(text) {
                Some((path, text)) if self.uses.len() < FILES_MAX => {
                    self.parse(&path, text);
                }
                Some(_) | None => self.loaded.hidden.files = true,
            }
        }
    }

    fn read(&mut self, path: &str, text: &tree::Text, at: usize) -> Option<usize> {
        if self.uses.len() >= FILES_MAX {
            if !self.loaded.hidden.files {
                let diagnostic = Diagnostic::new(Code::TooManyItems, format!("the policy has more than {FILES_MAX} files"))
                    .at(text.span, "the first one too many");
                self.report(diagnostic);
                self.loaded.hidden.files = true;
            }
            return None;
        }
        match read_text(self.files, path, FILE_BYTES_MAX) {
            Ok(content) => Some(self.parse(path, content)),
            Err(unread) => {
                let had_all = !self.loaded.hidden.files;
                let mut diagnostic = self.unread(path, &unread, text.span, "used here");
                let near = self.near(path, at).filter(|_| matches!(unread, Unread::NotFound));
                if let Some(near) = &near {
                    diagnostic = diagnostic.help(format!("did you mean \"{near}\"? paths start at the policy's root")).replace(
                        format!("write \"{near}\""),
                        Applicability::Unsafe,
                        text.span,
                        format!("\"{near}\""),
                    );
                }
                self.report(diagnostic);
                self.places.insert(path.to_owned(), None);
                // what the fix would use is read in its place, so that nothing is hidden
                let Some(near) = near else {
                    self.loaded.hiding.get_or_insert(text.span);
                    return None;
                };
                let content = read_text(self.files, &near, FILE_BYTES_MAX).ok()?;
                self.loaded.hidden.files = !had_all;
                if !self.places.contains_key(&near) {
                    self.parse(&near, content);
                }
                None
            }
        }
    }

    /// A path that exists and may be meant: with the ending that was forgotten, as seen from the file that names it, or with a name that is nearly the same.
    fn near(&self, path: &str, at: usize) -> Option<String> {
        let tree = &self.loaded.trees[at];
        let here = folder(&self.sources.get(tree.source).path).to_owned();
        let candidates = [format!("{path}.lead"), format!("{here}{path}"), format!("{here}{path}.lead")];
        let there = candidates.into_iter().find(|candidate| candidate != path && self.files.read(candidate).is_ok());
        there.or_else(|| {
            let (folder, name) = path.split_at(folder(path).len());
            let mut names = self.files.names_in(folder);
            let is_used = |path: &str| tree.items.iter().any(|item| matches!(&item.kind, tree::ItemKind::Use(text) if text.value == path));
            names.retain(|name| !is_used(&format!("{folder}{name}")) && !self.places.contains_key(&format!("{folder}{name}")));
            names.sort();
            Some(format!("{folder}{}", near_file(name, &names)?))
        })
    }

    fn outside(&mut self, text: &tree::Text, reason: &str) {
        let mut diagnostic =
            Diagnostic::new(Code::UseOutsideRoot, format!("`{}` is not a path below the policy's root: it {reason}", text.value))
                .at(text.span, "not below the root")
                .help("write the path from the policy's root, with `/`, such as \"common/teams.lead\"");
        let forward = text.value.replace('\\', "/");
        if forward != text.value && below_root(&forward).is_ok() {
            diagnostic = diagnostic.replace("write `/`", Applicability::Safe, text.span, format!("\"{forward}\""));
        }
        self.report(diagnostic);
        self.loaded.hidden.files = true;
        self.loaded.hiding.get_or_insert(text.span);
    }

    fn unread(&mut self, path: &str, unread: &Unread, span: Span, label: &str) -> Diagnostic {
        self.loaded.hidden.files = true;
        match unread {
            Unread::NotFound => Diagnostic::new(Code::UseNotFound, format!("there is no file `{path}`"))
                .at(span, label)
                .help("paths start at the policy's root, the folder that holds its first file"),
            Unread::Outside => Diagnostic::new(Code::UseOutsideRoot, format!("the file `{path}` leads outside the policy's root"))
                .at(span, label)
                .help("put the file itself below the root: links out of it are not followed"),
            Unread::TooLarge { limit } => Diagnostic::new(Code::FileTooLarge, format!("the file `{path}` is larger than {limit} bytes"))
                .at(span, label)
                .help("split it, and `use` the parts"),
            Unread::NotUtf8 { text, offset } => {
                let source = self.sources.find(path).unwrap_or_else(|| self.sources.add(path, text.clone()));
                let diagnostic = Diagnostic::new(Code::NotUtf8, format!("the file `{path}` is not UTF-8"))
                    .at(Span::new(source, *offset, offset + '\u{fffd}'.len_utf8()), "not a character of UTF-8")
                    .help("save the file as UTF-8");
                if span.source == source { diagnostic } else { diagnostic.at(span, label) }
            }
            Unread::Other(reason) => {
                Diagnostic::new(Code::UseNotFound, format!("the file `{path}` cannot be read: {reason}")).at(span, label)
            }
        }
    }

    /// Walks the uses depth first; one that leads back to a file on the way to it closes a circle.
    fn find_circles(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Visit {
            New,
            Open,
            Done,
        }
        let mut visits = vec![Visit::New; self.uses.len()];
        for start in 0..self.uses.len() {
            if visits[start] != Visit::New {
                continue;
            }
            // files on the way, and which of its uses each follows
            let mut way: Vec<(usize, usize)> = vec![(start, 0)];
            visits[start] = Visit::Open;
            while let Some((file, next)) = way.last_mut() {
                let Some((target, _)) = self.uses[*file].get(*next).copied() else {
                    visits[*file] = Visit::Done;
                    way.pop();
                    continue;
                };
                *next += 1;
                match visits[target] {
                    Visit::New => {
                        visits[target] = Visit::Open;
                        way.push((target, 0));
                    }
                    Visit::Open => {
                        let from = way.iter().position(|(file, _)| *file == target).unwrap_or(0);
                        let circle: Vec<Span> = way[from..].iter().map(|(file, next)| self.uses[*file][next - 1].1).collect();
                        self.circle(target, &circle);
                    }
                    Visit::Done => {}
                }
            }
        }
    }

    fn circle(&mut self, first: usize, uses: &[Span]) {
        let path = |loader: &Self, span: Span| loader.sources.get(span.source).path.clone();
        let first = self.sources.get(self.loaded.trees[first].source).path.clone();
        let (Some(last), others) = (uses.last(), &uses[..uses.len().saturating_sub(1)]) else { return };
        let message = if others.is_empty() {
            format!("the file `{first}` uses itself")
        } else {
            let way: Vec<String> = uses.iter().map(|span| format!("`{}`", path(self, *span))).collect();
            format!("files use each other in a circle: {} -> `{first}`", way.join(" -> "))
        };
        let mut diagnostic = Diagnostic::new(Code::UseCycle, message).at(*last, "closes the circle");
        for other in others {
            diagnostic = diagnostic.at(*other, format!("`{}` goes on from here", path(self, *other)));
        }
        self.report(diagnostic.help("every file sees what all files declare: this `use` can be left out"));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.loaded.diagnostics.push(diagnostic);
    }
}
