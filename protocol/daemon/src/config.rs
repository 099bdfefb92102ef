//! The only place that reads configuration files and environment variables.
//!
//! It knows no setting: each daemon declares its own as a struct. Later layers win: the TOML file,
//! then `COUNTERPART_*` variables (`COUNTERPART_SYNC__BATCH_MAX` is `sync.batch_max`), then flags.
//! A setting nobody knows is an error that names it and its nearest neighbours, because a mistyped
//! setting that is silently ignored is found out in the shop.

mod error;
mod node;
mod reader;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::de::DeserializeOwned;

pub use error::{ConfigError, Origin};

use node::Node;

/// What every variable of ours begins with.
pub const VARIABLE_PREFIX: &str = "COUNTERPART_";
/// The variable that names the file itself, and so is no setting.
pub const FILE_VARIABLE: &str = "COUNTERPART_CONFIG";

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    file: ConfigFile,
    variables: Vec<(String, OsString)>,
    flags: Vec<Flag>,
}

/// The configuration file.
#[derive(Debug, Clone, Default)]
pub enum ConfigFile {
    /// There is none.
    #[default]
    None,
    /// The usual place; it may be missing.
    Usual(PathBuf),
    /// The one someone asked for; it must exist.
    Named(PathBuf),
}

#[derive(Debug, Clone)]
struct Flag {
    key: String,
    name: &'static str,
    value: String,
}

impl Sources {
    /// Returns no sources: every setting has its default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the sources of this process: its environment, and the file that the flag or the
    /// variable `COUNTERPART_CONFIG` names, else `usual_file` if it exists.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    pub fn of_process(file_flag: Option<PathBuf>, usual_file: PathBuf) -> Self {
        let variables: Vec<(String, OsString)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        let named = file_flag.or_else(|| {
            let named = variables.iter().find(|(name, _)| name == FILE_VARIABLE);
            named.map(|(_, path)| PathBuf::from(path))
        });
        let file = named.map_or(ConfigFile::Usual(usual_file), ConfigFile::Named);
        Self {
            file,
            variables,
            flags: Vec::new(),
        }
    }

    /// Sets the file.
    #[must_use]
    pub fn file(mut self, file: ConfigFile) -> Self {
        self.file = file;
        self
    }

    /// Adds variables; those that don't begin with `COUNTERPART_` are ignored.
    #[must_use]
    pub fn variables<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<OsString>,
    {
        self.variables.extend(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into())),
        );
        self
    }

    /// Adds the flag `name` (with its dashes) for the setting `key` (parts joined by dots), if it
    /// was given.
    #[must_use]
    pub fn flag(mut self, key: &str, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.flags.push(Flag {
                key: key.to_owned(),
                name,
                value: value.to_string(),
            });
        }
        self
    }
}

/// Reads the settings.
///
/// # Errors
///
/// [`ConfigError`], which names the setting, where it came from, and what would be right.
pub fn load<T: DeserializeOwned>(sources: &Sources) -> Result<T, ConfigError> {
    let mut root = match &sources.file {
        ConfigFile::None => Node::empty(),
        ConfigFile::Usual(path) => read(path)?.unwrap_or_else(Node::empty),
        ConfigFile::Named(path) => {
            read(path)?.ok_or_else(|| ConfigError::NoFile { path: path.clone() })?
        }
    };
    let mut variables: Vec<_> = sources.variables.iter().collect();
    variables.sort();
    for (name, value) in variables {
        let Some(rest) = name.strip_prefix(VARIABLE_PREFIX) else {
            continue;
        };
        if name == FILE_VARIABLE {
            continue;
        }
        let origin = Origin::Variable(name.clone());
        let Some(value) = value.to_str() else {
            let problem = "is not readable text".to_owned();
            return Err(ConfigError::Value {
                key: name.clone(),
                origin,
                problem,
            });
        };
        let key = rest.to_ascii_lowercase().replace("__", ".");
        root.set(&key, value, origin)?;
    }
    for flag in &sources.flags {
        root.set(&flag.key, &flag.value, Origin::Flag(flag.name))?;
    }
    reader::read_as(&root)
}

fn read(path: &Path) -> Result<Option<Node>, ConfigError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => {
            return Err(ConfigError::Read {
                path: path.to_owned(),
                cause,
            });
        }
    };
    let table: toml::Table = toml::from_str(&text).map_err(|cause| ConfigError::Toml {
        path: path.to_owned(),
        cause: Box::new(cause),
    })?;
    Ok(Some(Node::from_toml(
        toml::Value::Table(table),
        &Origin::File(path.to_owned()),
    )))
}

#[cfg(test)]
mod tests;
