//! Source files and places in them.
//!
//! Enters: file names (relative to the policy's root, `/`-separated) and their text. Leaves: [`Sources`], which owns the
//! text and turns byte offsets into lines and columns. Always holds: a [`Span`] lies inside its file and on character
//! boundaries, and line and column count from one, columns in characters.
//!
//! ```
//! use leadwright::source::Sources;
//! let mut sources = Sources::default();
//! let file = sources.add("a.lead", "leadwright 1\nlead {\n}\n");
//! let place = sources.position(file, 13);
//! assert_eq!((place.line, place.column), (2, 1));
//! ```

/// Number of a file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub source: SourceId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        Span { source, start: start as u32, end: end as u32 }
    }

    /// Whether the other one is within it, or is the same.
    pub fn holds(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both; `other` must lie in the same file, else `self` is returned.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty place just behind this span, where a fix inserts.
    pub fn after(self) -> Span {
        Span { source: self.source, start: self.end, end: self.end }
    }
}

/// Line and column, both from one; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// One file: its path relative to the policy's root, its text and where its lines start.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
    line_starts: Vec<u32>,
}

/// A text in which nothing but a carriage return ends a line, as old Macs wrote it, with line feeds in their place. No place moves.
pub fn with_line_ends(text: String) -> String {
    if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n") } else { text }
}

/// Every file a policy was read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        let text = with_line_ends(text.into());
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index as u32 + 1))
            .collect();
        self.files.push(Source { path: path.into(), text, line_starts });
        SourceId(self.files.len() as u32 - 1)
    }

    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    pub fn find(&self, path: &str) -> Option<SourceId> {
        self.files.iter().position(|file| file.path == path).map(|index| SourceId(index as u32))
    }

    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(index, file)| (SourceId(index as u32), file))
    }

    /// The same files, their paths beginning further up: `a.lead` beneath `policies` is `policies/a.lead`.
    pub fn beneath(mut self, folder: &str) -> Sources {
        if !folder.is_empty() {
            self.files.iter_mut().for_each(|file| file.path = format!("{folder}/{}", file.path));
        }
        self
    }

    /// The files, by their numbers.
    pub fn into_files(self) -> Vec<Source> {
        self.files
    }

    /// Adds a file of other sources.
    pub fn adopt(&mut self, file: Source) -> SourceId {
        self.files.push(file);
        SourceId(self.files.len() as u32 - 1)
    }

    pub fn text(&self, span: Span) -> &str {
        &self.get(span.source).text[span.start as usize..span.end as usize]
    }

    pub fn position(&self, id: SourceId, offset: u32) -> Position {
        let file = self.get(id);
        let line = file.line_starts.partition_point(|start| *start <= offset);
        let start = file.line_starts[line - 1] as usize;
        Position { line, column: file.text[start..offset as usize].chars().count() + 1 }
    }
}

/// Where the files of a policy come from; the embedder decides (a disk, a git tree, memory). Paths are relative to the policy's root,
/// `/`-separated, without `.` or `..`.
pub trait Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// The names of the files in a folder, in any order, to say which one may have been meant; none where that cannot be known. The folder is empty for
    /// the root, or ends in `/`.
    fn names_in(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }

    /// The names of the folders in a folder, the same way.
    fn folders_in(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("there is no such file")]
    NotFound,
    /// a symbolic link, say
    #[error("it lies outside the policy's root")]
    Outside,
    #[error("it has {bytes} bytes, more than the {limit} that a file may have")]
    TooLarge { bytes: u64, limit: u64 },
    #[error("{0}")]
    Other(String),
}

/// Files in memory: (path, content).
impl Files for std::collections::BTreeMap<String, String> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.get(path).map(|text| text.clone().into_bytes()).ok_or(ReadError::NotFound)
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        self.keys().filter_map(|path| path.strip_prefix(folder)).filter(|name| !name.contains('/')).map(str::to_owned).collect()
    }

    fn folders_in(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> =
            self.keys().filter_map(|path| Some(path.strip_prefix(folder)?.split_once('/')?.0.to_owned())).collect();
        names.dedup();
        names
    }
}
