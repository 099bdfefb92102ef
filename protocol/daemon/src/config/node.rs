//! Settings as a tree that remembers where each came from.
//!
//! It gives no setting a type: a text from the environment has none until a struct asks for one,
//! which `reader.rs` does.

use std::collections::BTreeMap;

use super::error::{ConfigError, Origin};

/// A setting, or a group of them.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) origin: Option<Origin>,
}

/// What a setting is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Table(BTreeMap<String, Node>),
    List(Vec<Node>),
    Integer(i64),
    Boolean(bool),
    Float(f64),
    Text(String),
    /// From the environment or a flag: whatever the struct wants it to be.
    Typed(String),
}

impl Node {
    pub(super) fn empty() -> Self {
        Self {
            kind: Kind::Table(BTreeMap::new()),
            origin: None,
        }
    }

    pub(super) fn from_toml(value: toml::Value, origin: &Origin) -> Self {
        let kind = match value {
            toml::Value::Table(table) => Kind::Table(
                table
                    .into_iter()
                    .map(|(key, value)| (key, Self::from_toml(value, origin)))
                    .collect(),
            ),
            toml::Value::Array(values) => {
                let nodes = values
                    .into_iter()
                    .map(|value| Self::from_toml(value, origin));
                Kind::List(nodes.collect())
            }
            toml::Value::Integer(number) => Kind::Integer(number),
            toml::Value::Boolean(truth) => Kind::Boolean(truth),
            toml::Value::Float(number) => Kind::Float(number),
            toml::Value::String(text) => Kind::Text(text),
            toml::Value::Datetime(time) => Kind::Text(time.to_string()),
        };
        Self {
            kind,
            origin: Some(origin.clone()),
        }
    }

    /// Sets the setting at `key`, parts joined by dots, over what a lower layer said.
    pub(super) fn set(
        &mut self,
        key: &str,
        value: &str,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        let mut node = self;
        for part in key.split('.') {
            let Kind::Table(table) = &mut node.kind else {
                let problem = "is one value and has no settings in it".to_owned();
                return Err(ConfigError::Value {
                    key: key.to_owned(),
                    origin,
                    problem,
                });
            };
            node = table.entry(part.to_owned()).or_insert_with(Self::empty);
            node.origin = Some(origin.clone());
        }
        if matches!(&node.kind, Kind::Table(table) if !table.is_empty()) {
            let problem = "is a group of settings, not one value".to_owned();
            return Err(ConfigError::Value {
                key: key.to_owned(),
                origin,
                problem,
            });
        }
        node.kind = Kind::Typed(value.to_owned());
        Ok(())
    }

    pub(super) fn origin(&self) -> Origin {
        // Only the root has none, and the root is never reported.
        self.origin.clone().unwrap_or(Origin::Flag("command line"))
    }
}
