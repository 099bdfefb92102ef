//! What is wrong with a configuration, in words that name the setting and its source.
//!
//! Values of settings are shown only where they can't be secrets: numbers and choices.

use std::fmt;
use std::path::PathBuf;

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Variable(name) => write!(f, "in the variable {name}"),
            Self::Flag(name) => write!(f, "in the flag {name}"),
        }
    }
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was asked for does not exist.
    #[error("there is no configuration file {path}")]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// The file can't be read.
    #[error("could not read the configuration file {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The file is no TOML.
    #[error("the configuration file {path} is not well-formed")]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// Nobody knows the setting.
    #[error("there is no setting \"{key}\" ({origin}): {hint}")]
    Unknown {
        /// The setting, its parts joined by dots.
        key: String,
        /// Where it came from.
        origin: Origin,
        /// The nearest neighbours, or all settings there are.
        hint: String,
    },
    /// The value does not fit.
    #[error("the setting \"{key}\" ({origin}) {problem}")]
    Value {
        /// The setting.
        key: String,
        /// Where it came from.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
    },
    /// A setting without default is not set.
    #[error("the setting \"{key}\" is missing: set it in the file or as {variable}")]
    Missing {
        /// The setting.
        key: String,
        /// The variable that would set it.
        variable: String,
    },
}

/// Returns what to try instead of `unknown`: the settings that are a few keystrokes away, else
/// all there are.
pub(super) fn hint(unknown: &str, known: &[&'static str]) -> String {
    let far = (unknown.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = known
        .iter()
        .map(|candidate| (keystrokes(unknown, candidate), *candidate))
        .filter(|(distance, _)| *distance <= far)
        .collect();
    near.sort_unstable();
    let quoted = |names: &mut dyn Iterator<Item = &str>| {
        names
            .map(|name| format!("\"{name}\""))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if known.is_empty() {
        "there are no settings here".to_owned()
    } else if near.is_empty() {
        format!("there are {}", quoted(&mut known.iter().copied()))
    } else {
        format!(
            "did you mean {}?",
            quoted(&mut near.iter().take(3).map(|(_, name)| *name))
        )
    }
}

/// Counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn keystrokes(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}
