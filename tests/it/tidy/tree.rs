//! The files the rules look at, and what a rule answers. It lists tracked files, so that what lies
//! untracked in a working copy is not judged; it never writes anything.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::code::Code;

/// Folders a walk does not enter when there is no git to ask: built or fetched, never written.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules", ".counterpart"];

/// One thing to mend.
#[derive(Debug)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    sentence: String,
}

impl Finding {
    /// Names a place and says in one sentence what is wrong there.
    pub(crate) fn at(file: &SourceFile, line: usize, sentence: impl Into<String>) -> Self {
        Self::of_path(&file.path, line, sentence)
    }

    /// Like [`Finding::at`], for a place that is not a file that was read.
    pub(crate) fn of_path(path: &str, line: usize, sentence: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            sentence: sentence.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.sentence)
    }
}

/// One text file: its path from the root with `/`, and its text.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
    code: Option<Result<Code, String>>,
}

impl SourceFile {
    fn new(path: &str, text: String) -> Self {
        let code = path.ends_with(".rs").then(|| Code::read(path, &text));
        Self {
            path: path.to_owned(),
            text,
            code,
        }
    }

    /// The file's Rust, or `None` for other files and for Rust that cannot be parsed (which
    /// `shape::every_source_file_parses` reports).
    pub(crate) fn code(&self) -> Option<&Code> {
        self.code.as_ref()?.as_ref().ok()
    }

    /// Why the file's Rust could not be parsed, if it could not.
    pub(crate) fn parse_failure(&self) -> Option<&str> {
        self.code.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// The part of the file name after the last dot; empty if there is none.
    pub(crate) fn extension(&self) -> &str {
        let name = self.name();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Lines with their numbers, which start at 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }

    /// Whether the whole file is test code: the `tests` crate, a `tests` folder or a `tests.rs`.
    pub(crate) fn is_test(&self) -> bool {
        is_test_path(&self.path)
    }
}

/// Whether everything in a file of this path is test code.
pub(crate) fn is_test_path(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.contains("/benches/")
}

/// The files of the repository, or a sample's.
pub(crate) struct Tree {
    pub(crate) files: Vec<SourceFile>,
}

impl Tree {
    /// Reads every tracked text file of the repository this test was built from.
    pub(crate) fn tracked() -> Self {
        let root = root();
        let mut paths = listed_by_git(&root).unwrap_or_else(|| walked(&root));
        paths.sort();
        // A tracked file may be gone from the working copy, and a picture is not text: neither has
        // lines to judge.
        let files = paths
            .iter()
            .filter_map(|path| {
                let text = std::fs::read_to_string(root.join(path)).ok()?;
                Some(SourceFile::new(path, text))
            })
            .collect();
        Self { files }
    }

    /// A tree of samples, for the tests of the rules themselves.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| SourceFile::new(path, (*text).to_owned()))
            .collect();
        Self { files }
    }

    /// The Rust files that could be parsed.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&SourceFile, &Code)> {
        self.files
            .iter()
            .filter_map(|file| file.code().map(|code| (file, code)))
    }

    /// The file with exactly this path.
    pub(crate) fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The repository's root: the folder above this crate's.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("this crate lies in a folder of the repository")
        .to_owned()
}

/// Paths git tracks, or `None` without git or outside a working copy.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    // The setting lets root judge a checkout that belongs to someone else.
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(root)
        .output()
        .ok()?;
    let listed = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> = listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

/// Paths found on disk, for a source archive without its git folder.
fn walked(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a folder just listed can be read");
        for entry in entries {
            let entry = entry.expect("an entry of a folder being read can be read");
            let kind = entry.file_type().expect("an entry has a type");
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                folders.push(entry.path());
            } else if kind.is_file() {
                let path = entry.path();
                let path = path.strip_prefix(root).expect("the walk began at the root");
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

#[test]
fn the_tracked_tree_holds_this_file() {
    let tree = Tree::tracked();
    assert!(tree.file("tests/Cargo.toml").is_some());
    assert!(
        tree.files
            .iter()
            .all(|file| !file.path.starts_with("target/"))
    );
}

#[test]
fn a_walk_without_git_finds_the_same_manifest_and_nothing_built() {
    let found = walked(&root());
    assert!(found.iter().any(|path| path == "tests/Cargo.toml"));
    assert!(found.iter().all(|path| !path.starts_with("target/")));
}
